"""Only what has arrived is taken for told, so that every agency gets its winners.

It may read slowly, go away, or have its cable cut.
"""
import contextlib
import os
import socket
import ssl
import struct
import sys
import unittest

from certificates import Authority
from harness import ROOT, Agency, Process, Server, Story, Wire, frame, hang_s

sys.path.insert(0, os.path.join(ROOT, "tests/network"))
import world as network  # noqa: E402

WINNERS = 20000  # 180 KB: more than the reader's system takes, whose buffer is small
MANY = 200000  # 1.8 MB: more than many a sender's system takes at once, too


class Slow(Wire):
    """A connection with little room for what comes."""

    def __init__(self, story, port, context=None):
        self.story = story
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(hang_s())
        self.socket.connect(("127.0.0.1", port))
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        story.addCleanup(self.socket.close)

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Told(Story):
    """Agency 1 has many winners, agency 2 has one."""

    flags = ()

    def contexts(self):
        return None, None

    def begin(self, *flags, winners=WINNERS):
        one, other = self.contexts()
        server = Server(self, "--loops", 1, *flags, *self.flags, agencies=2)
        bets = [f"Ana,Paz,{number:08},1999-03-17,7574" for number in range(winners)]
        for agency, context, lines in ((1, one, bets), (2, other, bets[:1])):
            wire = Slow(self, server.ports[0], context)
            for first in range(0, len(lines), 20000):
                kind = 2 if first + 20000 >= len(lines) else 1
                answer = wire.ask({"type_message": kind, "agency": str(agency), "first": first,
                                   "payload": lines[first:first + 20000]})
                self.assertEqual(answer.kind, "processed")
            wire.socket.close()
        server.wait_for("action: sorteo")
        return server

    def is_told(self, agency):
        return self.ask_store(f"SELECT told_at IS NOT NULL FROM agencies WHERE agency = {agency}") == "1"

    def wait_for_told(self, server, agency):
        server.wait_until(lambda: self.is_told(agency))

    def consult(self, server, agency, which=1):
        """The answer is on its way when this returns."""
        wire = Slow(self, server.ports[which], self.contexts()[agency - 1])
        wire.send({"type_message": 3, "agency": str(agency)})
        self.assertEqual(struct.unpack(">I", wire._exactly(4))[0] > 30, True)
        return wire

    def test_a_slow_reader_is_told_when_it_has_everything(self):
        server = self.begin("--once", winners=MANY)
        slow = self.consult(server, 1)
        other = self.consult(server, 2)
        self.wait_for_told(server, 2)  # later, and it has read nothing either, but there is room for it
        self.assertFalse(self.is_told(1))
        text = slow._exactly(MANY * 9 - 1 + len('{"type_message":2,"payload":""}'))
        self.assertTrue(text.endswith(b'00199999"}'))
        slow.expect_end()
        slow.socket.close()
        other.socket.close()
        self.assertEqual(server.wait(), 0)

    def test_who_goes_away_in_the_middle_is_not_told_and_asks_again(self):
        for which in (0, 1):
            with self.subTest(port=which):
                self.setUp()
                server = self.begin("--once")
                gone = self.consult(server, 1, which)
                gone._exactly(100000)
                gone.reset()
                self.consult(server, 2)
                self.wait_for_told(server, 2)
                self.assertFalse(self.is_told(1))
                again = self.consult(server, 1, which)
                again._exactly(WINNERS * 9 - 1 + len('{"type_message":2,"payload":""}'))
                again.socket.close()
                self.assertEqual(server.wait(), 0)

    def test_who_has_everything_and_resets_is_told(self):
        server = self.begin("--once", winners=1)
        for agency in (1, 2):
            wire = self.consult(server, agency, 0)  # a port whose connections stay
            self.wait_for_told(server, agency) if agency == 1 else None
            wire.reset() if agency == 1 else wire.socket.close()
        self.assertEqual(server.wait(), 0)

    def test_a_connection_that_stays_open(self):
        server = self.begin("--once", winners=1)
        wires = [self.consult(server, agency, 0) for agency in (1, 2)]
        self.assertEqual(server.wait(), 0)
        for wire in wires:
            wire.socket.close()

    def test_nobody_reads_and_the_connection_is_closed(self):
        server = self.begin("--send-timeout", "300ms")
        self.consult(server, 1)
        server.wait_for("action: close_connection .*reason: send_timeout")
        self.assertFalse(self.is_told(1))


class ToldOverTls(Told):
    def setUp(self):
        super().setUp()
        authority = Authority(os.path.join(self.folder, "keys")).issue_server().issue_agency(1).issue_agency(2)
        self.flags = authority.flags("server")
        self.made = []
        for agency in (1, 2):
            context = ssl.create_default_context(cafile=authority.certificate("ca"))
            context.load_cert_chain(authority.certificate(f"agency-{agency}"), authority.key(f"agency-{agency}"))
            self.made.append(context)

    def contexts(self):
        return self.made


class Cable(Story):
    """The cable of an agency that waits for the draw is cut just before it."""

    def setUp(self):
        super().setUp()
        try:
            network.check_permitted()
        except network.NotPermitted as failure:
            self.skipTest(f"no network namespaces here: {failure}")
        stack = self.enterContext(contextlib.ExitStack())
        self.world = network.World(stack)
        for machine in ("central", "agency"):
            self.world.add(machine)

    def test_cut_at_the_draw(self):
        self.sample([50, 50], [3, 1])
        address = self.world.address("central")
        server = Process(self, ["server", "--insecure", "--agencies", 2, "--once", "--server-ip", address],
                         prefix=self.world.prefix("central"), environment={"SERVER_IP": address})
        server.wait_for("action: listen")
        flags = ["--data-dir", "data", "--server-address", f"{address}:12345", "--server-consult-address", f"{address}:12346"]
        cut = Process(self, ["client", "--id", 1, "--log-level", "DEBUG", *flags], prefix=self.world.prefix("agency"))
        cut.wait_for("action: consulta_ganadores .*in_progress")
        server.wait_until(lambda: server.count("action: accept_connections") == 2)
        self.world.unplug("agency")
        other = Process(self, ["client", "--id", 2, *flags], prefix=self.world.prefix("central"))
        self.assertEqual(other.wait(), 0)
        server.wait_until(lambda: self.ask_store("SELECT count(*) FROM agencies WHERE told_at IS NOT NULL") == "1")
        self.assertIsNone(server.process.poll())
        self.world.plug("agency")
        self.assertEqual(int(cut.wait_for(r"cant_ganadores: (\d+)")[1]), 3)
        self.assertEqual((cut.wait(), server.wait()), (0, 0))


class TooMany(Story):
    """An answer that no client takes."""

    def test_the_client_says_so_and_ends(self):
        self.sample([5], [1])
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        listener.settimeout(hang_s())
        agency = Agency(self, 1, (listener.getsockname()[1], listener.getsockname()[1]))
        for answer in (frame({"type_message": 1, "payload": None, "next": 5}),
                       struct.pack(">I", 64 * 1024 * 1024 + 1) + b'{"type_message":2,"payload":"30876370,24807259,'):
            connection, _ = listener.accept()
            self.addCleanup(connection.close)
            connection.recv(1)
            connection.sendall(answer)
        self.assertEqual(agency.wait(), 1)
        self.assertRegex(agency.log(), "action: consulta_ganadores .*result: fail .*error: too_many_winners "
                                       ".*67108865 bytes.*quiniela winners")


if __name__ == "__main__":
    unittest.main()
