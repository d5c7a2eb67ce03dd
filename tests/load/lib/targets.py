"""The servers that take part: the floor, the peers, and televisit in its variants."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

LOAD = Path(__file__).resolve().parent.parent
ROOT = LOAD.parent.parent
BUILD = Path(os.environ.get("TELEVISIT_BUILD") or ROOT / "build/release").resolve()
NODE_PEER = ROOT / "build/load/node"
SYSTEM_PYTHON = "/usr/bin/python3"  # the packages of the system live in the system's Python
# Nobody reaches a server of a comparison but through the loopback, and it lives for seconds.
JWT_SECRET = "a secret that guards nothing but a measurement"


@dataclass
class Target:
    """{port}, {state}, {conns} and {out} are replaced in each word of the commands and in each value."""

    name: str
    command: list
    environment: dict = field(default_factory=dict)
    token_command: list = None  # writes the token file, when the server is ready
    load_options: list = field(default_factory=list)
    tls: bool = False


def televisit(name="televisit", build=BUILD, environment=None, load_options=()):
    """One loop unless the variant says otherwise."""
    return Target(
        name,
        [str(Path(build) / "bin/televisitd"), f"--config={LOAD / 'televisitd.yaml'}"],
        {"TELEVISIT_PORT": "{port}", "TELEVISIT_STATE_DIR": "{state}", "TELEVISIT_LOOPS": "1",
         "TELEVISIT_JWT_SECRET": JWT_SECRET} | (environment or {}),
        [SYSTEM_PYTHON, str(LOAD / "make-tokens"), "{port}", "{conns}", "{out}"],
        list(load_options))


def loops(count):
    return televisit(f"televisit-loops-{count}", environment={"TELEVISIT_LOOPS": str(count)})


def storage(name):
    return televisit(f"televisit-{name}", environment={"TELEVISIT_STORAGE": name})


def tls():
    """The same over TLS, with a certificate made for it."""
    folder = BUILD / "tests/load/tls"
    if not (folder / "key.pem").exists():
        subprocess.run([str(BUILD / "bin/televisitctl"), "tls", "self-signed", "--out", str(folder)], check=True, capture_output=True)
    target = televisit("televisit-tls", environment={"TELEVISIT_TLS_CERTIFICATE": str(folder / "certificate.pem"),
                                                     "TELEVISIT_TLS_KEY": str(folder / "key.pem")}, load_options=["--tls"])
    target.tls = True
    target.token_command.insert(2, "--tls")
    return target


def floor():
    return Target("floor", [str(BUILD / "tests/load/floor"), "{port}"])


def node(transport):
    return Target(f"node-{transport}", ["node", str(NODE_PEER / "server.js")],
                  {"NODE_ENV": "production", "HOST": "127.0.0.1", "PORT": "{port}", "TRANSPORT": transport})


def python():
    return Target("python", [SYSTEM_PYTHON, str(LOAD / "peers/python/server.py")],
                  {"HOST": "127.0.0.1", "PORT": "{port}", "LOOP": "auto", "WS": "auto"})


# In the order of the tables; what televisit is compared with.
PEERS = {"floor": floor, "node-uws": lambda: node("uws"), "node-ws": lambda: node("ws"), "python": python}


def lacks(name):
    """Why a peer cannot run here, or None."""
    if name == "floor":
        return None
    if name == "python":
        return None if loads([SYSTEM_PYTHON, "-c", "import socketio, uvicorn"]) else "no python3-socketio or uvicorn"
    module = "socket.io" if name == "node-ws" else "@trufflesuite/uws-js-unofficial"
    if not shutil.which("node") or not NODE_PEER.exists():
        return "Node or its peer is not installed"
    return None if loads(["node", "-e", "require(process.argv[1])", module], NODE_PEER) else f"{module} cannot be loaded"


def loads(command, folder=None):
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
