#include "televisit/testkit/fake_network.hpp"

#include <algorithm>
#include <utility>

namespace televisit::testkit {
namespace {

/// Splits "/a/b" into "a", "b"; a final slash gives an empty last part.
std::vector<std::string_view> parts_of(std::string_view path) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 1; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        parts.push_back(path.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

using Params = std::vector<std::pair<std::string, std::string>>;

std::optional<Params> match(std::string_view pattern, std::string_view path) {
    const auto wanted = parts_of(pattern);
    const auto given = parts_of(path);
    Params params;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto part = wanted[i];
        const bool named = part.starts_with('{') && part.ends_with('}');
        if (named && part.ends_with("*}")) {
            const auto from = i < given.size() ? static_cast<std::size_t>(given[i].data() - path.data()) : path.size();
            params.emplace_back(part.substr(1, part.size() - 3), path.substr(from));
            return params;
        }
        if (i >= given.size() || (!named && part != given[i]) || (named && given[i].empty())) return std::nullopt;
        if (named) params.emplace_back(part.substr(1, part.size() - 2), given[i]);
    }
    if (given.size() != wanted.size()) return std::nullopt;
    return params;
}

/// Puts an answer where the test can look at it.
class KeptAnswer final : public HttpResponder {
  public:
    explicit KeptAnswer(std::shared_ptr<std::optional<HttpResponse>> place) : place_(std::move(place)) {}
    void respond(HttpResponse response) override {
        if (!*place_) *place_ = std::move(response);
    }
    void on_abandoned(std::function<void()>) override {}

