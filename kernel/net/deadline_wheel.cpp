#include "net/deadline_wheel.hpp"

#include <algorithm>
#include <cassert>

namespace televisit::net {

Deadline::~Deadline() {
    assert(!armed() && "whoever arms a deadline lifts it before it goes");
}

DeadlineWheel::DeadlineWheel(SteadyTime now) : tick_(tick_of(now)), earliest_(tick_) {
    for (Head& head : slots_) head.next_ = head.previous_ = &head;
}

DeadlineWheel::~DeadlineWheel() {
    for (Head& head : slots_) {
        while (head.next_ != &head) unlink(*head.next_);
        head.next_ = head.previous_ = nullptr;
    }
}

void DeadlineWheel::unlink(Deadline& deadline) noexcept {
    deadline.previous_->next_ = deadline.next_;
    deadline.next_->previous_ = deadline.previous_;
    deadline.next_ = deadline.previous_ = nullptr;
}

void DeadlineWheel::link(Deadline& head, Deadline& deadline) noexcept {
    deadline.previous_ = head.previous_;
    deadline.next_ = &head;
    head.previous_->next_ = &deadline;
    head.previous_ = &deadline;
}

void DeadlineWheel::arm(Deadline& deadline, SteadyTime when) {
    lift(deadline);
    deadline.when_ = when;
    const std::int64_t tick = std::max(tick_of(when), tick_);
    earliest_ = armed_ == 0 ? tick : std::min(earliest_, tick);
    link(slots_[static_cast<std::size_t>(tick) % kSlots], deadline);
    ++armed_;
}

void DeadlineWheel::lift(Deadline& deadline) noexcept {
    if (!deadline.armed()) return;
    unlink(deadline);
    --armed_;
}

std::optional<SteadyTime> DeadlineWheel::wake_at() const noexcept {
    if (armed_ == 0) return std::nullopt;
    return SteadyTime((earliest_ + 1) * kTick);
}

void DeadlineWheel::advance(SteadyTime now) {
    const std::int64_t current = tick_of(now);
    if (armed_ == 0) {
        tick_ = std::max(tick_, current);
        return;
    }
    if (current <= earliest_) return;
    const std::int64_t first = std::max(tick_, current - static_cast<std::int64_t>(kSlots));
    tick_ = current;
    for (std::int64_t tick = first; tick < current; ++tick)
        strike_slot(slots_[static_cast<std::size_t>(tick) % kSlots], now);
    look_ahead();
}

void DeadlineWheel::strike_slot(Head& head, SteadyTime now) {
    // Struck ones may arm and lift any deadline, this slot's too: so what is due is moved aside first, into a list
    // whose members can still be lifted.
    Head due;
    due.next_ = due.previous_ = &due;
    for (Deadline* at = head.next_; at != &head;) {
        Deadline* const next = at->next_;
        if (at->when_ <= now) {
            unlink(*at);
            link(due, *at);
        }
        at = next;
    }
    while (due.next_ != &due) {
        Deadline& struck = *due.next_;
        lift(struck);
        struck.on_deadline();
    }
    due.next_ = due.previous_ = nullptr;
}

void DeadlineWheel::look_ahead() noexcept {
    earliest_ = tick_;
    for (std::size_t ahead = 0; armed_ > 0 && ahead < kSlots; ++ahead, ++earliest_) {
        const Head& head = slots_[static_cast<std::size_t>(earliest_) % kSlots];
        if (head.next_ != &head) return;
    }
}

}  // namespace televisit::net
