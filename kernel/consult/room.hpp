#pragma once
/// One room as this node sees it: its truth as far as known, the connections that sit in it here, and what they have
/// been told.
///
/// What local members do takes effect at once, as an *intent* laid over the truth, and becomes truth by a later step on
/// the presence store. What members are told is always the difference between what they knew and truth plus intents; so
/// each stay is told of once, whichever way the news came. **Threads**: any. **Blocks**: only `Turn` and
/// `wait_delivered`.

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "consult/footprint.hpp"
#include "consult/listener_gate.hpp"
#include "consult/messages.hpp"
#include "consult/notice.hpp"
#include "consult/roster.hpp"
#include "televisit/sdk/backplane.hpp"
#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::consult {

class Room;

/// What all rooms of a node share.
struct RoomWorld {
    RoomWorld(NodeId of, std::chrono::milliseconds time, const Clock& time_source, Secrets& randomness,
              Backplane& messages, MetricRegistry& metrics);

    const NodeId node;
    const std::chrono::milliseconds grace;
    const Clock& clock;
    Secrets& secrets;
    Backplane& backplane;
    std::array<Counter*, 4> relayed{};                    ///< by RelayKind
    Counter& dropped;                                     ///< relays that found no place in a bounded buffer
    std::function<void(std::shared_ptr<Room>)> settle{};  ///< asks for intents to become truth; never blocks
    ListenerGate gate{};
    std::atomic<std::uint64_t> next_room{1};  ///< counts the rooms opened; see `Room::next_number`
};

/// A connection's place in a room. Guarded by the room's mutex, but for what is const.
struct Occupant {
    Occupant(ConnectionKey connection, const Stay& of) : key(connection), self(member_of(of)), stay(of.id) {}

    const ConnectionKey key;
    const Member self;
    StayId stay;  ///< another one when it had expired while its connection lived
    bool seated = true;
    bool open = false;  ///< `joined_room` is on its way to it; until then what comes is held
    std::deque<NoticeContent> held{};
    std::size_t held_bytes = 0;
};

class Room : public std::enable_shared_from_this<Room> {
  public:
    Room(std::shared_ptr<RoomWorld> world, RoomId id, SessionId session)
        : world_(std::move(world)),
          id_(std::move(id)),
          session_(std::move(session)),
          number_(world_->next_room++ << 32) {
        truth_.room = id_;
    }

    const RoomId& id() const noexcept { return id_; }
    const SessionId& session() const noexcept { return session_; }

    // By seats, on event loops.
    Result<void> relay(Occupant& from, const Relay& relay);
    void open(Occupant& occupant);
    std::vector<Member> members() const;
    void set_media(Occupant& occupant, MediaKind kind, bool enabled);
    void leave(Occupant& occupant, LeaveReason reason);
    void connection_lost(Occupant& occupant);

    // By the backplane.
    void on_state(const StateMessage& message) { apply(message, nullptr); }
    void on_relay(const NodeId& node, const RelayMessage& message);
    /// Whether a message with that number is news from that node.
    bool is_new(const NodeId& node, std::uint64_t number);

    // By steps on the presence store; see rooms.hpp.
    struct Proposal {
        RoomPresence before;  ///< the truth
        StateMessage
            next;  ///< with the intents, and why those who are missing are; its sequence number is still the old
    };
    Proposal proposal() const;
    RoomPresence truth() const;
    bool loaded() const;
    /// The truth is not known any more: the next step loads it.
    void forget_truth();
    /// Puts a newer truth in place and tells the members here. `newcomer` takes its seat in the same moment: the answer
    /// is who is in the room then, or nothing when its stay is not in the room any more by now.
    std::optional<std::vector<Member>> apply(const StateMessage& message, std::shared_ptr<Occupant> newcomer);
    /// Waits until those here have been told what was to be told by now. Others may do the telling.
    void wait_delivered(SteadyTime deadline);
    /// The same, of what the store has just said: also when its number is lower than what was known before.
    void learn(const StateMessage& message);
    bool occupied(const StayId& stay) const;
    /// The stay that this connection sits in.
    std::optional<Stay> stay_of(ConnectionKey connection) const;
    /// The visit is over: everyone here is out at once, the tombstone follows.
    void close(const std::string& reason);
    /// Puts an attendee who sits here out, as if they had left by themselves. False when they do not.
    bool leave(const AttendeeId& attendee, LeaveReason reason);
    void tell_expiring(std::chrono::seconds left);

    /// Members here whose stays the store has not any more: it lost them, or took this node for dead. They are to come
    /// back, once it is known that they still may.
    std::vector<Stay> claims() const;
    /// They may, as far as there are seats.
    void grant_claims(std::int32_t max_participants);
    /// After the step that was to bring them back: for those left over there is no seat any more.
    void refuse_unseated_claims();
    /// This one may not.
    void refuse_claim(const StayId& stay, LeaveReason reason);

    void add_footprint(const Footprint& later);
    Footprint take_footprint();
    void give_back_footprint(Footprint earlier);

    /// Whether intents wait to become truth, or the truth to be looked at.
    bool unsettled() const;
    /// Whether nothing here needs the room any more.
    bool idle() const;
    std::size_t seated() const;

