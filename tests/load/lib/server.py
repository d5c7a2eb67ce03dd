"""A target that runs, on a port of its own."""

import base64
import contextlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from . import processes
from .processes import RunError
from .tls import secured

STOP_WITHIN_S = 15


def filled(words, **values):
    """The words with {name} replaced; other braces are left alone."""
    for name, value in values.items():
        words = [word.replace("{" + name + "}", str(value)) for word in words]
    return words


def free_port():
    """A port that nothing uses, below those that the kernel gives to outgoing connections."""
    low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = range(10240, low) if low > 12000 else range(61000, 65535)
    for _ in range(1000):
        port = random.choice(ports)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RunError("no free port")


def handshake(port, seconds, tls=False):
    """One Engine.IO handshake over WebSocket; raises OSError when it does not come off."""
    request = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with contextlib.ExitStack() as open_until_done:
        connection = open_until_done.enter_context(socket.create_connection(("127.0.0.1", port), timeout=seconds))
        if tls:
            connection = open_until_done.enter_context(secured(connection))
        connection.settimeout(seconds)
        connection.sendall(request.encode())
        data = b""
        # Behind the response head: the head of a text frame, then the open packet 0{...}.
        while not re.search(rb"\r\n\r\n\x81(?:[\x00-\x7d]|\x7e..)0\{", data, re.S):
            received = connection.recv(4096)
            if not received or (data and not data.startswith(b"HTTP/1.1 101")) or len(data) > 65536:
                raise ConnectionError(f"unexpected answer {(data + received)[:80]!r}")
            data += received
        connection.sendall(b"\x88\x82\0\0\0\0\x03\xe8")  # close, 1000


class Server:
    """Ready when one handshake has succeeded; `with` ends it and everything it has started."""

    def __init__(self, target, cpu=None, ready_timeout=30):
        self.target, self.port, self.pids = target, free_port(), []
        self.folder = Path(tempfile.mkdtemp(prefix="televisit-load-"))
        self.environment = os.environ | dict(zip(target.environment, self.filled(target.environment.values())))
        with open(self.folder / "log", "w") as log:
            self.process = processes.start(self.filled(target.command), cpu, env=self.environment, cwd=self.folder,
                                           stdout=log, stderr=subprocess.STDOUT)
        try:
            self.wait_until_ready(time.monotonic() + ready_timeout)
        except BaseException:
            self.end()
            raise

    def filled(self, words, **more):
        return filled(list(words), port=self.port, state=self.folder / "state", **more)

    def wait_until_ready(self, deadline):
        trouble = "no connection"
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RunError(f"ended with status {self.process.returncode} before it was ready{self.log_tail()}")
            try:
                handshake(self.port, max(0.1, deadline - time.monotonic()), self.target.tls)
                self.pids = processes.with_descendants(self.process.pid)
                return
            except OSError as error:
                trouble = str(error)
            time.sleep(0.02)
        raise RunError(f"not ready in time: {trouble}{self.log_tail()}")

    def log_tail(self):
        tail = (self.folder / "log").read_text(errors="replace").strip()[-600:]
        return f"; it said:\n{tail}" if tail else ""

    def make_tokens(self, connections, cpu=None, seconds=120):
        """The options with which sioload joins here."""
        if not self.target.token_command:
            return []
        out = self.folder / "tokens.csv"
        command = self.filled(self.target.token_command, conns=connections, out=out)
        processes.finish(command, cpu, seconds, "making tokens", env=self.environment)
        return ["--token-file", str(out)]

    def end(self):
        """SIGTERM, then SIGKILL for its whole process group."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
