#pragma once
/// What an operator should know of the certificates in use, and when they are read again.

#include <atomic>
#include <deque>
#include <string>
#include <vector>

#include "daemon/settings.hpp"
#include "net/tls/source.hpp"
#include "televisit/sdk/logger.hpp"
#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::daemon {

/// **Threads**: one looks; `metrics` from any. **Owns**: nothing of what it is given, but shares the sources.
class Certificates {
  public:
    /// A certificate that expires earlier is warned of, once a day.
    static constexpr std::chrono::days kWarnBefore{14};
    /// Keys of session tickets are renewed so often: whoever steals one can read no more than that.
    static constexpr std::chrono::hours kTicketLife{8};

    enum class Why : std::uint8_t {
        routine,  ///< files that have changed since they were last read, and not since the last look, are read
        asked     ///< all are read
    };

    Certificates(const std::vector<ListenerTls>& listeners, const Clock& clock, Logger& logger);

    /// **Blocks**: for the disk.
    void look(Why why);
    std::vector<MetricFamily> metrics() const;

  private:
    struct One {
        explicit One(const ListenerTls& tls) : listener(tls.listener), source(tls.source), seen(tls.source->stamp()) {}
        const std::string listener;
        const std::shared_ptr<net::tls::Source> source;
        net::tls::Stamp seen;  ///< of the files at the last look
        Instant warned{};
        SteadyTime renewed{};
        std::atomic<std::uint64_t> replaced{0}, kept{0};
        std::atomic<bool> stale{false};  ///< what the files hold cannot be used
    };
    bool wants_reading(One& one, Why why) const;
    void read(One& one);
    void warn_of_end(One& one);
    void renew_tickets(One& one);

    const Clock& clock_;
    Logger& logger_;
    std::deque<One> all_;
};

}  // namespace televisit::daemon
