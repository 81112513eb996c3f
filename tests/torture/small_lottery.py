"""A whole small lottery, driven from here, with a record of everything that was acknowledged.

Its bets are the same in every round, so that the N-th call of the server means the same thing each time. What is
stored is read straight from the SQLite file: by other code than what wrote it.
"""
import hashlib
import os
import shutil
import socket
import sqlite3
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
from harness import Process, frame, hang_s  # noqa: E402
import received  # noqa: E402

WINNING_NUMBER = 7574


def bet(agency, index):
    # Every third bet wins; the document says whose it is and where it belongs.
    number = WINNING_NUMBER if index % 3 == 1 else index
    return f"Ana,Paz,Z{agency}Z{index:07d},1990-01-02,{number}"


# Three agencies: chunks of several bets, chunks of one, and an agency that has none.
CHUNKS = {1: [3, 3, 2], 2: [1, 1], 3: [0]}
BETS = {agency: [bet(agency, i) for i in range(sum(sizes))] for agency, sizes in CHUNKS.items()}


def winners_of(agency):
    return [text.split(",")[2] for text in BETS[agency] if text.endswith(f",{WINNING_NUMBER}")]


class Violation(Exception):
    """The promise was broken."""


class Refused(Exception):
    """An answer that says: not now."""


class Folder:
    """A folder of its own for a round, and the processes started there."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="quiniela-torture-")
        self.cleanups = []

    def addCleanup(self, function, *arguments):
        self.cleanups.append((function, arguments))

    def path(self, name):
        return os.path.join(self.folder, name)

    def with_store(self, arguments):
        """A program's arguments, unchanged: the store is a file here, and they contain its whole path."""
        return arguments

    def __enter__(self):
        return self

    def __exit__(self, *_):
        while self.cleanups:
            function, arguments = self.cleanups.pop()
            function(*arguments)
        shutil.rmtree(self.folder, ignore_errors=True)


def start_server(folder, environment=None, prefix=()):
    """The server's process and its ports; the ports are None if it ended before it listened."""
    # Without the sandbox: libseccomp 2.5.4 frees memory twice when an allocation fails while a filter is made.
    process = Process(folder, ["server", "--sandbox", "off", "--agencies", len(CHUNKS), "--loops", 1, "--store", folder.path("store.db"),
                               "--server-ip", "127.0.0.1", "--server-port", 0, "--consult-server-port", 0],
                      environment=environment, prefix=prefix)
    try:
        match = process.wait_for(r"action: listen .* port: (\d+) \| consult_port: (\d+)")
    except AssertionError:
        if process.process.poll() is None and process.lines[-1:] != [None]:
            raise Violation("the server hangs while it starts")
        return process, None
    return process, (int(match[1]), int(match[2]))


class Lottery:
    """What the agencies know: how far each was acknowledged, and whom it was told."""

    def __init__(self, agencies=tuple(CHUNKS)):
        self.agencies = agencies
        self.acknowledged = dict.fromkeys(CHUNKS, 0)
        self.finished = set()
        self.told = set()

    def is_done(self):
        return len(self.told) == len(self.agencies)

    def attempt(self, ports, timeout_s, stop_after=None, until_told=True):
        """Continues until everyone has been told. Raises OSError, EOFError or Refused when that is impossible.
        `stop_after` limits the chunks of each agency that are sent."""
        sockets = []
        try:
            consulting = {}
            sending = {}
            for agency in self.agencies:
                consulting[agency] = self._connect(sockets, ports[1], timeout_s)
                consulting[agency].sendall(frame({"type_message": 3, "agency": str(agency)}))
                sending[agency] = self._connect(sockets, ports[0], timeout_s)
            asked = {agency: self._send_rest(sending[agency], agency, stop_after) for agency in self.agencies}
            for agency, ends in asked.items():
                for end, last in ends:
                    self._take_acknowledgement(agency, received.message(sending[agency]), end, last)
            if until_told:
                for agency in self.agencies:
                    self._take_winners(agency, received.message(consulting[agency]))
        finally:
            for each in sockets:
                each.close()

    @staticmethod
    def _connect(sockets, port, timeout_s):
        sockets.append(socket.create_connection(("127.0.0.1", port), timeout=timeout_s))
        return sockets[-1]

    def _send_rest(self, to, agency, stop_after):
        """Sends all unacknowledged chunks together. Returns what must be acknowledged."""
        end, ends, data = 0, [], b""
        sizes = CHUNKS[agency]
        for place, size in enumerate(sizes):
            first, end = end, end + size
            last = place == len(sizes) - 1
            if stop_after is not None and place >= stop_after:
                break
            if end <= self.acknowledged[agency] and not (last and agency not in self.finished):
                continue
            data += frame({"type_message": 2 if last else 1, "agency": str(agency), "first": first,
                           "payload": BETS[agency][first:end]})
            ends.append((end, last))
        to.sendall(data)
        return ends

    def _take_acknowledgement(self, agency, reply, end, last):
        if reply["type_message"] == 4:
            refuse(reply)
        if reply["type_message"] != 1 or reply["next"] < end:
            raise Violation(f"the answer to bets up to {end} of agency {agency} is {reply}")
        self.acknowledged[agency] = max(self.acknowledged[agency], reply["next"])
        if last:
            self.finished.add(agency)

    def _take_winners(self, agency, reply):
        if reply["type_message"] == 4:
            refuse(reply)
        if reply["type_message"] != 2 or reply["payload"] != ",".join(winners_of(agency)):
            raise Violation(f"agency {agency} was told {reply}")
        self.told.add(agency)


