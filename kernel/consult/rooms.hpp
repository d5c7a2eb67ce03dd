#pragma once
/// The rooms open on this node: who enters them and leaves, and what happens to them by themselves.
///
/// **Threads**: any. **Blocks**: to the deadline, where there is a `CallContext`.

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "consult/background.hpp"
#include "consult/reach.hpp"
#include "consult/room_steps.hpp"

namespace televisit::consult {

class Rooms final : public BackplaneListener {
  public:
    Rooms(const Ports& ports, const Settings& settings, const Visits& visits, const Tokens& tokens,
          Background& background, Reach& reach);
    Rooms(const Rooms&) = delete;
    Rooms& operator=(const Rooms&) = delete;

    /// Of which object this is a part: seats that outlive it ask for nothing any more. Call once, before the first
    /// `enter`.
    void live_in(const std::weak_ptr<void>& owner);

    Result<void> attach(RoomListener& listener) { return world_->gate.attach(listener); }
    void detach(RoomListener& listener) { world_->gate.detach(listener); }

    /// Seats a connection; the records say so when it returns. **Errors**: `conflict` with `room_full`, `session_over`,
    /// `already_seated`, or `not_in_room` when they have left over REST at the same time; `unauthenticated` when a
    /// newer token is in the room; `unavailable`.
    Result<Entered> enter(const SessionRecord& session, const AttendeeRecord& attendee, ConnectionKey connection,
                          const CallContext& context);

    static constexpr std::int64_t kAnyToken = std::numeric_limits<std::int64_t>::max();
    /// Puts somebody out, wherever they sit, unless they came with a token of a higher number; also who is away only
    /// because their node was taken for dead. Who sits here is out at once, whatever the answer. **Errors**:
    /// `unavailable`.
    Result<void> put_out(const SessionRecord& session, const AttendeeId& attendee, LeaveReason reason,
                         const CallContext& context, std::int64_t up_to_token = kAnyToken);
    /// The visit is over: local members are out at once; the tombstone follows, if need be later. Whether it is in
    /// place.
    bool close(const SessionRecord& session, const CallContext& context);

    /// Who is in the room, and whether it is closed.
    Result<Truth> look(const RoomId& room, const CallContext& context);
    /// The same, or as far as this node knows when the store cannot be asked.
    std::vector<Stay> present(const RoomId& room, const CallContext& context);
    /// The rooms open here after `after`, in the order of their ids.
    std::vector<std::shared_ptr<const Room>> page(const RoomId& after, std::size_t limit) const;
    /// The room, if it is open here.
    std::shared_ptr<Room> find(const RoomId& id) const;
    /// What this node has yet to write about a room.
    Footprint take_footprint(const RoomId& room);
    void give_back_footprint(const RoomId& room, Footprint print);

    // rooms_upkeep.cpp
    /// Takes up what waits: intents whose time to be tried again has come, grace that has ended, warnings, rooms that
    /// nobody needs any more.
    void tend();
    /// Renews this node's lease, and puts the stays of dead nodes on their way out.
    Result<void> keep_lease(const CallContext& context);
    /// Makes every intent truth for which there is time, and gives the lease up.
    void shut_down(const CallContext& context);

    void on_message(const BackplaneMessage& message) override;
    void on_link(bool up) override;

  private:
    // rooms.cpp
    std::vector<std::shared_ptr<Room>> all() const;
    Result<std::shared_ptr<Room>> open(const RoomId& id, const SessionId& session, bool beyond_limit);
    void retire(const std::shared_ptr<Room>& room, const CallContext& context);

    // rooms_entrance.cpp
    Result<StayId> admit(RoomPresence& next, const SessionRecord& session, const AttendeeRecord& attendee) const;
    Stay new_stay(const AttendeeRecord& attendee) const;
    void back_out(Seat& newcomer, const std::shared_ptr<Room>& room, const Error& failure, const CallContext& context);

    // rooms_upkeep.cpp
    void want_settle(const std::shared_ptr<Room>& room);
    /// Makes intents truth, and writes what follows. Whether all of it could be done.
    bool settle(const std::shared_ptr<Room>& room, const CallContext& context);
    bool try_settle(Room& room, const CallContext& context);
    bool waits_for_grace(const Stay& stay) const;
    void end_grace(const NodeId& of, RoomPresence& next) const;
    void arm_grace(const std::shared_ptr<Room>& room);
    /// Asks for the truth of every room: something may have happened that was not told here.
    void look_again();
    void warn_of_end(Room& room);
    void interrupt_stays_of(const NodeId& dead, const RoomId& room, const CallContext& context);
    CallContext own_context() const;

    const Ports& ports_;
    const Settings& settings_;
    const Visits& visits_;
    Background& background_;
    Reach& reach_;
    Leases leases_;
    const RoomSteps steps_;
    std::shared_ptr<RoomWorld> world_;  // shared with rooms, which seats may hold a moment longer than the domain lives
    std::atomic<bool> link_up_{true};
    Gauge& open_rooms_;

    mutable std::mutex mutex_;
    std::unordered_map<RoomId, std::shared_ptr<Room>> rooms_;  // guarded by mutex_
};

}  // namespace televisit::consult
