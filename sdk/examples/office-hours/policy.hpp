#pragma once
/// Who may join when: doctors always, everybody else during office hours.

#include <chrono>
#include <string_view>

#include "televisit/sdk/admission.hpp"

namespace office_hours {

/// Minutes since midnight, UTC.
using Minutes = std::chrono::minutes;

/// "08:30". The text has the form that the configuration schema asks for.
Minutes parse_time_of_day(std::string_view text);

class Policy final : public televisit::AdmissionPolicy {
  public:
    /// Closing before opening means: open over midnight.
    Policy(Minutes opens, Minutes closes) : opens_(opens), closes_(closes) {}

    televisit::Result<televisit::Admission> admit(const televisit::AdmissionRequest& request,
                                                  const televisit::CallContext& context) override;

  private:
    bool open_at(Minutes time) const;

    Minutes opens_;
    Minutes closes_;
};

}  // namespace office_hours
