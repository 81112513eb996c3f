"""Whoever says the end of TLS right after its messages is still answered each of them."""
import socket
import ssl
import unittest

from harness import frame, hang_s
from test_tls import Tls, chunk

CHUNKS = 60  # more than one connection may have with the ledger at once


class Ended(Tls):
    def ask_and_end(self, messages):
        """The answers to messages that leave in one write, the end of TLS with them."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        engine = self.context("agency-1").wrap_bio(incoming, outgoing, server_hostname="localhost")
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=hang_s())
        self.addCleanup(plain.close)

        def until_done(action):
            while True:
                try:
                    return action()
                except ssl.SSLWantReadError:
                    plain.sendall(outgoing.read())
                    incoming.write(plain.recv(65536) or self.fail("the connection ended in the middle"))

        until_done(engine.do_handshake)
        engine.write(b"".join(map(frame, messages)))
        try:
            engine.unwrap()
        except ssl.SSLWantReadError:
            pass  # the server's own end comes after its answers
        plain.sendall(outgoing.read())
        while more := plain.recv(65536):
            incoming.write(more)
        return self.answers(engine)

    def answers(self, engine):
        data = b""
        while True:
            try:
                more = engine.read(65536)
            except (ssl.SSLZeroReturnError, ssl.SSLWantReadError):
                more = b""
            if not more:
                return data
            data += more

    def test_messages_that_wait_as_the_end_comes(self):
        self.serve()
        messages = [chunk(first=n) for n in range(CHUNKS)]
        for what in ("new", "sent again"):
            with self.subTest(what):
                data = self.ask_and_end(messages)
                self.assertEqual(data.count(b'"next"'), CHUNKS, f"of {CHUNKS} chunks, {what}, not all were answered")


if __name__ == "__main__":
    unittest.main()
