#pragma once
/// Waiting for a function no longer than to a deadline.

#include <functional>
#include <string>

#include "televisit/sdk/time.hpp"

namespace televisit::loader {

/// Runs `function`, which must not throw, on a thread of its own. False when it has not come back by then; its thread
/// is then left to itself, so that what it refers to must stay. **Blocks**: to the deadline.
bool done_by(SteadyTime deadline, const std::string& thread_name, std::function<void()> function);

}  // namespace televisit::loader
