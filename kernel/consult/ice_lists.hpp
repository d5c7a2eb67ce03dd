#pragma once
/// The ICE servers that attendees were given: who gets new ones, and when.
///
/// Who sits on this node gets a list pushed when the provider says so of the last one, and at once when a server in it
/// is lost. Who enters with a list of which this node knows nothing, because it joined at another one, gets one soon,
/// and so does who had a server that was lost before, or whose last list was pushed to a connection that is no more.

#include <atomic>
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
    /// Asks the provider; they have the answer from now on. **Blocks**: as the provider. **Errors**: those of the
    /// provider.
    Result<IceServers> ask(const IceRequest& request, const CallContext& context);
    /// They sit on this node.
    void entered(const RoomId& room, const AttendeeId& attendee, std::string_view address);
    /// Pushes what is due, and forgets who has left. Several may be at it.
    void tend(const CallContext& context);

    void servers_lost(std::uint64_t marks) override;

  private:
    enum class Due : std::uint8_t {
        look,     ///< whether they are still there
        unknown,  ///< a list, if the provider's ever expire or may have a lost server
        entered,  ///< a list: theirs was stale
        refresh,
        lost,
    };
    using Queue = std::multimap<SteadyTime, AttendeeId>;
    struct Holder {
        std::string address{};
        RoomId room{};  ///< empty until they have entered
        std::uint64_t marks = 0;
        std::uint64_t entries = 0;
        bool stale = false;  ///< the list they have may not be the last one, or has a lost server
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

    void given(const IceRequest& request, const IceServers& servers, std::uint64_t losses_before);
    std::optional<Task> take_due();
    /// Unless they have entered since.
    void forget(const Task& task);
    void set_stale(const AttendeeId& attendee);
    void push(const Task& task, Room& room, const CallContext& context);

    const Ports& ports_;
    const Rooms& rooms_;
    Background& background_;
    const std::size_t most_;
    Counter& refreshed_;
    Counter& replaced_;
    Counter& entered_;
    std::atomic<std::uint64_t> losses_{0};  ///< how often servers were lost
    std::mutex mutex_;
    std::unordered_map<AttendeeId, Holder> holders_;  // guarded by mutex_
    Queue queue_;                                     // guarded by mutex_; each holder is in it once
};

}  // namespace televisit::consult