    /// One step of a room at a time on this node: without a lock, for steps wait for stores.
    class Turn {
      public:
        Turn(Room& room, SteadyTime deadline);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        explicit operator bool() const noexcept { return taken_; }

      private:
        Room& room_;
        bool taken_ = false;
    };

    /// The next number for a message of this room to the backplane.
    std::uint64_t next_number() noexcept { return number_++; }

    /// A transition of which it is not known whether it was made.
    struct Attempt {
        RoomPresence before;
        StateMessage next;
    };
    /// For rooms.hpp; what is not atomic belongs to whoever has the turn.
    struct StepState {
        std::optional<Attempt> attempt{};
        bool subscribed = false;
        std::chrono::milliseconds backoff{0};             ///< after a failure
        std::optional<Instant> grace_timer{};             ///< the moment that a timer waits for
        std::atomic<bool> unpublished{false};             ///< the last transition could not be told to the other nodes
        std::atomic<bool> uncertain{false};               ///< an entering may have failed half-way: to be settled
        std::atomic<bool> posted{false};                  ///< a settling is on its way
        std::atomic<Instant> retry_at{};                  ///< not before
        std::atomic<Instant> closes_at{};                 ///< of the visit's window; 0 when not known
        std::atomic<Instant> warned_for{Instant::max()};  ///< the last `session_expiring` was told for that moment
    };
    StepState step{};

  private:
    struct Intent {
        StayId stay;
        std::optional<LeaveReason> leaving{};
        std::optional<Instant> interrupted{};
        std::optional<MediaState> media{};
    };
    /// The numbers that a node's messages had: threads may send them in another order than they were given out.
    struct Heard {
        NodeId node;
        std::uint64_t last = 0;
        std::uint64_t before_last = 0;  ///< bit i: last - i was heard
    };
    /// One member as the hot path sees it.
    struct Present {
        Stay stay;
        Occupant* here = nullptr;  ///< the connection, when it sits on this node
    };
    struct Recipients {
        std::array<ConnectionKey, kMaxStays> here{};
        std::size_t count = 0;
        std::vector<StayId> elsewhere{};
        StayId sender{};  ///< set when there is somebody elsewhere
        RoomListener::To keys() const { return {here.data(), count}; }
    };

    // All with mutex_ held.
    Intent& intent_for(const StayId& stay);
    StateMessage with_intents(bool for_store) const;
    bool is_here(const StayId& stay) const;
    void prune_intents();
    void refresh(const StateMessage& news);
    bool unseat_lost(const StateMessage& now, const StateMessage& news);
    void claim_again(Occupant& occupant, const Stay& was);
    void lose_seat(Occupant& occupant, LeaveReason reason, const std::string& end_reason);
    void seat(std::shared_ptr<Occupant> newcomer);
    void unseat(const Occupant& occupant);
    bool accept(const RoomPresence& truth);
    bool believe(const RoomPresence& truth);
    void make_way_for(const Occupant& newcomer);
    void index();
    void tell(const NoticeContent& content, const PeerId& about);
    void tell_one(Occupant& occupant, NoticeContent content);
    void hold(Occupant& occupant, NoticeContent content);
    void enqueue(Notice notice);
    Result<void> choose(const Occupant& from, const Relay& relay, Recipients& to);
    void add_recipient(Recipients& to, const Present& member, const Relay& relay);
    bool begin_dispatch(const Recipients& to, const Relay& relay);

    // Without it.
    Result<void> check_claims(const Occupant& from, const SenderClaims& claims) const;
    void dispatch(const Recipients& to, const Relay& relay);
    void publish_relay(const Recipients& to, const Relay& relay);
    void drain();
    void changed_here();

    const std::shared_ptr<RoomWorld> world_;  // shared: seats may outlive the domain by a moment
    const RoomId id_;
    const SessionId session_;
    // Begins above all that an earlier object of the same room has used: others drop what they have seen.
    std::atomic<std::uint64_t> number_;

    mutable std::mutex mutex_;
    bool loaded_ = false;             // guarded by mutex_, as all below
    std::uint64_t forgotten_at_ = 0;  // the number that was known when the truth was last asked for
    RoomPresence truth_;
    std::vector<Intent> intents_;
    std::optional<std::string> closing_;
    std::vector<Stay> shown_;       // what members here know
    std::vector<Present> present_;  // shown_, with connections
    std::vector<std::shared_ptr<Occupant>> occupants_;
    Footprint footprint_;
    std::vector<Stay> claims_;                    // see claims()
    std::optional<std::int32_t> claims_granted_;  // for so many participants
    bool ahead_ = false;                          // truth plus intents is not the truth
    std::vector<Heard> heard_;

    std::deque<Notice> pending_;
    std::size_t pending_bytes_ = 0;
    bool delivering_ = false;
    std::size_t relays_in_flight_ = 0;
    std::uint64_t queued_ = 0;
    std::uint64_t delivered_ = 0;
    std::condition_variable delivery_;

    bool turn_taken_ = false;
    std::condition_variable turn_free_;
};

}  // namespace televisit::consult
