"""A tool that is interrupted leaves nothing running."""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, os.path.join(TESTS, "e2e"), os.path.join(os.path.dirname(TESTS), "bench")]
import processes  # noqa: E402
import with_postgres  # noqa: E402
from harness import hang_s, until  # noqa: E402

SYSTEM = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable  # it may have Hypothesis


def children(pid):
    """All processes that came from it."""
    found = subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, text=True, check=False).stdout.split()
    return [int(each) for each in found] + [each for child in found for each in children(child)]


def name(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
            return file.read().strip()
    except (FileNotFoundError, ProcessLookupError):  # it went before the file was opened, or before it was read
        return None


def has_ended(pid):
    """Also where whoever would have to take note of that never does."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


class ToTheEnd(unittest.TestCase):
    def test_what_it_is_given_reaches_it(self):
        self.assertEqual(processes.run("cat", input="some\nlines\n"), "some\nlines\n")
        self.assertEqual(processes.run("cat"), "", "it reads what the caller's own input has")

    def test_what_it_says_when_it_fails_is_told(self):
        with self.assertRaisesRegex(processes.Failed, "^sh: status 3: no disk$"):
            processes.run("sh", "-c", "echo no disk >&2; exit 3")


class Ended(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o1777)  # PostgreSQL is somebody else

    def begin(self, *command):
        """With temporary files, in memory and elsewhere, in a folder of its own."""
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
                                   env={**os.environ, "TMPDIR": self.folder, "QUINIELA_MEMORY": self.folder})
        self.addCleanup(process.stdout.close)
        return process

    def end(self, process, number, started):
        process.send_signal(number)
        process.wait(hang_s())  # whoever is left has its output
        for pid in started:
            until(lambda pid=pid: has_ended(pid), f"the end of {name(pid)}, process {pid}, after {number.name}")
        until(lambda: not os.listdir(self.folder), f"nothing to be left of {os.listdir(self.folder)} after {number.name}")

    @unittest.skipIf(with_postgres.programs() is None, "no PostgreSQL is installed")
    def test_with_postgres(self):
        for command in ("exec sleep 1000", "trap 'exit 3' INT; sleep 0.1; while :; do sleep 0.01; done"):
            with self.subTest(command=command):
                process = self.begin(sys.executable, "-B", os.path.join(TESTS, "with_postgres.py"), "--needed", "sh", "-c",
                                     "echo $QUINIELA_POSTGRES; " + command)
                address = process.stdout.readline()
                port = int(address.rpartition(":")[2].partition("/")[0])
                socket.create_connection(("127.0.0.1", port)).close()
                self.end(process, signal.SIGTERM, children(process.pid))
                with self.assertRaises(ConnectionRefusedError):
                    socket.create_connection(("127.0.0.1", port))

    def test_a_comparison(self):
        """The sender's own child ends, too."""
        sender = os.path.join(self.folder, "sender")
        with open(sender, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nsleep 1000 &\nwait\n")
        os.chmod(sender, 0o755)
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.begin(sys.executable, "-B", os.path.join(TESTS, "../bench/compare.py"), "--programs", sender, sender)
            started = until(lambda: [pid for pid in children(process.pid) if name(pid) == "sleep"], "the sender's child")
            process.send_signal(number)
            printed = process.communicate(timeout=hang_s())[0]
            self.assertEqual((process.returncode, printed), (128 + number, f"script/compare: ended by {number.name}\n"))
            until(lambda pid=started[0]: has_ended(pid), "the end of the sender's child")

    def test_the_model(self):
        process = self.begin(SYSTEM, "-B", os.path.join(TESTS, "model/test_model.py"), "--examples", "1000", "--verbose")
        if "skipped" in process.stdout.readline():
            self.skipTest("python3-hypothesis is not installed")
        servers = until(lambda: [pid for pid in children(process.pid) if name(pid) == "quiniela"], "a server")
        self.end(process, signal.SIGTERM, servers)

    def test_the_nights(self):
        process = self.begin(sys.executable, "-B", os.path.join(TESTS, "night/main.py"), "100")
        started = until(lambda: [pid for pid in children(process.pid) if name(pid) == "quiniela"], "a server")
        self.end(process, signal.SIGTERM, [pid for pid in started if name(pid)] + children(process.pid))
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
