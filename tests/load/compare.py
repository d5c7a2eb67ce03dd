#!/usr/bin/env python3
"""Compares televisit with the floor and with other Socket.IO servers.

Every run is a fresh server process on a fresh port; within a repeat the targets take turns in shuffled order, so that what
else happens on the machine hits all of them alike. `run` beside this file builds and installs what is needed, and then
calls it with the same arguments. README.md tells how to read the tables.
"""

import argparse
import json
import os
import platform
import random
import re
import signal
import sys
import time
from pathlib import Path

from lib import processes, requirements, scenarios, tables, targets
from lib.figures import Figures
from lib.run import run_once

QUICK_REPEATS, QUICK_S = 3, 1.5


def fail(message):
    print(f"compare.py: {message}", file=sys.stderr)
    sys.exit(2)


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="tests/load/run", description="Compares televisit with the floor and with other Socket.IO servers.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="scenarios:\n" + "\n".join(f"  {name:18} {what}" for name, (what, _, _) in scenarios.SCENARIOS.items())
        + "\n\nexit status: 0 all well; 1 a requirement was missed, a run failed, or one of televisit's was not clean;\n"
          "2 wrong usage, or the comparison could not begin")
    add = parser.add_argument
    add("--quick", action="store_true", help=f"{QUICK_REPEATS} repeats of {QUICK_S:g} s: a first impression")
    add("--gate", action="store_true", help="hold the figures to what the server promises, on every peer and with two loops")
    add("--require", action="append", default=[], metavar="'A/B SCENARIO METRIC<=N'",
        help="A's figure over B's, or without /B the figure itself; may be repeated; METRIC: " + ", ".join(scenarios.METRICS))
    add("--scenarios", metavar="A,B", help="default: " + ",".join(scenarios.USUAL))
    add("--peers", metavar="A,B", help="default: all of " + ",".join(targets.PEERS))
    add("--loops", type=int, action="append", default=[], metavar="N", help="televisit with N loops takes part, too")
    add("--tls", action="store_true", help="and with TLS")
    add("--storage", action="append", default=[], choices=["memory", "sqlite"], help="and with that store")
    add("--build", action="append", default=[], metavar="NAME=FOLDER", help="and another build of it")
    add("--repeats", type=int, help="default 5")
    add("--seconds", type=float, help="measured time of a run (default 3; idle at most 2)")
    add("--warmup", type=float, default=1.0, metavar="SECONDS", help="traffic before the measured time (default 1)")
    add("--json", metavar="FILE", help="write every run and the summary")
    add("--server-cpu", type=int, help="default: the first allowed one")
    add("--load-cpu", type=int, help="default: the second allowed one")
    add("--seed", type=int, help="fixes the shuffled order and the ports")
    args = parser.parse_args()
    args.repeats = args.repeats or (QUICK_REPEATS if args.quick else 5)
    args.seconds = args.seconds or (QUICK_S if args.quick else 3.0)
    args.scenarios = args.scenarios.split(",") if args.scenarios else scenarios.USUAL
    for name in args.scenarios:
        if name not in scenarios.SCENARIOS:
            parser.error(f"unknown scenario '{name}': {', '.join(scenarios.SCENARIOS)}")
    if args.repeats < 1 or args.seconds <= 0:
        parser.error("--repeats and --seconds must be positive")
    if args.gate:
        args.require += requirements.PROMISES
        args.loops = sorted({*args.loops, 2})
    return args


def chosen_targets(args):
    chosen = []
    for name in args.peers.split(",") if args.peers else targets.PEERS:
        if name not in targets.PEERS:
            fail(f"--peers: unknown peer '{name}': {', '.join(targets.PEERS)}")
        if lacking := targets.lacks(name):
            if args.peers:
                fail(f"{name}: {lacking}")
            print(f"left out: {name}: {lacking}")
        else:
            chosen.append(targets.PEERS[name]())
    chosen.append(targets.televisit())
    chosen += [targets.loops(count) for count in args.loops]
    chosen += [targets.storage(name) for name in args.storage]
    if args.tls:
        chosen.append(targets.tls())
    for item in args.build:
        name, _, folder = item.partition("=")
        if not (Path(folder) / "bin/televisitd").exists():
            fail(f"--build wants NAME=FOLDER, with a televisitd in FOLDER/bin (not '{item}')")
        chosen.append(targets.televisit(f"televisit-{name}", Path(folder).resolve()))
    return chosen


