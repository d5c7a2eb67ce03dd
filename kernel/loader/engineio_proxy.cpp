#include "loader/engineio_proxy.hpp"

namespace televisit::loader {
namespace {

/// A session's listener behind the border: one that throws loses its session.
class GuardedEngineListener final : public EngineListener {
  public:
    GuardedEngineListener(std::unique_ptr<EngineListener> listener, PluginBorder& border)
        : listener_(std::move(listener)), border_(border) {}

    void on_open(EngineSession& session) override {
        session_ = &session;
        call("engine.on_open", [&] { listener_->on_open(session); });
    }
    void on_message(MessageKind kind, std::string_view payload) override {
        call("engine.on_message", [&] { listener_->on_message(kind, payload); });
    }
    void on_closed(std::string_view reason) override {
        session_ = nullptr;
        call("engine.on_closed", [&] { listener_->on_closed(reason); });
    }

  private:
    template <class Function>
    void call(std::string_view what, Function&& function) {
        if (!border_.open.load(std::memory_order_relaxed)) return;
        border_.charge_loop();
        if (!border_.guard.run(what, function) && session_) session_->close("plugin_fault");
    }

    const std::unique_ptr<EngineListener> listener_;
    PluginBorder& border_;
    EngineSession* session_ = nullptr;
};

class GuardedEngineAcceptor final : public EngineAcceptor {
  public:
    GuardedEngineAcceptor(EngineAcceptor& acceptor, PluginBorder& border) : acceptor_(acceptor), border_(border) {}

    Result<std::unique_ptr<EngineListener>> accept(const HttpRequest& handshake) override {
        if (!border_.open.load(std::memory_order_relaxed))
            return error(Errc::unavailable, "The server is about to stop. Please try again.");
        border_.charge_loop();
        auto listener = border_.guard.call("engine.accept", [&] { return acceptor_.accept(handshake); });
        if (!listener || !*listener) return listener;
        return std::unique_ptr<EngineListener>(std::make_unique<GuardedEngineListener>(std::move(*listener), border_));
    }

  private:
    EngineAcceptor& acceptor_;
    PluginBorder& border_;
};

}  // namespace

Result<void> EngineIoProxy::serve(EngineEndpoint endpoint, EngineAcceptor& acceptor) {
    if (!consumer_.loop) return loop_not_granted(consumer_.guard.plugin(), "an Engine.IO endpoint");
    auto guarded = std::make_unique<GuardedEngineAcceptor>(acceptor, consumer_);
    EngineAcceptor& added = *guarded;
    {
        const std::lock_guard lock(mutex_);
        acceptors_.push_back(std::move(guarded));
    }
    return guard_.call("engineio.serve", [&] { return engine_.serve(std::move(endpoint), added); });
}

}  // namespace televisit::loader
