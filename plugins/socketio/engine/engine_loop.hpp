#pragma once
/// The engine sessions of one event loop: their places, deadlines and ends.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/endpoint.hpp"
#include "engine/figures.hpp"
#include "engine/loop_timer.hpp"
#include "engine/session.hpp"

namespace televisit::socketio {

/// **Threads**: its loop, but for construction and `figures`. **Owns**: the sessions. Held by shared pointers, because
/// tasks of the host's loop may come after the plugin has stopped; they then find it shut.
class EngineLoop : public std::enable_shared_from_this<EngineLoop> {
  public:
    EngineLoop(LoopId id, const EngineContext& context);
    ~EngineLoop();

    LoopId id() const noexcept { return id_; }
    SteadyTime now() const noexcept { return context_.clock.steady_now(); }
    EngineFigures& figures() noexcept { return *figures_; }
    std::shared_ptr<const EngineFigures> shared_figures() const noexcept { return figures_; }

    /// Begins a session on a WebSocket; false when there is no place.
    bool open_websocket(const Endpoint& endpoint, std::unique_ptr<EngineListener> listener, WebSocketLink& link);
    /// Begins one on long-polling; the answer to the handshake, or nothing when there is no place.
    std::optional<std::string> open_polling(const Endpoint& endpoint, std::unique_ptr<EngineListener> listener,
                                            ClientPlaces::Place place);
    Session* find(const Endpoint& endpoint, std::string_view sid) noexcept;
    bool has_place(const Endpoint& endpoint) const noexcept;

    void await_first_ping(Session& session);
    void await_ping(Session& session);
    void await_pong(Session& session);
    void await_upgrade(Session& session);
    void await_last_poll(Session& session);
    void flush_later(Session& session);
    /// Does at once what is due, though the timer may be a little late: nobody is served whose time is over.
    void catch_up();

    /// The only two ways in which a session ends: at once, when nothing of it is on the stack, or on the next turn.
    void end_now(Session& session, CloseCause cause);
    void end_later(Session& session, CloseCause cause);
    /// Ends all sessions, and lets none begin.
    void shut(CloseCause cause);

    /// For a poll that is given up: leads to its session if it is still there.
    std::function<void()> abandonment(const Sid& sid, std::uint64_t number);

  private:
    /// The deadlines of one endpoint; each list has one delay.
    struct Deadlines {
        const Endpoint& endpoint;
        DeadlineList first_pings{};
        DeadlineList pings{};
        DeadlineList pongs{};
        DeadlineList last_polls{};
        DeadlineList upgrades{};
    };

    Session* make(const Endpoint& endpoint, std::unique_ptr<EngineListener> listener);
    std::unique_ptr<Session> take(Session& session, CloseCause cause);
    void add(DeadlineList& list, DeadlineHook& hook, std::chrono::milliseconds delay);
    Deadlines& deadlines(const Endpoint& endpoint);
    std::optional<SteadyTime> run_due(SteadyTime now);
    void run_due(Deadlines& deadlines, SteadyTime now);
    void flush_dirty();
    void bury();
    bool post(void (EngineLoop::*work)());

    const LoopId id_;
    const EngineContext context_;
    std::shared_ptr<EngineFigures> figures_;  ///< shared with the metrics, which may look later
    std::vector<std::unique_ptr<Session>> slots_;
    std::vector<std::uint32_t> free_;
    std::vector<std::unique_ptr<Deadlines>> deadlines_;  ///< by the endpoint's index
    std::shared_ptr<LoopTimer> timer_;
    std::vector<Session*> dirty_;
    struct Ended {
        std::unique_ptr<Session> session;
        CloseCause cause;
    };
    std::vector<Ended> ended_;
    bool shut_ = false;
};

}  // namespace televisit::socketio
