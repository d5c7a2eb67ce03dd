#pragma once
/// The whole server: its parts, put together, started and stopped in order.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "consult/domain.hpp"
#include "daemon/admin_routes.hpp"
#include "daemon/certificate_watch.hpp"
#include "daemon/drain.hpp"
#include "daemon/net_frontend.hpp"
#include "daemon/operator_routes.hpp"
#include "daemon/settings.hpp"
#include "daemon/status_board.hpp"
#include "loader/consultations_proxy.hpp"
#include "loader/plugin_metrics.hpp"
#include "loader/plugin_set.hpp"
#include "net/server.hpp"
#include "runtime/guard.hpp"
#include "runtime/json_log.hpp"
#include "runtime/log_sink.hpp"
#include "runtime/memory_event_bus.hpp"
#include "runtime/metric_store.hpp"
#include "runtime/pool_executor.hpp"
#include "runtime/system_clock.hpp"
#include "runtime/timer_thread.hpp"
#include "runtime/worker_pool.hpp"

namespace televisit::daemon {

/// Why the server does not run, or has not stopped in order.
struct ServiceFault {
    int exit_code;
    bool hung;  ///< something still runs: leave the process at once, destroy nothing
    std::string text;
};

/// **Threads**: one makes, starts, stops and destroys it; `hang_up` from any.
///
/// **Start**: log → metrics → loops → admin listener → plugins and the domain, in the order of their needs → public
/// listener → ready. **Stop**: not ready → `drain_delay` → stop accepting → plugins drain → connections end → plugins
/// and the domain stop, in reverse → admin listener → workers → loops.
class Service {
  public:
    Service(Settings settings, Secrets& secrets);
    ~Service();

    /// **Blocks**: to the deadlines of the plugins. Ends with everything running, or with nothing.
    std::optional<ServiceFault> start();
    /// **Blocks**: to the deadlines of draining and of the plugins.
    std::optional<ServiceFault> stop(const std::string& why);
    /// Opens the log anew, for it may have been rotated, and has certificates read again.
    void hang_up() noexcept;

  private:
    std::optional<ServiceFault> open_log();
    std::optional<ServiceFault> open_net();
    std::optional<ServiceFault> start_plugins();
    std::optional<ServiceFault> open_public();
    Result<void> start_domain(const loader::ProviderTable& ports, const CallContext& context);
    void stop_domain(const CallContext& context);
    void announce_drain(const DrainNotice& notice);
    std::size_t clients() const;
    /// Lets no client stay.
    void empty();
    void stop_net();
    /// False when one is stuck: nothing of it may be destroyed then.
    bool end_workers();
    ServiceFault failed(const std::string& text);
    ServiceFault lifecycle_fault(bool starting);
    void tell_unused();
    void watch_for_systemd(Duration period);
    void limit_stop();

    Settings settings_;
    Secrets& secrets_;
    const runtime::SystemClock clock_;
    const NodeId node_;
    std::unique_ptr<runtime::LogSink> log_;
    std::unique_ptr<runtime::JsonLogger> logger_;
    runtime::MetricStore metrics_;
    runtime::TimerThread timers_;
    runtime::MemoryEventBus events_;
    StatusBoard status_;
    std::unique_ptr<CertificateWatch> certificates_;
    std::unique_ptr<net::Server> net_;
    std::unique_ptr<NetFrontend> frontend_;
    std::unique_ptr<AdminRoutes> admin_;
    std::unique_ptr<Drain> drain_;
    std::unique_ptr<OperatorRoutes> operator_;

    // The domain's own workers; it blocks on stores like anybody else.
    std::unique_ptr<runtime::Guard> domain_guard_;
    std::unique_ptr<runtime::WorkerPool> domain_pool_;
    std::unique_ptr<runtime::PoolExecutor> domain_executor_;
    std::unique_ptr<loader::PluginEvents> domain_events_;
    loader::ConsultationsSlot consultations_;
    std::unique_ptr<loader::PluginSet> plugins_;
    std::unique_ptr<consult::Domain> domain_;
};

}  // namespace televisit::daemon
