#pragma once
/// What the operator's admission policy says to a join, and what its silence means.
///
/// Who waits for a policy that hangs keeps a worker from others. So after a few silences in a row it is not waited for
/// any more: only one join at a time, and not all the time, tries whether it answers again.

#include <mutex>

#include "consult/ports.hpp"

namespace televisit::consult {

/// **Threads**: any. **Blocks**: to `Settings::admission_deadline` or the caller's, whichever is earlier.
class PolicyGate {
  public:
    PolicyGate(const Ports& ports, const Settings& settings);

    /// **Errors**: the policy's own reason, as `forbidden` or, with `retry_after`, `conflict`; `unavailable` with
    /// `admission_unavailable` when there is no answer and none means that nobody is admitted.
    Result<void> ask(const SessionRecord& session, const Identity& identity, const CallContext& context);

  private:
    bool may_ask();
    void note_answer();
    void note_silence();
    Result<void> without_answer(const SessionRecord& session, std::string_view why) const;

    const Ports& ports_;
    const Settings& settings_;
    Counter& unanswered_;
    std::mutex mutex_;
    int silences_ = 0;     // in a row; guarded by mutex_, as below
    bool trying_ = false;  // whether somebody tries whether it answers again
    SteadyTime try_again_at_{};
};

}  // namespace televisit::consult
