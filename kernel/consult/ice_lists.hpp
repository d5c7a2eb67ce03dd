#pragma once
/// The ICE servers that attendees were given: who gets new ones, and when.
///
/// Who sits on this node gets a list pushed when the provider says so of the last one, and at once when a server in it
/// is lost. Who enters with a list of which this node knows nothing, because it joined at another one, gets one soon.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "consult/background.hpp"
#include "consult/ports.hpp"
#include "consult/rooms.hpp"

namespace televisit::consult {

/// **Threads**: any. **Blocks**: only `tend`, to the deadline.
class IceLists final : public IceListener {
  public:
    IceLists(const Ports& ports, const Settings& settings, const Rooms& rooms, Background& background);
    IceLists(const IceLists&) = delete;
    IceLists& operator=(const IceLists&) = delete;

    /// To the end of the window, or what is still of use.
    std::chrono::seconds wanted_ttl(Instant closes_at) const;
    /// They have this list now.
    void given(const AttendeeId& attendee, std::string_view address, const IceServers& servers);
    /// They sit on this node.
    void entered(const RoomId& room, const AttendeeId& attendee, std::string_view address);
    /// Pushes what is due, and forgets who has left. Several may be at it.
    void tend(const CallContext& context);

    void servers_lost(std::uint64_t marks) override;

  private:
    enum class Due : std::uint8_t {
        look,     ///< whether they are still there
        unknown,  ///< a list, if the provider's ever expire
        refresh,
        lost,
    };
    using Queue = std::multimap<SteadyTime, AttendeeId>;
    struct Holder {
        std::string address{};
        RoomId room{};  ///< empty until they have entered
        std::uint64_t marks = 0;
        Due due = Due::look;
        std::optional<Queue::iterator> place{};
    };
    struct Task {
        AttendeeId attendee;
        Holder holder;
    };
    // With mutex_ held.
    void schedule(const AttendeeId& attendee, Holder& holder, Due due, SteadyTime at);
    void schedule_next(const AttendeeId& attendee, Holder& holder, const IceServers& servers);

    std::optional<Task> take_due();
    void forget(const AttendeeId& attendee);
    void push(const Task& task, Room& room, const CallContext& context);

    const Ports& ports_;
    const Rooms& rooms_;
    Background& background_;
    const std::size_t most_;
    Counter& refreshed_;
    Counter& replaced_;
    std::mutex mutex_;
    std::unordered_map<AttendeeId, Holder> holders_;  // guarded by mutex_
    Queue queue_;                                     // guarded by mutex_; each holder is in it once
};

}  // namespace televisit::consult
