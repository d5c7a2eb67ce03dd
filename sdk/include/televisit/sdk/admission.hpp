#pragma once
/// A hospital's own say in who may join: a waiting room, consent, payment, a staff list.

#include <chrono>
#include <string>
#include <string_view>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/people.hpp"
#include "televisit/sdk/records.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit {

struct AdmissionRequest {
    SessionRecord session;
    Identity identity;
    Instant now{};
};

enum class Verdict : std::uint8_t {
    admit,
    refuse,  ///< answered `forbidden`
    wait,    ///< answered `conflict` with `retry_after`: try again then
};

struct Admission {
    Verdict verdict = Verdict::admit;
    std::string reason{};   ///< stable snake_case name of at most 64 characters, e.g. "consent_missing"
    std::string message{};  ///< fit for the person who wants to join; plain text of at most 512 bytes
    std::chrono::seconds retry_after{0};
};

/// Asked at every join, after the server's own rules. **Threads**: any worker, concurrently. **Blocks**: to the
/// deadline; what an error or a deadline means (join, or `unavailable`) is configured by the operator.
class AdmissionPolicy {
  public:
    static constexpr std::string_view kCapability = "televisit.admission/1";
    virtual ~AdmissionPolicy() = default;
    virtual Result<Admission> admit(const AdmissionRequest& request, const CallContext& context) = 0;
};

}  // namespace televisit
