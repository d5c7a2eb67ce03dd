#pragma once
/// One room as this node sees it: its truth as far as known, the connections that sit in it here, and what they have
/// been told.
///
/// What members are told is always the difference between what they knew and the truth with this node's intents over
/// it (see outlook.hpp); so each stay is told of once, whichever way the news came. **Threads**: any. **Blocks**: only
/// `wait_delivered`.

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "consult/deliveries.hpp"
#include "consult/footprint.hpp"
#include "consult/heard.hpp"
#include "consult/messages.hpp"
#include "consult/outlook.hpp"
#include "consult/turn.hpp"

namespace televisit::consult {

/// A transition of which it is not known whether it was made.
struct Attempt {
    Truth before;
    std::uint64_t seq = 0;  ///< of the truth that it was to put in place
};

/// How a room stands with the stores and timers; see room_steps.hpp and rooms.hpp. What is not atomic belongs to
/// whoever has the room's turn.
struct StepState {
    std::unique_ptr<const Attempt> attempt{};
    bool subscribed = false;
    std::chrono::milliseconds backoff{0};          ///< after a failure
    std::optional<Instant> grace_timer{};          ///< the moment that a timer waits for
    std::atomic<bool> unpublished{false};          ///< the last transition could not be told to the other nodes
    std::atomic<bool> uncertain{false};            ///< an entering may have failed half-way: to be settled
    std::atomic<bool> posted{false};               ///< a settling is on its way
    std::atomic<SteadyTime> looked_at{};           ///< when the store last said what is true
    std::atomic<SteadyTime> retry_at{};            ///< not before
    std::atomic<Instant> closes_at{};              ///< of the visit's window; 0 when not known
    std::array<std::atomic<Instant>, 2> warned{};  ///< for which end of the window each `session_expiring` was told
};

class Room : public std::enable_shared_from_this<Room> {
  public:
    Room(std::shared_ptr<RoomWorld> world, RoomId id, SessionId session);

    const RoomId& id() const noexcept { return id_; }
    const SessionId& session() const noexcept { return session_; }

    // By seats, on event loops.
    Result<void> relay(Occupant& from, const Relay& relay);
    void open(Occupant& occupant);
    std::vector<Member> members() const;
    void set_media(Occupant& occupant, MediaKind kind, bool enabled);
    void leave(Occupant& occupant, LeaveReason reason);
    void connection_lost(Occupant& occupant);
    void suspend(Occupant& occupant);
    bool resume(Occupant& occupant);

    // By the backplane.
    void on_truth(const Truth& truth) { apply(truth, nullptr); }
    void on_relay(const NodeId& node, const RelayMessage& message);
    /// Whether a message with that number is news from that node.
    bool is_new(const NodeId& node, std::uint64_t number);

    // By steps on the presence store.
    Turnstile& turnstile() noexcept { return turnstile_; }
    struct Proposal {
        Truth before;
        RoomPresence next;  ///< with the intents; its sequence number is still the old
    };
    Proposal proposal() const;
    Truth truth() const;
    bool any_stay(const std::function<bool(const Stay&)>& is) const;
    bool loaded() const;
    /// The truth is not known any more: the next step loads it.
    void forget_truth();
    /// Puts a newer truth in place and tells the members here. `newcomer` takes its seat in the same moment: the answer
    /// is who is in the room then, or nothing when its stay is not in the room any more by now.
    std::optional<std::vector<Member>> apply(const Truth& truth, Occupant* newcomer);
    /// The same, of what the store has just said: also when its number is lower than what was known before.
    void learn(const Truth& truth);
    /// Whoever was to come back to a room that the store had lost, and has not, has left.
    void give_up_remembered();
    /// Waits until those here have been told what was to be told by now. Others may do the telling.
    void wait_delivered(SteadyTime deadline);
    bool occupied(const StayId& stay) const;
    /// Whether its person has left over REST; of any other loss it is told.
    bool has_left(const Occupant& occupant) const;
    /// The stay that this connection sits in.
    std::optional<Stay> stay_of(ConnectionKey connection) const;
    /// The visit is over: everyone here is out at once, the tombstone follows.
    void close(std::string_view reason);
    /// Puts an attendee out who sits here with a token up to that number; the truth follows.
    void put_out(const AttendeeId& attendee, std::int64_t up_to_token, LeaveReason reason);
    void tell_expiring(std::chrono::seconds left);
    /// Whether that attendee sits here, the connection lost or not.
    bool seats(const AttendeeId& attendee) const;
    void tell_ice(const AttendeeId& attendee, const IceServers& servers);

