#!/usr/bin/env python3
"""Makes a copy of a source file of kernel/consult with one rule broken.

    mutate.py --files            prints "name file" for each mutant
    mutate.py NAME SOURCE OUT    writes the mutant of SOURCE

What a mutant replaces must stand in the source exactly once: a rule that has moved fails the build, instead of being
tested no more.
"""

import re
import sys
from pathlib import Path

# name: (file, what stands there, what takes its place). Runs of white space match any other.
MUTANTS = {
    "third-person-takes-a-reserved-seat": (
        "roster.cpp", "return others < max_participants - 2;",
        "return std::ssize(stays) + (others - others) < max_participants;"),
    "one-seat-too-many": (
        "roster.cpp", "return others < max_participants - 2;", "return others <= max_participants - 2;"),
    "newer-token-keeps-the-old-stay": (
        "rooms_entrance.cpp", "end_stay(next, mine->id, LeaveReason::rejoined);", ""),
    "let-in-before-the-records-say-so": (
        "rooms_entrance.cpp", "made->print, context); !written)",
        "made->print, context); !written && written.error().code == Errc::internal)"),
    "put-out-while-out-of-reach-comes-back": (
        "rooms_entrance.cpp", "last->reason = reason;", ""),
    "a-return-is-not-told": (
        "room_news.cpp", "tell(ResumedNotice{member});", ""),
    "other-servers-are-not-told": (
        "room_steps.cpp", "room.add_footprint(print); publish(room, truth);", "room.add_footprint(print);"),
    "refused-by-hearsay": (
        "room_steps.cpp", "&& !std::exchange(asked, true))", "&& !asked && std::exchange(asked, true))"),
    "messages-count-twice": (
        "rooms.cpp", "!room->is_new(message.sender, message.number)", "false"),
    "link-comes-back-unnoticed": (
        "rooms.cpp", "if (up) look_again();", ""),
    "what-the-dead-did-not-tell-stays-unknown": (
        "rooms_upkeep.cpp", "if (census->fewer) look_again();", ""),
    "what-is-lost-stays-unknown": (
        "rooms_upkeep.cpp", "if (looked >= kLookAgain && room->seated() > 0) room->forget_truth();", "(void)looked;"),
    "grace-is-none": (
        "rooms_upkeep.cpp", "passed < Duration(settings_.grace)", "passed < Duration{0}"),
    "grace-lasts-as-long-as-the-clock-is-set-back": (
        "rooms_upkeep.cpp", "passed >= Duration{0} &&", ""),
    "dead-servers-keep-their-members": (
        "rooms_upkeep.cpp", "if (stay.node != dead || stay.state != StayState::joined) continue;",
        "if (stay.node != dead || !dead.empty()) continue;"),
    "told-before-joined-room": (
        "deliveries.cpp", "if (occupant->open) notice.to.push_back",
        "if (occupant->open || !occupant->open) notice.to.push_back"),
    "sender-hears-itself": (
        "room_relay.cpp", "if (member.here != &from || relay.kind == RelayKind::everyone)", ""),
    "old-news-counts": (
        "outlook.cpp", "if (truth->seq <= truth_->seq) return false;", ""),
    "back-without-a-seat": (
        "outlook.cpp", "if (granted_for && has_seat(room.stays, claim.role, *granted_for))", "if (granted_for)"),
    "back-although-gone-on-elsewhere": (
        "outlook.cpp", "if (last != own || last->node != here) return LeaveReason::replaced;", ""),
    "no-seat-left-is-called-replaced": (
        "room_claims.cpp", "LeaveReason::room_full", "LeaveReason::replaced"),
    "usage-from-the-appointed-time": (
        "visits.cpp", "*last_out - *session.actual_start", "*last_out - session.scheduled_start"),
    "everyone-invited-took-part": (
        "visits.cpp", "if (attendee.joined_at) ++took_part;", "++took_part;"),
    "the-end-overlooks-who-comes": (
        "visits.cpp", "!add(print, session) && !somebody_in", "!add(print, session) && (somebody_in || !somebody_in)"),
    "hanging-up-ends-the-visit": (
        "visits.cpp", "if (!session.seen_together || !session.empty_since) return closes;",
        "if (!session.empty_since) return closes;"),
    "no-show-is-expired": (
        "endings.cpp", "? SessionStatus::no_show", "? SessionStatus::expired"),
    "revoked-may-enter": (
        "admission.cpp", "if (!*invitation || (*invitation)->revoked_at)", "if (!*invitation)"),
    "a-kick-is-overtaken": (
        "admission.cpp", "check_still_welcome(**session, self, context); !welcome)",
        "check_still_welcome(**session, self, context); !welcome && self.id.empty())"),
    "a-kick-leaves-the-seat": (
        "operations.cpp", "return parts_.rooms.put_out(*found, record.id, LeaveReason::kicked, context, record.token_number);",
        "return {};"),
    "a-kick-leaves-the-token": (
        "operations.cpp", "record.access_token = parts_.tokens.voided(record.id);", ""),
}


def mutant_of(text, old, new):
    pattern = r"\s+".join(re.escape(word) for word in old.split())
    mutated, count = re.subn(pattern, lambda _: new, text)
    if count != 1:
        raise SystemExit(f"expected once, found {count} times: {old}")
    return mutated


def main():
    if sys.argv[1:] == ["--files"]:
        for name, (file, _, _) in MUTANTS.items():
            print(name, file)
        return
    name, source, out = sys.argv[1:]
    _, old, new = MUTANTS[name]
    Path(out).write_text(mutant_of(Path(source).read_text(), old, new))


if __name__ == "__main__":
    main()
