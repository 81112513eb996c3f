"""Attacks on the central's memory: what clients can have it keep that send and do not read. Each is played against a central
of its own; what it prints is how far that one's memory grew, with several programs beside each other in one run.

usage: memory.py PROGRAM [PROGRAM]... [--scale N]
"""
import argparse
import contextlib
import glob
import json
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
from certificates import Authority  # noqa: E402
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import given  # noqa: E402

SYNC_DELAY_US = 60000000  # longer than any attack
MESSAGE_BYTES_MAX = 1048576
TLS_AGENCIES = 4  # an agency may have 128 connections
SPIN_S = 60
WAITS = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def frame(message):
    body = json.dumps(message).encode()
    return struct.pack(">I", len(body)) + body


def consultation(agency):
    return frame({"type_message": 3, "agency": str(agency)})


syncs_of_a_start = {}  # by program


def slow_syncs(program):
    """What has strace hold up every sync but those of a start, which is made once for them to be counted."""
    strace = ["strace", "-f", "--seccomp-bpf", "-e", "trace=fdatasync"]
    if program not in syncs_of_a_start:
        with tempfile.NamedTemporaryFile("r", encoding="ascii") as syncs:
            Central(program, 1, tracer=[*strace, "-o", syncs.name]).close()
            syncs_of_a_start[program] = syncs.read().count("fdatasync(")
    return [*strace, "-o", "/dev/null",
            "-e", f"inject=fdatasync:delay_enter={SYNC_DELAY_US}:when={syncs_of_a_start[program] + 1}+"]


class Central:
    """A server on a store of its own; `tracer` is what it is started by."""

    def __init__(self, program, agencies, *flags, tracer=(), tls=False):
        self.folder = tempfile.TemporaryDirectory(prefix="quiniela-memory-")
        self.contexts = []
        if tls:
            flags = [*flags, *self._certify()]
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")
        environment = {**os.environ, "SERVER_IP": "127.0.0.1", "REFUSALS_MAX": "0"}  # which ends some of them sooner
        self.process = subprocess.Popen(
            [*tracer, program, "server", "--agencies", str(agencies), "--store", os.path.join(self.folder.name, "store.db"),
             "--server-port", "0", "--consult-server-port", "0", "--logging-level", "CRITICAL",
             *flags], stdout=self.log, env=environment)
        self.pid = None
        while self.pid is None:
            self._look(bool(tracer))
        self.sockets = []

    def _certify(self):
        authority = Authority(os.path.join(self.folder.name, "ca")).issue_server()
        for agency in range(1, TLS_AGENCIES + 1):
            authority.issue_agency(agency)
            context = ssl.create_default_context(cafile=authority.certificate("ca"))
            context.load_cert_chain(authority.certificate(f"agency-{agency}"), authority.key(f"agency-{agency}"))
            self.contexts.append(context)
        return authority.flags("server")

    def _wrap(self, client, agency):
        if not self.contexts:
            return client
        client.settimeout(30)
        return self.contexts[(agency - 1) % TLS_AGENCIES].wrap_socket(client, server_hostname="localhost")

    def _look(self, is_traced):
        """The ports are read from /proc, as the log is silent."""
        time.sleep(0.02)
        if self.process.poll() is not None:
            sys.exit("the server did not start")
        pid = self.process.pid
        if is_traced:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
                pids = children.read().split()
            if not pids:
                return
            pid = int(pids[0])
        listening = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
        ports = {int(re.search(r":(\d+)$", line.split()[3])[1]) for line in listening.splitlines() if f"pid={pid}," in line}
        if len(ports) == 2:
            self.pid = pid
            self.ports = self._tell_apart(ports)

    def _tell_apart(self, ports):
        """The port of consultations refuses chunks."""
        for port in ports:
            with self._wrap(socket.create_connection(("127.0.0.1", port)), 1) as probe:
                probe.sendall(frame({"type_message": 1, "agency": "1", "payload": []}))
                if b"consultations" in probe.recv(4096):
                    return next(each for each in ports if each != port), port
        raise RuntimeError("no port of consultations")

    def connect(self, port, agency=1):
        """To one of the ports; what is answered is not read, and there is little room for it."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client = self._wrap(client, agency)
        client.setblocking(False)
        self.sockets.append(client)
        return client

    def threads_at_work(self):
        """Those that run, or would, or wait for the disk (proc_pid_stat(5)); one that strace holds up is none of them."""
        found = set()
        for path in glob.glob(f"/proc/{self.pid}/task/*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(path, encoding="utf-8", errors="replace") as file:
                if file.read().rsplit(")", 1)[1].split()[0] in "RD":
                    found.add(path)
        return found

    def is_at_work(self):
        """Whether some thread is, at each of some looks: a tick of its clock is over before."""
        found = self.threads_at_work()
        for _ in range(10):
            if not found:
                return False
            time.sleep(0.01)
            found &= self.threads_at_work()
        return True

    def push(self, pieces, most=None):
        """Sends each socket its bytes, as far as they are taken: until nothing has moved for a second, at whose end the central is not
        at work, and in a last attempt after that; one that is at work and takes nothing for SPIN_S spins. `most`: no more of them at
        once, and then the next one's."""
        left = {client: memoryview(data) for client, data in pieces}
        moved_at = quiet_since = time.monotonic()
        total = 0
        while left:
            is_last = time.monotonic() - quiet_since >= 1
            before = total, len(left)
            for client in list(left):
                try:
                    while left[client]:  # as much as goes: what comes together is read together
                        sent = client.send(left[client][:most or (16384 if self.contexts else len(left[client]))])
                        total += sent
                        left[client] = left[client][sent:]
                        if most:
                            break
                except WAITS:
                    pass
                except OSError:
                    left[client] = memoryview(b"")
                if not left[client]:
                    del left[client]
            if (total, len(left)) != before:
                moved_at = quiet_since = time.monotonic()
            elif is_last and self.is_at_work():
                if time.monotonic() - moved_at > SPIN_S:
                    raise AssertionError(f"the central is at work, and has taken nothing for {SPIN_S} s")
                quiet_since = time.monotonic()
            elif is_last:
                break
            if left:
                time.sleep(0.001)
        return total

    def memory_kib(self, which="VmRSS"):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return int(next(line for line in status if line.startswith(which)).split()[1])

    def processor_time(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as stat:
            return sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))

    def grown_mib(self, before):
        """Once the central has had nothing to do, nearly, for half a second."""
        last, since = None, time.monotonic()
        while time.monotonic() - since < 0.5:
            now = (self.memory_kib("VmHWM"), self.processor_time())
            if last is None or now[0] != last[0] or now[1] > last[1] + 2:
                last, since = now, time.monotonic()
            time.sleep(0.05)
        return (last[0] - before) / 1024

    def ask(self, message):
        """One question, and the answer's beginning."""
        agency = int(json.loads(message[4:])["agency"])
        with self._wrap(socket.create_connection(("127.0.0.1", self.ports[0])), agency) as client:
            client.sendall(message)
            return client.recv(100)

    def finish(self, agency, winners):
        bets = [f"Ana,Paz,{number:08},1999-03-17,7574" for number in range(winners)]
        for first in range(0, max(winners, 1), 10000):
            last = first + 10000 >= winners
            answer = self.ask(frame({"type_message": 2 if last else 1, "agency": str(agency), "first": first,
                                     "payload": bets[first:first + 10000]}))
            assert b'"type_message":1' in answer, answer

    def wait_for_draw(self):
        while b'"type_message":2' not in self.ask(frame({"type_message": 3, "agency": "1", "wait": False})):
            time.sleep(0.02)

    def close(self):
        for client in self.sockets:
            client.close()
        for process in {self.pid, self.process.pid}:
            try:
                os.kill(process, 9)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.log.close()
        self.folder.cleanup()


