#pragma once
/// Removing what is not to be kept any longer, of sessions that are over.
///
/// Each removal is one conditional write with its event, so it is made once, whichever nodes try. The session's
/// `due_at` says when the next one comes. **Threads**: any worker; `align` one at a time. **Blocks**: to the deadline.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "consult/commits.hpp"
#include "consult/retention_plan.hpp"

namespace televisit::consult {

class Retention {
  public:
    Retention(const Ports& ports, const Settings& settings);

    /// Removes what is due of a session whose room is closed, and notes when to look again.
    Result<void> run(SessionRecord session, const CallContext& context) const;
    /// The session with everything that belongs to it; false when it has been changed meanwhile.
    Result<bool> erase(const SessionRecord& session, const CallContext& context) const;

    /// One page more of the sessions that were over before this start: where the times configured now say another
    /// `due_at`, it is written. Does nothing once all have been looked at, or when everything is kept for ever.
    Result<void> align(const CallContext& context);

  private:
    Result<bool> remove(SessionRecord& session, Removal what, const CallContext& context) const;
    Result<void> add_names(RecordBatch& batch, const SessionId& id, const CallContext& context) const;
    Result<void> add_device_information(RecordBatch& batch, const SessionId& id, const CallContext& context) const;
    Result<bool> write_due(SessionRecord& session, const CallContext& context) const;
    Result<void> align(SessionRecord session, const CallContext& context);
    std::optional<Instant> due_at(const SessionRecord& session) const;
    void note(const SessionRecord& session, Removal what) const;

    const Ports& ports_;
    const Settings& settings_;
    Commits commits_;
    std::array<Counter*, 4> removals_{};  // by Removal

    bool aligned_ = false;
    std::optional<std::pair<Instant, SessionId>> aligned_to_{};  // the last session looked at
    std::int64_t corrected_ = 0;
};

}  // namespace televisit::consult
