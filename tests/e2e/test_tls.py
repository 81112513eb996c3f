"""A missing, expired or wrong certificate is refused, and the log says why.

Everybody else is served as ever.
"""
import os
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import unittest

from certificates import Authority, join
from harness import Agency, Process, Server, Story, frame, hang_s, hold_ports, patience, receive_answer, receive_exactly

BET = "Ana,Díaz,30904465,1999-03-17,7574"


def chunk(agency=1, first=0, last=False):
    return {"type_message": 2 if last else 1, "agency": str(agency), "payload": [BET], "first": first}


class Tls(Story):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="quiniela-ca-")
        cls.addClassCleanup(folder.cleanup)
        cls.ca = Authority(folder.name).issue_server()
        for number in (1, 2, 3):
            cls.ca.issue_agency(number)

    def serve(self, *flags, revocations=False, name="server", **how):
        how = {"agencies": 3, **how}
        self.server = Server(self, *self.ca.flags(name, revocations), *flags, **how)
        self.port = self.server.ports[0]
        return self.server

    def context(self, name=None, authority=None):
        authority = authority or self.ca
        context = ssl.create_default_context(cafile=self.ca.certificate("ca"))
        if name:
            context.load_cert_chain(authority.certificate(name), authority.key(name))
        return context

    def connect(self, name=None, context=None, session=None):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=hang_s())
        self.addCleanup(plain.close)
        secure = (context or self.context(name)).wrap_socket(plain, server_hostname="localhost", session=session)
        self.addCleanup(secure.close)
        return secure

    def receive(self, secure):
        return receive_answer(secure, self)

    def ask(self, secure, message):
        secure.sendall(frame(message))
        return self.receive(secure)

    def assert_served(self, agency=3):
        """An honest agency is."""
        secure = self.connect(f"agency-{agency}")
        answer = self.ask(secure, chunk(agency))
        self.assertEqual(answer.kind, "processed")
        secure.close()

    def assert_refused(self, reason):
        self.server.wait_for(rf"action: handshake \| result: fail \| error: {reason} \| ip: 127.0.0.1 \| count: \d+")

    def never_answered(self, **how):
        """A connection over which a bet is sent, and nothing comes back but the end."""
        try:
            secure = self.connect(**how)
            secure.sendall(frame(chunk()))
            self.assertEqual(secure.recv(1), b"")
        except (ssl.SSLError, ConnectionError):
            pass


class Served(Tls):
    def test_a_lottery(self):
        self.sample((30, 20, 10), (1, 0, 2))
        server = self.serve("--once")
        agencies = [Agency(self, n, server.ports, *self.ca.flags(f"agency-{n}"), "--chunk-size", 7) for n in (1, 2, 3)]
        for agency, winners in zip(agencies, (1, 0, 2)):
            self.assertEqual(agency.winners(), winners)
            self.assertEqual(agency.wait(), 0)
        self.assertEqual(server.wait(), 0)
        for n in (1, 2, 3):
            server.wait_for(rf"action: handshake \| result: success \| agencia: {n} \| .* resumed: no")
            server.wait_for(rf"action: handshake \| result: success \| agencia: {n} \| .* resumed: yes")
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2, 3)))

    def test_messages_longer_than_a_record(self):
        self.sample((9000,), (1,))
        server = self.serve(agencies=1)
        agency = Agency(self, 1, server.ports, *self.ca.flags("agency-1"), "--chunk-size", 8000)
        self.assertEqual(agency.winners(), 1)
        self.assertEqual(agency.wait(), 0)

    def test_an_echo(self):
        server = Server.__mro__[1](self, ["server", "--service", "echo", "--server-port", 0, *self.ca.flags("server")])
        self.port = int(server.wait_for(r"action: listen .* port: (\d+)")[1])
        secure = self.connect("agency-1")
        secure.sendall(b"PING\n")
        self.assertEqual(receive_exactly(secure, 5, self), b"PING\n")

    def test_a_handshake_byte_by_byte(self):
        self.serve()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        engine = self.context("agency-1").wrap_bio(incoming, outgoing, server_hostname="localhost")
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=hang_s())
        self.addCleanup(plain.close)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def step(action):
            while True:
                try:
                    result = action()
                except ssl.SSLWantReadError:
                    result = None
                for byte in outgoing.read():
                    plain.sendall(bytes([byte]))
                if result is not None:
                    return result
                incoming.write(plain.recv(65536))

        step(lambda: engine.do_handshake() or True)
        step(lambda: engine.write(frame(chunk())))
        answer = step(lambda: engine.read(65536))
        self.assertIn(b'"next":1', answer.replace(b" ", b""))

    def test_a_ping(self):
        self.serve()
        status, printed, _ = self.run_program("ping", "--address", f"127.0.0.1:{self.port}", "--tls-ca",
                                              self.ca.certificate("ca"))
        self.assertEqual((status, printed), (0, f"127.0.0.1:{self.port}: alive\n"))
        other = Authority(self.folder + "/other")
        status, _, errors = self.run_program("ping", "--address", f"127.0.0.1:{self.port}", "--tls-ca",
                                             other.certificate("ca"))
        self.assertEqual(status, 1)
        self.assertIn("unknown_authority", errors)


