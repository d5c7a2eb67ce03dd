#include "net/guard.hpp"

namespace televisit::net {

void report_fault(LoopState& loop, const TaskLabel& label, std::string_view what) {
    loop.counters().handler_faults.add();
    const auto& hook = loop.core().hooks().fault;
    if (hook) hook({label.owner, label.name, what});
}

}  // namespace televisit::net
