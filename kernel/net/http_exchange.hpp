#pragma once
/// One request in progress, between the connection it came on and whoever answers it.

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "net/event_loop.hpp"
#include "net/router.hpp"
#include "televisit/sdk/http.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::net {

class HttpSession;

/// What the answer and the access log need of a request. **Threads**: the connection's loop, but for `answered`.
struct HttpExchange {
    explicit HttpExchange(EventLoop& its_loop) : loop(its_loop) {}

    EventLoop& loop;
    std::atomic<bool> answered{false};  ///< whoever sets it owns the answer
    HttpSession* session = nullptr;     ///< null when the connection is gone
    std::function<void()> on_abandoned;
    RouteEntry* entry = nullptr;
    CorsMode cors = CorsMode::configured;
    bool head_only = false;
    bool close = false;
    bool secure = false;   // the client came by https
    bool overdue = false;  // answered, but the answer had not come here by the deadline
    std::string_view method;
    std::string path;
    std::string id;
    std::string remote_address;
    std::string origin;   ///< of the Origin field
    std::string allowed;  ///< for the Allow field of a 405
    SteadyTime began{};
};

/// The answering end. **Threads**: any. The server must outlive it.
class ExchangeResponder final : public HttpResponder {
  public:
    /// Shared: the session and the responder each may be gone first.
    explicit ExchangeResponder(std::shared_ptr<HttpExchange> exchange) : exchange_(std::move(exchange)) {}
    ~ExchangeResponder() override;
    void respond(HttpResponse response) override;
    void on_abandoned(std::function<void()> callback) override;

  private:
    std::shared_ptr<HttpExchange> exchange_;
};

}  // namespace televisit::net
