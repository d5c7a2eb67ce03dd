#pragma once
/// Many probes at once on one thread, each with a time of its own: a server that hangs keeps nobody waiting.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "probe_line.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"
#include "turn_dialogue.hpp"

namespace televisit::turn {

struct ProbeTarget {
    std::size_t number = 0;  ///< whatever it means to the caller
    IceUrl url;
    std::optional<PeerAddress> address{};          ///< none: its name has no address
    std::optional<TurnCredentials> credentials{};  ///< for a TURN server
};

/// **Threads**: one at a time.
class ProbeRound {
  public:
    struct Callbacks {
        std::function<void(std::size_t number, const ProbeOutcome& outcome)> done;
        std::function<std::vector<ProbeTarget>()> more;  ///< asked now and then: what is due by now
        std::function<bool()> stopped;                   ///< true: leave the rest
    };
    ProbeRound(std::chrono::milliseconds timeout, const TlsClient& tls, const Clock& clock, Secrets& secrets);
    ~ProbeRound();
    ProbeRound(const ProbeRound&) = delete;
    ProbeRound& operator=(const ProbeRound&) = delete;

    /// Returns when nothing is under way. **Blocks**: until then; a probe takes no longer than the timeout.
    void run(std::vector<ProbeTarget> targets, const Callbacks& callbacks);

  private:
    struct Probe;
    void begin(ProbeTarget target, const Callbacks& callbacks);
    void step(Probe& probe, SteadyTime now);
    void wait(SteadyTime now) const;

    const std::chrono::milliseconds timeout_;
    const TlsClient& tls_;
    const Clock& clock_;
    Secrets& secrets_;
    std::vector<std::unique_ptr<Probe>> under_way_;
};

}  // namespace televisit::turn
