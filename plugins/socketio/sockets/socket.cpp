#include "sockets/socket.hpp"

#include <utility>

#include "engine/session.hpp"
#include "sockets/client.hpp"
#include "sockets/emission.hpp"
#include "sockets/far_link.hpp"
#include "sockets/socket_loop.hpp"

namespace televisit::socketio {

namespace {

EmitResult result_of(SendResult sent) noexcept {
    switch (sent) {
        case SendResult::sent:
            return EmitResult::sent;
        case SendResult::queued:
            return EmitResult::queued;
        case SendResult::dropped:
            return EmitResult::dropped;
        case SendResult::closed:
            return EmitResult::gone;
    }
    return EmitResult::gone;
}

}  // namespace

Socket::Socket(SocketLoop& home, Client& client, const NamespaceName& name, SocketKey key, Sid sid)
    : home_(home), client_(&client), name_(name), key_(key), sid_(sid) {}

Socket::~Socket() = default;

EmitResult Socket::emit(const Emission& emission, std::optional<std::uint64_t> ack_id) {
    if (!open) return EmitResult::gone;
    home_.figures().events_out.add();
    if (recovery_ != nullptr && !ack_id) return emit_numbered(emission);
    return send(0, home_.layout().event(emission, nsp(), ack_id), emission.attachments);
}

EmitResult Socket::emit_numbered(const Emission& emission) {
    Recovery& recovery = *recovery_;
    const std::uint64_t number = ++recovery.last;
    const OffsetText offset(sid(), number);
    const auto packet = home_.layout().numbered_event(emission, nsp(), offset.view());
    if (recovery.log == nullptr) recovery.log = std::make_unique<EventLog>(number - 1);
    if (recovery.away != nullptr)
        return home_.keep(recovery, packet, emission.attachments) ? EmitResult::queued : EmitResult::dropped;
    const std::string_view kept = recovery.log->append(packet, emission.attachments, home_.log_limits());
    if (kept.empty()) return send(number, packet, emission.attachments);
    return send(number, {&kept, 1}, emission.attachments);
}

EmitResult Socket::send(std::uint64_t number, std::span<const std::string_view> packet,
                        std::span<const std::string_view> attachments) {
    if (client_ != nullptr) return result_of(client_->send_whole(packet, attachments));
    if (recovery_ == nullptr || recovery_->far_away == nullptr) return EmitResult::dropped;
    recovery_->far_away->send(number, packet, attachments);
    return EmitResult::queued;
}

void Socket::answer(std::uint64_t id, std::span<const std::string_view> args,
                    std::span<const std::string_view> attachments) {
    if (!open) return;
    send(0, home_.layout().ack(args, attachments.size(), nsp(), id), attachments);
}

std::optional<std::uint64_t> Socket::ask(const Emission& emission, SocketIoServer::AckCallback& on_ack) {
    if (!open || is_away()) return std::nullopt;
    if (acks_ == nullptr) acks_ = std::make_unique<PendingAcks>();
    if (acks_->size() >= home_.settings().max_pending_acks) return std::nullopt;
    const std::uint64_t id = next_ack_++;
    acks_->emplace(id, std::move(on_ack));
    emit(emission, id);
    return id;
}

void Socket::give_up_ack(std::uint64_t id) {
    if (acks_ == nullptr) return;
    auto found = acks_->extract(id);
    if (!found.empty()) found.mapped()(std::nullopt);
}

void Socket::give_up_acks() {
    const auto acks = std::exchange(acks_, nullptr);
    if (acks == nullptr) return;
    for (auto& [id, callback] : *acks) callback(std::nullopt);
}

void Socket::send_disconnect() {
    if (client_ != nullptr) return client_->send_disconnect(nsp());
    if (recovery_ != nullptr && recovery_->far_away != nullptr) recovery_->far_away->send_disconnect();
}

void Socket::close_engine(CloseCause cause) {
    if (client_ != nullptr) return client_->session().close(cause);
    if (recovery_ != nullptr && recovery_->far_away != nullptr) recovery_->far_away->close(cause);
}

void Socket::detach() {
    if (client_ != nullptr) std::exchange(client_, nullptr)->let_go(*this);
    if (recovery_ == nullptr) return;
    if (const auto link = std::exchange(recovery_->far_away, nullptr)) link->let_go();
}

void Socket::forget_connection() {
    client_ = nullptr;
    if (recovery_ != nullptr) recovery_->far_away.reset();
}

void Socket::begin_anew(Sid sid, const Pid& pid) {
    sid_ = sid;
    recovery_->pid = pid;
    recovery_->last = recovery_->pinged = 0;
    recovery_->log.reset();
}

std::string Socket::connect_answer() const {
    std::string answer = "{\"sid\":\"";
    answer += sid();
    if (recovery_ != nullptr) {
        answer += "\",\"pid\":\"";
        answer += recovery_->pid.view();
    }
    answer += "\"}";
    return answer;
}

bool Socket::can_replay(std::uint64_t number) const noexcept {
    return recovery_->log != nullptr ? recovery_->log->covers(number) : number == recovery_->last;
}

void Socket::welcome_back(std::optional<std::uint64_t> number) {
    const std::string answer = connect_answer();
    if (client_ != nullptr)
        client_->answer_connect(name_, answer);
    else
        recovery_->far_away->open(answer);
    if (!number || recovery_->log == nullptr) return;
    std::uint64_t sent = *number;
    recovery_->log->replay(*number, [&](MessageKind kind, std::string_view data) {
        if (kind == MessageKind::text) ++sent;
        if (client_ != nullptr)
            client_->send(kind, data);
        else
            recovery_->far_away->send_again(sent, kind, data);
    });
}

void Socket::confirm(std::uint64_t number) noexcept {
    if (recovery_ == nullptr || recovery_->log == nullptr) return;
    recovery_->log->forget(number);
    if (recovery_->log->empty()) recovery_->log.reset();
}

}  // namespace televisit::socketio