def consultations(program, scale=1):
    """4 connections send 128 KiB of consultations and read nothing; 10,000 winners."""
    central = Central(program, 1)
    central.finish(1, 10000)
    central.wait_for_draw()
    before = central.memory_kib()
    data = consultation(1) * (int(131072 * scale) // len(consultation(1)))
    sent = central.push([(central.connect(central.ports[0]), data) for _ in range(4)])
    return central, sent, before


def empty_frames(program, scale=1):
    """40 connections, before the draw: a large message, and 1 MiB of empty frames behind it."""
    central = Central(program, 1)
    before = central.memory_kib()
    large = b"x" * 1000000
    data = struct.pack(">I", len(large)) + large + bytes(1048576)
    sent = central.push([(central.connect(central.ports[0]), data) for _ in range(int(40 * scale))])
    return central, sent, before


def held(program, scale=1):
    """100 connections hold 16 consultations each, of 16 agencies with 4000 winners each, and do not read."""
    central = Central(program, 16)
    sockets = [central.connect(central.ports[0]) for _ in range(int(100 * scale))]
    sent = central.push([(client, b"".join(consultation(agency) for agency in range(1, 17))) for client in sockets])
    before = central.memory_kib()
    for agency in range(1, 17):
        central.finish(agency, 4000)
    central.wait_for_draw()
    return central, sent, before


def refused(program, scale=1):
    """60 connections send 16 chunks of 1 MB to the port of consultations, while the ledger waits for the disk."""
    central = Central(program, 2, tracer=slow_syncs(program))
    before = central.memory_kib()
    busy = central.connect(central.ports[0])
    central.push([(busy, frame({"type_message": 1, "agency": "2", "payload": ["a,b,1,2000-01-01,1"]}))])
    chunk = frame({"type_message": 1, "agency": "1", "payload": ["a,b,1,2000-01-01,1"] * 44000})
    sent = central.push([(central.connect(central.ports[1]), chunk * 16) for _ in range(int(60 * scale))])
    return central, sent, before


def connect_all(central, port=0, count=400):
    """Each with its agency, where that is proven."""
    return [(central.connect(central.ports[port], agency), agency)
            for agency in (1 + number % TLS_AGENCIES for number in range(count))]


def half_messages(program, scale=1, most=None, tls=False):
    """400 connections send all but the last byte of a message of 1 MiB."""
    central = Central(program, TLS_AGENCIES, tls=tls)
    before = central.memory_kib()
    half = (struct.pack(">I", MESSAGE_BYTES_MAX) + b"x" * MESSAGE_BYTES_MAX)[:-1]
    sent = central.push([(client, half) for client, _ in connect_all(central, count=int(400 * scale))], most)
    return central, sent, before


def dribbled_messages(program, scale=1, tls=False):
    """The same, all of them at once, 1000 bytes at a time."""
    return half_messages(program, scale, 1000, tls)


def coming_again(program, scale=1, flags=()):
    """The same, and whoever is closed comes again: four times as much in all."""
    central = Central(program, 1, *flags)
    before = central.memory_kib()
    half = (struct.pack(">I", 1000000) + b"x" * 600000)
    sent = 0
    for _ in range(4):
        sent += central.push([(client, half) for client, _ in connect_all(central, count=int(400 * scale))])
        for number, client in enumerate(central.sockets):
            if number % 3 > 0:
                client.close()
        central.sockets = central.sockets[::3]
    return central, sent, before


def busy_chunks(program, scale=1, tls=False, padding=0, flags=()):
    """400 connections send 16 chunks of 1 MB each, while the ledger waits for the disk."""
    central = Central(program, TLS_AGENCIES, *flags, tracer=slow_syncs(program), tls=tls)
    before = central.memory_kib()
    chunks = [frame({"type_message": 1, "agency": str(agency), "payload": ["a,b,1,2000-01-01,1"] * (44000 if not padding else 1)})
              for agency in range(1, TLS_AGENCIES + 1)]
    if padding:
        chunks = [struct.pack(">I", len(chunk) - 4 + padding) + chunk[4:] + b" " * padding for chunk in chunks]
    sent = central.push([(client, chunks[agency - 1] * 16)
                         for client, agency in connect_all(central, count=int(400 * scale))])
    return central, sent, before


def padded_chunks(program, scale=1, flags=()):
    """The same with chunks of one bet and 1 MB of spaces."""
    return busy_chunks(program, scale, padding=1000000, flags=flags)


def unread_consultations(program, scale=1, tls=False):
    """400 connections send 128 KiB of consultations and read nothing; 10,000 winners an agency."""
    central = Central(program, TLS_AGENCIES, tls=tls)
    for agency in range(1, TLS_AGENCIES + 1):
        central.finish(agency, 10000)
    central.wait_for_draw()
    before = central.memory_kib()
    data = [consultation(agency) * (int(131072 * scale) // len(consultation(agency)))
            for agency in range(1, TLS_AGENCIES + 1)]
    sent = central.push([(client, data[agency - 1]) for client, agency in connect_all(central)])
    return central, sent, before


def over_tls(attack):
    def play_it(program, scale=1):
        return attack(program, scale, tls=True)
    play_it.__name__, play_it.__doc__ = f"{attack.__name__}_tls", f"Over TLS: {attack.__doc__}"
    return play_it


half_messages_tls, dribbled_messages_tls = over_tls(half_messages), over_tls(dribbled_messages)
busy_chunks_tls, unread_consultations_tls = over_tls(busy_chunks), over_tls(unread_consultations)

NEED_STRACE = (refused, busy_chunks, padded_chunks, busy_chunks_tls)
ATTACKS = (consultations, empty_frames, held, refused, half_messages, dribbled_messages, coming_again, busy_chunks,
           padded_chunks, unread_consultations, half_messages_tls, dribbled_messages_tls, busy_chunks_tls,
           unread_consultations_tls)


def play(attack, program, scale=1, **options):
    """How many MB were sent, and by how many MiB the central's memory grew at its most."""
    central, sent, before = attack(program, scale, **options)
    try:
        return sent / 1e6, central.grown_mib(before)
    finally:
        central.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("programs", type=given.program, nargs="+")
    parser.add_argument("--scale", type=given.number(above=True), default=1)
    parser.add_argument("--only", default="", help="those whose name has this")
    chosen = parser.parse_args()
    given.understood()
    print("| attack | " + " | ".join(f"{program}: sent, held" for program in chosen.programs) + " |")
    for attack in ATTACKS:
        if attack in NEED_STRACE and shutil.which("strace") is None or chosen.only not in attack.__name__:
            continue
        figures = [play(attack, program, chosen.scale) for program in chosen.programs]
        print(f"| {attack.__name__}: {attack.__doc__} | " + " | ".join(f"{sent:.2f} MB, {grown:.0f} MiB" for sent, grown in figures) +
              " |", flush=True)


if __name__ == "__main__":
    main()