    // room_claims.cpp: those here whose stays the truth has no more.
    std::vector<Stay> claims() const;
    void grant_claims(std::int32_t max_participants);
    /// After the step that was to bring them back: for those left over there is no seat any more.
    void refuse_unseated_claims();
    /// This one may not come back; `end_reason` when the visit is over.
    void refuse_claim(const StayId& stay, LeaveReason reason, std::string_view end_reason = {});

    void add_footprint(const Footprint& later);
    Footprint take_footprint();
    void give_back_footprint(Footprint earlier);

    /// Whether intents wait to become truth, or the truth to be looked at.
    bool unsettled() const;
    /// Whether nothing here needs the room any more.
    bool idle() const;
    std::size_t seated() const;

    /// The next number for a message of this room to the backplane.
    std::uint64_t next_number() noexcept { return number_++; }

    StepState step{};

  private:
    /// One member as the hot path sees it.
    struct Present {
        Occupant* here = nullptr;  ///< the connection, when it sits on this node
        const Stay* stay;          ///< in `shown_`
    };
    struct Recipients {
        std::array<ConnectionKey, kMaxStays> here{};
        std::size_t count = 0;
        std::vector<StayId> elsewhere{};
        StayId sender{};  ///< set when there is somebody elsewhere
        RoomListener::To keys() const { return {here.data(), count}; }
    };

    // All with mutex_ held.
    void refresh(const std::optional<Departure>& also = std::nullopt);
    bool goes_on(const Change& change, const RoomPresence& now) const;
    void recover_lost();
    bool unseat_lost(const RoomPresence& now);
    void lose_seat(Occupant& occupant, LeaveReason reason, std::string_view end_reason);
    void claim_again(Occupant& occupant, const Stay& was);
    void make_way_for(const Occupant& newcomer);
    void seat(Occupant& newcomer);
    void unseat(Occupant& occupant);
    void index();
    void keep(Footprint print);
    Footprint take_kept();
    enum class Choice : std::uint8_t { made, nobody_else, unknown_name };
    Choice choose(const Occupant& from, const Relay& relay, Recipients& to);
    const Present* named(std::optional<std::string_view> peer, const Occupant& but) const;
    void add_recipient(Recipients& to, const Present& member, const Relay& relay);
    bool begin_dispatch(const Recipients& to, const Relay& relay);

    // Without it.
    void dispatch(const Recipients& to, const Relay& relay);
    void publish_relay(const Recipients& to, const Relay& relay);
    void drain();
    void changed_here();
    void settle_if_ahead();

    // First, close together, what every relay looks at.
    const std::shared_ptr<RoomWorld> world_;  // shared: seats may outlive the domain by a moment
    const RoomId id_;
    mutable std::mutex mutex_;
    std::vector<Present> present_;  // guarded by mutex_; shown_, with connections
    Deliveries deliveries_;         // guarded by mutex_
    const SessionId session_;
    // Begins above all that an earlier object of the same room has used: others drop what they have seen.
    std::atomic<std::uint64_t> number_;
    Occupants occupants_;  // guarded by mutex_, as all below
    Outlook outlook_;
    std::shared_ptr<const RoomPresence> shown_;  // what members here know
    bool ahead_ = false;                         // that is not the truth yet
    std::unique_ptr<Footprint> footprint_;       // when there is something to be written
    HeardNumbers heard_;
    Turnstile turnstile_;
};

}  // namespace televisit::consult
