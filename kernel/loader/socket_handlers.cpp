#include "loader/socket_handlers.hpp"

#include <mutex>
#include <vector>

namespace televisit::loader {
namespace {

void refuse(AckResponder& ack, std::string_view code) {
    const std::string_view message =
        code == "internal" ? "Something went wrong on the server." : "The server is busy. Please try again.";
    const std::string text =
        "{\"ok\":false,\"code\":\"" + std::string(code) + "\",\"message\":\"" + std::string(message) + "\"}";
    const std::string_view args[] = {text};
    ack.respond(args);
}

}  // namespace

/// One event on its way through the pool. **Threads**: loop, worker and timer meet here.
class WorkerSocketEvent::Call final : public AckResponder {
  public:
    Call(const SocketEvent& event, std::unique_ptr<AckResponder> ack, SteadyTime deadline)
        : sid_(event.sid),
          nsp_(event.nsp),
          name_(event.name),
          socket_(event.socket),
          loop_(event.loop),
          asks_ack_(ack != nullptr),
          deadline_(deadline),
          hold_(event.strand ? event.strand->hold() : nullptr),
          ack_(std::move(ack)) {
        for (const std::string_view text : event.args) args_.emplace_back(text);
        for (const std::string_view bytes : event.attachments) attachments_.emplace_back(bytes);
    }
    /// Also when the pool drops it: somebody waits for an answer.
    ~Call() override { finish("unavailable"); }

    void run(SocketEventHandler& handler, PluginBorder& border, const std::string& what) {
        const std::vector<std::string_view> args(args_.begin(), args_.end());
        const std::vector<std::string_view> attachments(attachments_.begin(), attachments_.end());
        SocketEvent event{socket_, sid_, nsp_, name_, args, attachments, loop_, nullptr};
        const CallContext context{deadline_, RequestId(sid_ + "/" + name_)};
        const bool back = border.guard.run(what, [&] { handler.on_event(event, asks_ack_ ? this : nullptr, context); });
        finish(back ? std::string_view() : "internal");
    }

    /// Frees the strand. An ack that is still owed is answered with that code; not at all when it is empty, for then
    /// the handler has chosen not to.
    void finish(std::string_view code) {
        std::unique_ptr<AckResponder> ack;
        std::unique_ptr<StrandHold> hold;
        {
            const std::lock_guard lock(mutex_);
            ack = std::move(ack_);
            hold = std::move(hold_);
        }
        if (ack && !code.empty()) refuse(*ack, code);
    }

    void respond(std::span<const std::string_view> args, std::span<const std::string_view> attachments) override {
        std::unique_ptr<AckResponder> ack;
        {
            const std::lock_guard lock(mutex_);
            ack = std::move(ack_);
        }
        if (ack) ack->respond(args, attachments);
    }

    SteadyTime deadline() const noexcept { return deadline_; }

  private:
    const std::string sid_;
    const std::string nsp_;
    const std::string name_;
    std::vector<std::string> args_;
    std::vector<std::string> attachments_;
    const SocketKey socket_;
    const LoopId loop_;
    const bool asks_ack_;
    const SteadyTime deadline_;
    std::mutex mutex_;
    std::unique_ptr<StrandHold> hold_;   // guarded by mutex_
    std::unique_ptr<AckResponder> ack_;  // guarded by mutex_
};

WorkerSocketEvent::WorkerSocketEvent(SocketEventHandler& handler, PluginBorder& border, runtime::TimerThread& timers,
                                     std::string name)
    : handler_(handler), border_(border), timers_(timers), name_(std::move(name)) {}

void WorkerSocketEvent::on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) {
    if (!border_.open.load(std::memory_order_acquire)) {
        if (ack) refuse(*ack, "unavailable");
        return;
    }
    // Shared by the pool's task and the timer, of which either may be the last to look at it.
    auto call = std::make_shared<Call>(event, std::move(ack), border_.clock.steady_now() + border_.deadline);
    // Neither refers to this adapter: what they end with may come after whoever waited for the answer has let go of it.
    const auto timer =
        timers_.at(call->deadline(), [weak = std::weak_ptr<Call>(call), &border = border_, name = name_] {
            if (const auto late = weak.lock()) {
                border.guard.logger().warning("event not handled by its deadline", {{"call", name}});
                late->finish("timeout");
            }
        });
    const bool posted =
        border_.pool.post([&handler = handler_, &border = border_, &timers = timers_, name = name_, call, timer] {
            if (border.open.load(std::memory_order_acquire) && border.clock.steady_now() < call->deadline())
                call->run(handler, border, name);
            timers.cancel(timer);
        });
    if (!posted) {
        timers_.cancel(timer);
        call->finish("unavailable");
    }
}

void LoopSocketEvent::on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) {
    if (!border_.open.load(std::memory_order_relaxed)) return;
    border_.charge_loop();
    border_.guard.run(name_, [&] { handler_.on_event(event, std::move(ack)); });
}

Result<void> GuardedNamespace::on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake) {
    if (!border_.open.load(std::memory_order_relaxed))
        return error(Errc::unavailable, "The server is about to stop. Please try again.");
    border_.charge_loop();
    return border_.guard.call("namespace.on_connecting",
                              [&] { return listener_.on_connecting(socket, sid, handshake); });
}

void GuardedNamespace::on_connected(SocketKey socket, std::string_view sid, LoopId loop,
                                    const SocketHandshake& handshake) {
    if (!border_.open.load(std::memory_order_relaxed)) return;
    border_.guard.run("namespace.on_connected", [&] { listener_.on_connected(socket, sid, loop, handshake); });
}

void GuardedNamespace::on_disconnected(SocketKey socket, SocketClose close) {
    if (!border_.open.load(std::memory_order_relaxed)) return;
    border_.charge_loop();
    border_.guard.run("namespace.on_disconnected", [&] { listener_.on_disconnected(socket, close); });
}

bool GuardedNamespace::wants_handshake() const {
    bool wants = true;
    border_.guard.run("namespace.wants_handshake", [&] { wants = listener_.wants_handshake(); });
    return wants;
}

std::chrono::milliseconds GuardedNamespace::recovery_time() const {
    std::chrono::milliseconds time{0};
    border_.guard.run("namespace.recovery_time", [&] { time = listener_.recovery_time(); });
    return time;
}

void GuardedNamespace::on_interrupted(SocketKey socket, SocketClose close) {
    if (!border_.open.load(std::memory_order_relaxed)) return;
    border_.charge_loop();
    border_.guard.run("namespace.on_interrupted", [&] { listener_.on_interrupted(socket, close); });
}

bool GuardedNamespace::on_returning(SocketKey socket, const SocketHandshake& handshake) {
    if (!border_.open.load(std::memory_order_relaxed)) return false;
    border_.charge_loop();
    bool welcome = false;
    border_.guard.run("namespace.on_returning", [&] { welcome = listener_.on_returning(socket, handshake); });
    return welcome;
}

void GuardedNamespace::on_returned(SocketKey socket, std::string_view sid, SocketReturn how) {
    if (!border_.open.load(std::memory_order_relaxed)) return;
    border_.charge_loop();
    border_.guard.run("namespace.on_returned", [&] { listener_.on_returned(socket, sid, how); });
}

void GuardedNamespace::on_unknown_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) {
    if (!border_.open.load(std::memory_order_relaxed)) return;
    border_.charge_loop();
    border_.guard.run("namespace.on_unknown_event", [&] { listener_.on_unknown_event(event, std::move(ack)); });
}

}  // namespace televisit::loader
