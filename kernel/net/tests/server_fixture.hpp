#pragma once
/// A server on loopback with a clock that the test moves, and blocking clients.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/server.hpp"
#include "net/ws_frame.hpp"

namespace televisit::net::testing {

class ManualClock final : public Clock {
  public:
    Instant now() const noexcept override { return from_micros(1'769'000'000'000'000 + micros_.load()); }
    SteadyTime steady_now() const noexcept override {
        return SteadyTime(std::chrono::hours(1) + Duration(micros_.load()));
    }
    void advance(Duration by) { micros_ += by.count(); }

  private:
    std::atomic<std::int64_t> micros_{0};
};

/// What arrives from other threads, waited for.
template <class T>
class Mailbox {
  public:
    void put(T value) {
        const std::lock_guard lock(mutex_);
        values_.push_back(std::move(value));
        arrived_.notify_all();
    }
    T take() {
        std::unique_lock lock(mutex_);
        // A test that fails hangs otherwise.
        if (!arrived_.wait_for(lock, std::chrono::seconds(60), [&] { return !values_.empty(); }))
            throw std::runtime_error("nothing arrived");
        T value = std::move(values_.front());
        values_.pop_front();
        return value;
    }
    bool empty() {
        const std::lock_guard lock(mutex_);
        return values_.empty();
    }

  private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<T> values_;
};

/// A blocking client.
class Client {
  public:
    /// `source`: one of this machine's own addresses; empty: 127.0.0.1.
    explicit Client(std::uint16_t port, int receive_buffer = 0, const char* source = "")
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in from{};
        from.sin_family = AF_INET;
        if (*source != 0 && ::inet_pton(AF_INET, source, &from.sin_addr) == 1)
            ::bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from);
        if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    explicit Client(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~Client() { close(); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool connected() const { return connected_; }
    int fd() const { return fd_; }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    void end_sending() { ::shutdown(fd_, SHUT_WR); }
    /// False when the peer has gone.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// Waits for more; false at the end of the stream.
    bool receive() {
        std::array<char, 65536> chunk;
        pollfd waiting{fd_, POLLIN, 0};
        if (::poll(&waiting, 1, 60'000) <= 0) throw std::runtime_error("nothing received");
        const ssize_t count = ::recv(fd_, chunk.data(), chunk.size(), 0);
        if (count <= 0) return false;
        buffer_.append(chunk.data(), static_cast<std::size_t>(count));
        return true;
    }
    /// What has been received and not been looked at yet.
    std::string take() { return std::exchange(buffer_, {}); }
    std::string receive_all() {
        while (receive()) {
        }
        return take();
    }
    /// One HTTP answer, its body by Content-Length.
    std::string receive_answer(bool with_body = true) {
        std::size_t end;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
            if (!receive()) return std::exchange(buffer_, {});
        std::size_t size = end + 4;
        const std::size_t length = buffer_.find("Content-Length: ");
        if (with_body && length < end) size += std::stoul(buffer_.substr(length + 16));
        while (buffer_.size() < size)
            if (!receive()) break;
        std::string answer = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return answer;
    }
    std::string get(const std::string& path, const std::string& fields = {}) {
        send("GET " + path + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n");
        return receive_answer();
    }
    std::string open_channel(const std::string& path, const std::string& fields = {}) {
        return get(path,
                   "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                       fields);
    }
    /// A masked frame, as it must be; `first` is the first byte.
    static std::string frame(unsigned char first, std::string_view payload) {
        std::string out{static_cast<char>(first)};
        if (payload.size() < 126) {
            out += static_cast<char>(0x80 | payload.size());
        } else if (payload.size() < 65536) {
            out += static_cast<char>(0x80 | 126);
            for (int shift = 8; shift >= 0; shift -= 8) out += static_cast<char>(payload.size() >> shift);
        } else {
            out += static_cast<char>(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(payload.size() >> shift);
        }
        const std::string mask = "\x12\x34\x56\x78";
        out += mask;
        for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
        return out;
    }
    bool send_text(std::string_view text) { return send(frame(0x81, text)); }
    /// The next server frame: its first byte and payload. Throws at the end of the stream.
    std::pair<unsigned char, std::string> receive_frame() {
        need(2);
        const auto first = static_cast<unsigned char>(buffer_[0]);
        std::size_t size = static_cast<unsigned char>(buffer_[1]), head = 2;
        if (size >= 126) {
            const std::size_t digits = size == 126 ? 2 : 8;
            head += digits;
            need(head);
            size = 0;
            for (std::size_t i = 2; i < head; ++i) size = size << 8 | static_cast<unsigned char>(buffer_[i]);
        }
        need(head + size);
        std::string payload = buffer_.substr(head, size);
        buffer_.erase(0, head + size);
        return {first, payload};
    }
    /// The code of the next frame, which must be a close frame.
    int receive_close() {
        const auto [first, payload] = receive_frame();
        if (first != 0x88) throw std::runtime_error("not a close frame");
        if (payload.size() < 2) return 1005;
        return static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
    }

  private:
    void need(std::size_t size) {
        while (buffer_.size() < size)
            if (!receive()) throw std::runtime_error("the stream ended");
    }

    int fd_;
    bool connected_ = false;
    std::string buffer_;
};

class LoopHandler final : public HttpLoopHandler {
  public:
    using Function = std::function<void(HttpRequest, std::unique_ptr<HttpResponder>)>;
    explicit LoopHandler(Function function) : function_(std::move(function)) {}
    void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) override {
        function_(std::move(request), std::move(responder));
    }

  private:
    Function function_;
};

class FunctionAcceptor final : public ChannelAcceptor {
  public:
    using Function = std::function<Result<ChannelAccept>(const HttpRequest&)>;
    explicit FunctionAcceptor(Function function) : function_(std::move(function)) {}
    Result<ChannelAccept> accept(const HttpRequest& request) override { return function_(request); }

  private:
    Function function_;
};

/// A listener made of functions.
struct TestListener final : ChannelListener {
    std::function<void(Channel&)> opened;
    std::function<void(Channel&, MessageKind, std::string_view)> message;
    std::function<void(const ChannelClose&)> closed;
    Channel* channel = nullptr;
    void on_open(Channel& its_channel) override {
        channel = &its_channel;
        if (opened) opened(its_channel);
    }
    void on_message(MessageKind kind, std::string_view payload) override {
        if (message) message(*channel, kind, payload);
    }
    void on_closed(const ChannelClose& close) override {
        if (closed) closed(close);
    }
};

inline SendResult send(Channel& channel, std::string_view text, MessageKind kind = MessageKind::text) {
    return channel.send(kind, std::array{text});
}

struct Access {
    std::string method, route, path, id, remote;
    int status;
    std::size_t bytes;
};

/// The server, with `/hello`, and what its hooks told.
class ServerFixture {
  public:
    explicit ServerFixture(ServerOptions options = {}) {
        if (options.loops == 0) options.loops = 1;
        ServerHooks hooks;
        hooks.access = [this](const AccessRecord& record) {
            access.put({std::string(record.method), std::string(record.route), std::string(record.path),
                        std::string(record.request_id), std::string(record.remote_address), record.status,
                        record.bytes});
        };
        // A loop that is in the midst of a step of its own when a test moves the clock seems slow too: that is the
        // test's doing.
        hooks.slow = [this](const SlowTask& task) {
            if (!task.owner.empty()) slow.put(std::string(task.owner) + "/" + std::string(task.name));
        };
        hooks.fault = [this](const TaskFault& fault) {
            faults.put(std::string(fault.owner) + ": " + std::string(fault.what));
        };
        auto made = Server::create(std::move(options), std::move(hooks), clock);
        REQUIRE(made.ok());
        server = std::move(made).value();
        route(HttpMethod::get, "/hello", [](HttpRequest, std::unique_ptr<HttpResponder> responder) {
            responder->respond({200, {{"Content-Type", "text/plain"}}, "hello"});
        });
        server->start();
    }
    ~ServerFixture() { server->stop(); }

    std::uint16_t listen(ListenerKind kind = ListenerKind::public_listener) {
        ListenerOptions options;
        options.kind = kind;
        const auto endpoint = server->listen(options);
        REQUIRE(endpoint.ok());
        return endpoint.value().port;
    }
    HttpRoute& route(HttpMethod method, const std::string& pattern, LoopHandler::Function function,
                     const std::function<void(HttpRoute&)>& adjust = {}) {
        HttpRoute& route = routes_.emplace_back();
        route.name = pattern;
        route.method = method;
        route.pattern = pattern;
        if (adjust) adjust(route);
        handlers_.emplace_back(std::move(function));
        REQUIRE(server->add(route, handlers_.back(), "test").ok());
        return route;
    }
    void channel(const std::string& pattern, FunctionAcceptor::Function function,
                 const std::function<void(ChannelRoute&)>& adjust = {}) {
        ChannelRoute route;
        route.name = pattern;
        route.pattern = pattern;
        if (adjust) adjust(route);
        acceptors_.emplace_back(std::move(function));
        REQUIRE(server->add(route, acceptors_.back(), "test").ok());
    }
    /// A channel that sends each message back, and tells its end.
    void echo(const std::string& pattern, const std::function<void(ChannelRoute&)>& adjust = {}) {
        channel(
            pattern,
            [this](const HttpRequest&) -> Result<ChannelAccept> {
                auto listener = std::make_unique<TestListener>();
                listener->message = [](Channel& channel, MessageKind kind, std::string_view payload) {
                    send(channel, payload, kind);
                };
                listener->closed = [this](const ChannelClose& close) { closed.put(close); };
                return ChannelAccept{std::move(listener), {}};
            },
            adjust);
    }
    /// Moves the clock, and waits until each loop has seen it.
    void advance(std::chrono::milliseconds by) {
        clock.advance(by);
        for (int round = 0; round < 2; ++round)
            for (std::size_t id = 0; id < server->loops().size(); ++id)
                server->loops().run_on(static_cast<LoopId>(id), [] {});
    }
    std::uint64_t count(std::uint64_t LoopSnapshot::*counter) const {
        std::uint64_t sum = 0;
        for (const auto& loop : server->snapshot().loops) sum += loop.*counter;
        return sum;
    }
    std::uint64_t met(Limit limit) const { return server->snapshot().limits_met[static_cast<std::size_t>(limit)]; }
    /// Waits until a counter has a value, turn by turn.
    void wait_for(std::uint64_t LoopSnapshot::*counter, std::uint64_t value) {
        while (count(counter) != value) advance(std::chrono::milliseconds(0));
    }

    ManualClock clock;
    Mailbox<Access> access;
    Mailbox<std::string> slow;
    Mailbox<std::string> faults;
    Mailbox<ChannelClose> closed;
    std::unique_ptr<Server> server;

  private:
    std::deque<HttpRoute> routes_;
    std::deque<LoopHandler> handlers_;
    std::deque<FunctionAcceptor> acceptors_;
};

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace televisit::net::testing
