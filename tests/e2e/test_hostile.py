"""Whatever hostile clients send, however slowly or many, the others are served.

HOSTILE_ROUNDS=N repeats what is sampled or random N times; HOSTILE_SEED sets what is drawn.
"""
import os
import random
import resource
import select
import socket
import struct
import time
import unittest

from harness import ROOT, Process, Server, Story, Wire, frame, golden, hold_port, is_sanitized, not_under_valgrind, patience

ROUNDS = int(os.environ.get("HOSTILE_ROUNDS", "1"))
SEED = int(os.environ.get("HOSTILE_SEED", "1"))
MESSAGE_BYTES_MAX = 1 << 20
BET = "Ana,Díaz,30904465,1999-03-17,7574"
ASK = {"type_message": 3, "agency": "1", "wait": False}
HELD = {"type_message": 3, "agency": "1"}


def chunk(count=1, last=False, agency=1, first=0):
    return {"type_message": 2 if last else 1, "agency": str(agency), "payload": [BET] * count, "first": first}


class Hostile(Story):
    def serve(self, *flags, **how):
        self.server = Server(self, "--loops", 1, *flags, **{"agencies": 1, **how})
        self.folder_of_process = f"/proc/{self.server.process.pid}"

    def serve_quietly(self):
        """A server that logs errors only, so nothing but its ports says when it is there."""
        ports = hold_port(), hold_port()
        self.server = Process(self, ["server", "--loops", 1, "--agencies", 1, "--logging-level", "ERROR",
                                     "--server-port", ports[0], "--consult-server-port", ports[1]])
        self.server.ports = ports
        self.server.wait_until(lambda: self.server.lines or self.listens())
        self.assertEqual(self.server.lines, [], self.server.whole_log())
        self.folder_of_process = f"/proc/{self.server.process.pid}"

    def listens(self):
        for port in self.server.ports:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) != 0:
                    return False
        return True

    def wire(self, port=0):
        wire = Wire(self, self.server.ports[port])
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return wire

    def descriptors(self):
        return len(os.listdir(self.folder_of_process + "/fd"))

    def closed_for(self, reason):
        """How many connections the log says were closed for it, so far."""
        lines = [line for line in self.server.lines
                 if line and f"close_connection | result: success | reason: {reason} " in line]
        return sum(int(line.rsplit("count: ", 1)[1]) for line in lines)

    def wait_closed(self, reason, count):
        self.server.wait_until(lambda: self.closed_for(reason) >= count)
        self.assertEqual(self.closed_for(reason), count)

    def assert_ends(self, wire):
        """The connection is ended by the server: politely, or with a reset."""
        try:
            while wire.socket.recv(65536):
                pass
        except ConnectionError:
            pass

    def assert_serves(self, wire=None):
        own = wire or self.wire()
        self.assertEqual(own.ask(ASK).kind, "not_ready")
        if wire is None:
            own.socket.close()

    def assert_draws(self, held):
        """The agency finishes, and everyone who waited is told."""
        self.assertEqual(self.wire().ask(chunk(last=True))["next"], 1)
        for wire in held:
            self.assertEqual(wire.receive(), {"type_message": 2, "payload": "30904465"})

    def hold(self, count, port=1):
        """Consultations that the central has read, and holds."""
        wires = [self.wire(port) for _ in range(count)]
        for wire in wires:
            wire.send(HELD)
            self.assert_serves(wire)  # answered before the one that is held
        return wires


