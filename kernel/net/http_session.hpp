#pragma once
/// HTTP/1.1 on one connection: requests in order, one at a time.

#include <cstdint>
#include <memory>
#include <optional>

#include "net/connection.hpp"
#include "net/http_exchange.hpp"
#include "net/http_parser.hpp"
#include "net/server_options.hpp"

namespace televisit::net {

/// **Threads**: the connection's loop. A peer that closes its sending side while its request is being served has
/// abandoned it, for a long poll cannot tell that from going away. **Source**: RFC 9112.
class HttpSession final : public Protocol {
  public:
    HttpSession(const Peer& peer, ClientPlaces::Place handshake) : peer_(peer), handshake_(std::move(handshake)) {}
    ~HttpSession() override;

    void on_start(Connection& connection) override;
    std::size_t on_data(std::span<char> data) override;
    std::size_t wanted() const noexcept override { return 0; }
    void on_end() override;
    void on_flushed() override;
    void on_deadline() override;
    void on_lost() override;
    void on_drain(bool by_force) override;

    /// The answer to the request in progress. Never calls a handler.
    void answer(HttpResponse response);

  private:
    enum class State : std::uint8_t { reading, in_flight, writing, over };

    LoopState& loop() noexcept { return connection_->loop(); }
    const ServerOptions& options() noexcept;
    bool take(std::span<char> data, std::size_t& used);
    void begin_request();
    void on_head(bool body_is_here);
    void on_request();
    void describe(const HttpHead& head, HttpRequest& request);
    void route(const HttpHead& head, HttpRequest request);
    void route_options(const RoutePlace& place, HttpRequest request, RouteMatch match);
    void dispatch(RouteEntry& entry, HttpRequest request, RouteMatch match);
    void upgrade(RouteEntry& entry, const HttpHead& head, HttpRequest request, RouteMatch match);
    bool take_place(const HttpRequest& request);
    void enter_channel(RouteEntry& entry, const HttpRequest& request, ChannelAccept accept);
    std::optional<std::string_view> countable(const HttpRequest& request);
    bool within_rate(const HttpRequest& request);
    void refuse(HttpFault fault);
    void answer_self(HttpResponse response);
    void add_cors(std::vector<HttpHeader>& headers);
    void add_security(const HttpResponse& response, std::vector<HttpHeader>& headers);
    void after_answer();
    void record(int status, std::size_t bytes);
    std::shared_ptr<HttpExchange> make_exchange();

    Connection* connection_ = nullptr;
    const Peer peer_;
    ClientPlaces::Place handshake_;  // until the first request is whole
    State state_ = State::reading;
    bool fresh_ = true;         // no request has begun yet
    bool dispatching_ = false;  // within on_data
    SteadyTime began_{};
    std::unique_ptr<HttpParser> parser_;  // while a request is being read
    /// Shared with the responder, which may outlive the session.
    std::shared_ptr<HttpExchange> exchange_;
};

}  // namespace televisit::net
