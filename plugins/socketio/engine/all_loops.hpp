#pragma once
/// The same work on every event loop, and an end to it.

#include <functional>
#include <future>
#include <memory>
#include <vector>

#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::socketio {

/// Runs `work` for each of `states` on the loop that its `id()` names. **Blocks**: until all are done, at most to
/// `deadline`; not to be called on a loop.
template <class State>
void on_all_loops(EventLoops& loops, const std::vector<std::shared_ptr<State>>& states,
                  const std::function<void(State&)>& work, SteadyTime deadline) {
    std::vector<std::future<void>> ends;
    for (const auto& state : states) {
        // Shared with the task: the deadline may pass before it has run.
        const auto done = std::make_shared<std::promise<void>>();
        auto end = done->get_future();
        const bool posted = loops.post(state->id(), [state, work, done] {
            work(*state);
            done->set_value();
        });
        if (posted) ends.push_back(std::move(end));
    }
    for (auto& end : ends) end.wait_until(deadline);
}

}  // namespace televisit::socketio