def chosen_cpus(args):
    """(server's, generator's); None where there is nothing to separate."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2 and args.server_cpu is None and args.load_cpu is None:
        print("only one CPU: server and generator share it, latencies and rates mean little")
        return None, None
    server = args.server_cpu if args.server_cpu is not None else allowed[0]
    others = [cpu for cpu in allowed if cpu != server] or allowed
    load = args.load_cpu if args.load_cpu is not None else others[0]
    if not {server, load} <= set(allowed):
        fail(f"the allowed CPUs are {allowed}")
    return server, load


def machine(cpus):
    match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    return {"cpu": match[1] if match else platform.machine(), "cpus": os.cpu_count(), "kernel": platform.release(),
            "server_cpu": cpus[0], "load_cpu": cpus[1]}


def run_all(args, chosen, cpus):
    runs, live = [], sys.stderr.isatty()
    total = args.repeats * len(args.scenarios) * len(chosen)
    for repeat in range(args.repeats):
        for scenario in args.scenarios:
            for target in random.sample(chosen, len(chosen)):
                if live:
                    print(f"\r\x1b[K[{len(runs) + 1}/{total}] {scenario} {target.name} ", end="", file=sys.stderr, flush=True)
                runs.append(run_once(target, scenario, repeat, cpus, args.seconds, args.warmup))
    if live:
        print("\r\x1b[K", end="", file=sys.stderr)
    return Figures(runs)


def main():
    args = parse_arguments()
    random.seed(args.seed)
    # Ctrl-C and SIGTERM unwind the stack, which ends the server that is running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cpus = chosen_cpus(args)
    files = processes.allow_files(65536)
    for scenario in args.scenarios:
        if scenarios.SCENARIOS[scenario][1] + 200 > files:
            fail(f"{scenario} needs more than the {files} open files that are allowed: raise the hard limit (ulimit -Hn)")
    chosen = chosen_targets(args)
    names = [target.name for target in chosen]
    try:
        required = requirements.parse(args.require, names, args.scenarios)
    except ValueError as error:
        fail(error)

    here = machine(cpus)
    print(f"{here['cpu']}, {here['cpus']} CPUs, Linux {here['kernel']}; server on CPU {cpus[0]}, sioload on CPU {cpus[1]}; "
          f"{args.repeats} x {args.seconds:g} s after {args.warmup:g} s", flush=True)
    began = time.monotonic()
    figures = run_all(args, chosen, cpus)
    for scenario in args.scenarios:
        tables.print_scenario(figures, names, scenario)
    tables.print_ratios(figures, names, args.scenarios)
    tables.print_noise(figures, args.scenarios)
    tables.print_complaints(figures)
    results = [(requirement.text, *requirement.check(figures)) for requirement in required]
    if results:
        print("\nrequirements:")
        for _, _, line in results:
            print("  " + line)
    print(f"\n{len(figures.runs)} runs in {time.monotonic() - began:.0f} s")

    if args.json:
        Path(args.json).write_text(json.dumps({
            "machine": here, "repeats": args.repeats, "seconds": args.seconds, "warmup": args.warmup,
            "summary": figures.summary(names, args.scenarios), "runs": figures.runs,
            "requirements": [{"text": text, "met": met, "result": line} for text, met, line in results],
        }, indent=1) + "\n")
    unclean = any("failure" in run or run["target"] not in targets.PEERS for run in figures.complaints())
    return 1 if unclean or not all(met for _, met, _ in results) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
