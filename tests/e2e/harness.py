"""Named servers, agencies and raw connections for stories over real processes.

Each test has a folder of its own and servers on free ports. Nothing sleeps for luck: a story waits for a line of the
log. The time limits only turn a hang into a failure. QUINIELA names the program under test; QUINIELA_UNDER is a command
to run it under, valgrind for one; QUINIELA_GENTLE has programs that a story leaves behind asked to end, so that what
they have to say at their end (which lines ran, what memory was not given back) is not lost.
"""
import collections
import json
import os
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("QUINIELA", os.path.join(ROOT, "build/release/quiniela")))
UNDER = shlex.split(os.environ.get("QUINIELA_UNDER", ""))
GENTLE = "QUINIELA_GENTLE" in os.environ
HANG_S = 120  # a story that has not gone on by then hangs
GENTLE_S = 20  # what a program under valgrind may need to end


class Process:
    """A running program whose standard output is read line by line."""

    def __init__(self, story, arguments, environment=None, prefix=()):
        self.lines = []
        self.changed = threading.Condition()
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("CLI_", "SERVER_"))}
        self.process = subprocess.Popen(
            [*prefix, *UNDER, PROGRAM, *map(str, arguments)], cwd=story.folder, env={**variables, **(environment or {})},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
        self.errors = []
        self.readers = [threading.Thread(target=self._read, daemon=True),
                        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True)]
        for reader in self.readers:
            reader.start()
        story.addCleanup(self.end)

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.lines.append(None)  # the end
            self.changed.notify_all()

    def wait_for(self, pattern, count=1):
        """The match of the count-th line that has the pattern."""
        def found():
            matches = [m for m in (re.search(pattern, line) for line in self.lines if line) if m]
            return matches[count - 1] if len(matches) >= count else self.lines and self.lines[-1] is None
        with self.changed:
            match = self.changed.wait_for(found, HANG_S)
        if not match or match is True:
            raise AssertionError(f"no line {count} with {pattern!r}; the log:\n" + self.log() + "".join(self.errors))
        return match

    def wait_until(self, condition):
        """Looks at every line, and now and then besides, whether the condition holds."""
        with self.changed:
            for _ in range(HANG_S * 20):
                if condition():
                    return
                self.changed.wait(0.05)
        raise AssertionError("the condition never held; the log:\n" + self.log())

    def log(self):
        return "\n".join(line for line in self.lines if line) + "\n"

    def count(self, pattern):
        return len(re.findall(pattern, self.log()))

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        return self.wait()

    def wait(self):
        """The exit status, once all of the output is read."""
        status = self.process.wait(HANG_S)
        for reader in self.readers:
            reader.join(HANG_S)
        return status

    def end(self):
        if GENTLE and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(GENTLE_S)
            except subprocess.TimeoutExpired:
                pass  # it was stopped, or made to hang
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class Server(Process):
    def __init__(self, story, *flags, agencies=5, ports=(0, 0), store="quiniela.db", **how):
        super().__init__(story, ["server", "--agencies", agencies, "--store", store, "--server-port", ports[0],
                                 "--consult-server-port", ports[1], *flags], **how)
        match = self.wait_for(r"action: listen .* port: (\d+) \| consult_port: (\d+)")
        self.ports = int(match[1]), int(match[2])


class Agency(Process):
    def __init__(self, story, number, ports, *flags, data="data", **how):
        super().__init__(story, ["client", "--id", number, "--data-dir", data, "--server-address",
                                 f"127.0.0.1:{ports[0]}", "--server-consult-address", f"127.0.0.1:{ports[1]}", *flags],
                         **how)

    def winners(self):
        return int(self.wait_for(r"cant_ganadores: (\d+)")[1])


class Wire:
    """A connection that speaks frames, or bytes."""

    def __init__(self, story, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=HANG_S)
        story.addCleanup(self.socket.close)

    def send(self, message):
        self.socket.sendall(frame(message))

    def receive(self):
        length, = struct.unpack(">I", self._exactly(4))
        return json.loads(self._exactly(length))

    def ask(self, message):
        self.send(message)
        return self.receive()

    def receive_all(self):
        """Every whole message until the connection ends, however it ends."""
        messages = []
        try:
            while True:
                messages.append(self.receive())
        except (EOFError, ConnectionError):
            return messages

    def is_ended(self):
        return self.socket.recv(1) == b""

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError(f"the connection ended within a message: {data!r}")
            data += more
        return data


def frame(message):
    """The frame of an object, or of the bytes of a text as they are."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack(">I", len(body)) + body


def golden(name):
    """The bytes of a golden message, its length in front."""
    with open(os.path.join(ROOT, "tests/golden", name + ".bin"), "rb") as file:
        return file.read()


def free_ports(count=2):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = tuple(each.getsockname()[1] for each in sockets)
    for each in sockets:
        each.close()
    return ports


class Story(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="quiniela-")
        self.addCleanup(shutil.rmtree, self.folder)

    def run_program(self, *arguments, environment=None):
        process = Process(self, arguments, environment)
        status = process.wait()
        return status, process.log(), "".join(process.errors)

    def sample(self, sizes, winners, seed=1):
        status, _, errors = self.run_program("sample", "--sizes", ",".join(map(str, sizes)), "--winners",
                                             ",".join(map(str, winners)), "--seed", seed)
        self.assertEqual((status, errors), (0, ""))

    def sent(self, data="data", agencies=range(1, 6)):
        """The multiset of bets in the agencies' files, as export writes them."""
        bets = collections.Counter()
        for agency in agencies:
            with open(os.path.join(self.folder, data, f"agency-{agency}.csv"), encoding="utf-8", newline="\n") as file:
                bets.update(f"{agency},{line.rstrip()}" for line in file)
        return bets

    def stored(self, store="quiniela.db"):
        path = os.path.join(self.folder, "stored.csv")
        status, _, errors = self.run_program("export", "--store", store, "--output", path)
        self.assertEqual((status, errors), (0, ""))
        with open(path, encoding="utf-8", newline="\n") as file:
            return collections.Counter(line.rstrip("\n") for line in file)


SIGNALS = {"SIGTERM": signal.SIGTERM, "SIGINT": signal.SIGINT}
