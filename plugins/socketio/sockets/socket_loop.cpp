#include "sockets/socket_loop.hpp"

#include <algorithm>
#include <utility>

#include "engine/session.hpp"
#include "json/slice.hpp"
#include "sockets/client.hpp"

namespace televisit::socketio {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kTimerGranularity{20};
/// How long a client may be without any namespace once it has left its last one.
constexpr milliseconds kEndDelay{1000};

}  // namespace

SocketLoop::SocketLoop(LoopId id, const SocketContext& context, const std::vector<std::shared_ptr<SocketLoop>>& all)
    : id_(id),
      context_(context),
      figures_(std::make_shared<SocketFigures>()),
      all_(all),
      inbox_(id, context.settings.handover_bytes) {}

SocketLoop::~SocketLoop() {
    if (timer_ != nullptr) timer_->stop();
}

/// Most events have one argument: it is what is left behind the name, and nobody needs to look for its end.
std::vector<std::string_view>& SocketLoop::cut(const SocketPacket& packet) {
    args_.clear();
    json::ArrayElements elements(packet.payload);
    if (packet.elements == 2) {
        args_.push_back(elements.next().value_or(std::string_view()));
        args_.push_back(elements.last());
        return args_;
    }
    while (const auto element = elements.next()) args_.push_back(*element);
    return args_;
}

