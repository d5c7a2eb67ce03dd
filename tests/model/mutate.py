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
        "roster.cpp", "return others < max_participants - 2;", "return std::ssize(stays) + (others - others) < max_participants;"),
    "one-seat-too-many": (
        "roster.cpp", "return others < max_participants - 2;", "return others <= max_participants - 2;"),
    "newer-token-keeps-the-old-stay": (
        "rooms.cpp", "std::erase_if(stays, [&](const Stay& stay) { return stay.attendee == attendee.id; });", ""),
    "a-return-is-not-told": (
        "room.cpp", "tell(ResumedNotice{member}, change.stay.peer);", ""),
    "other-servers-are-not-told": (
        "rooms.cpp", "room.add_footprint(print); publish(room, next);", "room.add_footprint(print);"),
    "messages-count-twice": (
        "rooms.cpp", "!room->is_new(message.sender, message.number)", "false"),
    "link-comes-back-unnoticed": (
        "rooms.cpp", "link_up_ = up; if (!up) return;", "link_up_ = up; return;"),
    "grace-is-none": (
        "rooms_upkeep.cpp", "now >= stay.interrupted_at + settings_.grace; if (ended)",
        "now >= stay.interrupted_at; if (ended)"),
    "dead-servers-keep-their-members": (
        "rooms_upkeep.cpp", "if (stay.node != dead) return false;", "if (stay.node != dead || !dead.empty()) return false;"),
    "told-before-joined-room": (
        "room_relay.cpp", "if (occupant->open) notice.to.push_back", "if (occupant->open || !occupant->open) notice.to.push_back"),
    "sender-hears-itself": (
        "room_relay.cpp", "if (member.here != &from || relay.kind == RelayKind::everyone)", ""),
    "old-news-counts": (
        "room.cpp", "if (truth.seq <= truth_.seq) return false;", ""),
    "usage-from-the-appointed-time": (
        "visits.cpp", "*last_out - *session.actual_start", "*last_out - session.scheduled_start"),
    "everyone-invited-took-part": (
        "visits.cpp", "if (attendee.joined_at) ++took_part;", "++took_part;"),
    "hanging-up-ends-the-visit": (
        "visits.cpp", "if (!session.seen_together || !session.empty_since) return closes;",
        "if (!session.empty_since) return closes;"),
    "no-show-is-expired": (
        "endings.cpp", "? SessionStatus::no_show", "? SessionStatus::expired"),
    "revoked-may-enter": (
        "admission.cpp", "if (!*invitation || (*invitation)->revoked_at)", "if (!*invitation)"),
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
