"""Each side of TLS says its end, and whoever says it first is still answered."""
import socket
import ssl
import subprocess
import unittest

from harness import PROGRAM, frame, hang_s
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
            except ssl.SSLZeroReturnError:
                return data
            except ssl.SSLWantReadError:
                self.fail("the server closed the connection and has not said its end")
            data += more

    def test_messages_that_wait_as_the_end_comes(self):
        self.serve()
        messages = [chunk(first=n) for n in range(CHUNKS)]
        for what in ("new", "sent again"):
            with self.subTest(what):
                data = self.ask_and_end(messages)
                self.assertEqual(data.count(b'"next"'), CHUNKS, f"of {CHUNKS} chunks, {what}, not all were answered")

    def test_a_client_says_its_end_too(self):
        """The one that asks whether a server is alive: all use the same connection to a central."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca.certificate("server"), self.ca.key("server"))
        context.num_tickets = 0  # it need not read what it did not ask for
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(hang_s())
            ping = subprocess.Popen([PROGRAM, "ping", "--address", f"localhost:{listener.getsockname()[1]}",
                                     "--tls-ca", self.ca.certificate("ca")], stdout=subprocess.DEVNULL)
            self.addCleanup(ping.wait)
            plain, _ = listener.accept()
        plain.settimeout(hang_s())
        with context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False) as secure:
            try:
                self.assertEqual(secure.recv(1), b"")
            except ssl.SSLEOFError:
                self.fail("the client closed the connection and has not said its end")
        self.assertEqual(ping.wait(), 0, "exit status of ping")


if __name__ == "__main__":
    unittest.main()
