#include "probe_round.hpp"

#include <poll.h>

#include <algorithm>
#include <utility>

namespace televisit::turn {

namespace {

/// Of a datagram, doubled each time; see RFC 5389 §7.2.1.
constexpr std::chrono::milliseconds kFirstResend{250};
/// So often what is due and whether to stop is looked at.
constexpr std::chrono::milliseconds kLongestWait{200};

}  // namespace

struct ProbeRound::Probe {
    Probe(ProbeTarget target, const TlsClient& tls, Secrets& secrets, SteadyTime until)
        : number(target.number),
          line(target.url, *target.address, tls),
          dialogue(std::move(target.credentials), secrets),
          deadline(until) {
        line.send(dialogue.request());
    }

    const std::size_t number;
    ProbeLine line;
    TurnDialogue dialogue;
    const SteadyTime deadline;
    bool on_its_way = false;  ///< the present request has been sent once
    SteadyTime resend_at{};
    std::chrono::milliseconds resend_after{kFirstResend};
};

ProbeRound::ProbeRound(std::chrono::milliseconds timeout, const TlsClient& tls, const Clock& clock, Secrets& secrets)
    : timeout_(timeout), tls_(tls), clock_(clock), secrets_(secrets) {}

ProbeRound::~ProbeRound() = default;

void ProbeRound::begin(ProbeTarget target, const Callbacks& callbacks) {
    if (!target.address) return callbacks.done(target.number, {ProbeFault::unknown_name});
    under_way_.push_back(
        std::make_unique<Probe>(std::move(target), tls_, secrets_, clock_.steady_now() + Duration(timeout_)));
}

void ProbeRound::step(Probe& probe, SteadyTime now) {
    auto& line = probe.line;
    auto& dialogue = probe.dialogue;
    if (now >= probe.deadline) return dialogue.give_up();
    if (!line.is_stream() && probe.on_its_way && now >= probe.resend_at) {
        line.send(dialogue.request());
        probe.resend_after *= 2;
        probe.resend_at = now + probe.resend_after;
    }
    auto news = line.advance();
    for (std::size_t i = 0; i < news.messages.size(); ++i) {
        const auto next = dialogue.take(news.messages[i], now);
        if (next == TurnDialogue::Next::done) return;
        if (next == TurnDialogue::Next::wait) continue;
        probe.on_its_way = false;
        line.send(dialogue.request());
        auto then = line.advance();
        if (then.fault) news.fault = then.fault;
        for (auto& message : then.messages) news.messages.push_back(std::move(message));
    }
    if (news.fault) return dialogue.fail(*news.fault);
    if (!probe.on_its_way && line.sent()) {
        probe.on_its_way = true;
        dialogue.sent(now);
        probe.resend_after = kFirstResend;
        probe.resend_at = now + probe.resend_after;
    }
}

void ProbeRound::wait(SteadyTime now) const {
    std::vector<pollfd> sockets;
    auto until = now + kLongestWait;
    for (const auto& probe : under_way_) {
        sockets.push_back({probe->line.socket(), probe->line.interest(), 0});
        until = std::min(until, probe->deadline);
        if (!probe->line.is_stream() && probe->on_its_way) until = std::min(until, probe->resend_at);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::max(until - now, SteadyTime::duration{0}));
    ::poll(sockets.data(), sockets.size(), static_cast<int>(left.count()));
}

void ProbeRound::run(std::vector<ProbeTarget> targets, const Callbacks& callbacks) {
    for (auto& target : targets) begin(std::move(target), callbacks);
    while (!under_way_.empty()) {
        if (callbacks.stopped()) return under_way_.clear();
        const auto now = clock_.steady_now();
        for (auto& probe : under_way_) {
            step(*probe, now);
            if (!probe->dialogue.done()) continue;
            callbacks.done(probe->number, probe->dialogue.outcome());
            probe.reset();
        }
        std::erase(under_way_, nullptr);
        for (auto& target : callbacks.more()) begin(std::move(target), callbacks);
        if (!under_way_.empty()) wait(clock_.steady_now());
    }
}

}  // namespace televisit::turn
