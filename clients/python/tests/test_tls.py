"""Over TLS an agency in Python believes the right server alone, and has its winners whatever dies."""
import asyncio
import os
import socket
import ssl
import threading
import unittest
from collections import Counter

from story import PythonStory

import quiniela
from certificates import Authority
from harness import Agency, Server, hang_s, hold_ports
from quiniela import TLS, Refused, aio, ed25519


class Certified(PythonStory):
    def test_certificates_of_both_sides_count(self):
        self.sample([80], [2])
        authority = Authority(self.path("ca")).issue_server().issue_agency(1).issue_agency(2)
        server = Server(self, *authority.flags("server"), agencies=1)
        stranger = Authority(self.path("other")).issue_agency(1)
        tls = {name: TLS(ca.certificate(name), ca.key(name), trusted.certificate("ca")) for name, ca, trusted in (
            ("agency-1", authority, authority), ("agency-2", authority, authority))}
        [error] = self.begin(self.agency(1, server.ports, tls=tls["agency-2"]))()
        self.assertEqual(error.code, "not_authorized")
        distrusting = TLS(authority.certificate("agency-1"), authority.key("agency-1"), stranger.certificate("ca"))
        [error] = self.begin(self.agency(1, server.ports, tls=distrusting, trust_timeout=0.2))()
        self.assertIsInstance(error, Refused)
        self.assertIn("certificate is not accepted", str(error))
        unknown = TLS(stranger.certificate("agency-1"), stranger.key("agency-1"), authority.certificate("ca"))
        [error] = self.begin(self.agency(1, server.ports, tls=unknown))()
        self.assertIn("does not accept this agency's certificate", str(error))
        [error] = self.begin(self.agency(1, server.ports))()
        self.assertEqual(error.code, "tls_required")
        outcome = asyncio.run(asyncio.wait_for(aio.send_file(
            self.path("data", "agency-1.csv"), self.options(1, server.ports, tls=tls["agency-1"])), hang_s()))
        self.assertEqual(len(outcome.winners), 2)


    def test_whichever_side_is_killed_no_bet_is_lost_or_there_twice(self):
        self.sample([3000, 5], [3, 0])
        authority = Authority(self.path("ca")).issue_server().issue_agency(1).issue_agency(2)
        ports = hold_ports()
        server = Server(self, *authority.flags("server"), agencies=2, ports=ports)
        self.kill_once_it_has_stored(self.command(*self.sending(1, ports, *authority.flags("agency-1"), "--chunk-size", 10)))
        end = self.begin(self.agency(1, ports, tls=tls_of(authority, 1), chunk_size=20))
        self.wait_for("stored", 2)
        server.kill()
        server = Server(self, *authority.flags("server"), agencies=2, ports=ports)
        self.wait_for("waiting")
        server.kill()
        server = Server(self, *authority.flags("server"), agencies=2, ports=ports)
        self.assertEqual(Agency(self, 2, server.ports, *authority.flags("agency-2")).wait(), 0)
        self.assertEqual(len(end()[0].winners), 3)
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))

    def test_a_server_whose_certificate_is_not_said_to_be_for_servers(self):
        """Neither kind of agency tells it a bet; its authority is the right one, and its name."""
        self.sample([5], [1])
        authority = Authority(self.path("ca")).issue_agency(1)
        for name, usage in (("any", ""), ("other", "clientAuth")):
            authority.issue(name, usage, "DNS:localhost,IP:127.0.0.1")
            options = self.options(1, [self.listen(authority, name)] * 2, tls=tls_of(authority, 1), trust_timeout=0.1)
            path = self.path("data", "agency-1.csv")
            with self.subTest(usage):
                [error] = self.begin(quiniela.Agency(options, path))()
                self.assertIn("certificate is not accepted: ", str(error))
                with self.assertRaisesRegex(Refused, "certificate is not accepted: "):
                    asyncio.run(asyncio.wait_for(aio.send_file(path, options), hang_s()))
        self.assertEqual(self.heard_bytes, b"")

    def listen(self, authority, name):
        """The port of somebody who has a certificate, and hears what he is told."""
        self.heard_bytes = b""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.certificate(name), authority.key(name))
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)

        def serve():
            while True:
                try:
                    connection = listener.accept()[0]
                except OSError:
                    return
                connection.settimeout(hang_s())
                try:
                    with context.wrap_socket(connection, server_side=True) as secured:
                        self.heard_bytes += secured.recv(100)
                except OSError:
                    connection.close()  # it was not trusted
        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    @unittest.skipIf(ed25519.checker() is None, "neither cryptography nor openssl 3 is here to check signatures")
    def test_a_signed_draw_whose_own_salts_an_agency_gets(self):
        self.sample([120, 5], [2, 0])
        authority = Authority(self.path("ca")).issue_server().issue_agency(1).issue_agency(2)
        ports = hold_ports()
        server = self.serve(*authority.flags("server"), agencies=2, ports=ports)
        signed = ("--central-key", self.vkey, "--chunk-size", 5)
        self.kill_once_it_has_stored(self.command(*self.sending(1, ports, *authority.flags("agency-1"), *signed)))
        server.kill()
        server = self.serve(*authority.flags("server"), agencies=2, ports=ports)
        sending = self.command(*self.sending(1, ports, *authority.flags("agency-1"), *signed))
        self.assertEqual(Agency(self, 2, server.ports, *authority.flags("agency-2")).wait(), 0)
        printed, errors = sending.communicate(timeout=hang_s())
        self.assertEqual((sending.returncode, printed), (0, "2 of 120 bets have won\n"), errors)
        self.assertEqual(os.stat(self.path("data/agency-1.salt-key")).st_mode & 0o077, 0, "nobody else reads it")
        self.order("prove", "--store", "quiniela.db", "--key", "--agency", "1", "--output", "key", "--entry", "entry")
        self.assertEqual(self.read("key"), self.read("data/agency-1.salt-key"))
        self.order("export", "--output", "stored.csv")
        self.assertEqual(Counter(self.read("stored.csv").decode().splitlines()), self.sent(agencies=(1, 2)))
        own = "data/agency-1."
        printed, _ = self.ask("verify", "--key", self.vkey, "--rules", own + "rules-0", "--seal", own + "seal", "--entry", "entry",
                              "--receipts", own + "receipts", "--csv", own + "csv", "--salt-key", own + "salt-key", "--agency", 1)
        self.assertRegex(printed, "ok +csv .*: its first 120 bets are those sealed of agency 1\n")


def tls_of(authority, number):
    return TLS(authority.certificate(f"agency-{number}"), authority.key(f"agency-{number}"), authority.certificate("ca"))


if __name__ == "__main__":
    unittest.main()
