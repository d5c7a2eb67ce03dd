#!/usr/bin/env python3
"""The load generator notices every fault of a relay, and finds none in televisitd."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from lib import targets  # noqa: E402
from lib.run import sioload  # noqa: E402
from lib.server import Server  # noqa: E402

FAULTS = ("lost", "misrouted", "duplicated", "reordered", "corrupt")


def faulty(fault):
    return targets.Target(fault, [sys.executable, "-B", str(HERE / "faulty_relay.py"), "{port}", fault])


def load(target, connections, *options):
    """Figures and exit status."""
    with Server(target) as server:
        tokens = server.make_tokens(connections)
        figures, errors, status = sioload(server, ["--conns", str(connections), *options, *tokens])
        return figures, status, errors


class Generator(unittest.TestCase):
    """Fifty messages from each connection, of which the tenth is spoiled."""

    def spoiled(self, fault):
        figures, status, errors = load(faulty(fault), 4, "--mode", "open", "--rate", "200", "--warmup", "0",
                                       "--seconds", "1", "--drain", "5")
        return {key: figures[key] for key in (*FAULTS, "dropped_connections") if figures[key]}, status, errors

    def test_a_sound_relay_has_no_fault(self):
        self.assertEqual(self.spoiled("none"), ({}, 0, ""))

    def test_a_lost_message_is_noticed(self):
        self.assertEqual(self.spoiled("loses")[:2], ({"lost": 4}, 2))

    def test_a_misrouted_message_is_noticed(self):
        found, status, _ = self.spoiled("misroutes")
        self.assertEqual((found, status), ({"misrouted": 4, "lost": 4}, 2))

    def test_a_doubled_message_is_noticed(self):
        self.assertEqual(self.spoiled("doubles")[:2], ({"duplicated": 4}, 2))

    def test_a_late_message_is_noticed(self):
        self.assertEqual(self.spoiled("reorders")[:2], ({"reordered": 4}, 2))

    def test_an_altered_message_is_noticed(self):
        self.assertEqual(self.spoiled("alters")[:2], ({"corrupt": 4}, 2))

    def test_a_message_under_another_name_is_noticed(self):
        self.assertEqual(self.spoiled("renames")[:2], ({"corrupt": 4}, 2))

    def test_a_dropped_connection_is_noticed(self):
        found, status, _ = self.spoiled("drops")
        self.assertGreater(found["dropped_connections"], 0)
        self.assertIn(status, (2, 3))


class Televisit(unittest.TestCase):
    """Some hundred messages in every way that the comparison sends them."""

    def assert_sound(self, target, *options, connections=20):
        figures, status, errors = load(target, connections, "--warmup", "0", "--drain", "20", *options)
        self.assertEqual(status, 0, errors)
        self.assertGreater(figures["received"], 0)
        self.assertEqual(figures["received"], figures["sent"])

    def test_candidates(self):
        self.assert_sound(targets.televisit(), "--seconds", "0.2")

    def test_candidates_with_several_in_flight(self):
        self.assert_sound(targets.televisit(), "--seconds", "0.2", "--window", "8")

    def test_offers_and_answers(self):
        self.assert_sound(targets.televisit(), "--seconds", "0.2", "--offer-bytes", "3000")

    def test_messages_on_a_schedule(self):
        self.assert_sound(targets.televisit(), "--seconds", "0.5", "--mode", "open", "--rate", "1000")

    def test_messages_over_tls(self):
        self.assert_sound(targets.tls(), "--seconds", "0.2", "--window", "4")
        self.assert_sound(targets.tls(), "--seconds", "0.2", "--offer-bytes", "40000")

    def test_rooms_that_span_loops(self):
        self.assert_sound(targets.loops(2), "--seconds", "0.2", "--window", "4", connections=40)

    def test_the_store_in_memory(self):
        self.assert_sound(targets.storage("memory"), "--seconds", "0.2")

    def test_people_who_come_and_go_leave_no_descriptor(self):
        for options in ((), ("--abrupt",)):
            with self.subTest(options):
                figures, status, errors = load(targets.televisit(), 20, "--mode", "cycle", "--cycles", "200", *options)
                self.assertEqual(status, 0, errors)
                self.assertLessEqual(figures["server_files_end"], figures["server_files_start"] + 20)

    def test_the_floor_is_sound(self):
        self.assert_sound(targets.floor(), "--seconds", "0.2")


if __name__ == "__main__":
    unittest.main()
