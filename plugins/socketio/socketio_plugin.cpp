#include "socketio_plugin.hpp"

#include <algorithm>
#include <utility>

#include "figures_source.hpp"

namespace televisit::socketio {

namespace {

std::size_t count(const ConfigView& config, std::string_view key) {
    return static_cast<std::size_t>(config.integer(key));
}

Rate rate(const ConfigView& config, const std::string& key) {
    return {static_cast<std::uint32_t>(config.integer(key + ".per_second")),
            static_cast<std::uint32_t>(config.integer(key + ".burst"))};
}

std::shared_ptr<ClientPlaces> places(std::size_t in_all, std::size_t of_address) {
    return std::make_shared<ClientPlaces>(ClientPlaces::Limits{.in_all = in_all, .of_address = of_address});
}

EngineSettings engine_settings(const ConfigView& config) {
    EngineSettings settings;
    settings.node = config.string("node_letter").front();
    settings.ping_interval = config.duration("ping_interval");
    settings.ping_timeout = config.duration("ping_timeout");
    settings.upgrade_timeout = config.duration("upgrade_timeout");
    settings.max_payload = config.bytes("max_payload");
    settings.max_buffered = config.bytes("write_buffer");
    settings.max_sessions = count(config, "max_sessions_per_loop");
    settings.packets = rate(config, "packets");
    settings.packet_unit = config.bytes("packets.unit");
    return settings;
}

SocketSettings socket_settings(const ConfigView& config) {
    SocketSettings settings;
    settings.connect_timeout = config.duration("connect_timeout");
    settings.handler_timeout = config.duration("handler_timeout");
    settings.strand_queue = count(config, "strand_queue");
    settings.strand_bytes = config.bytes("strand_bytes");
    settings.max_attachments = count(config, "max_attachments");
    settings.max_binary = config.bytes("max_binary");
    settings.max_namespaces = count(config, "max_namespaces");
    settings.max_pending_acks = count(config, "max_pending_acks");
    settings.handover_bytes = config.bytes("handover_buffer");
    settings.recovery = config.boolean("recovery.default");
    settings.recovery_bytes = config.bytes("recovery.bytes");
    settings.recovery_tail = std::min(config.bytes("recovery.tail"), settings.recovery_bytes);
    settings.recovery_events = count(config, "recovery.events");
    settings.max_away = count(config, "recovery.max_away_per_loop");
    settings.away_bytes = config.bytes("recovery.away_bytes_per_loop");
    return settings;
}

}  // namespace

SocketIoPlugin::SocketIoPlugin(Host& host) : host_(host) {
    const auto& config = host.config();
    const SocketContext sockets{host.loops(),
                                host.clock(),
                                host.secrets(),
                                std::make_shared<LoopGate>(host.loops()),
                                socket_settings(config),
                                places(count(config, "max_unconnected"), count(config, "max_unconnected_per_address"))};
    sockets_ = std::make_unique<SocketServer>(sockets, host.executor());
    const EngineContext engine{host.loops(), host.clock(), host.secrets(),
                               places(0, count(config, "max_polling_per_address"))};
    engine_ = std::make_unique<Engine>(engine, host.http(), host.channels(), engine_settings(config));
}

SocketIoPlugin::~SocketIoPlugin() = default;

ProvidedPorts SocketIoPlugin::ports() {
    ProvidedPorts ports;
    ports.socketio = sockets_.get();
    ports.engineio = engine_.get();
    return ports;
}

Result<void> SocketIoPlugin::start(const CallContext&) {
    EngineEndpoint endpoint;
    endpoint.path = host_.config().string("path");
    if (auto served = engine_->serve(std::move(endpoint), *sockets_); !served) return served;
    host_.metrics().add_source(
        [engines = engine_->figures(), sockets = sockets_->figures()] { return families_of(engines, sockets); });
    return {};
}

/// Without a DISCONNECT packet, so that clients come back by themselves, to whoever is there then.
void SocketIoPlugin::drain(const CallContext& context) {
    engine_->shut(CloseCause::shutdown, context.deadline);
}

void SocketIoPlugin::stop(const CallContext& context) {
    engine_->shut(CloseCause::shutdown, context.deadline);
    sockets_->shut(context.deadline);
}

}  // namespace televisit::socketio
