#!/usr/bin/env python3
"""Requires that the model notices every mutant of the rules, and every flaw of a port.

    run_mutants.py MODEL MUTANT...

MODEL is the program with the true rules, MUTANT one with a broken one. Noticed means: a deviation, not a crash. The
exit status is 0 when all are noticed, and nothing is found against the true rules.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FLAWS = [
    "bus-silent",
    "bus-reordering",
    "bus-undetected-repeats",
    "presence-says-won",
    "presence-loses-rooms",
    "presence-forgets-interruptions",
]
ROUNDS = os.environ.get("TELEVISIT_MODEL_MUTANT_ROUNDS", "10000")
PATIENCE_S = 200


def noticed(name, command):
    """(name, whether a deviation was found, what was found first)"""
    try:
        ran = subprocess.run([*command, "--rounds", ROUNDS, "--plain"], capture_output=True, text=True, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        return name, False, "did not end"
    lines = ran.stdout.splitlines()
    deviates = ran.returncode == 1 and lines and lines[0].startswith("DEVIATION")
    if deviates:
        return name, True, f"{lines[0].split(', ')[1]}: {lines[1].strip()}"
    return name, False, f"status {ran.returncode}: {' '.join(lines[-1:])}"


def main():
    model, *mutants = sys.argv[1:]
    _, deviates, what = noticed("true rules", [model])
    if deviates or not what.startswith("status 0"):
        print(f"true rules: {what}")
        return 1
    runs = [(f"flaw {flaw}", [model, "--flaw", flaw]) for flaw in FLAWS]
    runs += [(Path(mutant).name, [mutant]) for mutant in mutants]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda run: noticed(*run), runs))
    for name, good, what in results:
        print(f"{'noticed' if good else 'MISSED '}  {name}: {what}")
    missed = sum(not good for _, good, _ in results)
    print(f"{len(results) - missed} of {len(results)} noticed")
    return 1 if missed or len(mutants) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