Socket* SocketLoop::make(Client& client, const NamespaceName& name, bool recoverable) {
    if (free_.empty()) {
        if (slots_.size() >= kMaxSlots) return nullptr;
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    Slot& slot = slots_[index];
    const SocketKey key = make_key(id_, ++slot.generation, index);
    slot.socket = std::make_unique<Socket>(*this, client, name, key, random_sid(context_.secrets));
    if (recoverable) slot.socket->make_recoverable(random_pid(context_.secrets, id_, index));
    return slot.socket.get();
}

void SocketLoop::unmake(Socket& socket) {
    vacate(socket);
}

std::unique_ptr<Socket> SocketLoop::vacate(const Socket& socket) {
    const std::uint32_t index = socket.key().slot();
    if (slots_[index].generation < kMaxGeneration) free_.push_back(index);
    return std::move(slots_[index].socket);
}

Socket* SocketLoop::find(SocketKey key) noexcept {
    const std::uint32_t index = key.slot();
    if (loop_of(key) != id_ || index >= slots_.size()) return nullptr;
    Socket* const socket = slots_[index].socket.get();
    return socket != nullptr && socket->key() == key ? socket : nullptr;
}

void SocketLoop::opened(Socket& socket) {
    socket.open = true;
    figures_->connected.add();
    figures_->connects.add();
}

std::unique_ptr<Socket> SocketLoop::take(Socket& socket) {
    socket.open = false;
    if (socket.is_away()) {
        socket.recovery()->away->stop_waiting();
        end_away(*socket.recovery()->away);
    } else {
        figures_->connected.subtract();
    }
    leave_rooms(socket);
    if (Client* const client = socket.client()) {
        client->remove(socket);
        socket.forget_connection();
    } else {
        socket.detach();
    }
    return vacate(socket);
}

void SocketLoop::end_now(Socket& socket, SocketClose close) {
    auto owned = take(socket);
    socket.give_up_acks();
    socket.place().tell_end(socket.key(), close);
    bury_later({std::move(owned), std::nullopt});
}

void SocketLoop::end_later(Socket& socket, SocketClose close) {
    bury_later({take(socket), close});
}

void SocketLoop::bury_later(Ended ended) {
    ended_.push_back(std::move(ended));
    if (ended_.size() == 1) context_.loops.post(id_, [self = shared_from_this()] { self->bury(); });
}

void SocketLoop::bury() {
    for (const auto& [socket, untold] : std::exchange(ended_, {})) {
        if (!untold) continue;
        socket->give_up_acks();
        socket->place().tell_end(socket->key(), *untold);
    }
}

void SocketLoop::disconnect(SocketKey key, DisconnectMode mode) {
    Socket* const socket = find(key);
    if (socket == nullptr || !socket->open) return;
    if (socket->is_away()) return end_later(*socket, SocketClose::server_disconnect);
    if (mode == DisconnectMode::engine) return socket->close_engine(CloseCause::server_close);
    socket->send_disconnect();
    Client* const client = socket->client();
    end_later(*socket, SocketClose::server_disconnect);
    if (client == nullptr) return;
    if (!client->has_sockets()) client->session().close(CloseCause::server_close);
}

void SocketLoop::put_out(Socket& socket) {
    if (!socket.open) return;
    static constexpr std::string_view kWhy = R"({"message":"Too much was sent at once.","code":"too_many_packets"})";
    socket.emit({.event = "error", .args = {&kWhy, 1}});
    socket.send_disconnect();
    end_later(socket, SocketClose::server_disconnect);
}

void SocketLoop::ask(SocketKey to, const Emission& emission, milliseconds timeout, SocketIoServer::AckCallback on_ack) {
    Socket* const socket = find(to);
    const auto id = socket == nullptr ? std::nullopt : socket->ask(emission, on_ack);
    if (!id) return on_ack(std::nullopt);
    const SteadyTime due = context_.clock.steady_now() + timeout;
    ack_deadlines_.emplace(due, AckDeadline{to, *id});
    arm(due);
}

void SocketLoop::join(SocketKey key, std::string_view name) {
    Socket* const socket = find(key);
    if (socket == nullptr || !socket->open) return;
    const std::size_t index = socket->place().index;
    if (rooms_.size() <= index) rooms_.resize(index + 1);
    auto& rooms = rooms_[index];
    auto found = rooms.find(name);
    if (found == rooms.end())
        found = rooms.emplace(std::string(name), std::make_unique<Room>(Room{std::string(name), {}})).first;
    Room* const room = found->second.get();
    if (std::find(socket->rooms.begin(), socket->rooms.end(), room) != socket->rooms.end()) return;
    socket->rooms.push_back(room);
    room->members.push_back(socket);
}

void SocketLoop::leave(SocketKey key, std::string_view name) {
    Socket* const socket = find(key);
    if (socket == nullptr) return;
    const auto found =
        std::find_if(socket->rooms.begin(), socket->rooms.end(), [&](Room* room) { return room->name == name; });
    if (found == socket->rooms.end()) return;
    Room& room = **found;
    socket->rooms.erase(found);
    remove_member(room, *socket);
}

void SocketLoop::leave_rooms(Socket& socket) {
    for (Room* const room : std::exchange(socket.rooms, {})) remove_member(*room, socket);
}

void SocketLoop::remove_member(Room& room, Socket& socket) {
    std::erase(room.members, &socket);
    if (!room.members.empty()) return;
    auto& rooms = rooms_[socket.place().index];
    rooms.erase(rooms.find(std::string_view(room.name)));
}

void SocketLoop::emit_to_room(const Namespace& place, std::string_view name, const Emission& emission,
                              std::optional<SocketKey> except) {
    if (rooms_.size() <= place.index) return;
    const auto found = rooms_[place.index].find(name);
    if (found == rooms_[place.index].end()) return;
    for (Socket* const member : found->second->members)
        if (!except || member->key() != *except) member->emit(emission);
}

void SocketLoop::arm(SteadyTime due) {
    if (timer_ == nullptr)
        timer_ = std::make_shared<LoopTimer>(context_.loops, id_, context_.clock, kTimerGranularity,
                                             [this](SteadyTime now) { return run_due(now); });
    timer_->arm(due);
}

void SocketLoop::await_connect(Client& client) {
    const SteadyTime due = context_.clock.steady_now() + settings().connect_timeout;
    connects_.add(client, due);
    arm(due);
}

void SocketLoop::await_end(Client& client) {
    const SteadyTime due = context_.clock.steady_now() + kEndDelay;
    ends_.add(client, due);
    arm(due);
}

std::optional<SteadyTime> SocketLoop::run_due(SteadyTime now) {
    while (DeadlineHook* const hook = connects_.take_due(now)) static_cast<Client&>(*hook).on_connect_deadline();
    while (DeadlineHook* const hook = ends_.take_due(now)) static_cast<Client&>(*hook).on_connect_deadline();
    for (auto& [_, list] : away_)
        while (DeadlineHook* const hook = list.take_due(now)) {
            const Away& away = static_cast<Away&>(*hook);
            end_now(away.owner, away.close);
        }
    while (!ack_deadlines_.empty() && ack_deadlines_.begin()->first <= now) {
        const AckDeadline deadline = ack_deadlines_.extract(ack_deadlines_.begin()).mapped();
        if (Socket* const socket = find(deadline.socket)) socket->give_up_ack(deadline.id);
    }
    std::optional<SteadyTime> next;
    const auto consider = [&](SteadyTime due) {
        if (!next || due < *next) next = due;
    };
    if (connects_.front() != nullptr) consider(connects_.front()->due());
    if (ends_.front() != nullptr) consider(ends_.front()->due());
    for (auto& [_, list] : away_)
        if (list.front() != nullptr) consider(list.front()->due());
    if (!ack_deadlines_.empty()) consider(ack_deadlines_.begin()->first);
    return next;
}

EmitResult SocketLoop::hand_over(std::span<const SocketKey> to, const Emission& emission, SocketLoop* from) {
    const Inbox::Outcome outcome = inbox_.add(to, emission);
    see_to(outcome.added, from);
    return outcome.result;
}

void SocketLoop::hand_over(InboxBatch::Task task, SocketLoop* from) {
    see_to(inbox_.add(std::move(task)), from);
}

void SocketLoop::see_to(Inbox::Added added, SocketLoop* from) {
    if (added == Inbox::Added::announced) return;
    if (from == nullptr) return call();
    auto& to_call = from->to_call_;
    const auto same = [this](const auto& loop) { return loop.get() == this; };
    if (std::any_of(to_call.begin(), to_call.end(), same)) return;
    to_call.push_back(shared_from_this());
    // A task of one's own runs behind all that the turn's connections have brought.
    if (to_call.size() == 1)
        from->gate().post(from->id(), [from = from->shared_from_this()] { from->call_neighbours(); });
}

void SocketLoop::call_neighbours() {
    for (const auto& loop : std::exchange(to_call_, {})) loop->call();
}

void SocketLoop::call() {
    if (inbox_.announce()) gate().post(id_, [self = shared_from_this()] { self->empty_inbox(); });
}

void SocketLoop::empty_inbox() {
    // A step that throws costs its own work, not what waits behind it.
    struct Rest {
        SocketLoop& loop;
        ~Rest() {
            if (!loop.batch_.at_end())
                loop.gate().post(loop.id_, [self = loop.shared_from_this()] { self->empty_inbox(); });
        }
    } const rest{*this};
    if (batch_.at_end()) {
        if (!inbox_.take(batch_)) return;
        figures_->handover_batches.add();
    }
    while (!batch_.at_end()) {
        figures_->handed_over.add();
        batch_.step(*this);
    }
}

void SocketLoop::shut() {
    for (auto& [_, list] : away_)
        while (DeadlineHook* const hook = list.front()) end_now(static_cast<Away&>(*hook).owner, SocketClose::shutdown);
    // Those whose connections are on other loops, of whose ends nobody may be told any more.
    for (const auto& slot : slots_)
        if (slot.socket != nullptr && slot.socket->open && slot.socket->client() == nullptr)
            end_now(*slot.socket, SocketClose::shutdown);
    bury();
    if (timer_ != nullptr) timer_->stop();
}

}  // namespace televisit::socketio
