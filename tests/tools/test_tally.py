#!/usr/bin/env python3
"""tools/lib/tally.awk counts what the test programs say, and never takes a failure for a success."""

import subprocess
import unittest
from pathlib import Path

TALLY = Path(__file__).parents[2] / "tools/lib/tally.awk"


def tally(*programs):
    """What is counted for programs given as (name, output, passed)."""
    log = "".join(
        f"{number}/{len(programs)} Testing: {name}\nOutput:\n{output}\n<end of output>\nTest {'Passed' if passed else 'Failed'}.\n"
        for number, (name, output, passed) in enumerate(programs, 1)
    )
    told = subprocess.run(["awk", "-f", TALLY], input=log, capture_output=True, text=True, check=True).stdout.split()
    return tuple(int(word) for word in told[:3]), told[3:]


class Tally(unittest.TestCase):
    def test_catch2_cases_are_counted(self):
        self.assertEqual(tally(("a", "All tests passed (94 assertions in 15 test cases)", True)), ((15, 0, 0), []))
        self.assertEqual(tally(("a", "All tests passed (1 assertion in 1 test case)", True)), ((1, 0, 0), []))
        self.assertEqual(tally(("a", "test cases: 15 | 13 passed | 2 failed\nassertions: - none -", False)), ((13, 2, 0), ["a"]))
        self.assertEqual(tally(("a", "test cases: 2 | 2 failed", False)), ((0, 2, 0), ["a"]))

    def test_cases_of_nodes_runner_are_counted(self):
        output = "ℹ tests 5\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\n"
        self.assertEqual(tally(("e2e", output, False)), ((3, 1, 1), ["e2e"]))
        self.assertEqual(tally(("e2e", "# pass 4\n# fail 0\n", True)), ((4, 0, 0), []))

    def test_cases_of_unittest_are_counted(self):
        self.assertEqual(tally(("p", "Ran 4 tests in 0.1s\n\nOK", True)), ((4, 0, 0), []))
        self.assertEqual(tally(("p", "Ran 4 tests in 0.1s\n\nFAILED (failures=1, errors=2)", False)), ((1, 3, 0), ["p"]))

    def test_another_program_is_one_case(self):
        self.assertEqual(tally(("x", "done", True), ("y", "oops", False)), ((1, 1, 0), ["y"]))

    def test_a_program_that_dies_after_its_summary_has_failed(self):
        self.assertEqual(tally(("a", "All tests passed (9 assertions in 3 test cases)", False)), ((3, 1, 0), ["a"]))


if __name__ == "__main__":
    unittest.main()