class Deadlines(Hostile):
    def drip(self, wire, data):
        """Sends a byte at a time; returns how many left before the server ended the connection."""
        for sent in range(len(data)):
            readable, _, _ = select.select([wire.socket], [], [], 0.02)  # the pace, or at once when it is ended
            try:
                if readable and wire.socket.recv(1) == b"":
                    return sent
                wire.socket.send(data[sent:sent + 1])
            except ConnectionError:
                return sent
        return len(data)

    def test_a_message_has_a_deadline_for_the_whole_of_it(self):
        self.serve("--message-timeout", patience(500))
        endless = struct.pack(">I", MESSAGE_BYTES_MAX) + b" " * 500
        first = self.wire()
        self.assertLess(self.drip(first, endless), len(endless))
        later = self.wire()
        self.assert_serves(later)
        self.assertLess(self.drip(later, endless), len(endless))
        self.wait_closed("message_timeout", 2)
        self.assert_serves()

    def test_half_of_anything_is_not_kept(self):
        self.serve("--message-timeout", patience(400))
        whole = frame(chunk())
        parts = [1, 2, 3, 4, 5, len(whole) // 2, len(whole) - 1]
        wires = [self.wire() for _ in parts]
        for wire, part in zip(wires, parts):
            wire.socket.sendall(whole[:part])
        for wire in wires:
            self.assert_ends(wire)
        self.wait_closed("message_timeout", len(parts))
        self.assertEqual(sum(self.stored().values()), 0)

    def test_a_steady_stream_may_last_longer_than_a_message(self):
        self.serve("--message-timeout", "4s")
        wire = self.wire()
        question = frame(ASK)
        wire.socket.sendall(question[:20])  # from now on some message is half-way at every moment
        begun = time.monotonic()
        while time.monotonic() - begun < 4.5:
            select.select([], [], [], 0.1)
            wire.socket.sendall(question[20:] + question[:20])
            self.assertEqual(wire.receive().kind, "not_ready")
        self.assertEqual(self.closed_for("message_timeout"), 0)

    def test_silence_ends(self):
        self.serve("--idle-timeout", patience(1500))  # in which whoever is to ask comes to it
        silent, asked = self.wire(), self.wire()
        self.assert_serves(asked)
        for wire in (silent, asked, self.wire(1)):
            wire.expect_end()
        self.wait_closed("idle_timeout", 3)

    def test_who_waits_for_the_draw_outlives_every_deadline(self):
        self.serve("--idle-timeout", patience(1500), "--message-timeout", patience(300), "--send-timeout", patience(300))
        held = self.hold(3, 0) + self.hold(3, 1)
        for _ in range(2):
            self.wire().expect_end()  # each has been silent for as long as one may
        self.assert_draws(held)

    def test_waiting_for_the_draw_is_no_excuse_for_half_a_message(self):
        self.serve("--message-timeout", patience(300))
        wire, = self.hold(1, 0)
        wire.socket.sendall(b"\0\0")
        wire.expect_end()
        self.wait_closed("message_timeout", 1)

    def never_read(self, wire, data):
        """Sends for as long as the server does not give up."""
        with self.assertRaises(ConnectionError):
            while True:
                wire.socket.sendall(data)
        self.wait_closed("send_timeout", 1)

    def test_who_never_reads_the_answers(self):
        self.serve("--send-timeout", patience(500), "--message-timeout", "0s", "--refusals-max", 0)
        wire = self.wire()
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.never_read(wire, frame(b"") * 1000)
        self.assert_serves()

    def test_who_never_reads_the_echo(self):
        server = Process(self, ["server", "--service", "echo", "--server-port", 0, "--send-timeout", patience(500),
                                "--logging-level", "INFO"])
        self.server = server
        port = int(server.wait_for(r"action: listen .* port: (\d+)")[1])
        wire = Wire(self, port)
        self.never_read(wire, (b"x" * 100000 + b"\n") * 10)
        other = Wire(self, port)
        other.socket.sendall(b"PING\n")
        self.assertEqual(other._exactly(5), b"PING\n")

    def test_an_echo_that_says_nothing(self):
        server = self.server = Process(self, ["server", "--service", "echo", "--server-port", 0,
                                              "--idle-timeout", patience(300)])
        wire = Wire(self, int(server.wait_for(r"action: listen .* port: (\d+)")[1]))
        wire.expect_end()
        self.wait_closed("idle_timeout", 1)


class Floods(Hostile):
    def test_silence_makes_room(self):
        self.serve("--connections-max", 20)
        held = self.hold(5)
        honest = [self.wire() for _ in range(5)]
        for wire in honest:
            self.assert_serves(wire)
        silent = [self.wire() for _ in range(200)]
        newest = self.wire()
        self.assert_serves(newest)  # and so all before it have been accepted
        self.wait_closed("no_room", 5 + 5 + 200 + 1 - 20)
        self.assertLess(self.server.count("reason: no_room"), 20)
        self.assert_ends(silent[0])
        for wire in honest:
            self.assert_serves(wire)
        newest.socket.close()
        self.assert_draws(held)

    def test_half_messages_make_room(self):
        self.serve("--connections-max", 20)
        honest = self.wire()
        self.assert_serves(honest)
        for _ in range(100):
            self.wire().socket.sendall(b"\0\0\0")
        self.assert_serves()
        self.assert_serves(honest)
        self.assert_draws([])

    def test_other_loops_make_room_too(self):
        server = self.server = Server(self, "--loops", 4, "--connections-max", 8, agencies=1)
        silent = [self.wire() for _ in range(100)]
        for _ in range(20):
            wire = self.wire()
            self.assert_serves(wire)
            wire.socket.close()
        self.assertGreater(len(silent), self.closed_for("no_room"))
        server.signal(15)
        self.assertEqual(server.wait(), 0)

    @not_under_valgrind("it takes descriptors for itself")
    def test_few_descriptors_from_the_beginning(self):
        self.serve(prefix=("prlimit", "--nofile=80:80"))
        held = self.hold(5)
        silent = [self.wire() for _ in range(200)]
        self.assert_serves()
        self.assert_draws(held)
        self.server.wait_until(lambda: self.closed_for("no_room") + 40 >= len(silent))
        self.assertEqual(self.server.count("result: fail"), 0)


@not_under_valgrind("it takes descriptors for itself")
class Descriptors(Hostile):
    """The limit is taken away from under the running server."""

    def limit(self, more):
        _, hard = resource.prlimit(self.server.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.server.process.pid, resource.RLIMIT_NOFILE, (self.descriptors() + more, hard))

    def runnable_s(self):
        """How long each of its threads has run or wanted to: on a busy machine, who spins may get little, and who does not waits
        for a while each time that it wakes."""
        found = {}
        for thread in os.listdir(self.folder_of_process + "/task"):
            with open(f"{self.folder_of_process}/task/{thread}/schedstat") as file:
                ran, waited, _ = map(int, file.read().split())
            found[thread] = (ran + waited) / 1e9
        return found

    def test_silence_makes_room(self):
        self.serve()
        honest = self.wire()
        self.assertEqual(honest.ask(chunk())["next"], 1)
        self.limit(6)
        for _ in range(100):
            self.wire()
        for _ in range(10):
            self.assert_serves()
        self.assertEqual(honest.ask(chunk(first=1))["next"], 2)

    def test_none_left(self):
        self.serve()
        honest = self.wire()
        self.assertEqual(honest.ask(chunk())["next"], 1)
        self.limit(5)
        held = self.hold(5)
        newcomers = [self.wire() for _ in range(5)]
        for wire in newcomers:
            wire.send(ASK)
        self.server.wait_for("action: accept_connections .*fail .*too many open files")
        for first in range(1, 21):  # work goes on
            self.assertEqual(honest.ask(chunk(first=first))["next"], first + 1)
        begun, used = time.monotonic(), self.runnable_s()
        select.select([], [], [], 1)
        most = max(seconds - used.get(thread, 0) for thread, seconds in self.runnable_s().items())
        self.assertLess(most, 0.5 * (time.monotonic() - begun))  # and nothing spins
        self.assertEqual(self.server.count("accept_connections .*fail"), 1)
        self.assertEqual(select.select([wire.socket for wire in newcomers], [], [], 0)[0], [])
        self.limit(100)
        for wire in newcomers:
            self.assertEqual(wire.receive().kind, "not_ready")
        self.assertEqual(honest.ask(chunk(last=True, first=21))["next"], 22)
        for wire in held:
            self.assertEqual(wire.receive().kind, "winners")


class Resets(Hostile):
    def reset(self, wire):
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.socket.close()

    def test_in_every_state(self):
        self.serve_quietly()
        whole = frame(chunk(20))
        log_level_is_quiet = self.wire()
        self.assert_serves(log_level_is_quiet)
        before = self.descriptors()

        def say(*parts, port=0, answers=0, end=False):
            wire = self.wire(port)
            for part in parts:
                wire.socket.sendall(part)
            for _ in range(answers):
                wire.receive()
            if end:
                wire.socket.shutdown(socket.SHUT_WR)
            self.reset(wire)
        for _ in range(20 * ROUNDS):
            for port in (0, 1):
                say(port=port)                                        # silent
                say(b"\0\0", port=port)                               # in a header
                say(whole[:50], port=port)                            # in a message
                say(whole, port=port)                                 # before its answer
                say(whole, port=port, answers=1)                      # after it
                say(whole * 20, whole[:7], port=port)                 # many on their way
                say(frame(HELD), port=port)                           # held, or not yet
                say(frame(HELD) + frame(ASK), port=port, answers=1)   # held
                say(frame(HELD) * 16 + frame(ASK), port=port, answers=1)
                say(b"\xff" * 100, port=port)                         # out of step
                say(b"\xff" * 4, port=port, answers=1)                # while it lingers
                say(whole, port=port, end=True)                       # ended, with an answer to come
                say(frame(b"") * 3000, port=port)                     # with many answers unread
        self.server.wait_until(lambda: self.descriptors() <= before)
        self.assert_serves(log_level_is_quiet)
        last = self.wire().ask(chunk(20, last=True))
        self.assertEqual(last["next"], 20)
        self.assertEqual(sum(self.stored().values()), 20)


class Shapes(Hostile):
    def padded(self, length):
        body = frame(chunk())[4:]
        return body[:-1] + b" " * (length - len(body)) + b"}" if length >= len(body) else b" " * length

    def test_every_length(self):
        self.serve_quietly()
        draw = random.Random(SEED)
        edges = [1 << bit for bit in range(21)] + [8064, 128 * 1024 - 4, 192 * 1024, 256 * 1024 - 4]
        lengths = {*range(200), *(edge + near for edge in edges for near in (-1, 0, 1)), MESSAGE_BYTES_MAX + 2,
                   *(draw.randrange(MESSAGE_BYTES_MAX) for _ in range(20 * ROUNDS))}
        wire, least = self.wire(), len(frame(chunk())) - 4
        for length in sorted(lengths):
            with self.subTest(length=length):
                wire.send(self.padded(length))
                reply = wire.receive()
                if length > MESSAGE_BYTES_MAX:
                    self.assertEqual(reply.code, "bad_frame")
                    self.assert_ends(wire)
                    wire = self.wire()
                elif length < least:
                    self.assertEqual(reply.code, "bad_json")
                else:
                    self.assertEqual(reply["next"], 1)
        for length in (MESSAGE_BYTES_MAX + 1, 1 << 24, (1 << 31) - 1, 1 << 31, (1 << 32) - 1):
            wire = self.wire()
            wire.socket.sendall(struct.pack(">I", length))
            self.assertEqual(wire.receive().code, "bad_frame")
            self.assert_ends(wire)

    def test_every_split_point(self):
        self.serve()
        whole = frame(chunk()) + frame(ASK)
        wire, clock = self.wire(), self.wire()
        for cut in range(1, len(whole)):
            wire.socket.sendall(whole[:cut])
            self.assert_serves(clock)  # by then the first piece has been read
            wire.socket.sendall(whole[cut:])
            self.assertEqual((wire.receive()["next"], wire.receive().kind), (1, "not_ready"))
        draw = random.Random(SEED)
        for _ in range(25 * ROUNDS):
            cuts = sorted(draw.sample(range(1, len(whole)), 5))
            for begin, end in zip([0, *cuts], [*cuts, len(whole)]):
                wire.socket.sendall(whole[begin:end])
                self.assert_serves(clock)
            self.assertEqual((wire.receive()["next"], wire.receive().kind), (1, "not_ready"))

    def test_deep_json(self):
        self.serve()
        wire = self.wire()
        for opening in (b"[", b'{"a":', b'[{"payload":', b'{"type_message":1,"agency":"1","payload":['):
            for depth in (1, 100, 1023, 1024, 1025, 5000, MESSAGE_BYTES_MAX // len(opening)):
                wire.send(opening * depth)
                self.assertEqual(wire.receive().code, "bad_json")
        for depth in (1, 100, 1000):
            wire.send(b'{"type_message":1,"agency":"1","x":' + b"[" * depth + b"]" * depth + b',"payload":[]}')
            self.assertEqual(wire.receive().kind, "processed")


class Malformed(Hostile):
    FRAMES = 10000
    ON_A_CONNECTION = 250

    def mutated(self, draw, body):
        body = bytearray(body)
        for _ in range(draw.randint(1, 4)):
            where = draw.randrange(len(body) + 1)
            body[where:where + draw.randint(0, 3)] = draw.randbytes(draw.randint(0, 3))
        return bytes(body)

    def memory_kb(self):
        with open(self.folder_of_process + "/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))

    def shoot(self, draw, seeds):
        """One connection full of malformed frames, of which every one is answered but those that are good by chance
        and held. On the port that takes no bets, so that nothing is stored. Returns how many answers came."""
        wire = self.wire(1)
        wire.socket.sendall(b"".join(frame(self.mutated(draw, draw.choice(seeds))) for _ in
                                     range(self.ON_A_CONNECTION)))
        wire.socket.shutdown(socket.SHUT_WR)
        return len(wire.receive_all())

    @not_under_valgrind("it measures memory")
    def test_memory_stays_flat(self):
        self.serve_quietly()
        draw = random.Random(SEED)
        names = sorted(name[:-4] for name in os.listdir(f"{ROOT}/tests/golden")
                       if name.endswith(".bin") and not name.startswith("reply"))
        seeds = [body for body in (golden(name)[4:] for name in names)
                 if len(body) < 4096]
        shots, answers, before = self.FRAMES * ROUNDS // self.ON_A_CONNECTION, 0, None
        for shot in range(shots):
            if shot == max(shots // 10, 8):
                before = self.memory_kb()
            answers += self.shoot(draw, seeds)
        grown = self.memory_kb() - before
        print(f"malformed frames: {shots * self.ON_A_CONNECTION}, answers: {answers}, memory: {before} kB "
              f"and {grown} kB more, seed {SEED}")
        self.assertGreater(answers, shots * self.ON_A_CONNECTION * 0.9)
        if not is_sanitized():  # a sanitizer keeps what was freed
            self.assertLess(grown, 1024)
        self.assert_serves()


if __name__ == "__main__":
    unittest.main()
