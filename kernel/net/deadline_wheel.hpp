#pragma once
/// Deadlines of connections: one at a time each, set and lifted far more often than they strike.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "televisit/sdk/time.hpp"

namespace televisit::net {

class DeadlineWheel;

/// Something with at most one deadline. **Threads**: the loop's only. Its owner lifts it before destroying it.
class Deadline {
  public:
    Deadline() = default;
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    bool armed() const noexcept { return next_ != nullptr; }

  protected:
    ~Deadline();
    /// Its time has come; it is no longer armed.
    virtual void on_deadline() = 0;

  private:
    friend class DeadlineWheel;
    Deadline* next_ = nullptr;
    Deadline* previous_ = nullptr;
    SteadyTime when_{};
};

/// A hashed timing wheel: arming and lifting cost a few pointer writes, which a heap would not.
/// A deadline strikes up to one tick late, never early. **Source**: Varghese and Lauck, scheme 6.
class DeadlineWheel {
  public:
    static constexpr std::chrono::milliseconds kTick{32};

    explicit DeadlineWheel(SteadyTime now);
    ~DeadlineWheel();
    DeadlineWheel(const DeadlineWheel&) = delete;
    DeadlineWheel& operator=(const DeadlineWheel&) = delete;

    void arm(Deadline& deadline, SteadyTime when);
    void lift(Deadline& deadline) noexcept;
    /// Strikes what is due.
    void advance(SteadyTime now);
    /// No deadline strikes before this time; nothing when none is armed. May be earlier than the first one.
    std::optional<SteadyTime> wake_at() const noexcept;

  private:
    static constexpr std::size_t kSlots = 512;
    struct Head final : Deadline {
        void on_deadline() override {}
    };
    static std::int64_t tick_of(SteadyTime when) noexcept { return when.time_since_epoch() / kTick; }
    static void unlink(Deadline& deadline) noexcept;
    static void link(Deadline& head, Deadline& deadline) noexcept;
    void strike_slot(Head& head, SteadyTime now);
    void look_ahead() noexcept;

    std::array<Head, kSlots> slots_;
    std::int64_t tick_;      // the last tick that was worked off
    std::int64_t earliest_;  // no armed deadline is due before the end of this tick
    std::size_t armed_ = 0;
};

}  // namespace televisit::net