  private:
    std::shared_ptr<std::optional<HttpResponse>> place_;  // shared with the sender, who may look away first
};

void fill_query(HttpRequest& request) {
    if (!request.query.empty()) return;
    std::string_view rest = request.raw_query;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('&'), rest.size());
        const auto pair = rest.substr(0, end);
        const auto equals = std::min(pair.find('='), pair.size());
        request.query.emplace_back(pair.substr(0, equals),
                                   equals < pair.size() ? pair.substr(equals + 1) : std::string_view{});
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

}  // namespace

bool FakeEventLoops::post(LoopId loop, LoopTask task) {
    tasks_.push_back({clock_.steady_now(), next_order_++, loop, std::move(task)});
    return true;
}

bool FakeEventLoops::after(LoopId loop, std::chrono::milliseconds delay, LoopTask task) {
    tasks_.push_back({clock_.steady_now() + delay, next_order_++, loop, std::move(task)});
    return true;
}

void FakeEventLoops::run_as(LoopId loop, const std::function<void()>& work) {
    const auto before = std::exchange(current_, loop);
    work();
    current_ = before;
}

std::size_t FakeEventLoops::run_ready() {
    std::size_t ran = 0;
    for (;;) {
        const auto next = std::min_element(tasks_.begin(), tasks_.end(), [](const Task& a, const Task& b) {
            return std::pair(a.at, a.order) < std::pair(b.at, b.order);
        });
        if (next == tasks_.end() || next->at > clock_.steady_now()) return ran;
        const auto task = std::move(*next);
        tasks_.erase(next);
        run_as(task.loop, task.work);
        ++ran;
    }
}

void FakeEventLoops::on(LoopId loop, const std::function<void()>& work) {
    run_as(loop, work);
    run_ready();
}

void FakeEventLoops::advance(Duration by) {
    const auto end = clock_.steady_now() + by;
    run_ready();
    while (clock_.steady_now() < end) {
        auto next = end;
        for (const auto& task : tasks_) next = std::min(next, task.at);
        clock_.advance(std::chrono::ceil<Duration>(next - clock_.steady_now()));
        run_ready();
    }
}

Result<void> FakeRouter::insert(Entry entry) {
    for (const auto& known : entries_)
        if (known.route.method == entry.route.method && known.route.pattern == entry.route.pattern)
            return error(Errc::conflict, "Another route has this method and pattern.");
    entries_.push_back(std::move(entry));
    return {};
}

Result<void> FakeRouter::add(HttpRoute route, HttpHandler& handler) {
    return insert({std::move(route), &handler, nullptr});
}

Result<void> FakeRouter::add_on_loop(HttpRoute route, HttpLoopHandler& handler) {
    return insert({std::move(route), nullptr, &handler});
}

std::vector<HttpRoute> FakeRouter::routes() const {
    std::vector<HttpRoute> all;
    for (const auto& entry : entries_) all.push_back(entry.route);
    return all;
}

const FakeRouter::Entry* FakeRouter::find(HttpRequest& request, bool& path_known) const {
    for (const auto& entry : entries_) {
        auto params = match(entry.route.pattern, request.path);
        if (!params) continue;
        path_known = true;
        if (entry.route.method != request.method) continue;
        request.params = std::move(*params);
        return &entry;
    }
    return nullptr;
}

HttpResponse FakeRouter::send(HttpRequest request) {
    bool path_known = false;
    const auto* entry = find(request, path_known);
    if (!entry) return {path_known ? 405 : 404, {}, {}};
    fill_query(request);
    if (request.id.empty()) request.id = RequestId{"request-" + std::to_string(++requests_)};
    if (entry->handler)
        return entry->handler->handle(request, {clock_.steady_now() + std::chrono::seconds{5}, request.id});
    auto answer = std::make_shared<std::optional<HttpResponse>>();
    entry->loop_handler->handle(std::move(request), std::make_unique<KeptAnswer>(answer));
    return answer->value_or(HttpResponse{504, {}, {}});
}

bool FakeRouter::send_on_loop(HttpRequest request, std::unique_ptr<HttpResponder> responder) {
    bool path_known = false;
    const auto* entry = find(request, path_known);
    if (!entry || !entry->loop_handler) return false;
    fill_query(request);
    entry->loop_handler->handle(std::move(request), std::move(responder));
    return true;
}

FakeChannel::~FakeChannel() {
    disconnect();
}

SendResult FakeChannel::send(MessageKind kind, std::span<const std::string_view> pieces) {
    if (closed || !listener_) return SendResult::closed;
    Message message{kind, {}};
    for (const auto piece : pieces) message.payload.append(piece);
    sent.push_back(std::move(message));
    return SendResult::sent;
}

void FakeChannel::close(std::uint16_t code, std::string_view reason) {
    if (!closed) closed = ChannelClose{code, false, std::string(reason)};
}

void FakeChannel::receive(MessageKind kind, std::string_view payload) {
    std::string padded(payload);
    padded.resize(payload.size() + kInputPadding, '\0');
    if (listener_) listener_->on_message(kind, std::string_view(padded).substr(0, payload.size()));
}

void FakeChannel::disconnect(ChannelClose how) {
    if (!listener_) return;
    const auto listener = std::move(listener_);
    listener->on_closed(closed.value_or(std::move(how)));
}

Result<void> FakeChannelHub::add(ChannelRoute route, ChannelAcceptor& acceptor) {
    for (const auto& [known, _] : entries_)
        if (known.pattern == route.pattern) return error(Errc::conflict, "Another endpoint has this pattern.");
    entries_.emplace_back(std::move(route), &acceptor);
    return {};
}

Result<std::unique_ptr<FakeChannel>> FakeChannelHub::connect(HttpRequest request) {
    for (const auto& [route, acceptor] : entries_) {
        auto params = match(route.pattern, request.path);
        if (!params) continue;
        request.params = std::move(*params);
        fill_query(request);
        auto accepted = acceptor->accept(request);
        if (!accepted.ok()) return std::move(accepted).error();
        auto channel = std::make_unique<FakeChannel>(accepted->loop.value_or(request.loop));
        channel->listener_ = std::move(accepted->listener);
        channel->listener_->on_open(*channel);
        return channel;
    }
    return error(Errc::not_found, "No such endpoint.");
}

std::vector<ChannelRoute> FakeChannelHub::routes() const {
    std::vector<ChannelRoute> all;
    for (const auto& [route, _] : entries_) all.push_back(route);
    return all;
}

}  // namespace televisit::testkit
