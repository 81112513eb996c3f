"""A flood of handshakes that never finish slows down only the addresses that it comes from."""
import contextlib
import resource
import select
import socket
import ssl
import unittest

from harness import frame, hang_s
from standstill import standing_still
from test_tls import Tls, chunk

FLOODERS = [f"127.0.0.{number}" for number in range(101, 107)]
HELLOS = 500  # of each, fewer than an address may have unfinished
TOO_MANY = 1200
HONEST = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]


class Honest:
    """An agency that has said its first word, and goes on when it is let."""

    def __init__(self, story, address, agency):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.engine = story.context(f"agency-{agency}").wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        self.socket = story.begin(address)
        self.socket.settimeout(hang_s())
        self.message, self.answer = frame(chunk(agency)), b""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.engine.do_handshake()
        self.socket.sendall(self.outgoing.read())

    def go_on(self):
        """What there is to do when bytes have come. True when its bet is acknowledged."""
        self.incoming.write(self.socket.recv(65536))
        with contextlib.suppress(ssl.SSLWantReadError):
            if self.message:
                self.engine.do_handshake()
                self.engine.write(self.message)
                self.message = None
                self.socket.sendall(self.outgoing.read())
            self.answer += self.engine.read(65536)
        return b'"next":1' in self.answer.replace(b" ", b"")


class Flood(Tls):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))

    def begin(self, address):
        plain = socket.socket()
        self.addCleanup(plain.close)
        plain.bind((address, 0))
        plain.connect(("127.0.0.1", self.port))
        return plain

    def hello(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        with contextlib.suppress(ssl.SSLWantReadError):
            self.context().wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
        return outgoing.read()

    def flood(self, address, count):
        hello = self.hello()
        peers = [self.begin(address) for _ in range(count)]
        for peer in peers:
            peer.sendall(hello)
        return peers

    def heard(self, peers):
        """How many of them have heard anything, be it the end."""
        poll = select.poll()
        for peer in peers:
            poll.register(peer, select.POLLIN)
        return len(poll.poll(0))

    def test_honest_agencies_do_not_wait_for_it(self):
        """The server finds all of them at once when it goes on, the honest ones last. (There are three as each has one
        chance in a few hundred to share its turns with a flooder.)"""
        self.serve("--loops", 1, "--server-listen-backlog", 4000, "--handshake-timeout", "0s")
        with standing_still(self.server):
            peers = [peer for address in FLOODERS for peer in self.flood(address, HELLOS)]
            waiting = {honest.socket.fileno(): honest for honest in (Honest(self, address, place + 1)
                                                            for place, address in enumerate(HONEST))}
        poll, heard = select.poll(), []
        for descriptor in waiting:
            poll.register(descriptor, select.POLLIN)
        while len(heard) < len(waiting):
            came = poll.poll(hang_s() * 1000)
            self.assertTrue(came, f"nothing more came, and only {heard} were heard")
            for ready, _ in came:
                if waiting[ready].go_on():
                    heard.append(self.heard(peers))
        self.assertLess(heard[0], len(peers), heard)

    def test_one_address_has_no_more_than_so_many(self):
        self.serve("--loops", 1, "--server-listen-backlog", 4000, "--handshake-timeout", "0s")
        peers = self.flood(FLOODERS[0], TOO_MANY)
        self.server.wait_for(r"close_connection \| result: success \| reason: too_many_handshakes \| ip: 127.0.0.101 ")
        self.assert_served()
        self.assertEqual(len(peers), TOO_MANY)


if __name__ == "__main__":
    unittest.main()
