#include "signaling_plugin.hpp"

#include <future>
#include <utility>

#include "messages.hpp"

namespace televisit::signaling {

namespace {

Rate rate(const ConfigView& config, const std::string& key) {
    return {static_cast<std::uint32_t>(config.integer(key + ".per_second")),
            static_cast<std::uint32_t>(config.integer(key + ".burst"))};
}

Settings read_settings(const ConfigView& config) {
    Settings settings;
    settings.namespaces = config.strings("namespaces");
    settings.chat_echo = config.boolean("chat_echo");
    settings.chat_length = static_cast<std::size_t>(config.integer("chat_length"));
    settings.quality_bytes = config.bytes("quality_report");
    settings.events = rate(config, "events");
    settings.refusal_cost = static_cast<std::uint32_t>(config.integer("events.refusal_cost"));
    settings.max_unjoined = static_cast<std::size_t>(config.integer("unjoined.max"));
    settings.max_unjoined_per_address = static_cast<std::size_t>(config.integer("unjoined.per_address"));
    settings.unjoined_events = rate(config, "unjoined.events_per_address");
    settings.max_remembered = static_cast<std::size_t>(config.integer("unjoined.addresses"));
    settings.join_deadline = config.duration("join_deadline");
    settings.join_timeout = config.duration("join_timeout");
    settings.reconnect_after = config.duration("reconnect_after");
    return settings;
}

}  // namespace

SignalingPlugin::SignalingPlugin(Host& host) : host_(host), settings_(read_settings(host.config())) {}

SignalingPlugin::~SignalingPlugin() = default;

Result<void> SignalingPlugin::start(const CallContext&) {
    SocketIoServer& sockets = *host_.socketio();
    stage_ = std::make_shared<Stage>(host_, sockets, settings_);
    const auto addresses = std::make_shared<Addresses>(
        ClientPlaces::Limits{.in_all = settings_.max_unjoined, .of_address = settings_.max_unjoined_per_address});
    for (LoopId id = 0; id < host_.loops().count(); ++id)
        stage_->loops.push_back(std::make_shared<LoopConnections>(
            id, host_.loops(), host_.clock(), settings_.join_deadline,
            [&sockets](SocketKey key) { sockets.disconnect(key, DisconnectMode::engine); }, addresses));
    farewell_ = std::make_unique<Farewell>(stage_->sockets, settings_.reconnect_after);
    arrivals_ = std::make_unique<Arrivals>(*stage_, *farewell_);
    delivery_ = std::make_unique<Delivery>(*stage_);
    make_handlers();
    if (auto attached = host_.consultations().attach(*delivery_); !attached) return attached;
    if (auto registered = register_handlers(); !registered) {
        farewell_->begin();
        host_.consultations().detach(*delivery_);
        return registered;
    }
    host_.metrics().add_source([loops = stage_->loops, addresses] {
        MetricSample joined, unjoined;
        for (const auto& loop : loops) joined.value += static_cast<double>(loop->joined());
        unjoined.value = static_cast<double>(addresses->unjoined.taken());
        return std::vector<MetricFamily>{
            {"televisit_signaling_joined", "Sockets that are in a room now.", MetricKind::gauge, {joined}},
            {"televisit_signaling_unjoined", "Sockets that are in no room now.", MetricKind::gauge, {unjoined}}};
    });
    return {};
}

void SignalingPlugin::make_handlers() {
    join_room_ = std::make_unique<JoinRoom>(*stage_);
    leave_room_ = std::make_unique<LeaveRoom>(*stage_);
    const auto add = [this]<class Handler>(std::unique_ptr<Handler> handler) {
        handlers_.push_back(std::move(handler));
    };
    add(std::make_unique<OpaqueRelay>(*stage_, "webrtc_offer", "offer", RelayKind::description));
    add(std::make_unique<OpaqueRelay>(*stage_, "webrtc_answer", "answer", RelayKind::description));
    add(std::make_unique<OpaqueRelay>(*stage_, "ice_candidate", "candidate", RelayKind::candidate));
    add(std::make_unique<ToggleRelay>(*stage_, "toggle_audio", "audio_toggled", MediaKind::audio));
    add(std::make_unique<ToggleRelay>(*stage_, "toggle_video", "video_toggled", MediaKind::video));
    add(std::make_unique<ToggleRelay>(*stage_, "screen_share", "screen_share_toggled", MediaKind::screen_share));
    add(std::make_unique<ChatRelay>(*stage_));
    add(std::make_unique<QualityReport>(*stage_));
}

Result<void> SignalingPlugin::register_handlers() {
    SocketIoServer& sockets = stage_->sockets;
    if (settings_.namespaces.empty()) return error(Errc::invalid, "signaling: 'namespaces' is empty");
    const std::string& nsp = settings_.namespaces.front();
    if (auto opened = sockets.open_namespace(settings_.namespaces, *arrivals_); !opened) return opened;
    if (auto added = sockets.on_loop(nsp, "join_room", *join_room_); !added) return added;
    if (auto added = sockets.on_loop(nsp, "leave_room", *leave_room_); !added) return added;
    for (const auto& handler : handlers_)
        if (auto added = sockets.on_loop(nsp, handler->name(), *handler); !added) return added;
    return {};
}

void SignalingPlugin::announce_drain(const DrainNotice& notice, const CallContext& context) {
    if (stage_ == nullptr) return;
    if (notice.reconnect_after) farewell_->set_reconnect_after(*notice.reconnect_after);
    if (!farewell_->announce()) return;
    on_all_loops([farewell = farewell_.get()](LoopConnections& loop) { farewell->tell(loop.keys()); },
                 context.deadline);
}

/// Connections end without a DISCONNECT packet, so that clients come back by themselves.
void SignalingPlugin::drain(const CallContext& context) {
    if (stage_ == nullptr) return;
    announce_drain({}, context);
    farewell_->begin();
    on_all_loops(
        [&sockets = stage_->sockets](LoopConnections& loop) {
            for (const SocketKey key : loop.keys()) sockets.disconnect(key, DisconnectMode::engine);
        },
        context.deadline);
}

void SignalingPlugin::stop(const CallContext& context) {
    if (stage_ == nullptr) return;
    host_.consultations().detach(*delivery_);
    on_all_loops([](LoopConnections& loop) { loop.close(); }, context.deadline);
    stage_->closed = true;
}

void SignalingPlugin::on_all_loops(const std::function<void(LoopConnections&)>& work, SteadyTime deadline) {
    std::vector<std::future<void>> ends;
    for (const auto& loop : stage_->loops) {
        // Shared with the task: the deadline may pass before it has run.
        const auto done = std::make_shared<std::promise<void>>();
        auto end = done->get_future();
        const bool posted = host_.loops().post(loop->id(), [loop, work, done] {
            work(*loop);
            done->set_value();
        });
        if (posted) ends.push_back(std::move(end));
    }
    for (auto& end : ends) end.wait_until(deadline);
}

}  // namespace televisit::signaling
