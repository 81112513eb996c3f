"""Whoever floods the board's port slows no agency out, takes none of its room, and changes nothing.

FLOOD_REQUESTS=N sends so many garbled requests, FLOOD_SEED says which. script/hostile --board KIND is one kind of flood for long.
"""
import contextlib
import hashlib
import http.client
import os
import random
import re
import socket
import sqlite3
import subprocess
import sys
import unittest

from harness import ROOT, Agency, Server, Story, Wire, hang_s, is_sanitized, not_under_valgrind, until

REQUESTS = int(os.environ.get("FLOOD_REQUESTS", "400"))
SEED = int(os.environ.get("FLOOD_SEED", "1"))
CONNECTIONS_MAX = 64
FLOOD = 300 if is_sanitized() else 1000
GROWN_MIB = 32  # at most, by so many connections with all that they may keep
BETS = 500
OTHERS = 20  # connections of agencies during a flood
SPARE = 10  # descriptors of what the server opens meanwhile: readers of its store


STATUSES = {200, 204, 400, 403, 404, 405, 408, 411, 413, 414, 417, 421, 431, 501, 503, 505}
STREAM_BYTES = 1 << 20  # of what is answered, no more is looked at
METHODS = ["GET"] * 6 + ["HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "", "G E T", "A" * 300]
PATHS = ["/", "/livez", "/readyz", "/metrics", "/api/v1/draw", "/api/v1/agencies", "/api/v1/numbers", "/api/v1/result", "/board.js",
         "/api/v1/close", "/api/v1/draw/", "//", "/../quiniela.db", "/%2e%2e/quiniela.db", "/%00", "/%", "*", "", "http://localhost/livez",
         "http://evil.example/livez", "/" + "a" * 9000, "/\u00f1", "localhost:1"]
QUERIES = [""] * 12 + ["?", "?state=missing", "?state=x", "?limit=0", "?limit=18446744073709551616", "?after=-1", "?after=1&after=2", "?%00=1",
           "?number=7574", "?a" * 500, "?limit=1&state"]
VERSIONS = ["HTTP/1.1"] * 4 + ["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "", "ICY"]
HEADERS = [
    b"Host: localhost", b"Host: evil.example", b"Host: ", b"Host: localhost, localhost", b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999999999999",
    b"Content-Length: 5, 6", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Expect: 100-continue", b"Connection: close",
    b"Connection: Upgrade", b"Upgrade: websocket", b"Last-Event-ID: 1-1", b"Range: bytes=0-", b"X-Forwarded-Host: evil.example", b"X: " + b"y" * 9000,
    b"no colon", b" folded: yes", b"\x00: \x00", b"Origin: http://evil.example", b"Cookie: a=b"]
BODIES = [b""] * 4 + [b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"ffffffffffffffff\r\n", b"x" * 20000, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"]


def chunk(agency, first, last=False):
    return {"type_message": 2 if last else 1, "agency": str(agency), "payload": ["Ana,Paz,30904465,1999-03-17,7574"], "first": first}


class Board(Story):
    def serve(self, *flags, agencies=2, **how):
        self.server = Server(self, "--http-port", 0, "--http-connections-max", CONNECTIONS_MAX, *flags, agencies=agencies, **how)
        self.port = int(self.server.wait_for(r"action: board \| result: success \| url: http://127\.0\.0\.1:(\d+)/")[1])
        self.process = f"/proc/{self.server.process.pid}"

    def descriptors(self):
        return len(os.listdir(self.process + "/fd"))

    def memory_kib(self):
        with open(self.process + "/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])

    def asked(self, path):
        """What the board answers; None where it closes the connection, as it may in a flood."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=hang_s())
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def assert_answered(self):
        """Who is closed, as may happen to anybody, asks again."""
        for path in ("/livez", "/metrics", "/readyz", "/livez", "/metrics"):
            until(lambda path=path: self.asked(path) == 200, f"an answer of {path}; {self.logs()}")

    def assert_alive(self):
        until(lambda: self.asked("/livez") == 200, f"an answer of /livez; {self.logs()}")


@not_under_valgrind("it takes all the time there is")
class Floods(Board):
    @contextlib.contextmanager
    def flood(self, *kinds):
        """By so many connections, from before what is done meanwhile until after it."""
        with contextlib.ExitStack() as stack:
            floods = [stack.enter_context(self.one_flood(kind, FLOOD // len(kinds))) for kind in kinds]
            for flood in floods:
                self.assertEqual(flood.stdout.readline(), "ready\n")
            yield
            came = [int(re.match(r"(\d+) connections", flood.communicate("\n")[0])[1]) for flood in floods]
            self.assertGreaterEqual(sum(came), CONNECTIONS_MAX)

    @contextlib.contextmanager
    def one_flood(self, kind, count):
        program = os.path.join(ROOT, "tests/hostile/board_floods.py")
        with subprocess.Popen([sys.executable, "-S", "-B", program, kind, str(self.port), str(count)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as flood:
            try:
                yield flood
            finally:
                flood.kill()

    def survives(self, *kinds, meanwhile=lambda: None):
        """An agency sends its file, others come in many connections, and in the end the board answers, and all is given back."""
        self.sample([BETS, 0], [1, 0])
        self.serve()
        self.assert_alive()
        descriptors, memory = self.descriptors(), self.memory_kib()
        with self.flood(*kinds):
            agency = Agency(self, 1, self.server.ports, "--chunk-size", 10)
            agency.wait_for(f"all_bets_stored . result: success . bets: {BETS}")
            wires = [Wire(self, self.server.ports[0]) for _ in range(OTHERS)]
            for number, wire in enumerate(wires):
                self.assertEqual(wire.ask(chunk(2, number)).kind, "processed")
            meanwhile()
            self.assertLessEqual(self.descriptors(), descriptors + CONNECTIONS_MAX + OTHERS + SPARE)
            if not is_sanitized():  # which keeps freed memory
                self.assertLess(self.memory_kib() - memory, GROWN_MIB * 1024)
        self.assertEqual(wires[0].ask(chunk(2, OTHERS, last=True)).kind, "processed")
        self.assertEqual(agency.winners(), 1)
        for wire in wires:
            wire.socket.close()
        until(lambda: self.descriptors() <= descriptors + SPARE, f"descriptors to be given back; {self.logs()}")
        self.assert_alive()

    def test_who_is_silent_slow_or_reads_nothing(self):
        self.survives("silent", "heads", "answers", "streams", meanwhile=self.assert_alive)

    def test_who_asks_as_fast_as_it_can(self):
        """They have the board's whole share of the processor; only who asks for what is urgent is answered meanwhile."""
        self.survives("requests", "comers", "scrapes", meanwhile=self.assert_answered)

    def test_who_asks_for_ten_thousand_agencies(self):
        """One such answer takes longer than a turn, and there are always more of them to give."""
        self.serve(agencies=10000)
        self.assert_alive()
        with self.flood("lists"):
            self.assert_answered()
        self.assert_alive()

    def test_agencies_have_their_descriptors(self):
        """Of few descriptors the flood gets those of the board, and agencies all the others."""
        self.serve(prefix=["prlimit", "--nofile=256"])
        with self.flood("silent"):
            wires = [Wire(self, self.server.ports[0]) for _ in range(100)]
            for number, wire in enumerate(wires):
                self.assertEqual(wire.ask(chunk(1, number)).kind, "processed")
        self.assertEqual(self.server.count("no_descriptor"), 0)


class Garbled(Board):
    """Whatever is asked in whatever form, the server answers as HTTP has it, and stores nothing."""

    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        self.serve()
        self.assertEqual(Wire(self, self.server.ports[0]).ask(chunk(1, 0)).kind, "processed")

    def rows(self):
        """A digest of every row of every table."""
        with contextlib.closing(sqlite3.connect(self.path("quiniela.db"))) as store:
            names = [name for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            self.assertIn("agencies", names)
            return hashlib.sha256(repr([list(store.execute(f'SELECT * FROM "{name}"')) for name in names]).encode()).hexdigest()

    def garbled(self):
        """A request of random parts, some of whose bytes are then others."""
        pick = self.chance.choice
        head = f"{pick(METHODS)} {pick(PATHS)}{pick(QUERIES)} {pick(VERSIONS)}\r\n".encode()
        headers = [b"Host: localhost"] * pick((0, 1, 1, 1)) + [pick(HEADERS) for _ in range(pick((0, 0, 1, 1, 2, 5)))]
        head += b"".join(header + b"\r\n" for header in headers)
        data = bytearray(head + b"\r\n" + pick(BODIES))
        for _ in range(pick((0, 0, 1, 3))):
            data[self.chance.randrange(len(data))] = self.chance.randrange(256)
        return bytes(data) if b"\r\n\r\n" in data else bytes(data) + b"\r\n\r\n"  # a head without its end is waited for

    def answers(self, data):
        """All that comes back, up to the end of the connection."""
        came = b""
        with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", self.port), timeout=hang_s()) as peer:
            peer.sendall(data)
            came = peer.recv(1 << 16)
            with contextlib.suppress(OSError):  # it was reset
                peer.shutdown(socket.SHUT_WR)  # only now: libmicrohttpd may overlook an end that comes with the request
            while len(came) < STREAM_BYTES and (more := peer.recv(1 << 16)):  # a stream has no end
                came += more
        return came.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")

    def test_nothing_is_changed(self):
        before, kinds = self.rows(), set()
        for number in range(REQUESTS):
            data = self.garbled()
            came = self.answers(data)
            if came:
                found = re.match(rb"HTTP/1\.[01] (\d{3}) [^\r\n]*\r\n", came)
                self.assertTrue(found, f"request {number}, {data[:2000]!r}: {came[:200]!r}")
                status = int(found[1])
                kinds.add(status)
                self.assertIn(status, STATUSES, f"request {number}, {data[:2000]!r}")
                if status == 200:
                    self.assertRegex(data, rb"^(GET|HEAD) ", f"request {number}")
        self.assert_alive()
        self.assertEqual(self.rows(), before)
        self.assertLessEqual({200, 400, 404, 405, 421}, kinds)
        self.assertEqual(Wire(self, self.server.ports[0]).ask(chunk(1, 1)).kind, "processed")
        self.assertNotEqual(self.rows(), before)  # which would have shown it

    def test_a_head_without_end(self):
        for data in (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100000, b"GET /" + b"a" * 1000000, b"G" * 1000000):
            came = self.answers(data)
            self.assertTrue(not came or re.match(rb"HTTP/1\.1 4\d\d ", came), came[:200])
        self.assert_alive()


if __name__ == "__main__":
    unittest.main()
