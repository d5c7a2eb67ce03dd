#!/usr/bin/env python3
"""What is installed is whole: a vendor builds a plugin from it alone, and the installed server runs with that plugin.

    test_package.py BUILD_FOLDER
"""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

BUILD = Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/release").resolve()
READY_WITHIN_S = 60


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installed(unittest.TestCase):
    """Each test builds on the one before it, in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="televisit-package-"))
        cls.prefix = cls.folder / "installed"
        cls.vendor = cls.folder / "vendor"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def environment(self, port=0):
        given = {
            "TELEVISIT_HOST": "127.0.0.1",
            "TELEVISIT_PORT": str(port),
            "TELEVISIT_STATE_DIR": str(self.folder / "state"),
            "TELEVISIT_JWT_SECRET": secrets.token_hex(32),
            "TELEVISIT_PLUGIN_PATH": f"{self.prefix}/lib/televisit/plugins:{self.vendor}",
        }
        return {"PATH": os.environ["PATH"], **given}

    def config_with_the_plugin(self):
        text = (self.prefix / "share/televisit/conf/televisitd.yaml").read_text()
        text = re.sub(r"^roles:\n", "roles:\n  admission: hours\n", text, flags=re.M)
        # Closing when it opens: never open.
        text += '\n  - id: hours\n    use: office-hours\n    config: {opens: "08:00", closes: "08:00"}\n'
        file = self.folder / "televisitd.yaml"
        file.write_text(text)
        return file

    def build_example(self, name, build):
        """From its sources and what is installed alone; runs its tests."""
        sources = self.folder / f"{name}-sources"
        shutil.copytree(self.prefix / "share/televisit/examples" / name, sources)
        # The second example compiles the same test kit as the first.
        cached = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        run("cmake", "-S", sources, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={self.prefix}", *cached)
        run("cmake", "--build", build)
        run("ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error")

    def test_1_a_plugin_builds_against_the_installed_sdk_alone(self):
        self.build_example("office-hours", self.vendor)

    def test_1_a_vendors_store_is_held_to_the_rules_of_ours(self):
        build = self.folder / "whiteboard"
        self.build_example("whiteboard", build)
        self.assertIn("televisit.presence/1", run(self.prefix / "bin/televisitctl", "plugin", "inspect", build / "whiteboard.so"))

    def test_2_its_file_tells_what_it_is_before_it_runs(self):
        told = run(self.prefix / "bin/televisitctl", "plugin", "inspect", self.vendor / "office-hours.so")
        self.assertIn("televisit.admission/1", told)
        self.assertRegex(told, r"fits +yes")

    def test_3_its_configuration_is_checked_with_the_servers(self):
        file = self.config_with_the_plugin()
        file.write_text(file.read_text().replace('opens: "08:00"', 'opens: "25:00"'))
        command = [self.prefix / "bin/televisitctl", "config", "check", "--config", file]
        checked = subprocess.run(command, env=self.environment(), capture_output=True, text=True)
        self.assertEqual(checked.returncode, 2, checked.stdout)
        self.assertRegex(checked.stderr, r"televisitd\.yaml:\d+:\d+: plugins\[\d+\]\.config\.opens: ")

    def test_4_the_installed_server_runs_with_it(self):
        file = self.config_with_the_plugin()
        port = free_port()
        environment = self.environment(port)
        log = (self.folder / "log").open("w")
        server = subprocess.Popen([self.prefix / "bin/televisitd", "--config", file], env=environment, stdout=log, stderr=log)
        try:
            self.await_ready(server, file, environment)
            self.assertIn(b"<html", self.request(port, "GET", "/room.html")[1])
            self.hold_the_hours(port, file, environment)
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(60), 0, self.log())
        finally:
            if server.poll() is None:
                server.kill()
                server.wait()
            log.close()

    def hold_the_hours(self, port, file, environment):
        """Out of hours the doctor joins, the patient does not."""
        token = run(self.prefix / "bin/televisitctl", "token", "mint", "--sub", "ada", "--role", "DOCTOR",
                    "--config", file, env=environment).strip()
        now = datetime.now(timezone.utc)
        draft = {"doctor_id": "ada", "patient_id": "grace", "scheduled_start_time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                 "scheduled_end_time": (now + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")}
        status, body = self.request(port, "POST", "/api/video/sessions", token, draft)
        self.assertEqual(status, 201, body)
        session = json.loads(body)
        join = f"/api/video/sessions/{session['session_id']}/join"
        self.assertEqual(self.request(port, "POST", join, session["doctor_token"], {})[0], 200)
        status, body = self.request(port, "POST", join, session["patient_token"], {})
        self.assertEqual((status, json.loads(body)["code"]), (403, "office_closed"))

    def await_ready(self, server, file, environment):
        command = [self.prefix / "bin/televisitctl", "health", "--quiet", "--config", file]
        until = time.monotonic() + READY_WITHIN_S
        while subprocess.run(command, env=environment).returncode != 0:
            self.assertIsNone(server.poll(), self.log())
            self.assertLess(time.monotonic(), until, self.log())
            time.sleep(0.05)

    def log(self):
        return (self.folder / "log").read_text()

    def request(self, port, method, path, bearer=None, body=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read()


if __name__ == "__main__":
    unittest.main(verbosity=2)
