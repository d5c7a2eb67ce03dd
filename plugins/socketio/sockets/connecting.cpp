#include "sockets/connecting.hpp"

#include <atomic>
#include <utility>

#include "sockets/client.hpp"
#include "sockets/socket_loop.hpp"

namespace televisit::socketio {

/// Takes the verdict to the loop, from wherever it is made.
class Connecting::Decision final : public ConnectDecision {
  public:
    explicit Decision(std::shared_ptr<Connecting> owner) : owner_(std::move(owner)) {}
    ~Decision() override {
        decide(error(Errc::unavailable, "The server cannot tell now whether you may connect. Please try again."));
    }

    void decide(Result<void> verdict) override {
        if (decided_.exchange(true)) return;
        SocketLoop& home = *owner_->home_;
        if (home.gate().is_current(home.id())) return owner_->on_verdict(std::move(verdict));
        home.gate().post(home.id(), [owner = owner_, verdict = std::move(verdict)] { owner->on_verdict(verdict); });
    }

  private:
    const std::shared_ptr<Connecting> owner_;
    std::atomic<bool> decided_{false};
};

Connecting::Connecting(std::shared_ptr<SocketLoop> home, Client& client, Socket& socket, std::string_view auth)
    : home_(std::move(home)), client_(&client), socket_(socket), auth_(auth) {}

Connecting::~Connecting() = default;

void Connecting::go_on() {
    const auto self = shared_from_this();
    const auto& middleware = socket_.place().middleware;
    const HandshakeFields fields = client_->handshake();
    const SocketHandshake handshake{socket_.nsp(), auth_, fields.query, fields.headers, fields.remote_address};
    while (asked_ < middleware.size()) {
        verdict_.reset();
        asking_ = true;
        middleware[asked_++]->on_connecting(socket_.key(), socket_.sid(), handshake, std::make_unique<Decision>(self));
        asking_ = false;
        if (!verdict_) return;
        if (!*verdict_) return settle(*verdict_);
    }
    settle({});
}

void Connecting::on_verdict(Result<void> verdict) {
    if (client_ == nullptr) return;
    if (asking_) {
        verdict_ = std::move(verdict);
    } else if (verdict) {
        go_on();
    } else {
        settle(verdict);
    }
}

void Connecting::settle(const Result<void>& verdict) {
    std::exchange(client_, nullptr)->settle(*this, verdict);
}

void Connecting::abandon() {
    client_ = nullptr;
    const auto& middleware = socket_.place().middleware;
    for (std::size_t i = 0; i < asked_; ++i) middleware[i]->on_gone(socket_.key());
    home_->unmake(socket_);
}

}  // namespace televisit::socketio
