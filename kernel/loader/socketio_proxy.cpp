#include "loader/socketio_proxy.hpp"

namespace televisit::loader {

SocketIoProxy::SocketIoProxy(SocketIoServer& engine, runtime::Guard& engine_guard, PluginBorder& consumer,
                             runtime::TimerThread& timers)
    : engine_(engine), guard_(engine_guard), consumer_(consumer), timers_(timers) {}

Result<void> SocketIoProxy::open_namespace(std::vector<std::string> names, SocketNamespaceListener& listener) {
    if (!consumer_.loop) return loop_not_granted(consumer_.guard.plugin(), "a Socket.IO namespace");
    auto guarded = std::make_unique<GuardedNamespace>(listener, consumer_);
    SocketNamespaceListener& added = *guarded;
    {
        const std::lock_guard lock(mutex_);
        listeners_.push_back(std::move(guarded));
    }
    return guard_.call("socketio.open_namespace", [&] { return engine_.open_namespace(std::move(names), added); });
}

Result<void> SocketIoProxy::on(std::string_view nsp, std::string event, SocketEventHandler& handler) {
    auto worker = std::make_unique<WorkerSocketEvent>(handler, consumer_, timers_, "event " + event);
    SocketLoopEventHandler& added = *worker;
    {
        const std::lock_guard lock(mutex_);
        handlers_.push_back(std::move(worker));
    }
    return guard_.call("socketio.on", [&] { return engine_.on_loop(nsp, std::move(event), added); });
}

Result<void> SocketIoProxy::on_loop(std::string_view nsp, std::string event, SocketLoopEventHandler& handler) {
    if (!consumer_.loop) return loop_not_granted(consumer_.guard.plugin(), "event " + event);
    auto guarded = std::make_unique<LoopSocketEvent>(handler, consumer_, "event " + event);
    SocketLoopEventHandler& added = *guarded;
    {
        const std::lock_guard lock(mutex_);
        handlers_.push_back(std::move(guarded));
    }
    return guard_.call("socketio.on_loop", [&] { return engine_.on_loop(nsp, std::move(event), added); });
}

Result<void> SocketIoProxy::use(std::string_view nsp, SocketMiddleware& middleware) {
    auto worker = std::make_unique<WorkerSocketMiddleware>(middleware, consumer_, timers_);
    SocketLoopMiddleware& added = *worker;
    {
        const std::lock_guard lock(mutex_);
        middleware_.push_back(std::move(worker));
    }
    return guard_.call("socketio.use", [&] { return engine_.use_on_loop(nsp, added); });
}

Result<void> SocketIoProxy::use_on_loop(std::string_view nsp, SocketLoopMiddleware& middleware) {
    if (!consumer_.loop) return loop_not_granted(consumer_.guard.plugin(), "Socket.IO middleware");
    auto guarded = std::make_unique<GuardedSocketMiddleware>(middleware, consumer_);
    SocketLoopMiddleware& added = *guarded;
    {
        const std::lock_guard lock(mutex_);
        middleware_.push_back(std::move(guarded));
    }
    return guard_.call("socketio.use_on_loop", [&] { return engine_.use_on_loop(nsp, added); });
}

EmitResult SocketIoProxy::emit(SocketKey to, const Emission& emission) {
    EmitResult result = EmitResult::gone;
    guard_.run("socketio.emit", [&] { result = engine_.emit(to, emission); });
    return result;
}

EmitResult SocketIoProxy::emit(std::span<const SocketKey> to, const Emission& emission) {
    EmitResult result = EmitResult::gone;
    guard_.run("socketio.emit", [&] { result = engine_.emit(to, emission); });
    return result;
}

void SocketIoProxy::emit_with_ack(SocketKey to, const Emission& emission, std::chrono::milliseconds timeout,
                                  AckCallback on_ack) {
    guard_.run("socketio.emit_with_ack", [&] {
        engine_.emit_with_ack(to, emission, timeout, [border = &consumer_, on_ack = std::move(on_ack)](auto answer) {
            if (!border->open.load(std::memory_order_relaxed)) return;
            border->charge_loop();
            border->guard.run("acknowledgement", [&] { on_ack(std::move(answer)); });
        });
    });
}

void SocketIoProxy::join_room(SocketKey socket, std::string_view room) {
    guard_.run("socketio.join_room", [&] { engine_.join_room(socket, room); });
}

void SocketIoProxy::leave_room(SocketKey socket, std::string_view room) {
    guard_.run("socketio.leave_room", [&] { engine_.leave_room(socket, room); });
}

void SocketIoProxy::emit_to_room(std::string_view nsp, std::string_view room, const Emission& emission,
                                 std::optional<SocketKey> except) {
    guard_.run("socketio.emit_to_room", [&] { engine_.emit_to_room(nsp, room, emission, except); });
}

void SocketIoProxy::disconnect(SocketKey socket, DisconnectMode mode) {
    guard_.run("socketio.disconnect", [&] { engine_.disconnect(socket, mode); });
}

}  // namespace televisit::loader
