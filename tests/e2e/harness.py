"""Named servers, agencies and raw connections for stories over real processes.

Each test has a folder of its own and servers on free ports. Nothing sleeps for luck: a story waits for a line of the
log. The time limits only turn a hang into a failure, which says what was waited for, and what stood in the log. QUINIELA
names the program under test; QUINIELA_GENTLE has programs that a story leaves behind asked to end, so that what they have
to say at their end (which lines ran, what memory was not given back) is not lost. QUINIELA_VALGRIND says that the program
runs under valgrind (script/analyze), and QUINIELA_HANG_S gives it more time, as sanitizers need it, too.

QUINIELA_POSTGRES, the address of a PostgreSQL, has every store be a schema of that database (stores.py); and QUINIELA_SERVERS
has as many servers work on it wherever a story starts one: it sees their logs as one, its agencies get all their addresses,
and each connection of its own goes to another one.
"""
import collections
import functools
import inspect
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

__unittest = True  # an assertion that fails shows the story's lines, and not those in here
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import held_ports  # noqa: E402
import received  # noqa: E402
from stores import STORES, sql  # noqa: E402, F401

PROGRAM = os.path.abspath(os.environ.get("QUINIELA", os.path.join(ROOT, "build/release/quiniela")))
GENTLE = "QUINIELA_GENTLE" in os.environ
SERVERS = int(os.environ.get("QUINIELA_SERVERS", "1")) if STORES.is_shared else 1
KNOWN_DATA = os.path.abspath(os.environ.get("QUINIELA_DATA", os.path.join(ROOT, "../shared/data")))  # may not be there


if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:  # under nohup, which programs would inherit
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def crowded():
    """How much slower everything may be than on a machine that has at most twice as much to do as it can. The average of a
    minute is late when a load begins; what wants to run at this moment is not."""
    with open("/proc/loadavg", encoding="ascii") as file:
        average, _, _, wants = file.read().split()[:4]
    return max(1, float(average) / (2 * os.cpu_count()), int(wants.split("/")[0]) / (2 * os.cpu_count()))


GIVEN_HANG_S = int(os.environ.get("QUINIELA_HANG_S", 30))
HANG_MOST_S = 150  # so that a hang is told before ctest's limit


def hang_s():
    """A story that has not gone on after so many seconds hangs: from now on, as the machine may have more to do than when the
    story began."""
    return int(min(GIVEN_HANG_S * crowded(), max(GIVEN_HANG_S, HANG_MOST_S)))


GENTLE_S = 20  # what a program under valgrind may need to end


VALGRIND = "QUINIELA_VALGRIND" in os.environ
HELD = []  # ports


def until(condition, what, pause_s=0.01):
    """Asks until the condition gives something that is true, and gives it back; `what` is it that is waited for. What a program's
    log says is waited for by Process."""
    limit = hang_s()
    late = time.monotonic() + limit
    while not (found := condition()):
        if time.monotonic() > late:
            raise AssertionError(f"waited {limit} s for {what}")
        time.sleep(pause_s)
    return found


def read_until(process, line):
    """Reads what a program prints up to this line. One that does not print it is killed."""
    limit = hang_s()
    late = threading.Timer(limit, process.kill)
    late.start()
    try:
        if not any(printed == line + "\n" for printed in process.stdout):
            raise AssertionError(f"{process.args[0]} was to print {line!r} within {limit} s, and has ended without")
    finally:
        late.cancel()


@functools.cache
def is_sanitized():
    """Whether the program has a sanitizer in it: it is slower then, and keeps memory that was freed."""
    with open(PROGRAM, "rb") as file:
        program = file.read()
    return b"__asan_init" in program or b"__tsan_init" in program


def not_under_valgrind(why):
    return unittest.skipIf(VALGRIND, "not under valgrind: " + why)


def patience(ms):
    """A deadline that the program is to be given, long enough for it to keep it where nothing is wrong."""
    return f"{ms * 10 if VALGRIND else ms}ms"


class Status(int):
    """How a program ended; where another end was expected, its log tells why."""

    def __new__(cls, value, process):
        status = super().__new__(cls, value)
        status.process = process
        return status

    def __repr__(self):
        how = f"exit status {int(self)}" if self >= 0 else signal.Signals(-self).name
        return f"{how}; {self.process.whole_log()}" if self.process.name in ("server", "client") else how

    __str__ = int.__repr__