def refuse(reply):
    if not reply["payload"]["retryable"]:
        raise Violation(f"refused for good: {reply}")
    raise Refused(reply["payload"]["code"])


def check_store(folder, lottery, complete):
    """Shows that what is stored was sent, all of what was acknowledged is there, and the draw is right."""
    with tempfile.TemporaryDirectory(prefix="quiniela-torture-") as copy:  # looking changes the files
        for name in ("store.db", "store.db-wal"):
            if os.path.exists(folder.path(name)):
                shutil.copy(folder.path(name), copy)
        stored = read_store(os.path.join(copy, "store.db"))
    for agency in CHUNKS:
        bets = stored["bets"].get(agency, [])
        if bets != BETS[agency][:len(bets)]:
            raise Violation(f"agency {agency} has stored what it did not send: {bets}")
        if len(bets) < (len(BETS[agency]) if complete else lottery.acknowledged[agency]):
            raise Violation(f"agency {agency} has {len(bets)} bets stored, and {lottery.acknowledged[agency]} were "
                            "acknowledged")
        if (complete or agency in lottery.finished) and agency not in stored["finished"]:
            raise Violation(f"agency {agency} has finished, which is not stored")
    if complete or lottery.told or stored["state"] == "drawn":
        if stored["state"] != "drawn" or any(stored["winners"].get(a, []) != winners_of(a) for a in CHUNKS):
            raise Violation(f"the stored draw is {stored['state']}, {stored['winners']}")


def read_store(path):
    stored = {"bets": {}, "winners": {}, "finished": set(), "state": None}
    if not os.path.exists(path):
        return stored
    database = sqlite3.connect(path)
    try:
        tables = {name for name, in database.execute("SELECT name FROM sqlite_master")}
        if "chunks" not in tables:
            return stored
        if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise Violation("the database is damaged")
        for agency, first, count, digest, numbers, rows in database.execute(
                "SELECT agency, first, count, digest, numbers, rows FROM chunks ORDER BY agency, first"):
            bets = stored["bets"].setdefault(agency, [])
            lines = rows.splitlines()
            if first != len(bets) or count != len(lines) or hashlib.sha256(numbers + rows.encode()).digest() != digest:
                raise Violation(f"the chunk of agency {agency} at {first} is damaged or not in its place")
            bets.extend(lines)
        filed = dict(database.execute("SELECT agency, bets FROM agencies"))
        for draw, row, digest, lines in database.execute("SELECT draw, id, digest, lines FROM inbox ORDER BY id"):
            if hashlib.sha256(f"{draw}\n{row}\n{lines}".encode()).digest() != digest:
                raise Violation(f"row {row} of the inbox is damaged")
            for line in lines.splitlines():
                agency, index, text = line.split(",", 2)
                bets = stored["bets"].setdefault(int(agency), [])
                if int(index) >= filed.get(int(agency), 0):
                    if int(index) != len(bets):
                        raise Violation(f"bet {index} of agency {agency} is not in its place in the inbox")
                    bets.append(text)
        for agency, document in database.execute("SELECT agency, document FROM winners ORDER BY agency, bet"):
            stored["winners"].setdefault(agency, []).append(document)
        stored["finished"] = {a for a, in database.execute(
            "SELECT agency FROM agencies WHERE finished_at IS NOT NULL")}
        stored["state"] = next((s for s, in database.execute("SELECT state FROM draws")), None)
        return stored
    finally:
        database.close()


def finish_cleanly(folder, lottery):
    """The next clean start: the rest of the lottery goes through at the first attempt, and all of it is right."""
    server, ports = start_server(folder)
    if ports is None:
        raise Violation("no clean start: " + server.log() + "".join(server.errors))
    lottery.told.clear()
    lottery.attempt(ports, hang_s())
    stop(server)
    check_store(folder, lottery, complete=True)


def stop(process):
    """Ends a process by SIGTERM; it must end well."""
    if process.process.poll() is None:
        process.process.terminate()
    status = process.wait()
    if status != 0:
        raise Violation(f"it ended with {status} after SIGTERM: " + process.log() + "".join(process.errors))
