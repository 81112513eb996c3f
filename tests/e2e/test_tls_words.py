"""Each side of TLS is told whose certificate is wrong, and how, or that the other speaks plain text."""
import re
import socket
import unittest

from certificates import Authority
from harness import SERVERS, Agency, Server, Wire, hang_s
from test_tls import Tls

NOW = r"or this machine's clock is wrong \(it says 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\)"


class Words(Tls):
    def setUp(self):
        super().setUp()
        self.sample((5,), (0,))
        self.file = re.escape(self.ca.certificate("ca"))[-70:]  # the beginning of a long path is left out here

    def agency_at(self, name, authority=None):
        """An agency whose central has this certificate."""
        server = Server(self, *(authority or self.ca).flags(name), agencies=1)
        return Agency(self, 1, server.ports, *self.ca.flags("agency-1"))

    def test_a_server_whose_certificate_has_expired(self):
        self.ca.issue_server("late", year=2020)
        self.agency_at("late").wait_for("error: TLS: certificate_expired: the server's certificate, /CN=late, expired on 2020-01-31 "
                                        f"00:00:00 UTC, {NOW} ")

    def test_a_server_whose_certificate_is_not_valid_yet(self):
        self.ca.issue_server("early", year=2031)
        self.agency_at("early").wait_for("error: TLS: certificate_not_yet_valid: the server's certificate, /CN=early, is valid from "
                                         f"2031-01-01 00:00:00 UTC, {NOW} ")

    def test_a_server_of_another_authority(self):
        other = Authority(self.folder + "/other", "other").issue_server()
        other.issue_agency(1)
        self.agency_at("server", other).wait_for("unknown_authority: the authority /CN=other, which the other side has sent, has signed "
                                                 f"itself, and is none of those in .*{self.file} ")

    def test_a_server_of_an_authority_of_the_same_name(self):
        other = Authority(self.folder + "/other").issue_server()
        other.issue_agency(1)
        self.agency_at("server", other).wait_for("unknown_authority: the authority /CN=ca, which the other side has sent, has signed "
                                                 f"itself, and is none of those in .*{self.file} ")

    def test_a_server_of_another_name(self):
        self.ca.issue("elsewhere", "serverAuth", "DNS:elsewhere.example,IP:127.0.0.2")
        server = Server(self, *self.ca.flags("elsewhere"), agencies=1)
        for host in ("127.0.0.1", "localhost"):
            agency = Agency(self, 1, server.ports, *self.ca.flags("agency-1"), "--server-address", f"{host}:{server.ports[0]}")
            agency.wait_for("wrong_name: the server's certificate, /CN=elsewhere, is for elsewhere.example, 127.0.0.2, and not for "
                            f"{host} ")

    def refused(self, name, alert, says, revocations=False):
        """Both are told: the agency of its own certificate, and the central of the agency's."""
        server = self.serve(revocations=revocations, agencies=1)
        agency = Agency(self, 1, server.ports, *self.ca.flags(name))
        self.assertEqual(agency.wait(), 1)
        last = [line for line in agency.lines if line][-1]
        self.assertRegex(last, "end_client_loop .*: the other side does not accept our certificate .*, "
                               f"/CN={name}, from 20.* UTC until 20.* UTC: it says {alert}$")
        server.wait_for(f"handshake . result: fail .*message: the client's certificate, /CN={name}, {says}")

    def test_an_agency_whose_certificate_has_expired(self):
        self.ca.issue_agency(1, "expired", year=2020)
        self.refused("expired", "certificate expired, or its clock is wrong", f"expired on 2020-01-31 00:00:00 UTC, {NOW}$")

    def test_an_agency_whose_certificate_was_revoked(self):
        self.ca.issue_agency(1, "revoked")
        self.ca.revoke("revoked")
        self.refused("revoked", "certificate revoked", "was revoked, as .*ca-crl.pem says$", revocations=True)


@unittest.skipIf(SERVERS > 1, "is not about many")
class PlainText(Tls):
    def setUp(self):
        super().setUp()
        self.sample((5,), (0,))

    def test_an_agency_without_certificates_where_it_needs_some(self):
        server = self.serve(agencies=1)
        agency = Agency(self, 1, server.ports)
        self.assertEqual(agency.wait(), 1)
        agency.expect(r"ERROR    action: connect \| result: fail \| address: \S+ \| error: tls_required \| message: this port speaks "
                      r"TLS: the agency needs its certificate, its key and the authority \(--tls-cert, --tls-key, --tls-ca\)")
        self.assertIn("end_client_loop | result: fail | error: tls_required | message: this port speaks TLS", agency.log())
        server.wait_for("handshake . result: fail . error: not_tls .* message: the client speaks plain text, and this port TLS: was it "
                        "given no certificates.$")

    def test_it_is_told_whatever_its_first_bytes_are(self):
        """Also one at a time: what comes after the answer resets nothing before it is read."""
        server = self.serve(agencies=1)
        for text in (b"\0\0\0\x40" + b"{" * 64, b"\xff" * 600, b"PING\n" * 100):
            wire = Wire(self, server.ports[0])
            for byte in text:
                try:
                    wire.socket.sendall(bytes([byte]))
                except ConnectionError:
                    break
            self.assertEqual(wire.receive().code, "tls_required")
            wire.expect_end()

    def test_an_agency_with_certificates_where_there_are_none(self):
        server = Server(self, agencies=1)
        agency = Agency(self, 1, server.ports, *self.ca.flags("agency-1"))
        agency.wait_for("action: connect . result: fail .* error: TLS: not_tls: the server speaks plain text, and we were given "
                        "certificates: ")
        server.wait_for("receive_message . result: fail . agencia: 0 . error: bad_frame . message: the client begins TLS, and this port "
                        "speaks plain text: ")

    def test_a_web_browser(self):
        server = Server(self, agencies=1)
        wire = Wire(self, server.ports[0])
        wire.socket.sendall(b"GET / HTTP/1.1\r\nHost: central\r\n\r\n")
        self.assertEqual(wire.receive().code, "bad_frame")
        server.wait_for("error: bad_frame . message: the client speaks HTTP, and this is no web server$")

    def test_another_program_that_speaks_tls(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(hang_s())
            agency = Agency(self, 1, (listener.getsockname()[1],) * 2)
            connection, _ = listener.accept()
            with connection:
                connection.sendall(bytes((21, 3, 3, 0, 2, 2, 70)))
                agency.wait_for("receive_message . result: fail .* error: the other side speaks TLS, and this agency was given no "
                                "certificates")


if __name__ == "__main__":
    unittest.main()
