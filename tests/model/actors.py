"""Who acts in the model's small worlds: servers that can be started again, connections from addresses of their own, clients, tools
that read beside. What they saw is given to the contract by the rules (rules.py)."""
import csv
import fcntl
import io
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402
from harness import frame, hang_s  # noqa: E402

LIMITS = ("--memory-max", "64M", "--connections-max", 24)


class Place(harness.Story):
    """A folder, and what is started in it; without a test."""

    def runTest(self):
        pass

    def path(self, *names):
        return os.path.join(self.folder, *names)


class Central:
    """A server of the draw, which may be stopped and started."""

    def __init__(self, place):
        self.place = place
        self.loops = 1
        self.process = None
        self.ports = None

    def start(self, store, agencies, number, change):
        """Whether it serves; if not it has ended with wrong use. Anything else is raised."""
        self.process = self._begin(store, agencies, number, change)
        process = self.process
        process.wait_until(lambda: process.count("action: listen ") or process.lines and process.lines[-1] is None)
        match = process.count("action: listen ") and process.wait_for(r"action: listen .* port: (\d+) \| consult_port: (\d+)")
        if not match:
            status, self.process = process.wait(), None
            if status != 2:
                raise AssertionError(f"the server ended with {status}:\n{process.log()}{''.join(process.errors)}")
            return False
        self.ports = int(match[1]), int(match[2])
        self.at_start = self.memory()
        return True

    def _begin(self, store, agencies, number, change):
        settings = {"AGENCIES": agencies, "WINNING_NUMBER": number, "CHANGE": "yes" if change else None}
        environment = {name: str(value) for name, value in settings.items() if value is not None}
        ports = "--server-port", 0, "--consult-server-port", 0
        return harness.Process(self.place, ["server", "--store", store, *ports, "--loops", self.loops, *LIMITS],
                               environment=environment)

    def is_refused(self, store):
        """Tries to start another one on the same store; what says that it is not to be."""
        process = self._begin(store, None, None, False)
        process.wait_until(lambda: process.count("action: listen ") or process.lines and process.lines[-1] is None)
        if process.count("action: listen "):
            return ""
        if process.wait() == 0:
            raise AssertionError(f"a server ended well before it served:\n{process.log()}")
        return process.log() + "".join(process.errors)

    def stop(self, kill):
        if kill:
            self.process.kill()
        else:
            self.process.signal(signal.SIGTERM)
            if self.process.wait() != 0:
                raise AssertionError(f"SIGTERM did not end it well:\n{self.process.log()}")
        self.process = None

    def memory(self):
        """The most that it has had at once, in bytes: who holds most may have been closed since."""
        with open(f"/proc/{self.process.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmHWM:\s*(\d+) kB", file.read())[1]) << 10


class Wire(harness.Wire):
    """A connection from an address of its own; `slow`: with hardly any room for what comes."""

    def __init__(self, place, port, address, slow=False):
        self.story = place
        self.socket = socket.socket()
        if slow:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
        self.socket.settimeout(hang_s())
        self.socket.bind((address, 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        place.addCleanup(self.socket.close)

    def push(self, data):
        """As much as is taken at once; how much that was."""
        self.socket.setblocking(False)
        sent = 0
        try:
            while sent < len(data) and select.select([], [self.socket], [], 0.1)[1]:
                sent += self.socket.send(data[sent:sent + 65536])
        except ConnectionError:
            pass  # it has been closed
        finally:
            self.socket.settimeout(hang_s())
        return sent

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def arrived(self):
        """How many bytes lie in this system for it, unread (tcp(7), SIOCINQ)."""
        return struct.unpack("i", fcntl.ioctl(self.socket, termios.FIONREAD, bytes(4)))[0]

    def is_ended(self):
        """Waits for what comes; whether that is the end."""
        return self.socket.recv(1) == b""


def on_the_wire(message):
    """The frame of a contract's message."""
    if not message.is_json:
        return frame(b'{"type_message":1,')
    if message.consult:
        return frame({"type_message": 3, "agency": str(message.agency), **({} if message.wait else {"wait": False})})
    fields = {"type_message": 2 if message.last else 1, "agency": str(message.agency), "payload": list(message.bets)}
    if message.first is not None:
        fields["first"] = message.first
    if message.listed is not None:
        fields["stored"] = message.listed
    return frame(fields)


class Client(harness.Process):
    """An agency's program with a file of these bets."""

    def __init__(self, place, number, ports, bets, size, name):
        os.makedirs(place.path(name))
        with open(place.path(f"{name}/agency-{number}.csv"), "w", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(bet.split(",") for bet in bets)
        address = [f"127.0.0.1:{port}" for port in ports]
        super().__init__(place, ["client", "--id", number, "--data-dir", name, "--server-address", address[0],
                                 "--server-consult-address", address[1], "--chunk-size", size, "--log-level", "DEBUG"])

    def ended(self):
        return bool(self.lines) and self.lines[-1] is None

    def outcome(self):
        """Waits until it says that all is stored ("stored"), or has given up ("refused")."""
        self.wait_until(lambda: self.count(r"action: consulta_ganadores") or self.ended())
        if self.count(r"action: consulta_ganadores"):
            return "stored"
        status = self.wait()
        if status != 1:
            raise AssertionError(f"the client ended with {status}:\n{self.log()}")
        return "refused"


class HeldTable:
    """A table of the store in PostgreSQL that nobody may change until `release`."""

    def __init__(self, place, table):
        self.psql = subprocess.Popen(["psql", "-X", "-q", "-A", "-t", "-d", place.store()], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)
        self.psql.stdin.write(f"SET lock_timeout = '{hang_s()}s'; BEGIN; LOCK TABLE {table} IN SHARE MODE; SELECT 'held';\n")
        self.psql.stdin.flush()
        if self.psql.stdout.readline() != "held\n":
            raise AssertionError(f"{table} cannot be locked")

    def wait_for_somebody(self):
        """Until somebody waits for it."""
        harness.until(lambda: harness.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") != "0",
                      "somebody to wait for the table")

    def release(self):
        self.psql.communicate("ROLLBACK;\n", timeout=hang_s())


def exported(place, store):
    """The lines of agency and bet that an export writes; None where it fails."""
    status, output, _ = place.run_program("export", "--store", store)
    return [",".join(row) for row in csv.reader(io.StringIO(output)) if row] if status == 0 else None


def status_of(place, store):
    status, output, _ = place.run_program("status", "--json", "--store", store)
    return json.loads(output) if status == 0 else None


def counted(output):
    """The good bets and the winners that a check has counted."""
    bets, winners = re.search(r"good: \d+ chunks? with (\d+) bets? \| winners: (\d+)", output).groups()
    return {"bets": int(bets), "winners": int(winners)}


def last_commit(path):
    """Where the last commit of a log of SQLite's begins; 0 where it has not several. (https://sqlite.org/fileformat2.html#walformat)"""
    if not os.path.exists(path):
        return 0
    with open(path, "rb") as file:
        log = file.read()
    if len(log) < 32:
        return 0
    size, = struct.unpack(">I", log[8:12])
    ends = [at + 24 + size for at in range(32, len(log) - 24 - size + 1, 24 + size)
            if log[at + 8:at + 16] == log[16:24] and log[at + 4:at + 8] != bytes(4)]
    return ends[-2] if len(ends) > 1 else 0


def flip(path, place, bit):
    with open(path, "r+b") as file:
        file.seek(place)
        byte, = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1 << bit]))
