#include "consult/room_steps.hpp"

#include <algorithm>
#include <utility>

namespace televisit::consult {
namespace {

constexpr int kStepAttempts = 100;
/// How long a store keeps what nobody has touched after the visit's window.
constexpr std::chrono::hours kKeep{1};
constexpr std::chrono::hours kKeepUnknown{24};

}  // namespace

RoomSteps::RoomSteps(const Ports& ports, const Settings& settings, const Visits& visits, const Tokens& tokens,
                     Leases& leases)
    : ports_(ports),
      settings_(settings),
      visits_(visits),
      tokens_(tokens),
      leases_(leases),
      lost_(ports.metrics.counter("televisit_presence_steps_lost_total",
                                  "Steps on the presence store that another one came before.")) {}

Result<void> RoomSteps::make(Room& room, const Alter& alter, const CallContext& context) const {
    const Wanted wanted = [&](RoomPresence& next) -> Result<std::optional<StayId>> {
        if (auto altered = alter(next); !altered) return altered.error();
        return std::optional<StayId>{};
    };
    const auto made = step(room, wanted, {}, context);
    return made.ok() ? Result<void>{} : Result<void>(made.error());
}

Result<RoomSteps::Seated> RoomSteps::seat(Room& room, ConnectionKey connection, const Admit& admit,
                                          const CallContext& context) const {
    const Wanted wanted = [&](RoomPresence& next) -> Result<std::optional<StayId>> {
        auto stay = admit(next);
        if (!stay.ok()) return stay.error();
        return std::optional(std::move(*stay));
    };
    return step(room, wanted, connection, context);
}

Result<RoomSteps::Seated> RoomSteps::step(Room& room, const Wanted& wanted, ConnectionKey connection,
                                          const CallContext& context) const {
    bool asked = false;  // the store itself, because of a refusal
    for (int attempt = 0; attempt < kStepAttempts; ++attempt) {
        if (auto ready = prepare(room, context); !ready) return ready.error();
        if (auto judged = judge_claims(room, context); !judged) return judged.error();
        // Who claims to sit here still comes before whoever wants to: first that becomes truth.
        const bool claiming = !room.claims().empty();
        auto [before, next] = room.proposal();
        auto stay = claiming ? Result(std::optional<StayId>{}) : wanted(next);
        const bool nothing_new = stay.ok() && !*stay && next == *before;
        if ((!stay.ok() || (claiming && nothing_new)) && !std::exchange(asked, true)) {
            // Nobody is refused by what this node has heard so far; the store knows better.
            room.forget_truth();
            continue;
        }
        if (!stay.ok()) return stay.error();
        if (nothing_new && !claiming) return Seated{};
        if (!nothing_new) {
            const auto made = offer(room, before, std::move(next), context);
            if (!made.ok()) return made.error();
            if (!*made) continue;
            const auto& truth = *made;
            // Who sits down counts as new even when the stay was there: the answer to an earlier try may have got lost.
            auto were_in = before->stays;
            if (*stay) std::erase_if(were_in, [&](const Stay& one) { return one.id == **stay; });
            Footprint print;
            add_transition(print, were_in, truth->stays, ports_.clock.now());
            won(room, *truth, print);
            if (!*stay) {
                room.apply(truth, nullptr);
                if (!claiming) return Seated{};
            } else {
                const auto& own = *find_stay(truth->stays, **stay);
                auto newcomer = std::make_unique<RoomSeat>(room.shared_from_this(), connection, own);
                if (auto participants = room.apply(truth, &newcomer->occupant()))
                    return Seated{std::move(newcomer), std::move(*participants), std::move(print)};
            }
        }
        room.refuse_unseated_claims();
    }
    return Commits::busy();
}

Result<void> RoomSteps::prepare(Room& room, const CallContext& context) const {
    if (!room.step.subscribed) {
        if (auto subscribed = ports_.backplane.subscribe(room.id(), context); !subscribed) return subscribed;
        room.step.subscribed = true;
        room.forget_truth();
    }
    return room.loaded() && !room.step.attempt ? Result<void>{} : load(room, context);
}

Result<void> RoomSteps::load(Room& room, const CallContext& context) const {
    const auto truth = ports_.presence.load(room.id(), context);
    if (!truth.ok()) return truth.error();
    room.step.looked_at = ports_.clock.steady_now();
    const auto attempt = std::exchange(room.step.attempt, nullptr);
    // Made after all, or somebody has come before; either way nobody else can tell what became of it.
    if (attempt && (*truth)->seq >= attempt->seq) {
        Footprint print;
        add_transition(print, attempt->before->stays, (*truth)->stays, ports_.clock.now());
        won(room, **truth, print);
    }
    room.learn(*truth);
    return {};
}

Result<Truth> RoomSteps::offer(Room& room, const Truth& before, RoomPresence next, const CallContext& context) const {
    // Without a lease nobody would notice if this node died with somebody inside, or before it has told what it did.
    if (!leases_.held())
        if (auto leased = leases_.renew(context); !leased) return leased.error();
    next.seq = before->seq + 1;
    next.expires_at = keep_until(room, *before);
    auto wanted = std::make_shared<const RoomPresence>(std::move(next));
    const auto step = ports_.presence.replace(wanted, context);
    if (!step.ok()) {
        room.forget_truth();
        room.step.attempt = std::make_unique<const Attempt>(Attempt{before, wanted->seq});
        room.step.uncertain = true;
        const bool in_time = ports_.clock.steady_now() < context.deadline;
        if (step.error().code != Errc::timeout || !in_time) return step.error();
        return Truth{};
    }
    room.step.looked_at = ports_.clock.steady_now();
    if (step->won) return wanted;
    lost_.add();
    if (step->current->seq <= before->seq) room.forget_truth();
    room.learn(step->current);
    return Truth{};
}

void RoomSteps::won(Room& room, const RoomPresence& truth, const Footprint& print) const {
    room.add_footprint(print);
    publish(room, truth);
}

Instant RoomSteps::keep_until(const Room& room, const RoomPresence& truth) const {
    const auto closes = room.step.closes_at.load();
    const auto now = ports_.clock.now();
    if (closes == Instant{}) return std::max(truth.expires_at, now + kKeepUnknown);
    return std::max({truth.expires_at, closes + kKeep, now + kKeep});
}

void RoomSteps::publish(Room& room, const RoomPresence& truth) const {
    const auto sent = ports_.backplane.publish({room.id(), settings_.node, room.next_number(), encode(truth)});
    room.step.unpublished = !sent.ok();
}

Result<void> RoomSteps::write_footprint(Room& room, const CallContext& context) const {
    auto print = room.take_footprint();
    auto written = visits_.record(room.session(), print, context);
    if (!written && written.error().name() == "session_over") return {};  // its ending has told everything
    if (!written) room.give_back_footprint(std::move(print));
    return written;
}

Result<void> RoomSteps::write_entering(Room& room, const Footprint& print, const CallContext& context) const {
    // The end of the session may have taken what the room had. To write it twice changes nothing.
    auto whole = joined(room.take_footprint(), print);
    auto written = visits_.record(room.session(), whole, context);
    if (!written && written.error().code != Errc::conflict) room.give_back_footprint(std::move(whole));
    return written;
}

Result<void> RoomSteps::judge_claims(Room& room, const CallContext& context) const {
    const auto claims = room.claims();
    if (claims.empty()) return {};
    const auto session = ports_.records.session(room.session(), context);
    if (!session.ok()) return session.error();
    const bool over = !*session || is_over((*session)->status);
    for (const auto& claim : claims) {
        if (over) {
            room.refuse_claim(claim.id, LeaveReason::session_over, *session ? (*session)->end_reason : "");
            continue;
        }
        const auto unwelcome = why_unwelcome(room, claim, context);
        if (!unwelcome.ok()) return unwelcome.error();
        if (*unwelcome) room.refuse_claim(claim.id, **unwelcome);
    }
    if (!over) room.grant_claims((*session)->max_participants);
    return {};
}

Result<std::optional<LeaveReason>> RoomSteps::why_unwelcome(const Room& room, const Stay& claim,
                                                            const CallContext& context) const {
    using Answer = std::optional<LeaveReason>;
    const auto attendee = ports_.records.attendee(room.session(), claim.user, context);
    if (!attendee.ok()) return attendee.error();
    if (!*attendee || (*attendee)->access_token == tokens_.voided((*attendee)->id)) return Answer(LeaveReason::kicked);
    if ((*attendee)->invitation.empty()) return Answer{};
    const auto invitation = ports_.records.invitation((*attendee)->invitation, context);
    if (!invitation.ok()) return invitation.error();
    return !*invitation || (*invitation)->revoked_at ? Answer(LeaveReason::revoked) : Answer{};
}

}  // namespace televisit::consult
