#include "policy.hpp"

namespace office_hours {

using namespace televisit;

Minutes parse_time_of_day(std::string_view text) {
    const auto digit = [&](std::size_t at) { return text[at] - '0'; };
    return Minutes{(digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4)};
}

bool Policy::open_at(Minutes time) const {
    if (opens_ <= closes_) return opens_ <= time && time < closes_;
    return opens_ <= time || time < closes_;
}

Result<Admission> Policy::admit(const AdmissionRequest& request, const CallContext&) {
    if (request.identity.role == Role::doctor) return Admission{};
    const auto midnight = std::chrono::floor<std::chrono::days>(request.now);
    const auto time = std::chrono::floor<Minutes>(request.now - midnight);
    if (open_at(time)) return Admission{};
    return Admission{Verdict::refuse, "office_closed", "The practice is closed at this hour."};
}

}  // namespace office_hours
