#pragma once
/// An Engine.IO endpoint that sends every message back, on the plugin on a fake host.

#include <memory>
#include <string>
#include <vector>

#include "harness.hpp"

namespace televisit::socketio::test {

/// Sends every message back, until it is asked to close.
class EchoListener final : public EngineListener {
  public:
    explicit EchoListener(std::vector<std::string>& closes) : closes_(closes) {}
    void on_open(EngineSession& session) override { session_ = &session; }
    void on_message(MessageKind kind, std::string_view payload) override {
        if (payload == "please close") return session_->close("asked");
        session_->send(kind, {&payload, 1});
    }
    void on_closed(std::string_view reason) override { closes_.emplace_back(reason); }

  private:
    EngineSession* session_ = nullptr;
    std::vector<std::string>& closes_;
};

struct Echo final : EngineAcceptor {
    Result<std::unique_ptr<EngineListener>> accept(const HttpRequest&) override {
        if (refuse) return error(Errc::forbidden, "No.");
        return std::unique_ptr<EngineListener>(std::make_unique<EchoListener>(closes));
    }
    std::vector<std::string> closes;
    bool refuse = false;
};

/// An echo at /engine.io/, beside Socket.IO.
struct EchoEngine : Harness {
    explicit EchoEngine(LoopId loops = 1) : Harness(small_config(), loops) {
        REQUIRE(engine().serve({.path = "/engine.io"}, echo).ok());
    }
    ~EchoEngine() { shut(); }
    std::shared_ptr<Answer> get(const std::string& query, LoopId loop = 0) {
        return http(HttpMethod::get, query, {}, loop, "/engine.io/");
    }
    std::string open(LoopId loop = 0) {
        return quoted_after(get("EIO=4&transport=polling", loop)->body(), "\"sid\":\"");
    }
    std::shared_ptr<Answer> poll_echo(const std::string& sid, LoopId loop = 0) {
        return get("EIO=4&transport=polling&sid=" + sid, loop);
    }
    std::shared_ptr<Answer> post_echo(const std::string& sid, const std::string& body, LoopId loop = 0) {
        return http(HttpMethod::post, "EIO=4&transport=polling&sid=" + sid, body, loop, "/engine.io/");
    }
    std::unique_ptr<FakeChannel> echo_socket(const std::string& sid = {}, LoopId loop = 0) {
        auto channel =
            try_websocket("EIO=4&transport=websocket" + (sid.empty() ? "" : "&sid=" + sid), loop, "/engine.io/");
        REQUIRE(channel.ok());
        return std::move(channel).value();
    }
    Echo echo;
};

}  // namespace televisit::socketio::test
