#pragma once
/// What a probe and a server say to each other, without the network in between.

#include <optional>
#include <string>
#include <string_view>

#include "probe_fault.hpp"
#include "stun_codec.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"
#include "turn_server.hpp"

namespace televisit::turn {

/// Binding; then, for a TURN server, Allocate without credentials, which tells the realm and the nonce, Allocate with
/// them, and Refresh with lifetime 0, so that nothing stays behind.
///
/// What answers nothing that was asked is passed over, as RFC 5389 demands: on UDP anybody may send it. It is named
/// when no right answer comes. **Threads**: one.
class TurnDialogue {
  public:
    /// Without credentials: a STUN server, which is asked for a Binding alone.
    TurnDialogue(std::optional<TurnCredentials> credentials, Secrets& secrets);

    /// The bytes to send now, or again.
    const std::string& request() const noexcept { return bytes_; }
    enum class Next : std::uint8_t { wait, send, done };
    /// One datagram, or one message of a stream.
    Next take(std::string_view message, SteadyTime now);
    /// A request is on its way for the first time.
    void sent(SteadyTime now);
    /// The time is up.
    void give_up();
    void fail(ProbeFault fault, std::string detail = {});

    bool done() const noexcept { return outcome_.has_value(); }
    const ProbeOutcome& outcome() const { return *outcome_; }

  private:
    enum class Step : std::uint8_t { binding, challenge, allocate, refresh };

    Next take_answer(const StunAnswer& answer, SteadyTime now);
    Next take_challenge(const StunAnswer& answer);
    Next take_refusal(const StunAnswer& answer);
    Next go_to(Step step);
    Next finish(ProbeFault fault, std::string detail = {});
    std::string_view asked() const;

    const std::optional<TurnCredentials> credentials_;
    Secrets& secrets_;
    Step step_ = Step::binding;
    StunRequest request_;
    std::string bytes_;
    SteadyTime sent_at_{};
    std::chrono::microseconds latency_{0};
    ProbeFault stray_ = ProbeFault::none;
    bool nonce_renewed_ = false;
    std::optional<ProbeOutcome> outcome_;
};

}  // namespace televisit::turn
