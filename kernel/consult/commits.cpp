#include "consult/commits.hpp"

namespace televisit::consult {

Result<bool> Commits::commit(const RecordBatch& batch, const CallContext& context) const {
    const auto outcome = ports_.records.commit(batch, context);
    if (!outcome.ok()) {
        if (outcome.error().code != Errc::timeout || ports_.clock.steady_now() >= context.deadline)
            return outcome.error();
        const auto done = ports_.records.was_committed(batch.operation, context);
        if (!done.ok() || !*done) return outcome.error();
    } else if (!outcome->committed) {
        return false;
    }
    for (const auto& event : batch.events) ports_.events.publish({event.type, event.at, event.session, event.payload});
    return true;
}

}  // namespace televisit::consult
