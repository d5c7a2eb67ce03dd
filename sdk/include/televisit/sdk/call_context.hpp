#pragma once
/// What comes with every call into a plugin that may block.

#include "televisit/sdk/ids.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit {

/// By when a call must be back, and what to call it in a log. A callee that blocks must do so no longer than to
/// `deadline`; the host answers for it at that moment and drops what comes later.
struct CallContext {
    SteadyTime deadline;
    RequestId request;
};

}  // namespace televisit