class Refused(Tls):
    """Each with its reason, and an honest agency is served beside it."""

    def check(self, reason, name=None, authority=None, revocations=False):
        self.serve(revocations=revocations)
        honest = self.connect("agency-2")
        self.assertEqual(self.ask(honest, chunk(2)).kind, "processed")
        self.never_answered(context=self.context(name, authority))
        self.assert_refused(reason)
        self.assertEqual(self.ask(honest, chunk(2, 1))["next"], 2)
        self.assert_served()
        if name:
            self.check_agency(name, authority or self.ca)
        self.assertNotIn("apuesta_almacenada | result: success | dni: 1", self.server.log())
        self.assertEqual(sum(self.stored().values()), 3)

    def check_agency(self, name, authority):
        """The technician is told at once."""
        self.sample((5,), (0,))
        flags = authority.flags(name)
        flags[flags.index("--tls-ca") + 1] = self.ca.certificate("ca")
        agency = Agency(self, 1, self.server.ports, *flags)
        self.assertEqual(agency.wait(), 1)
        self.assertIn("error: not_authorized | message: TLS: refused: ", agency.log())

    def test_no_certificate(self):
        self.check("no_certificate")

    def test_one_that_has_expired(self):
        self.ca.issue_agency(1, "expired", year=2020)
        self.check("certificate_expired", "expired")

    def test_one_that_is_not_yet_valid(self):
        self.ca.issue_agency(1, "early", year=2031)
        self.check("certificate_not_yet_valid", "early")

    def test_one_of_another_authority(self):
        other = Authority(self.folder + "/other", "other").issue_agency(1)
        self.check("unknown_authority", "agency-1", other)

    def test_one_that_signed_itself(self):
        other = Authority(self.folder + "/other", "self")
        self.check("unknown_authority", "self", other)

    def test_one_that_was_revoked(self):
        self.ca.issue_agency(1, "revoked")
        self.ca.revoke("revoked")
        self.check("certificate_revoked", "revoked", revocations=True)

    def test_a_servers(self):
        self.check("wrong_purpose", "server")

    def test_one_that_names_no_agency(self):
        self.ca.issue("nobody", "clientAuth", "DNS:agency-1")
        self.check("no_identity", "nobody")

    def test_one_that_names_two_agencies(self):
        self.ca.issue("both", "clientAuth", "URI:urn:quiniela:agency:1,URI:urn:quiniela:agency:2")
        self.check("no_identity", "both")

    def test_two_authorities_with_a_list_each(self):
        other = Authority(self.folder + "/other", "other").issue_agency(1).issue_agency(2)
        other.revoke("agency-2")
        both = join(f"{self.folder}/both.crt", self.ca.certificate("ca"), other.certificate("other"))
        lists = join(f"{self.folder}/both.pem", self.ca.revocations, other.revocations)
        self.serve("--tls-ca", both, "--tls-crl", lists)
        for name, authority in (("agency-1", other), ("agency-1", self.ca)):
            self.assertEqual(self.ask(self.connect(context=self.context(name, authority)), chunk()).kind, "processed")
        self.never_answered(context=self.context("agency-2", other))
        self.assert_refused("certificate_revoked")

    def test_a_revocation_list_that_is_too_old(self):
        self.ca.list_revoked(year=2020)
        try:
            self.serve(revocations=True)
            self.server.wait_for(r"ERROR +action: expiry \| result: fail \| revocations: ")
            self.never_answered(name="agency-1")
            self.assert_refused("no_revocation_list")
        finally:
            self.ca.list_revoked()

    def test_another_agencys(self):
        self.serve()
        for message in (chunk(1), chunk(1, last=True), {"type_message": 3, "agency": "1", "wait": False}):
            with self.subTest(message=message):
                secure = self.connect("agency-2")
                answer = self.ask(secure, message)
                self.assertEqual(answer.code, "not_authorized")
                self.assertFalse(answer.error["retryable"])
                self.assertEqual(secure.recv(1), b"")
        self.server.wait_for(r"result: fail \| agencia: 1 .*error: not_authorized", count=3)
        self.assert_served()
        self.assertEqual(sum(self.stored().values()), 1)

    def test_nothing_behind_a_refusal_counts(self):
        self.serve()
        secure = self.connect("agency-2")
        secure.sendall(frame(chunk(1)) + frame(chunk(2)))
        self.assertEqual(self.receive(secure).code, "not_authorized")
        self.assertEqual(secure.recv(1), b"")
        self.assertEqual(sum(self.stored().values()), 0)

    def test_a_number_that_the_draw_does_not_have(self):
        self.serve()
        self.ca.issue_agency(99)
        self.assertEqual(self.ask(self.connect("agency-99"), chunk(1)).code, "not_authorized")
        self.assertEqual(self.ask(self.connect("agency-99"), chunk(99)).code, "unknown_agency")

    def test_an_older_tls(self):
        self.serve()
        context = self.context("agency-1")
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.assertRaises(ssl.SSLError):
            self.connect(context=context)
        self.assert_refused("unsupported_version")
        self.assert_served()

    def test_plain_text(self):
        self.serve()
        for data in (frame(chunk()), b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 600):
            with self.subTest(data=data[:10]), socket.create_connection(("127.0.0.1", self.port), hang_s()) as plain:
                plain.sendall(data)
                try:
                    while plain.recv(4096):
                        pass
                except ConnectionError:
                    pass
        self.assert_refused("not_tls")
        self.assert_served()

    def test_a_hello_in_parts(self):
        """And one that says it is longer than a record can be. Each is told so by an alert."""
        self.serve()
        hello = self.client_hello()
        header, length = hello[:3], len(hello) - 5
        halves = header + struct.pack(">H", 100) + hello[5:105] + header + struct.pack(">H", length - 100) + hello[105:]
        longer = header + struct.pack(">H", length) + b"\1\1\xff\xff" + hello[9:]
        for data in (halves, longer):
            with self.subTest(data=data[:9]), socket.create_connection(("127.0.0.1", self.port), hang_s()) as plain:
                plain.sendall(data)
                self.assertEqual(plain.recv(64, socket.MSG_WAITALL), b"\x15\3\3\0\2\2\x0a")
        self.server.wait_for(r"error: protocol_error \| .*: the client's first message is not one whole ClientHello in one record$")
        self.assert_served()

    def test_a_handshake_that_ends_early(self):
        self.serve()
        hello = self.client_hello()
        for length in (0, 1, 5, 6, len(hello) // 2, len(hello) - 1, len(hello)):
            with socket.create_connection(("127.0.0.1", self.port), hang_s()) as plain:
                plain.sendall(hello[:length])
        self.assert_refused("cut_off")
        self.assert_served()

    def test_a_handshake_that_is_reset(self):
        self.serve()
        plain = socket.create_connection(("127.0.0.1", self.port), hang_s())
        plain.sendall(self.client_hello()[:5])
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        plain.close()
        self.assert_refused("cut_off")

    def test_a_handshake_that_takes_too_long(self):
        self.serve("--handshake-timeout", patience(300))
        hello = self.client_hello()
        for length in (0, 5, len(hello)):
            with self.subTest(length=length), socket.create_connection(("127.0.0.1", self.port), hang_s()) as plain:
                plain.sendall(hello[:length])
                while plain.recv(65536):
                    pass  # its answer, and then the end
        self.server.wait_for(r"action: close_connection .*reason: handshake_timeout ")
        self.sample((5,), (0,))
        agency = Agency(self, 1, self.server.ports, *self.ca.flags("agency-1"))
        agency.wait_for("action: apuestas_enviadas")  # its own may take so long here, too: then it comes again

    def client_hello(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        engine = self.context().wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            engine.do_handshake()
        return outgoing.read()

    def test_a_second_handshake_on_the_same_connection(self):
        self.serve()
        hello = self.client_hello()
        secure = self.connect("agency-1")
        self.assertEqual(self.ask(secure, chunk())["next"], 1)
        os.write(secure.fileno(), hello)
        try:
            self.assertEqual(secure.recv(1), b"")
        except (ssl.SSLError, ConnectionError):
            pass
        self.assert_refused("protocol_error")
        self.assert_served()

    def test_what_openssl_reaches(self):
        self.serve()
        for version, good in (("-tls1", False), ("-tls1_1", False), ("-tls1_2", False), ("-tls1_3", True)):
            with self.subTest(version=version):
                done = subprocess.run(
                    ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-CAfile", self.ca.certificate("ca"),
                     "-cert", self.ca.certificate("agency-1"), "-key", self.ca.key("agency-1"), "-verify_return_error",
                     version, "-cipher", "ALL:@SECLEVEL=0"],
                    input=b"", capture_output=True, timeout=hang_s(), check=False)
                self.assertEqual(b"Verify return code: 0" in done.stdout and b"TLSv1.3" in done.stdout, good, done.stdout)
        self.assert_served()


class Clients(Tls):
    """An agency does not tell its bets to anybody but the central."""

    def check(self, name, reason, authority=None, host="127.0.0.1"):
        self.sample((5,), (0,))
        server = Server(self, *(authority or self.ca).flags(name), agencies=1)
        agency = Agency(self, 1, server.ports, *self.ca.flags("agency-1"), "--server-address",
                        f"{host}:{server.ports[0]}")
        agency.wait_for(rf"action: connect \| result: fail \| address: .* error: TLS: {reason}")
        server.wait_for("action: handshake .* error: refused .* the client does not accept this server's certificate")
        self.assertEqual(server.count("almacenad"), 0)
        for program in (agency, server):
            program.signal(signal.SIGTERM)
            self.assertEqual(program.wait(), 0)

    def test_another_authority(self):
        other = Authority(self.folder + "/other", "other").issue_server()
        other.issue_agency(1)
        self.check("server", "unknown_authority", other)

    def test_another_name(self):
        self.ca.issue("elsewhere", "serverAuth", "DNS:elsewhere.example,IP:127.0.0.2")
        self.check("elsewhere", "wrong_name")
        self.check("elsewhere", "wrong_name", host="localhost")

    def test_an_agencys(self):
        self.ca.issue("impostor", "clientAuth", "DNS:localhost,IP:127.0.0.1,URI:urn:quiniela:agency:1")
        self.check("impostor", "wrong_purpose")

    def test_one_that_has_expired(self):
        self.ca.issue_server("late", year=2020)
        self.check("late", "certificate_expired")

    def test_one_that_never_says_anything(self):
        self.sample((5,), (1,))
        silent, (port, _) = socket.create_server(("127.0.0.1", 0)), hold_ports()
        self.addCleanup(silent.close)
        never = silent.getsockname()[1]
        agency = Process(self, ["client", "--id", 1, *self.ca.flags("agency-1"), "--server-address",
                                f"127.0.0.1:{never},127.0.0.1:{port}"])
        agency.wait_for(f"result: fail .*address: 127.0.0.1:{never} .*TLS: no handshake within 8000 ms")
        Server(self, *self.ca.flags("server"), agencies=1, ports=(port, 0))
        self.assertEqual(int(agency.wait_for(r"cant_ganadores: (\d+)")[1]), 1)
        self.assertEqual(agency.wait(), 0)

    def test_plain_text(self):
        self.sample((5,), (0,))
        server = Server(self, agencies=1)
        agency = Agency(self, 1, server.ports, *self.ca.flags("agency-1"))
        agency.wait_for(r"action: connect \| result: fail")
        self.assertEqual(server.count("almacenad"), 0)


class Told(Tls):
    """What is set wrongly, or soon will be."""

    def check_error(self, expected, *flags, command="server"):
        status, printed, errors = self.run_program(command, *flags)
        self.assertEqual(status, 2, printed + errors)
        self.assertIn(expected, (printed + errors).splitlines()[-1])

    def test_a_part_is_missing(self):
        flags = self.ca.flags("server")
        self.check_error("TLS_CA: is missing: TLS needs TLS_CERT, TLS_KEY and TLS_CA, and --tls-key is set", *flags[:4])
        self.check_error("TLS_CERT: is missing", *flags[4:])
        self.check_error("CLI_TLS_KEY: is missing", "--id", 1, *flags[:2], *flags[4:], command="client")

    def test_files_that_cannot_be_used(self):
        flags = self.ca.flags("server")
        self.check_error("certificate /nowhere: No such file or directory", "--tls-cert", "/nowhere", *flags[2:])
        self.check_error("key ", *flags[:2], "--tls-key", self.ca.key("agency-1"), *flags[4:])
        self.check_error("it is not the key of the certificate in", *flags[:2], "--tls-key", self.ca.key("agency-1"), *flags[4:])
        self.check_error("/dev/null: is not a regular file", *flags[:4], "--tls-ca", "/dev/null")
        os.mkfifo(f"{self.folder}/pipe")
        self.check_error("pipe: is not a regular file", *flags, "--tls-crl", f"{self.folder}/pipe")
        with open(f"{self.folder}/empty.pem", "wb"):
            pass
        self.check_error("empty.pem: it contains none in PEM", *flags, "--tls-crl", f"{self.folder}/empty.pem")
        torn = f"{self.folder}/torn.pem"
        with open(self.ca.revocations, encoding="ascii") as whole, open(torn, "w", encoding="ascii") as file:
            text = whole.read()
            file.write(text + text[:len(text) // 2])
        self.check_error(f"revocation list {torn}: ", *flags, "--tls-crl", torn)

    def test_a_key_with_a_passphrase(self):
        flags = self.ca.flags("server")
        locked = f"{self.folder}/locked.key"
        subprocess.run(["openssl", "pkey", "-in", self.ca.key("server"), "-aes128", "-passout", "pass:secret", "-out",
                        locked], check=True)
        self.check_error(f"key {locked}: it needs a passphrase, which nobody can be asked for", *flags[:2], "--tls-key",
                         locked, *flags[4:])

    def test_what_expires_soon(self):
        self.ca.issue_server("short", days=10)
        self.serve(name="short")
        self.server.wait_for(r"WARNING +action: expiry .* certificate: .*short.crt \| expires: .* days: (9|10)")

    def test_a_key_that_others_can_read(self):
        self.ca.issue_server("open")
        os.chmod(self.ca.key("open"), 0o644)
        self.serve(name="open")
        self.server.wait_for(r"WARNING +action: config .*open.key \| error: others can read this key \(mode 644\)")


if __name__ == "__main__":
    unittest.main()
