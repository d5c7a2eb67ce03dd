#pragma once
/// The one timer of a part of a loop: wakes it when the first of its deadlines has come.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::socketio {

/// **Threads**: its loop only; it lives at least as long as a wake-up is on its way.
class LoopTimer : public std::enable_shared_from_this<LoopTimer> {
  public:
    /// Does what is due at `now`, returns when to come back.
    using Run = std::function<std::optional<SteadyTime>(SteadyTime now)>;

    /// Wake-ups are at least `granularity` apart, so that many deadlines cost few of them.
    LoopTimer(EventLoops& loops, LoopId loop, const Clock& clock, std::chrono::milliseconds granularity, Run run);

    /// `run` is wanted at `due`.
    void arm(SteadyTime due);
    /// No `run` any more.
    void stop();

  private:
    void schedule(SteadyTime due, SteadyTime now);
    void fire(std::uint64_t number);

    EventLoops& loops_;
    const LoopId loop_;
    const Clock& clock_;
    const std::chrono::milliseconds granularity_;
    Run run_;
    std::optional<SteadyTime> armed_;
    std::uint64_t number_ = 0;
};

}  // namespace televisit::socketio
