#!/usr/bin/env python3
"""What is made of the figures: ratios within a repeat, and requirements that cannot be met by accident."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lib import requirements, scenarios  # noqa: E402
from lib.figures import Figures  # noqa: E402
from lib.tables import digits3  # noqa: E402


def run(target, repeat, cpu, **more):
    return {"target": target, "scenario": "relay-200", "repeat": repeat, "server_cpu_us_per_msg": cpu} | more


def verdict(text, *runs):
    parsed = requirements.parse([text], ["televisit", "floor", "televisit-loops-2"], ["relay-200", "idle-10k"])
    return parsed[0].check(Figures(list(runs)))[0]


class Comparison(unittest.TestCase):
    def test_a_ratio_is_taken_within_each_repeat(self):
        figures = Figures([run("televisit", 0, 6), run("floor", 0, 3), run("televisit", 1, 40), run("floor", 1, 10),
                           run("televisit", 2, 9), run("floor", 2, 3)])
        self.assertEqual(figures.ratio("televisit", "floor", "relay-200", "cpu"), (3, 2, 4))

    def test_a_repeat_that_failed_counts_for_neither(self):
        figures = Figures([run("televisit", 0, 6), {"target": "floor", "scenario": "relay-200", "repeat": 0, "failure": "x"}])
        self.assertIsNone(figures.ratio("televisit", "floor", "relay-200", "cpu"))

    def test_a_limit_is_held_to_the_median(self):
        runs = [run("televisit", 0, 5), run("televisit", 1, 6), run("televisit", 2, 50)]
        self.assertTrue(verdict("televisit relay-200 cpu<=6", *runs))
        self.assertFalse(verdict("televisit relay-200 cpu<6", *runs))

    def test_a_missing_figure_misses_its_limit(self):
        self.assertFalse(verdict("televisit relay-200 cpu<=6"))

    def test_a_run_that_was_not_clean_misses_its_limit(self):
        self.assertFalse(verdict("televisit relay-200 cpu<=6", run("televisit", 0, 1, complaint="1 lost")))

    def test_what_could_never_be_checked_is_refused(self):
        for text in ("televisit relay-200", "nobody relay-200 cpu<1", "televisit relay-9 cpu<1", "televisit idle-10k cpu<1"):
            with self.subTest(text), self.assertRaises(ValueError):
                verdict(text)

    def test_what_is_promised_can_be_checked(self):
        names = ["televisit", "televisit-loops-2", "floor", "node-uws", "node-ws", "python"]
        self.assertEqual(len(requirements.parse(requirements.PROMISES, names, scenarios.USUAL)), len(requirements.PROMISES))

    def test_figures_have_three_digits(self):
        self.assertEqual([digits3(n) for n in (0, 0.01234, 1.234, 12.34, 1234)], ["0", "0.0123", "1.23", "12.3", "1234"])


if __name__ == "__main__":
    unittest.main()
