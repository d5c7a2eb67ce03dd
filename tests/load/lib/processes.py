"""Programs that are run: bound to a CPU, looked at through /proc, and ended by their own process ids."""

import math
import os
import re
import resource
import signal
import subprocess
from pathlib import Path


class RunError(Exception):
    """One run could not be carried out; the others go on."""


def start(command, cpu, **options):
    """A process in a process group of its own."""
    bind = None if cpu is None else lambda: os.sched_setaffinity(0, {cpu})
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=bind, **options)
    except OSError as error:
        raise RunError(f"cannot start {command[0]}: {error}") from error


def finish(command, cpu, seconds, what, good=(0,), **options):
    """Runs a program to its end; returns its output, its error output and its exit status."""
    process = start(command, cpu, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise RunError(f"{what} took more than {seconds:g} s") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode not in good:
        raise RunError(f"{what} ended with status {process.returncode}: {errors.strip()[-400:]}")
    return output, errors, process.returncode


def parent_of(pid):
    """None when there is no such process (any more)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[1])


def with_descendants(pid):
    parents = {int(e.name): parent_of(e.name) for e in Path("/proc").iterdir() if e.name.isdigit()}
    found = [pid]
    for known in found:  # grows while it is walked
        found += [child for child, parent in parents.items() if parent == known]
    return found


def rss_mib(pids):
    total = 0
    for pid in pids:
        match = re.search(r"^VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)
        total += int(match[1]) if match else 0
    return total / 1024


def allow_files(count):
    """Raises the limit of open files to `count`, or as far as we may; returns what it is then. Children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        soft = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return math.inf if soft == resource.RLIM_INFINITY else soft


def cpu_times():
    return [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]


def stolen_fraction(before, after):
    """The part of the CPU time that the hypervisor gave to others (None where it is not told)."""
    total = sum(after) - sum(before)
    return (after[7] - before[7]) / total if total > 0 and len(after) > 7 else None
