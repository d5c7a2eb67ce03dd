#include "net/http_exchange.hpp"

#include "net/http_session.hpp"
#include "net/problem.hpp"

namespace televisit::net {

ExchangeResponder::~ExchangeResponder() {
    if (!exchange_->answered.load(std::memory_order_relaxed))
        respond(problem(500, "internal", "The request was not answered."));
}

void ExchangeResponder::respond(HttpResponse response) {
    if (exchange_->answered.exchange(true)) return;
    if (exchange_->loop.is_current()) {
        if (exchange_->session) exchange_->session->answer(std::move(response));
        return;
    }
    exchange_->loop.post([exchange = exchange_, response = std::move(response)]() mutable {
        if (exchange->session) exchange->session->answer(std::move(response));
    });
}

void ExchangeResponder::on_abandoned(std::function<void()> callback) {
    const auto keep = [exchange = exchange_, callback = std::move(callback)] {
        if (exchange->session) {
            exchange->on_abandoned = callback;
        } else if (!exchange->answered.load(std::memory_order_relaxed)) {
            callback();
        }
    };
    if (exchange_->loop.is_current() && exchange_->session) return keep();
    exchange_->loop.post(keep);
}

}  // namespace televisit::net
