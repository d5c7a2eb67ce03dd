#pragma once
/// One plugin instance: its library, its workers, and the server as it sees it.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "loader/consultations_proxy.hpp"
#include "loader/engineio_proxy.hpp"
#include "loader/http_proxy.hpp"
#include "loader/kernel_services.hpp"
#include "loader/plugin_library.hpp"
#include "loader/plugin_metrics.hpp"
#include "loader/plugin_plan.hpp"
#include "loader/port_caller.hpp"
#include "loader/service_proxies.hpp"
#include "loader/socketio_proxy.hpp"
#include "loader/store_proxies.hpp"
#include "runtime/json_log.hpp"
#include "runtime/pool_executor.hpp"

namespace televisit::loader {

class PluginInstance;

/// Who provides what, among the loaded instances. Filled before the first plugin starts.
struct ProviderTable {
    RecordStore* records = nullptr;
    PresenceStore* presence = nullptr;
    Backplane* backplane = nullptr;
    Authenticator* authenticator = nullptr;
    IceProvider* ice = nullptr;
    AdmissionPolicy* admission = nullptr;
    /// The engines themselves: each consumer has a proxy of its own over them.
    SocketIoServer* socketio = nullptr;
    PluginInstance* socketio_provider = nullptr;
    EngineIoServer* engineio = nullptr;
    PluginInstance* engineio_provider = nullptr;
};

/// **Threads**: the lifecycle functions from one thread; what the plugin calls from any.
class PluginInstance final : public Host {
  public:
    PluginInstance(PlannedPlugin plan, PluginLibrary library, KernelServices kernel, const ProviderTable& providers,
                   const ConsultationsSlot& consultations);
    ~PluginInstance() override;

    const std::string& id() const noexcept { return plan_.id; }
    const PlannedPlugin& plan() const noexcept { return plan_; }
    runtime::Guard& guard() noexcept { return guard_; }
    PluginBorder& border() noexcept { return border_; }

    /// Makes the plugin, and proxies of what it provides in `table`. **Errors**: `internal` when its constructor
    /// throws, `malformed` when it does not set the ports that its manifest promises.
    Result<void> create(ProviderTable& table);
    Result<void> start(const CallContext& context);
    void announce_drain(const DrainNotice& notice, const CallContext& context);
    void drain(const CallContext& context);
    /// Lets no more calls in, waits for those on event loops and, for a while, on workers; then stops the plugin.
    void stop(const CallContext& context);
    /// Ends its workers. False when one is stuck: then nothing of it may be destroyed.
    bool end_workers(SteadyTime deadline);

    // Host
    std::string_view instance() const noexcept override { return plan_.id; }
    const ConfigView& config() const override { return *config_; }
    Logger& logger() override { return logger_; }
    const Clock& clock() const override { return kernel_.clock; }
    Secrets& secrets() override { return kernel_.secrets; }
    Executor& executor() override { return executor_; }
    EventBus& events() override { return events_; }
    MetricRegistry& metrics() override { return metrics_; }
    EventLoops& loops() override { return *loops_; }
    HttpRouter& http() override { return http_; }
    ChannelHub& channels() override { return channels_; }
    Consultations& consultations() override { return consultations_; }
    ServerStatus status() const override { return kernel_.status.status(); }
    RecordStore* records() override;
    PresenceStore* presence() override;
    Backplane* backplane() override;
    Authenticator* authenticator() override;
    IceProvider* ice() override;
    SocketIoServer* socketio() override;
    EngineIoServer* engineio() override;

  private:
    Result<void> check_ports(const ProvidedPorts& ports) const;
    void offer(const ProvidedPorts& ports, ProviderTable& table);
    bool offers(std::string_view capability) const noexcept;
    void check_declared(std::string_view capability) const;

    const PlannedPlugin plan_;
    const PluginLibrary library_;
    KernelServices kernel_;
    const ProviderTable& providers_;
    runtime::JsonLogger logger_;
    runtime::Guard guard_;
    runtime::WorkerPool pool_;
    runtime::PoolExecutor executor_;
    PluginBorder border_;
    std::unique_ptr<ConfigView> config_;
    std::unique_ptr<EventLoops> loops_;
    PluginEvents events_;
    PluginMetrics metrics_;
    HttpRouterProxy http_;
    ChannelHubProxy channels_;
    ConsultationsProxy consultations_;
    std::unique_ptr<SocketIoProxy> socketio_;
    std::unique_ptr<EngineIoProxy> engineio_;

    // What others hold in the place of this plugin's ports.
    std::unique_ptr<RecordStoreProxy> records_proxy_;
    std::unique_ptr<PresenceStoreProxy> presence_proxy_;
    std::unique_ptr<BackplaneProxy> backplane_proxy_;
    std::unique_ptr<AuthenticatorProxy> authenticator_proxy_;
    std::unique_ptr<IceProviderProxy> ice_proxy_;
    std::unique_ptr<AdmissionPolicyProxy> admission_proxy_;

    Plugin* plugin_ = nullptr;  // destroyed by the library that made it
    std::atomic<bool> may_use_ports_{false};
    std::mutex lifecycle_;  // a drain that is late ends before the stop begins
};

}  // namespace televisit::loader
