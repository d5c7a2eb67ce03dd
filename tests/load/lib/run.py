"""One run: a fresh server, its tokens, the load, and the end of both."""

import json

from . import processes, scenarios
from .processes import RunError
from .server import Server
from .targets import BUILD

SIOLOAD = BUILD / "tests/load/sioload"
READY_WITHIN_S = 30
SETUP_WITHIN_S = 120
IDLE_S = 2.0
FAULTS = ("lost", "misrouted", "duplicated", "reordered", "corrupt", "server_errors", "dropped_connections")


def sioload(server, options, cpu=None, seconds=300):
    """Its figures, its error output and its exit status."""
    command = [str(SIOLOAD), "--port", str(server.port), "--pid", ",".join(map(str, server.pids)), "--out", "json",
               "--label", server.target.name, *server.target.load_options, *options]
    output, errors, status = processes.finish(command, cpu, seconds, "sioload", good=(0, 1, 2, 3))
    try:
        return json.loads(output), errors, status
    except ValueError:
        raise RunError(f"sioload: no figures: {errors.strip()[-300:]}") from None


def complaint(figures, errors):
    wrong = [f"{figures[key]} {key.replace('_', ' ')}" for key in FAULTS if figures.get(key)]
    first = errors.strip().splitlines()[:1]
    return ", ".join(wrong) + (f" ({first[0][:120]})" if first else "")


def run_once(target, scenario, repeat, cpus, seconds, warmup):
    """A record of what was measured, or of why nothing was."""
    _, connections, options = scenarios.SCENARIOS[scenario]
    if scenarios.is_idle(scenario):
        seconds = min(seconds, IDLE_S)
    record = {"target": target.name, "scenario": scenario, "repeat": repeat}
    before = processes.cpu_times()
    try:
        with Server(target, cpus[0], READY_WITHIN_S) as server:
            record["rss_ready_mib"] = round(processes.rss_mib(server.pids), 2)
            tokens = server.make_tokens(connections, cpus[1], SETUP_WITHIN_S)
            figures, errors, status = sioload(
                server, ["--seconds", str(seconds), "--warmup", str(warmup), "--setup-timeout", str(SETUP_WITHIN_S),
                         "--conns", str(connections), *options, *tokens],
                cpus[1], seconds + warmup + SETUP_WITHIN_S + 30)
            record |= figures
            if status != 0:
                record["complaint"] = complaint(figures, errors)
    except RunError as error:
        record["failure"] = str(error)
    stolen = processes.stolen_fraction(before, processes.cpu_times())
    if stolen is not None:
        record["stolen"] = round(stolen, 4)
    return record
