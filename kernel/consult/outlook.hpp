#pragma once
/// What a node knows of a room, and what is to become of it: the truth, and laid over it what those who sit here have
/// done since.
///
/// What is done here takes effect at once as an *intent*, and becomes truth by a later step on the presence store. A
/// *claim* is the stay of somebody who still sits here although the truth has it no more: the store has lost it, or
/// took this node for dead. They are to come back, once it is known that they still may. Of a room that the store has
/// lost, those on other nodes are *remembered* for a while, for these claim their own. **Threads**: none of its own;
/// guarded by the room. No ports.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "consult/occupant.hpp"

namespace televisit::consult {

class Outlook {
  public:
    Outlook(NodeId node, const RoomId& room)
        : node_(std::move(node)), truth_(std::make_shared<const RoomPresence>(RoomPresence{.room = room})) {}

    const Truth& truth() const noexcept { return truth_; }
    bool loaded() const noexcept { return loaded_; }
    /// The truth is not known any more; the next one asked for counts.
    void forget();
    /// Somebody tells of a truth. Whether it is newer than the one known.
    bool hear(const Truth& truth);
    /// The store says what is true, whatever was known before. False when its number has gone back: then it has lost
    /// the room, and who sits here has to be claimed.
    bool learn(const Truth& truth);

    void leave(const StayId& stay, LeaveReason reason) { intent_for(stay).leaving = reason; }
    void interrupt(const StayId& stay, Instant at) { intent_for(stay).interrupted = at; }
    void set_media(const StayId& stay, const MediaState& media) { intent_for(stay).media = media; }
    /// Whoever interrupted it was the connection that another one takes over from.
    void resume(const StayId& stay);
    /// The visit is over.
    void close(std::string_view reason);

    void claim(Stay stay);
    const std::vector<Stay>& claims() const noexcept { return wishes().claims; }
    bool is_claimed(const StayId& stay) const { return find_stay(claims(), stay) != nullptr; }
    /// They may come back, as far as there are seats.
    void grant_claims(std::int32_t max_participants);
    bool claims_granted() const noexcept { return wishes().granted_for.has_value(); }
    /// Whether it was there.
    bool drop_claim(const StayId& stay);

    /// They were there before the store lost the room, on other nodes: until then those have time to claim them.
    void remember(std::vector<Stay> stays, SteadyTime until);
    /// Those whose time is over, who are not remembered any more.
    std::vector<Stay> forget_remembered(SteadyTime now);

    /// Drops the intents that are truth by now, or that nothing can come of any more.
    void prune(const Occupants& here);
    /// The room as it is for those who sit here: all intents, all claims. The truth itself when there are none.
    std::shared_ptr<const RoomPresence> wished(const Occupants& here) const;
    /// The room as the store may be asked to have it: claims as far as they are granted.
    RoomPresence proposed(const Occupants& here) const;
    /// Whether nothing waits to become truth.
    bool settled() const noexcept { return wishes().intents.empty() && !wishes().closing; }

  private:
    struct Intent {
        StayId stay;
        std::optional<LeaveReason> leaving{};
        std::optional<Instant> interrupted{};
        std::optional<MediaState> media{};
    };
    /// What is to become of the truth.
    struct Wishes {
        std::vector<Intent> intents{};
        std::optional<SharedText> closing{};
        std::vector<Stay> claims{};
        std::optional<std::int32_t> granted_for{};
        std::vector<Stay> remembered{};
        SteadyTime remembered_until{};
        bool empty() const noexcept { return intents.empty() && !closing && claims.empty() && remembered.empty(); }
    };

    const Wishes& wishes() const noexcept;
    Wishes& more_wishes();
    Intent& intent_for(const StayId& stay);
    bool may_come_back(const Stay& claim, const Occupants& here) const;
    RoomPresence with_intents(RoomPresence room, const Occupants& here) const;

    const NodeId node_;
    bool loaded_ = false;
    std::uint64_t forgotten_at_ = 0;  // the number that was known when the truth was last asked for
    Truth truth_;
    std::unique_ptr<Wishes> wishes_;  // when there are any
};

/// Why the connection does not sit in `room` any more. Nothing when its stay has ended without anybody's wish: then it
/// is to come back.
std::optional<LeaveReason> why_lost(const Occupant& occupant, const NodeId& here, const RoomPresence& room);

}  // namespace televisit::consult
