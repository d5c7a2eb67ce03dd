#pragma once
/// The rooms open on this node, and every step by which their truth changes.
///
/// A step takes the room's turn, lays its change over truth and intents, and offers the result to the presence store.
/// Whoever wins there publishes the new truth, and writes the records that follow from it; whoever loses looks again.
/// **Threads**: any. **Blocks**: to the deadline, where there is a `CallContext`.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "consult/background.hpp"
#include "consult/ports.hpp"
#include "consult/room.hpp"
#include "consult/tokens.hpp"
#include "consult/visits.hpp"

namespace televisit::consult {

class Rooms final : public BackplaneListener {
  public:
    Rooms(const Ports& ports, const Settings& settings, const Visits& visits, const Tokens& tokens,
          Background& background);
    Rooms(const Rooms&) = delete;
    Rooms& operator=(const Rooms&) = delete;

    /// Of which object this is a part: seats that outlive it ask for nothing any more. Call once, before the first
    /// `enter`.
    void live_in(const std::weak_ptr<void>& owner);

    Result<void> attach(RoomListener& listener) { return world_->gate.attach(listener); }
    void detach(RoomListener& listener) { world_->gate.detach(listener); }

    /// Seats a connection. **Errors**: `conflict` with `room_full`, `session_over` or `already_seated`;
    /// `unauthenticated` when a newer token is in the room; `unavailable`.
    Result<Entered> enter(const SessionRecord& session, const AttendeeRecord& attendee, ConnectionKey connection,
                          const CallContext& context);
    /// Puts somebody out, wherever they sit. Nothing happens when they do not.
    Result<void> put_out(const SessionRecord& session, const AttendeeId& attendee, LeaveReason reason,
                         const CallContext& context);
    /// The visit is over: local members are out at once; the tombstone follows, if need be later. Whether it is in
    /// place.
    bool close(const SessionRecord& session, const CallContext& context);
    /// Who is in the room, and whether it is closed.
    Result<RoomPresence> look(const RoomId& room, const CallContext& context);
    /// The same, or as far as this node knows when the store cannot be asked.
    std::vector<Stay> present(const RoomId& room, const CallContext& context);
    /// The rooms open here after `after`, in the order of their ids.
    std::vector<std::shared_ptr<const Room>> page(const RoomId& after, std::size_t limit) const;
    /// What this node has yet to write about a room.
    Footprint take_footprint(const RoomId& room);
    void give_back_footprint(const RoomId& room, Footprint print);

    /// Takes up what waits: intents whose time to be tried again has come, grace that has ended, warnings, rooms that
    /// nobody needs any more.
    void tend();
    /// Renews this node's lease, and puts the stays of dead nodes on their way out.
    Result<void> keep_lease(const CallContext& context);
    /// Makes every intent truth if it can be done, and gives the lease up.
    void shut_down(const CallContext& context);

    void on_message(const BackplaneMessage& message) override;
    void on_link(bool up) override;

  private:
    struct Made {
        std::shared_ptr<Occupant> seated{};
        std::vector<Member> participants{};
    };
    /// Changes the next truth; answers the stay that the connection is to sit in.
    using Alter = std::function<Result<std::optional<StayId>>(StateMessage& next)>;

    std::shared_ptr<Room> find(const RoomId& id) const;
    std::vector<std::shared_ptr<Room>> all() const;
    Result<std::shared_ptr<Room>> open(const RoomId& id, const SessionId& session, bool beyond_limit);
    void retire(const std::shared_ptr<Room>& room, const CallContext& context);

    Result<void> renew_lease(const CallContext& context);
    Result<void> prepare(Room& room, const CallContext& context);
    /// What became of a transition whose answer was lost, now that the truth is known again.
    void settle_attempt(Room& room, RoomPresence truth);
    Result<Made> step(Room& room, std::optional<ConnectionKey> connection, const Alter& alter,
                      const CallContext& context);
    Result<std::optional<StayId>> admit(StateMessage& next, const SessionRecord& session,
                                        const AttendeeRecord& attendee) const;
    void publish(Room& room, const StateMessage& message);
    Instant keep_until(const Room& room, const RoomPresence& truth) const;

    void want_settle(const std::shared_ptr<Room>& room);
    /// Makes intents truth, and writes what follows. Whether all of it could be done.
    bool settle(const std::shared_ptr<Room>& room, const CallContext& context);
    bool try_settle(Room& room, const CallContext& context);
    Result<void> write_footprint(Room& room, const CallContext& context);
    /// Whether those whose stays are gone from the store may come back.
    Result<void> judge_claims(Room& room, const CallContext& context);
    void end_grace(StateMessage& next) const;
    void arm_grace(const std::shared_ptr<Room>& room);
    void warn_of_end(Room& room);
    void interrupt_stays_of(const NodeId& dead, const RoomId& room, const CallContext& context);
    CallContext own_context() const;

    const Ports& ports_;
    const Settings& settings_;
    const Visits& visits_;
    const Tokens& tokens_;
    Background& background_;
    std::shared_ptr<RoomWorld> world_;  // shared with rooms, which seats may hold a moment longer than the domain lives
    std::atomic<bool> link_up_{true};
    std::atomic<SteadyTime> leased_until_{};
    std::atomic<Instant> lease_written_until_{};  // the same moment as it stands in the store
    Gauge& open_rooms_;
    Counter& steps_lost_;

    mutable std::mutex mutex_;
    std::unordered_map<RoomId, std::shared_ptr<Room>> rooms_;  // guarded by mutex_
};

}  // namespace televisit::consult
