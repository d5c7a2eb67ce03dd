#include "net/http_session.hpp"

#include <algorithm>
#include <utility>

#include "net/forwarded.hpp"
#include "net/guard.hpp"
#include "net/http_writer.hpp"
#include "net/problem.hpp"

namespace televisit::net {
namespace {

constexpr std::size_t kWrittenPerSecond = 16 * 1024;

}  // namespace

HttpSession::~HttpSession() {
    if (exchange_) exchange_->session = nullptr;
}

const ServerOptions& HttpSession::options() noexcept {
    return loop().core().options();
}

void HttpSession::on_start(Connection& connection) {
    connection_ = &connection;
    loop().counters().accepted.add();
    connection.set_deadline(options().timeouts.head);
}

std::size_t HttpSession::on_data(std::span<char> data) {
    std::size_t used = 0;
    dispatching_ = true;
    while (state_ == State::reading && take(data, used)) {
    }
    dispatching_ = false;
    const bool waiting = state_ == State::in_flight || state_ == State::writing;
    if (waiting && data.size() - used >= options().max_pipelined) connection_->pause();
    return used;
}

// One step of the parser. False: more bytes must come first.
bool HttpSession::take(std::span<char> data, std::size_t& used) {
    if (!parser_) {
        if (used == data.size()) return false;
        begin_request();
    }
    const auto rest = data.subspan(used);
    const HttpParser::Step step = parser_->step({rest.data(), rest.size()});
    used += step.consumed;
    switch (step.event) {
        case HttpParser::Event::need_more:
            return false;
        case HttpParser::Event::head:
            on_head(used < data.size());
            break;
        case HttpParser::Event::request:
            on_request();
            break;
        case HttpParser::Event::fault:
            refuse(parser_->fault());
            break;
    }
    return true;
}

void HttpSession::begin_request() {
    parser_ = std::make_unique<HttpParser>(options().http);
    began_ = loop().loop().now();
    // The first head's deadline runs since the connection was accepted.
    if (!fresh_) connection_->set_deadline(options().timeouts.head);
    fresh_ = false;
}

void HttpSession::on_head(bool body_is_here) {
    const HttpHead& head = parser_->head();
    if (!parser_->announces_body()) return;
    std::size_t limit = options().http.body;
    const RouteMatch match = loop().core().router().find(peer_.listener, parser_->request().path);
    const RouteEntry* const entry = match.place ? route_for(*match.place, parser_->request().method) : nullptr;
    if (entry && entry->route.max_body > 0) limit = entry->route.max_body;
    parser_->set_body_limit(limit);
    connection_->set_deadline(options().timeouts.body);
    if (!head.expects_continue || body_is_here || head.content_length.value_or(0) > limit) return;
    if (connection_->write("HTTP/1.1 100 Continue\r\n\r\n", {}) == WriteResult::failed) connection_->doom();
}

std::shared_ptr<HttpExchange> HttpSession::make_exchange() {
    auto exchange = std::make_shared<HttpExchange>(loop().loop());
    exchange->session = this;
    exchange->began = began_;
    return exchange;
}

void HttpSession::on_request() {
    handshake_.leave();
    const std::unique_ptr<HttpParser> parser = std::move(parser_);
    const HttpHead& head = parser->head();
    HttpRequest request = parser->take_request();
    exchange_ = make_exchange();
    describe(head, request);
    state_ = State::in_flight;
    if (peer_.met) {
        exchange_->close = true;
        return answer_self(problem(fault_of(*peer_.met)));
    }
    if (within_rate(request)) route(head, std::move(request));
}

// A proxy is nobody's address: who it speaks for is not known then.
std::optional<std::string_view> HttpSession::countable(const HttpRequest& request) {
    const TrustedProxies& proxies = loop().core().proxies();
    if (!proxies.trusts(peer_.address)) return request.remote_address;
    const auto client = IpAddress::parse(request.remote_address);
    if (client && proxies.trusts(*client)) return std::nullopt;
    return request.remote_address;
}

// Answers a request that is one too many of its address. The connection ends with it, so the next one costs the
// client a handshake.
bool HttpSession::within_rate(const HttpRequest& request) {
    if (peer_.listener != ListenerKind::public_listener) return true;
    const auto client = countable(request);
    ServerCore& core = loop().core();
    const auto wait = client ? core.clients().request(*client, loop().loop().now()) : std::nullopt;
    if (!wait) return true;
    core.limits().add(Limit::requests_per_address);
    exchange_->close = true;
    const HttpFault fault = fault_of(Limit::requests_per_address);
    Error refusal = error(Errc::rate_limited, std::string(fault.code), std::string(fault.detail));
    refusal.retry_after = std::chrono::ceil<std::chrono::seconds>(*wait);
    answer_self(problem(refusal));
    return false;
}

void HttpSession::describe(const HttpHead& head, HttpRequest& request) {
    const Forwarded client = forwarded(peer_, head.host, request, loop().core().proxies());
    request.remote_address = client.address;
    request.origin = client.origin;
    request.listener = peer_.listener;
    request.loop = loop().loop().id();
    const std::string_view given = request.header("X-Request-Id");
    request.id = RequestId(sane_request_id(given) ? std::string(given) : loop().next_request_id());

    exchange_->close = head.close;
    exchange_->secure = client.secure;
    exchange_->method = to_string(request.method);
    exchange_->head_only = request.method == HttpMethod::head;
    exchange_->path = request.path;
    exchange_->id = request.id.str();
    exchange_->remote_address = request.remote_address;
    exchange_->origin = request.header("Origin");
}

void HttpSession::refuse(HttpFault fault) {
    loop().counters().protocol_errors.add();
    exchange_ = make_exchange();
    if (parser_->has_head()) {
        describe(parser_->head(), parser_->request());
    } else {
        exchange_->id = loop().next_request_id();
        exchange_->remote_address = peer_.address.text();
        exchange_->secure = peer_.secure;
    }
    exchange_->close = true;
    parser_.reset();
    state_ = State::in_flight;
    answer_self(problem(fault));
}

void HttpSession::answer_self(HttpResponse response) {
    exchange_->answered.store(true);
    answer(std::move(response));
}

void HttpSession::add_cors(std::vector<HttpHeader>& headers) {
    if (exchange_->cors == CorsMode::configured && peer_.listener == ListenerKind::public_listener)
        loop().core().cors().add_to(exchange_->origin, headers);
}

// RFC 6797 section 7.2: nothing of it over plain HTTP.
void HttpSession::add_security(const HttpResponse& response, std::vector<HttpHeader>& headers) {
    constexpr std::string_view kNoSniff = "X-Content-Type-Options";
    const auto says = [](const HttpHeader& header) { return detail::equal_ignoring_case(header.name, kNoSniff); };
    if (std::none_of(response.headers.begin(), response.headers.end(), says))
        headers.push_back({std::string(kNoSniff), "nosniff"});
    const auto hsts = options().hsts.count();
    if (hsts > 0 && exchange_->secure)
        headers.push_back({"Strict-Transport-Security", "max-age=" + std::to_string(hsts)});
}

void HttpSession::answer(HttpResponse response) {
    if (state_ != State::in_flight || connection_->closed()) return;
    if (!sendable(response)) {
        if (exchange_->entry)
            report_fault(loop(), exchange_->entry->label, "answered with a field or status that cannot be sent");
        response = problem(500, "internal", "The answer could not be sent.");
    }
    exchange_->close = exchange_->close || loop().core().draining(peer_.listener);
    ResponseFrame frame;
    frame.date = loop().date();
    frame.request_id = exchange_->id;
    frame.close = exchange_->close;
    frame.own_cors = exchange_->cors == CorsMode::configured;
    add_cors(frame.headers);
    add_security(response, frame.headers);
    if (!exchange_->allowed.empty()) frame.headers.push_back({"Allow", exchange_->allowed});
    const std::string head = write_head(response, frame);
    const bool with_body = has_body(response.status) && !exchange_->head_only;
    const std::string_view body = with_body ? std::string_view(response.body) : std::string_view();

    exchange_->on_abandoned = nullptr;
    record(response.status, body.size());
    state_ = State::writing;
    const WriteResult written = connection_->write(head, {&body, 1});
    if (written == WriteResult::failed) return connection_->doom();
    if (written == WriteResult::written) return after_answer();
    connection_->set_deadline(options().timeouts.write + std::chrono::seconds(body.size() / kWrittenPerSecond));
}

void HttpSession::after_answer() {
    if (exchange_->close) {
        state_ = State::over;
        return connection_->finish();
    }
    state_ = State::reading;
    connection_->set_deadline(options().timeouts.keep_alive);
    if (dispatching_) return;
    // The next request is read on a later step, for this one may have been answered from within a handler.
    if (connection_->kept() > 0 || !connection_->reading())
        loop().loop().post([exchange = exchange_] {
            if (exchange->session && exchange->session->state_ == State::reading)
                exchange->session->connection_->resume();
        });
}

void HttpSession::record(int status, std::size_t bytes) {
    HttpExchange& exchange = *exchange_;
    const auto took = std::chrono::duration_cast<Duration>(loop().core().clock().steady_now() - exchange.began);
    loop().counters().requests.add();
    if (exchange.entry) exchange.entry->counters.answered(status, took.count());
    const auto& hook = loop().core().hooks().access;
    if (!hook) return;
    const std::string_view name = exchange.entry ? std::string_view(exchange.entry->label.name) : std::string_view();
    hook({exchange.method, name, exchange.path, exchange.id, exchange.remote_address, status, bytes, took,
          peer_.listener});
}

void HttpSession::on_flushed() {
    if (state_ == State::writing) after_answer();
}

void HttpSession::on_end() {
    if (state_ != State::writing) return connection_->abort();
    exchange_->close = true;
}

void HttpSession::on_deadline() {
    if (state_ == State::in_flight) {
        // Somebody's answer is on its way here already: it counts, unless the loop had no room for it.
        if (exchange_->answered.exchange(true)) {
            if (std::exchange(exchange_->overdue, true)) return connection_->abort();
            return connection_->set_deadline(options().timeouts.linger);
        }
        loop().counters().late_answers.add();
        return answer(problem(503, "timeout", "The answer took too long. Try again."));
    }
    if (state_ == State::reading && parser_) {
        loop().counters().timeouts.add();
        return refuse({408, "request_timeout", "The request did not arrive in time."});
    }
    if (state_ == State::writing || fresh_) loop().counters().timeouts.add();
    connection_->abort();
}

void HttpSession::on_lost() {
    const State before = state_;
    state_ = State::over;
    if (!exchange_) return;
    exchange_->session = nullptr;
    if (before != State::in_flight) return;
    const bool answer_under_way = exchange_->answered.exchange(true);
    loop().counters().abandoned.add();
    record(499, 0);
    if (!answer_under_way && exchange_->on_abandoned && exchange_->entry)
        guarded(loop(), exchange_->entry->label, [&] { exchange_->on_abandoned(); });
}

void HttpSession::on_drain(bool by_force) {
    if (state_ == State::reading && (!parser_ || by_force)) {
        state_ = State::over;
        return connection_->finish();
    }
    if (!by_force || state_ != State::in_flight || exchange_->answered.exchange(true)) return;
    answer(problem(503, "draining", "The server is being stopped. Try again."));
}

}  // namespace televisit::net
