// The modes: what all connections together do, and when it is measured.
#include <algorithm>

#include "failure.hpp"
#include "generator.hpp"

namespace televisit::load {
namespace {

constexpr Nanoseconds kTick = 100'000'000;

}  // namespace

Figures Generator::run() {
    figures_.before = usage_of(o_.pids);
    if (o_.mode == Mode::cycle) {
        run_cycles();
    } else {
        join_all();
        figures_.joined = usage_of(o_.pids);
        o_.mode == Mode::idle ? run_idle() : run_traffic();
    }
    phase_ = Phase::done;
    return figures_;
}

void Generator::join_all() {
    const Nanoseconds began = now();
    const Nanoseconds deadline = began + from_seconds(o_.setup_timeout);
    std::size_t next = 0;
    while (joined_ < o_.connections) {
        while (next < connections_.size() && joining_ < o_.connecting) start(connections_[next++]);
        if (now() > deadline)
            throw Failure("only " + std::to_string(joined_) + " of " + std::to_string(o_.connections) +
                          " connections had joined in time");
        poll_until(now() + kTick);
    }
    // What the last joins have caused (user_joined and the like) is still to arrive.
    for (const Nanoseconds until = now() + 2 * kTick; now() < until;) poll_until(until);
    figures_.setup_seconds = to_seconds(now() - began);
    messages_.prepare(connections_);
    figures_.packet_bytes = connections_[0].packet.size();
}

void Generator::begin_measuring() {
    phase_ = Phase::measure;
    figures_.start = usage_of(o_.pids);
    own_cpu_before_ = own_cpu_seconds();
    measuring_since_ = now();
}

void Generator::end_measuring() {
    figures_.end = usage_of(o_.pids);
    figures_.measured_seconds = to_seconds(now() - measuring_since_);
    figures_.own_cpu_seconds = own_cpu_seconds() - own_cpu_before_;
    phase_ = Phase::drain;
}

void Generator::run_idle() {
    begin_measuring();
    for (const Nanoseconds until = now() + from_seconds(o_.seconds); now() < until;) poll_until(until);
    end_measuring();
}

void Generator::run_traffic() {
    const Nanoseconds began = now();
    const Nanoseconds measure_from = began + from_seconds(o_.warmup);
    const Nanoseconds measure_to = measure_from + from_seconds(o_.seconds);
    phase_ = Phase::warmup;
    if (o_.mode == Mode::relay) {
        for (int w = 0; w < o_.window; ++w)
            for (std::size_t pair = 0; pair < connections_.size(); pair += 2)
                send_message(connections_[pair + static_cast<std::size_t>(w % 2)], now());
    }
    std::size_t scheduled = 0;
    for (Nanoseconds time = now(); time < measure_to; time = now()) {
        if (phase_ == Phase::warmup && time >= measure_from) begin_measuring();
        Nanoseconds wake_at = phase_ == Phase::warmup ? measure_from : measure_to;
        if (o_.mode == Mode::open) wake_at = std::min(wake_at, send_scheduled(began, scheduled));
        poll_until(wake_at);
    }
    end_measuring();
    Counters& counters = figures_.counters;
    const Nanoseconds drained = now() + from_seconds(o_.drain);
    while (counters.received < counters.sent && now() < drained) poll_until(std::min(drained, now() + kTick));
    for (const Connection& c : connections_) counters.lost += c.missing + partner(c).sent - c.expected;
}

/// Sends what is due, some of it at a time; returns when the next is. Every connection sends in its turn, and latency
/// begins when a message was due: a server that stalls is charged for each that it delays.
Nanoseconds Generator::send_scheduled(Nanoseconds began, std::size_t& scheduled) {
    const double gap = 1e9 / o_.rate;
    const Nanoseconds time = now();
    for (int burst = 0;; ++burst) {
        const Nanoseconds due = began + static_cast<Nanoseconds>(static_cast<double>(scheduled) * gap);
        if (due > time || burst == 64) return due;
        if (phase_ == Phase::measure) figures_.lag.add(now() - due);
        send_message(connections_[scheduled++ % connections_.size()], due);
    }
}

/// The first tenth is not measured: the server's memory grows to its working size.
void Generator::run_cycles() {
    cycle_until(o_.cycles / 10);
    begin_measuring();
    cycle_until(o_.cycles);
    end_measuring();
    figures_.cycles = static_cast<std::uint64_t>(o_.cycles - o_.cycles / 10);
}

/// Until so many cycles have come to their end; none is open then.
void Generator::cycle_until(int total) {
    int begun = ended_;
    std::size_t next = 0;
    Nanoseconds progress = now();
    for (int seen = ended_; ended_ < total;) {
        // As many at a time as were asked for, each by a connection that is free.
        for (std::size_t tried = 0; tried < connections_.size() && begun < total && begun - ended_ < o_.connecting;
             ++tried, ++next) {
            Connection& c = connections_[next % connections_.size()];
            if (c.state != Connection::State::closed) continue;
            start(c);
            begun++;
        }
        poll_until(now() + kTick);
        if (ended_ != seen) progress = now();
        seen = ended_;
        if (now() > progress + from_seconds(o_.setup_timeout)) throw Failure("a cycle did not come to its end in time");
    }
}

}  // namespace televisit::load
