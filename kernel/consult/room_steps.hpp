#pragma once
/// Every step by which the truth of a room changes.
///
/// A step lays its change over truth and intents, and offers the result to the presence store. Whoever wins there
/// publishes the new truth, and writes the records that follow from it; whoever loses looks again. **Threads**: any;
/// one step of a room at a time, so the caller has the room's turn. **Blocks**: to the deadline.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "consult/leases.hpp"
#include "consult/ports.hpp"
#include "consult/room.hpp"
#include "consult/seat.hpp"
#include "consult/tokens.hpp"
#include "consult/visits.hpp"

namespace televisit::consult {

class RoomSteps {
  public:
    RoomSteps(const Ports& ports, const Settings& settings, const Visits& visits, const Tokens& tokens, Leases& leases);

    /// Changes the next truth, or refuses to.
    using Alter = std::function<Result<void>(RoomPresence& next)>;
    /// The same; answers the stay that the connection is to sit in.
    using Admit = std::function<Result<StayId>(RoomPresence& next)>;
    struct Seated {
        std::unique_ptr<RoomSeat> seat;
        std::vector<Member> participants;
        Footprint print;  ///< of its entering
    };

    /// Makes a change truth, together with what waits. **Errors**: those of `alter`, once the store itself was asked;
    /// `unavailable`, `timeout`, of which the room's `uncertain` says whether the outcome is open.
    Result<void> make(Room& room, const Alter& alter, const CallContext& context) const;
    /// The same, and seats a connection.
    Result<Seated> seat(Room& room, ConnectionKey connection, const Admit& admit, const CallContext& context) const;

    void publish(Room& room, const RoomPresence& truth) const;
    /// Writes what the room's transitions have left behind. What cannot be written is kept.
    Result<void> write_footprint(Room& room, const CallContext& context) const;
    /// The same, with an entering that is not to be acknowledged before. **Errors**: `conflict` with `session_over`.
    Result<void> write_entering(Room& room, const Footprint& print, const CallContext& context) const;

  private:
    using Wanted = std::function<Result<std::optional<StayId>>(RoomPresence& next)>;
    Result<Seated> step(Room& room, const Wanted& wanted, ConnectionKey connection, const CallContext& context) const;
    Result<void> prepare(Room& room, const CallContext& context) const;
    Result<void> load(Room& room, const CallContext& context) const;
    /// What is the truth then, made of `next`. Nothing when another step came first; what stands has been looked at.
    Result<Truth> offer(Room& room, const Truth& before, RoomPresence next, const CallContext& context) const;
    void won(Room& room, const RoomPresence& truth, const Footprint& print) const;
    Instant keep_until(const Room& room, const RoomPresence& truth) const;
    /// Whether those whose stays the truth has no more may come back.
    Result<void> judge_claims(Room& room, const CallContext& context) const;
    Result<std::optional<LeaveReason>> why_unwelcome(const Room& room, const Stay& claim,
                                                     const CallContext& context) const;

    const Ports& ports_;
    const Settings& settings_;
    const Visits& visits_;
    const Tokens& tokens_;
    Leases& leases_;
    Counter& lost_;
};

}  // namespace televisit::consult
