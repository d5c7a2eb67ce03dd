#include "loader/plugin_instance.hpp"

#include <algorithm>
#include <stdexcept>

#include "config/tree_view.hpp"

namespace televisit::loader {
namespace {

constexpr std::chrono::seconds kRestPatience{1};

}  // namespace

PluginInstance::PluginInstance(PlannedPlugin plan, PluginLibrary library, KernelServices kernel,
                               const ProviderTable& providers, const ConsultationsSlot& consultations)
    : plan_(std::move(plan)),
      library_(library),
      kernel_(kernel),
      providers_(providers),
      logger_(kernel.log, kernel.clock, plan_.id),
      guard_(plan_.id, logger_, kernel.metrics),
      pool_(plan_.id, plan_.threads, plan_.queue),
      executor_(pool_, kernel.timers, kernel.clock, guard_),
      border_{pool_,
              guard_,
              kernel.clock,
              kernel.frontend,
              plan_.deadline,
              plan_.loop,
              kernel.frontend.account_of(plan_.id)},
      config_(config::view(plan_.config)),
      loops_(kernel.frontend.loops_for(plan_.id)),
      events_(kernel.events, pool_, guard_),
      metrics_(kernel.metrics, guard_),
      http_(border_),
      channels_(border_),
      consultations_(consultations, border_) {
    kernel_.metrics.add_source([&pool = pool_, id = plan_.id] {
        const auto gauge = [&](const char* name, const char* help, std::size_t value) {
            return MetricFamily{
                name, help, MetricKind::gauge, {MetricSample{{{"plugin", id}}, static_cast<double>(value)}}};
        };
        return std::vector<MetricFamily>{
            gauge("televisit_plugin_workers", "Workers that a plugin may have", pool.threads()),
            gauge("televisit_plugin_workers_busy", "Workers of a plugin that work now", pool.running()),
            gauge("televisit_plugin_queue_tasks", "Tasks that wait for a worker of a plugin", pool.queued()),
        };
    });
}

PluginInstance::~PluginInstance() {
    if (plugin_) guard_.run("destroy", [this] { library_.destroy(plugin_); });
}

Result<void> PluginInstance::create(ProviderTable& table) {
    kernel_.status.set_component(plan_.id, plan_.use, "starting", "");
    auto created = guard_.call("create", [this]() -> Result<ProvidedPorts> {
        plugin_ = library_.create(*this);
        if (!plugin_) return error(Errc::internal, "its create function gave nothing");
        return plugin_->ports();
    });
    if (!created) return std::move(created).error();
    if (auto checked = check_ports(*created); !checked) return checked;
    offer(*created, table);
    return {};
}

Result<void> PluginInstance::check_ports(const ProvidedPorts& ports) const {
    const std::pair<std::string_view, bool> given[] = {
        {RecordStore::kCapability, ports.records != nullptr},
        {PresenceStore::kCapability, ports.presence != nullptr},
        {Backplane::kCapability, ports.backplane != nullptr},
        {Authenticator::kCapability, ports.authenticator != nullptr},
        {IceProvider::kCapability, ports.ice != nullptr},
        {AdmissionPolicy::kCapability, ports.admission != nullptr},
        {SocketIoServer::kCapability, ports.socketio != nullptr},
        {EngineIoServer::kCapability, ports.engineio != nullptr},
    };
    for (const auto& [capability, is_set] : given) {
        const bool promised = plan_.manifest.provides_capability(capability);
        if (promised && !is_set)
            return error(Errc::malformed,
                         "its manifest provides " + std::string(capability) + ", but ports() does not set it");
        if (!promised && is_set)
            return error(Errc::malformed,
                         "ports() sets " + std::string(capability) + ", which its manifest does not provide");
    }
    return {};
}

bool PluginInstance::offers(std::string_view capability) const noexcept {
    return std::find(plan_.capabilities.begin(), plan_.capabilities.end(), capability) != plan_.capabilities.end();
}

void PluginInstance::offer(const ProvidedPorts& ports, ProviderTable& table) {
    const PortCaller caller({pool_, guard_, kernel_.clock, kernel_.frontend, plan_.deadline});
    MetricRegistry& metrics = kernel_.metrics;
    if (offers(RecordStore::kCapability)) {
        records_proxy_ = std::make_unique<RecordStoreProxy>(*ports.records, caller, metrics);
        table.records = records_proxy_.get();
    }
    if (offers(PresenceStore::kCapability)) {
        presence_proxy_ = std::make_unique<PresenceStoreProxy>(*ports.presence, caller, metrics);
        table.presence = presence_proxy_.get();
    }
    if (offers(Backplane::kCapability)) {
        backplane_proxy_ = std::make_unique<BackplaneProxy>(*ports.backplane, caller, metrics);
        table.backplane = backplane_proxy_.get();
    }
    if (offers(Authenticator::kCapability)) {
        authenticator_proxy_ = std::make_unique<AuthenticatorProxy>(*ports.authenticator, caller, metrics);
        table.authenticator = authenticator_proxy_.get();
    }
    if (offers(IceProvider::kCapability)) {
        ice_proxy_ = std::make_unique<IceProviderProxy>(*ports.ice, caller, metrics);
        table.ice = ice_proxy_.get();
    }
    if (offers(AdmissionPolicy::kCapability)) {
        admission_proxy_ = std::make_unique<AdmissionPolicyProxy>(*ports.admission, caller, metrics);
        table.admission = admission_proxy_.get();
    }
    if (offers(SocketIoServer::kCapability)) {
        table.socketio = ports.socketio;
        table.socketio_provider = this;
    }
    if (offers(EngineIoServer::kCapability)) {
        table.engineio = ports.engineio;
        table.engineio_provider = this;
    }
}

Result<void> PluginInstance::start(const CallContext& context) {
    if (providers_.socketio)
        socketio_ = std::make_unique<SocketIoProxy>(*providers_.socketio, providers_.socketio_provider->guard(),
                                                    border_, kernel_.timers);
    if (providers_.engineio)
        engineio_ =
            std::make_unique<EngineIoProxy>(*providers_.engineio, providers_.engineio_provider->guard(), border_);
    may_use_ports_ = true;
    auto started = guard_.call("start", [&] { return plugin_->start(context); });
    kernel_.status.set_component(plan_.id, plan_.use, started ? "running" : "failed",
                                 started ? "" : started.error().message);
    return started;
}

void PluginInstance::announce_drain(const DrainNotice& notice, const CallContext& context) {
    const std::lock_guard lock(lifecycle_);
    guard_.run("announce_drain", [&] { plugin_->announce_drain(notice, context); });
}

void PluginInstance::drain(const CallContext& context) {
    const std::lock_guard lock(lifecycle_);
    guard_.run("drain", [&] { plugin_->drain(context); });
}

void PluginInstance::stop(const CallContext& context) {
    const std::lock_guard lock(lifecycle_);
    kernel_.status.set_component(plan_.id, plan_.use, "stopping", "");
    border_.open.store(false, std::memory_order_release);
    kernel_.frontend.remove(plan_.id);
    kernel_.frontend.quiesce();
    kernel_.events.unsubscribe(plan_.id);
    metrics_.close();
    // What its workers have begun they may end, but not for long: a provider whose calls are stuck may need its stop()
    // to come free.
    const SteadyTime now = kernel_.clock.steady_now();
    const SteadyTime::duration patience = std::min<SteadyTime::duration>((context.deadline - now) / 4, kRestPatience);
    if (!pool_.rest(now + patience)) logger_.warning("workers are busy while the plugin is stopped");
    guard_.run("stop", [&] { plugin_->stop(context); });
    executor_.close();
    // What the plugin posted to loops in stop() may still refer to it.
    kernel_.frontend.quiesce();
}

bool PluginInstance::end_workers(SteadyTime deadline) {
    executor_.close();
    return pool_.stop(deadline);
}

void PluginInstance::check_declared(std::string_view capability) const {
    const auto names = [&](const std::vector<std::string>& list) {
        return std::find(list.begin(), list.end(), capability) != list.end();
    };
    if (!names(plan_.manifest.requires_) && !names(plan_.manifest.optional))
        throw std::logic_error("plugin '" + plan_.id + "' uses " + std::string(capability) +
                               " without naming it under `requires` or `optional` of its manifest");
    if (!may_use_ports_)
        throw std::logic_error("plugin '" + plan_.id + "' uses " + std::string(capability) + " before its start()");
}

RecordStore* PluginInstance::records() {
    check_declared(RecordStore::kCapability);
    return providers_.records;
}
PresenceStore* PluginInstance::presence() {
    check_declared(PresenceStore::kCapability);
    return providers_.presence;
}
Backplane* PluginInstance::backplane() {
    check_declared(Backplane::kCapability);
    return providers_.backplane;
}
Authenticator* PluginInstance::authenticator() {
    check_declared(Authenticator::kCapability);
    return providers_.authenticator;
}
IceProvider* PluginInstance::ice() {
    check_declared(IceProvider::kCapability);
    return providers_.ice;
}
SocketIoServer* PluginInstance::socketio() {
    check_declared(SocketIoServer::kCapability);
    return socketio_.get();
}
EngineIoServer* PluginInstance::engineio() {
    check_declared(EngineIoServer::kCapability);
    return engineio_.get();
}

}  // namespace televisit::loader
