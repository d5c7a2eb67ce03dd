#pragma once
/// The order in which the connections of a room hear of things.
///
/// A relay goes straight from the sender's thread to the listener. Notices of changes wait until the relays under way
/// have been handed over, and relays that come while notices wait queue up behind them: so every connection hears
/// things in the order in which they happened, and nobody calls out with the lock held.
///
/// **Threads**: guarded by the room's mutex, whose lock is passed where it is let go of meanwhile. Only `end_relay`
/// needs none.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "consult/notice.hpp"
#include "consult/occupant.hpp"
#include "consult/room_world.hpp"
#include "consult/turn.hpp"

namespace televisit::consult {

class Deliveries {
  public:
    using Lock = std::unique_lock<std::mutex>;

    explicit Deliveries(RoomWorld& world) : world_(world) {}

    /// For those who sit there, but not for that peer.
    void tell(const Occupants& occupants, const NoticeContent& content, const PeerId& but);
    void tell(Occupant& occupant, NoticeContent content);
    /// What an occupant was to hear before its `joined_room` comes after it.
    void release(Occupant& occupant);
    /// Keeps it until then, as far as there is room.
    void hold(Occupant& occupant, NoticeContent content);

    /// Whether a relay may go straight to the listener; the caller ends it then.
    bool begin_relay();
    /// Whether notices have been waiting for its end: then `drain`. **Threads**: any, without the lock.
    bool end_relay() { return relays_.fetch_sub(1) == (kAwaited | 1); }
    /// A relay that has to wait for its turn, as far as there is room.
    void queue_relay(std::vector<ConnectionKey> to, RelayedNotice relay);

    /// Hands over what waits, unless somebody else is at it or relays are under way.
    void drain(Lock& lock);
    /// Waits until what waits now has been handed over. **Blocks**: to the deadline.
    void wait(Lock& lock, SteadyTime deadline);
    bool idle() const noexcept { return !(relays_.load() & kAwaited); }

  private:
    /// Set in `relays_` while notices wait or are handed over: no relay begins then, and the last one under way knows
    /// by its own step whether it has to hand over.
    static constexpr std::uint32_t kAwaited = 1U << 31;

    void enqueue(Notice notice);
    bool relays_under_way() const { return (relays_.load() & ~kAwaited) > 0; }

    std::atomic<std::uint32_t> relays_{0};  // how many are under way
    bool delivering_ = false;
    RoomWorld& world_;
    std::vector<Notice> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::uint64_t queued_ = 0;
    std::uint64_t delivered_ = 0;
    RareCondition handed_over_;
};

}  // namespace televisit::consult
