#include "engine/loop_timer.hpp"

#include <algorithm>
#include <utility>

namespace televisit::socketio {

using std::chrono::milliseconds;

LoopTimer::LoopTimer(EventLoops& loops, LoopId loop, const Clock& clock, milliseconds granularity, Run run)
    : loops_(loops), loop_(loop), clock_(clock), granularity_(granularity), run_(std::move(run)) {}

void LoopTimer::arm(SteadyTime due) {
    if (!run_ || (armed_ && *armed_ <= due)) return;
    schedule(due, clock_.steady_now());
}

void LoopTimer::schedule(SteadyTime due, SteadyTime now) {
    const auto delay = std::max(std::chrono::ceil<milliseconds>(due - now), granularity_);
    armed_ = now + delay;
    loops_.after(loop_, delay, [self = shared_from_this(), number = ++number_] { self->fire(number); });
}

void LoopTimer::fire(std::uint64_t number) {
    if (!run_ || number != number_) return;
    armed_.reset();
    const SteadyTime now = clock_.steady_now();
    const auto next = run_(now);
    if (run_ && next && (!armed_ || *next < *armed_)) schedule(*next, now);
}

void LoopTimer::stop() {
    run_ = nullptr;
}

}  // namespace televisit::socketio
