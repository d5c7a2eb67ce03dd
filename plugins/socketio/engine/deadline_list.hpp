#pragma once
/// Things that are due after one and the same delay, in the order they will be: adding and removing costs nothing, and
/// a whole loop needs one timer.

#include "televisit/sdk/time.hpp"

namespace televisit::socketio {

/// Base of what can wait in a list; in one at a time. Leaves its list when destroyed.
class DeadlineHook {
  public:
    DeadlineHook() = default;
    DeadlineHook(const DeadlineHook&) = delete;
    DeadlineHook& operator=(const DeadlineHook&) = delete;

    bool waiting() const noexcept { return next_ != nullptr; }
    SteadyTime due() const noexcept { return due_; }
    void stop_waiting() noexcept {
        if (!waiting()) return;
        prev_->next_ = next_;
        next_->prev_ = prev_;
        prev_ = next_ = nullptr;
    }

  protected:
    ~DeadlineHook() { stop_waiting(); }

  private:
    friend class DeadlineList;
    DeadlineHook* prev_ = nullptr;
    DeadlineHook* next_ = nullptr;
    SteadyTime due_{};
};

/// **Threads**: one.
class DeadlineList {
  public:
    DeadlineList() noexcept { ends_.prev_ = ends_.next_ = &ends_; }
    ~DeadlineList() {
        while (front() != nullptr) front()->stop_waiting();
        ends_.prev_ = ends_.next_ = nullptr;
    }
    DeadlineList(const DeadlineList&) = delete;
    DeadlineList& operator=(const DeadlineList&) = delete;

    /// `due` is not before that of any other in the list.
    void add(DeadlineHook& hook, SteadyTime due) noexcept {
        hook.stop_waiting();
        hook.due_ = due;
        hook.prev_ = ends_.prev_;
        hook.next_ = &ends_;
        ends_.prev_->next_ = &hook;
        ends_.prev_ = &hook;
    }
    DeadlineHook* front() noexcept { return ends_.next_ == &ends_ ? nullptr : ends_.next_; }
    /// The first one if it is due; taken out of the list.
    DeadlineHook* take_due(SteadyTime now) noexcept {
        DeadlineHook* const first = front();
        if (first == nullptr || first->due_ > now) return nullptr;
        first->stop_waiting();
        return first;
    }

  private:
    struct End : DeadlineHook {
        ~End() = default;
    };
    End ends_;
};

}  // namespace televisit::socketio
