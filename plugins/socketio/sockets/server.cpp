#include "sockets/server.hpp"

#include <algorithm>
#include <utility>

#include "engine/all_loops.hpp"

namespace televisit::socketio {

SocketServer::SocketServer(const SocketContext& context, Executor& executor) : context_(context), executor_(executor) {
    for (LoopId id = 0; id < context.loops.count() && id < kMaxLoops; ++id)
        loops_.push_back(std::make_shared<SocketLoop>(id, context, loops_));
}

SocketServer::~SocketServer() = default;

Result<void> SocketServer::open_namespace(std::vector<std::string> names, SocketNamespaceListener& listener) {
    if (names.empty()) return error(Errc::invalid, "A namespace needs a name.");
    for (const auto& name : names) {
        if (!name.starts_with('/') || name.find(',') != std::string::npos)
            return error(Errc::invalid, "A namespace's name begins with '/' and has no comma: " + name);
        if (names_.names.contains(name)) return error(Errc::conflict, "This namespace is open already: " + name);
    }
    Namespace& place = *places_.emplace_back(new Namespace{places_.size(), listener, {}, listener.recovery_time()});
    for (auto& name : names) names_.names.try_emplace(name, new NamespaceName{name, place});
    names_.want_handshakes |= listener.wants_handshake();
    return {};
}

Result<void> SocketServer::on_loop(std::string_view nsp, std::string event, SocketLoopEventHandler& handler) {
    const auto found = names_.names.find(nsp);
    if (found == names_.names.end()) return error(Errc::not_found, "No such namespace is open: " + std::string(nsp));
    if (event.empty() || is_reserved_event(event))
        return error(Errc::invalid, "An event cannot be called '" + event + "'");
    if (!found->second->place.handlers.try_emplace(event, &handler).second)
        return error(Errc::conflict, "This event is handled already: " + event);
    return {};
}

Result<void> SocketServer::on(std::string_view nsp, std::string event, SocketEventHandler& handler) {
    auto worker =
        std::make_unique<WorkerHandler>(handler, executor_, context_.clock, context_.settings.handler_timeout);
    if (auto added = on_loop(nsp, std::move(event), *worker); !added) return added;
    worker_handlers_.push_back(std::move(worker));
    return {};
}

Result<void> SocketServer::use_on_loop(std::string_view nsp, SocketLoopMiddleware& middleware) {
    const auto found = names_.names.find(nsp);
    if (found == names_.names.end()) return error(Errc::not_found, "No such namespace is open: " + std::string(nsp));
    found->second->place.middleware.push_back(&middleware);
    names_.want_handshakes |= middleware.wants_handshake();
    return {};
}

Result<void> SocketServer::use(std::string_view nsp, SocketMiddleware& middleware) {
    auto worker =
        std::make_unique<WorkerMiddleware>(middleware, executor_, context_.clock, context_.settings.handler_timeout);
    if (auto added = use_on_loop(nsp, *worker); !added) return added;
    worker_middleware_.push_back(std::move(worker));
    return {};
}

SocketLoop* SocketServer::here() const noexcept {
    const auto current = context_.loops.current();
    return current && exists(*current) ? loops_[*current].get() : nullptr;
}

void SocketServer::on_its_loop(SocketKey socket, InboxBatch::Task work) {
    const LoopId loop = loop_of(socket);
    if (exists(loop)) loops_[loop]->hand_over(std::move(work), here());
}

EmitResult SocketServer::emit(SocketKey to, const Emission& emission) {
    return emit(std::span(&to, 1), emission);
}

EmitResult SocketServer::emit(std::span<const SocketKey> to, const Emission& emission) {
    EmitResult worst = EmitResult::sent;
    SocketLoop* const home = here();
    bool elsewhere = false;
    for (const SocketKey key : to) {
        if (home == nullptr || loop_of(key) != home->id()) {
            elsewhere = true;
            if (!exists(loop_of(key))) worst = EmitResult::gone;
            continue;
        }
        Socket* const socket = home->find(key);
        worst = std::max(worst, socket == nullptr ? EmitResult::gone : socket->emit(emission));
    }
    if (!elsewhere) return worst;
    for (const auto& loop : loops_) {
        const auto there = [&](SocketKey key) { return loop_of(key) == loop->id(); };
        if (loop.get() != home && std::any_of(to.begin(), to.end(), there))
            worst = std::max(worst, loop->hand_over(to, emission, home));
    }
    return worst;
}

void SocketServer::emit_with_ack(SocketKey to, const Emission& emission, std::chrono::milliseconds timeout,
                                 AckCallback on_ack) {
    SocketLoop* const home = here();
    if (home != nullptr && home->id() == loop_of(to)) return home->ask(to, emission, timeout, std::move(on_ack));
    const auto copy = std::make_shared<const EmissionCopy>(emission);
    on_its_loop(to, [to, copy, timeout, on_ack = std::move(on_ack)](SocketLoop& loop) {
        loop.ask(to, copy->emission(), timeout, on_ack);
    });
}

void SocketServer::join_room(SocketKey socket, std::string_view room) {
    SocketLoop* const home = here();
    if (home != nullptr && home->id() == loop_of(socket)) return home->join(socket, room);
    on_its_loop(socket, [socket, room = std::string(room)](SocketLoop& loop) { loop.join(socket, room); });
}

void SocketServer::leave_room(SocketKey socket, std::string_view room) {
    SocketLoop* const home = here();
    if (home != nullptr && home->id() == loop_of(socket)) return home->leave(socket, room);
    on_its_loop(socket, [socket, room = std::string(room)](SocketLoop& loop) { loop.leave(socket, room); });
}

void SocketServer::emit_to_room(std::string_view nsp, std::string_view room, const Emission& emission,
                                std::optional<SocketKey> except) {
    const auto found = names_.names.find(nsp);
    if (found == names_.names.end()) return;
    const Namespace& place = found->second->place;
    SocketLoop* const home = here();
    if (home != nullptr) home->emit_to_room(place, room, emission, except);
    if (home != nullptr && loops_.size() == 1) return;
    const auto copy = std::make_shared<const EmissionCopy>(emission);
    for (const auto& loop : loops_) {
        if (loop.get() == home) continue;
        loop->hand_over([&place, room = std::string(room), copy,
                         except](SocketLoop& there) { there.emit_to_room(place, room, copy->emission(), except); },
                        home);
    }
}

void SocketServer::disconnect(SocketKey socket, DisconnectMode mode) {
    SocketLoop* const home = here();
    if (home != nullptr && home->id() == loop_of(socket)) return home->disconnect(socket, mode);
    on_its_loop(socket, [socket, mode](SocketLoop& loop) { loop.disconnect(socket, mode); });
}

std::size_t SocketServer::connected() const noexcept {
    std::size_t count = 0;
    for (const auto& loop : loops_) count += loop->shared_figures()->connected.get();
    return count;
}

Result<std::unique_ptr<EngineListener>> SocketServer::accept(const HttpRequest& handshake) {
    if (!exists(handshake.loop)) return error(Errc::internal, "This connection belongs to no event loop.");
    SocketLoop& home = *loops_[handshake.loop];
    auto entry = context_.unconnected->enter(handshake.remote_address);
    if (entry.refusal == ClientPlaces::Refusal::in_all) {
        home.figures().refused_unconnected.add();
        return error(Errc::unavailable, "too_many_unconnected", "The server is busy. Please try again in a moment.");
    }
    if (entry.refusal == ClientPlaces::Refusal::of_address) {
        home.figures().refused_unconnected_of_address.add();
        return error(Errc::rate_limited, "too_many_unconnected_from_address",
                     "Too many people are connecting from here. Please try again in a moment.");
    }
    return std::unique_ptr<EngineListener>(std::make_unique<Client>(home, names_, handshake, std::move(entry.place)));
}

void SocketServer::shut(SteadyTime deadline) {
    on_all_loops<SocketLoop>(
        context_.loops, loops_, [](SocketLoop& loop) { loop.shut(); }, deadline);
    context_.gate->close();
    for (const auto& loop : loops_) loop->close_inbox();
}

std::vector<std::shared_ptr<const SocketFigures>> SocketServer::figures() const {
    std::vector<std::shared_ptr<const SocketFigures>> all;
    for (const auto& loop : loops_) all.push_back(loop->shared_figures());
    return all;
}

}  // namespace televisit::socketio
