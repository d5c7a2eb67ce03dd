#pragma once
/// The border behind which handlers' exceptions do not get.

#include <exception>
#include <string_view>
#include <utility>

#include "net/loop_state.hpp"
#include "net/server_core.hpp"

namespace televisit::net {

/// Tells the host that a handler threw.
void report_fault(LoopState& loop, const TaskLabel& label, std::string_view what);

/// Calls a handler on its own account. False when it threw; that has been reported then.
template <class Call>
bool guarded(LoopState& loop, const TaskLabel& label, Call&& call) {
    loop.loop().attribute(label);
    try {
        std::forward<Call>(call)();
        return true;
    } catch (const std::exception& fault) {
        report_fault(loop, label, fault.what());
    } catch (...) {
        report_fault(loop, label, "an exception that is no std::exception");
    }
    return false;
}

}  // namespace televisit::net