class Process:
    """A running program whose standard output is read line by line; or several of them, one for each list of
    arguments, that are looked at as one."""

    def __init__(self, story, *commands, environment=None, prefix=()):
        self.name = str(commands[0][0]) if commands[0] else "program"
        vars(story).setdefault("programs", []).append(self)
        self.lines = []
        self.errors = []
        self.changed = threading.Condition()
        self.running = len(commands)
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("CLI_", "SERVER_"))}
        variables["LC_ALL"] = "C"  # in English, whatever this machine speaks
        variables["SERVER_IP"] = "127.0.0.1"  # whatever other addresses this machine has
        variables["RUNTIME_DIRECTORY"] = story.folder  # for the control socket of a server with a database
        commands = [story.with_store(arguments) for arguments in commands]
        variables.update({**STORES.environment(story), **(environment or {})})
        self.processes = [subprocess.Popen(
            [*prefix, PROGRAM, *map(str, arguments)], cwd=story.folder, env=variables,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") for arguments in commands]
        self.process = self.processes[0]
        self.readers = [threading.Thread(target=target, args=[process], daemon=True) for process in self.processes
                        for target in (self._read, lambda process: self.errors.extend(process.stderr))]
        for reader in self.readers:
            reader.start()
        story.addCleanup(self.end)

    def _read(self, process):
        for line in process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.running -= 1
            if self.running == 0:
                self.lines.append(None)  # the end
            self.changed.notify_all()

    def wait_for(self, pattern, count=1):
        """The match of the count-th line that has the pattern."""
        matches, looked_at = [], 0

        def found():
            nonlocal looked_at
            matches.extend(filter(None, (re.search(pattern, line) for line in self.lines[looked_at:] if line)))
            looked_at = len(self.lines)
            return matches[count - 1] if len(matches) >= count else self.lines and self.lines[-1] is None
        with self.changed:
            limit = hang_s()
            match = self.changed.wait_for(found, limit)
        if not match:
            self.fail_waiting(f"line {count} with {pattern!r}", limit)
        if match is True:
            raise AssertionError(f"{self.ended_without(f'line {count} with {pattern!r}')}; {self.whole_log()}")
        return match

    def expect(self, pattern, count=1):
        """Fails unless exactly so many lines have the pattern. A line may come later than the answer that it goes with, so the
        last of them is waited for."""
        if count > 0:
            self.wait_for(pattern, count)
        found = self.count(pattern)
        if found != count:
            raise AssertionError(f"expected {count} lines with {pattern!r}, came {found}; {self.whole_log()}")

    def wait_until(self, condition, what=None):
        """Looks at every line, and now and then besides, whether the condition holds; `what` it is, unless its source says
        so."""
        with self.changed:
            limit = hang_s()
            late = time.monotonic() + limit
            while not condition():
                if time.monotonic() > late:
                    break
                self.changed.wait(0.05)
            else:
                return
        self.fail_waiting(what or inspect.getsource(condition).strip(), limit)

    def fail_waiting(self, what, limit):
        raise AssertionError(f"waited {limit} s for {what}; {self.whole_log()}")

    def ended_without(self, what):
        return f"the {self.name} ended{self.last_word()}, and {what} never came"

    def last_word(self):
        """The reason that it gave, if any."""
        reasons = [line for line in self.lines if line and re.search("ERROR|CRITICAL", line)] + self.errors
        return f" ({reasons[-1].strip()})" if reasons else ""

    def whole_log(self):
        return f"the {self.name}'s log:\n" + self.log() + "".join(self.errors)

    def log(self):
        return "\n".join(line for line in self.lines if line) + "\n"

    def count(self, pattern):
        return len(re.findall(pattern, self.log()))

    def signal(self, number):
        for process in self.processes:
            process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def wait(self):
        """The exit status, once all of the output is read; of several the worst."""
        limit = hang_s()
        try:
            statuses = [process.wait(limit) for process in self.processes]
        except subprocess.TimeoutExpired:
            self.fail_waiting(f"the {self.name} to end", limit)
        for reader in self.readers:
            reader.join(limit)
        return Status(max(statuses, key=abs), self)

    def end(self):
        for process in self.processes:
            self._end(process)
        self.wait()
        for process in self.processes:
            process.stdout.close()
            process.stderr.close()

    @staticmethod
    def _end(process):
        if GENTLE and process.poll() is None:
            process.terminate()
            try:
                process.wait(GENTLE_S)
            except subprocess.TimeoutExpired:
                pass  # it was stopped, or made to hang
        if process.poll() is None:
            process.kill()


class Ports(tuple):
    """The two ports of a server; `every` has those of all servers of the draw."""

    def __new__(cls, every, number=0):
        ports = super().__new__(cls, every[number % len(every)])
        ports.every = every
        return ports


class Server(Process):
    LISTENS = r"action: listen .* port: (\d+) \| consult_port: (\d+)"

    def __init__(self, story, *flags, agencies=5, ports=(0, 0), store="quiniela.db", servers=SERVERS, **how):
        every = getattr(ports, "every", [ports] + [(0, 0)] * (servers - 1))
        super().__init__(story, *(["server", "--agencies", agencies, "--store", store, "--server-port", bets,
                                   "--consult-server-port", consult, *flags] for bets, consult in every), **how)
        matches = [self.wait_for(self.LISTENS, count) for count in range(1, len(every) + 1)]
        self.every = [(int(match[1]), int(match[2])) for match in matches]
        self.asked = 0

    def ended_without(self, what):
        return super().ended_without(what) if self.count(self.LISTENS) else f"the server did not start{self.last_word()}"

    @property
    def ports(self):
        """Each time those of the next server."""
        self.asked += 1
        return Ports(self.every, self.asked - 1)


class Agency(Process):
    def __init__(self, story, number, ports, *flags, data="data", **how):
        every = getattr(ports, "every", [ports])
        addresses = [",".join(f"127.0.0.1:{each[which]}" for each in every) for which in (0, 1)]
        super().__init__(story, ["client", "--id", number, "--data-dir", data, "--server-address", addresses[0],
                                 "--server-consult-address", addresses[1], *flags], **how)

    def winners(self):
        return int(self.wait_for(r"cant_ganadores: (\d+)")[1])


KINDS = {1: "processed", 2: "winners", 3: "not_ready", 4: "error"}  # by type_message


class Answer(dict):
    """What the central answered; who asks for what is not in it is told the whole of it."""

    def __missing__(self, key):
        raise AssertionError(f"expected an answer with {key!r}, came {self}")

    @property
    def kind(self):
        """processed, winners, not_ready, or "error" with its code."""
        kind = KINDS.get(self["type_message"], f"type_message {self['type_message']}")
        return f"error {self.code}" if kind == "error" else kind

    @property
    def error(self):
        if KINDS.get(self["type_message"]) != "error" or not self["payload"]:
            raise AssertionError(f"expected an error, came {self}")
        return Answer(self["payload"])

    @property
    def code(self):
        return self.error["code"]


class Wire:
    """A connection that speaks frames, or bytes."""

    def __init__(self, story, port):
        self.story = story
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=hang_s())
        story.addCleanup(self.socket.close)

    def send(self, message):
        self.socket.sendall(frame(message))

    def receive(self):
        return receive_answer(self.socket, self.story)

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

    def expect_end(self):
        """Fails unless the connection ends, with nothing before that."""
        try:
            more = self.socket.recv(100)
        except TimeoutError:
            raise AssertionError(f"waited {self.socket.gettimeout():.0f} s for the connection to end; {self.story.logs()}") from None
        if more:
            raise AssertionError(f"expected the connection to end, came {more!r}; {self.story.logs()}")

    def _exactly(self, count):
        return receive_exactly(self.socket, count, self.story)


def receive_answer(connection, story):
    length, = struct.unpack(">I", receive_exactly(connection, 4, story))
    return Answer(json.loads(receive_exactly(connection, length, story)))


def receive_exactly(connection, count, story):
    """So many bytes of an answer. EOFError when the connection is closed before."""
    try:
        return received.exactly(connection, count)
    except TimeoutError:
        raise AssertionError(f"waited {connection.gettimeout():.0f} s for an answer; {story.logs()}") from None
    except ConnectionError as error:
        raise type(error)(error.errno, f"expected an answer, the connection was reset; {story.logs()}") from None
    except EOFError as error:
        raise EOFError(f"expected an answer, {error}; {story.logs()}") from None


# What a service manager does: the sockets, bound to an address, become descriptors 3 and 4 (sd_listen_fds(3)).
BOUND = """import fcntl, os, socket, sys
high = [fcntl.fcntl(socket.create_server((sys.argv[1], 0)).detach(), fcntl.F_DUPFD, 100) for _ in range(2)]
for place, number in enumerate(high):
    os.dup2(number, 3 + place)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2")
os.closerange(5, 110)
os.execv(sys.argv[2], sys.argv[2:])
"""


def bound_at(address):
    """What has a server get its sockets that way."""
    return [sys.executable, "-S", "-c", BOUND, address]


def frame(message):
    """The frame of an object, or of the bytes of a text as they are."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack(">I", len(body)) + body


def golden(name):
    """The bytes of a golden message, its length in front."""
    with open(os.path.join(ROOT, "tests/golden", name + ".bin"), "rb") as file:
        return file.read()


def hold_port():
    """One that nobody else gets as long as this process lives."""
    HELD.append(held_ports.hold())
    return held_ports.number(HELD[-1])


def hold_ports():
    """Two for each server of a draw."""
    return Ports([(hold_port(), hold_port()) for _ in range(SERVERS)])


class Story(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="quiniela-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.programs = []

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def read(self, *names):
        """The bytes of a file of the story's folder."""
        with open(self.path(*names), "rb") as file:
            return file.read()

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return name

    def logs(self):
        """Those of the servers that were started."""
        return "\n".join(program.whole_log() for program in self.programs if program.name == "server") or "no server's log"

    def store(self, name="quiniela.db"):
        """The address of a store."""
        return STORES.address(self, name)

    def with_store(self, arguments):
        """The arguments of a program, with the store's address in place of its name."""
        arguments = list(arguments)
        if "--store" in arguments[:-1]:
            place = arguments.index("--store") + 1
            arguments[place] = self.store(arguments[place])
        return arguments

    def ask_store(self, query):
        """The one value that SQL gives about the store."""
        return STORES.ask(self, query)

    def run_program(self, *arguments, environment=None):
        process = Process(self, arguments, environment=environment)
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
