#pragma once
/// What `televisitctl turn` asks of this plugin; needs no server.

#include <memory>

#include "probe_round.hpp"
#include "prober.hpp"
#include "settings.hpp"
#include "televisit/sdk/ice_keeper.hpp"

namespace televisit::turn {

class TurnKeeper final : public IceKeeper {
  public:
    /// **Errors**: throws `std::invalid_argument` as the plugin's constructor does.
    TurnKeeper(const ConfigView& config, const Clock& clock, Secrets& secrets);

    Result<std::vector<IceFinding>> check(const CallContext& context) override;
    Result<void> rotate(Rotation wanted, const Report& report, const CallContext& context) override;

  private:
    std::vector<ProbeOutcome> probe(const std::vector<ProbedUrl>& urls, const std::string& rotating_secret) const;
    Result<void> taken(const std::string& secret) const;
    Result<std::string> rotating_secret() const;

    const Settings settings_;
    const Clock& clock_;
    Secrets& secrets_;
    const TlsClient tls_;
    const AttendeeId probe_user_;
};

}  // namespace televisit::turn
