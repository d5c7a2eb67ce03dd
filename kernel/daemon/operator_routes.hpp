#pragma once
/// What an operator may see and do of visits, on the admin socket: the other end of televisitctl.

#include <functional>
#include <memory>
#include <shared_mutex>
#include <vector>

#include "consult/operations.hpp"
#include "daemon/drain.hpp"
#include "net/server.hpp"
#include "runtime/worker_pool.hpp"
#include "televisit/sdk/logger.hpp"

namespace televisit::consult {
class Domain;
}

namespace televisit::daemon {

/// | route under /admin | answer |
/// |---|---|
/// | `GET rooms?after&limit` | `{"rooms":[{room_id,session_id,people,here}],"next":…}` |
/// | `GET rooms/{room}` | `{room_id,sequence,closed,people:[…]}` |
/// | `GET sessions?status&doctor_id&patient_id&after&limit` | `{"sessions":[…],"next":…}`, newest first |
/// | `GET sessions/{id}` | the session with its attendees |
/// | `POST sessions/{id}/end`, `DELETE sessions/{id}` | the session; nothing |
/// | `DELETE sessions/{id}/attendees/{user}` | nothing |
/// | `POST drain?deadline_ms&reconnect_after_ms`, `GET drain` | `{"state","clients"}` |
///
/// They tell of people and change visits, so they answer on the unix socket alone, which its file's mode guards.
/// Neither a name nor a token is in any answer. **Threads**: workers of their own. **Owns**: nothing; drain and server
/// must outlive it.
class OperatorRoutes {
  public:
    OperatorRoutes(Drain& drain, std::function<std::size_t()> clients, const Clock& clock, Logger& logger);
    ~OperatorRoutes();

    Result<void> add_to(net::Server& server);
    /// Null: there is none (any more). **Blocks**: until nobody uses the one before.
    void set_domain(consult::Domain* domain);
    /// False when a worker is stuck. **Blocks**: to the deadline.
    bool end_workers(SteadyTime deadline) { return workers_.stop(deadline); }

  private:
    using Answer = Result<HttpResponse>;
    using Serve = Answer (OperatorRoutes::*)(const HttpRequest&, const CallContext&);
    /// Hands a request to a worker.
    class Entry;

    HttpResponse answer(Serve serve, const HttpRequest& request);
    Result<consult::Operations> operations() const;

    Answer rooms(const HttpRequest& request, const CallContext& context);
    Answer room(const HttpRequest& request, const CallContext& context);
    Answer sessions(const HttpRequest& request, const CallContext& context);
    Answer session(const HttpRequest& request, const CallContext& context);
    Answer end(const HttpRequest& request, const CallContext& context);
    Answer erase(const HttpRequest& request, const CallContext& context);
    Answer kick(const HttpRequest& request, const CallContext& context);
    Answer begin_drain(const HttpRequest& request, const CallContext& context);
    Answer drain_state(const HttpRequest& request, const CallContext& context);

    Drain& drain_;
    const std::function<std::size_t()> clients_;
    const Clock& clock_;
    Logger& logger_;
    runtime::WorkerPool workers_;
    std::vector<std::unique_ptr<Entry>> entries_;
    mutable std::shared_mutex mutex_;    // held for the length of a request
    consult::Domain* domain_ = nullptr;  // guarded by mutex_
};

}  // namespace televisit::daemon
