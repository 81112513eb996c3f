"""After a reload, clients with revoked certificates are disconnected at once, and all others stay.

Also whoever says nothing.
"""
import json
import os
import re
import shlex
import signal
import socket
import ssl
import subprocess
import unittest

from certificates import Authority, join
from harness import ROOT, Server, frame, hang_s
from test_tls import Tls, chunk


class Reloaded(Tls):
    def reload(self):
        before = self.server.count("action: reload ")
        self.server.signal(signal.SIGHUP)
        self.server.wait_for("action: reload .* result: success", count=before + 1)

    def assert_ended(self, secure):
        try:
            self.assertEqual(secure.recv(1), b"")
        except ConnectionError:
            pass

    def assert_stays(self, secure, agency, first):
        self.assertEqual(self.ask(secure, chunk(agency, first))["next"], first + 1)

    def hold(self, secure, agency):
        """A consultation that waits for the draw, and has reached the central."""
        secure.sendall(frame({"type_message": 3, "agency": str(agency)}) + frame({"type_message": 9}))
        self.assertEqual(self.receive(secure).code, "unknown_type")

    def test_a_revoked_agency_that_is_connected(self):
        self.ca.issue_agency(1, "leaving")
        self.serve("--audit-log", "audit.log", revocations=True)
        context = self.context("leaving")
        silent, honest = self.connect(context=context), self.connect("agency-2")
        self.assertEqual(self.ask(silent, chunk())["next"], 1)
        holding = self.connect(context=context, session=silent.session)
        self.hold(holding, 1)
        self.assertTrue(holding.session_reused, "the session was not resumed")
        self.assert_stays(honest, 2, 0)
        self.ca.revoke("leaving")
        self.reload()
        for secure in (silent, holding):
            self.assert_ended(secure)
        self.assert_refused("certificate_revoked")
        self.assert_stays(honest, 2, 1)
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(), 0)
        with open(f"{self.folder}/audit.log", encoding="utf-8") as file:
            refused = [record for record in map(json.loads, file) if record["event"] == "refused"]
        self.assertEqual([(record["reason"], record["agency"]) for record in refused], [("certificate_revoked", "1")] * 2)

    def test_a_revoked_agency_learns_no_winners(self):
        self.ca.issue_agency(1, "leaving")
        self.serve(revocations=True, agencies=2)
        leaving, other = self.connect("leaving"), self.connect("agency-2")
        self.assertEqual(self.ask(leaving, chunk(1, last=True))["next"], 1)
        self.hold(leaving, 1)
        self.ca.revoke("leaving")
        self.reload()
        self.assertEqual(self.ask(other, chunk(2, last=True))["next"], 1)
        self.server.wait_for("action: sorteo .* result: success")
        self.assert_ended(leaving)

    def test_an_authority_that_is_trusted_no_more(self):
        other = Authority(self.folder + "/other", "other").issue_agency(1)
        both = join(f"{self.folder}/both.crt", self.ca.certificate("ca"), other.certificate("other"))
        self.serve("--tls-ca", both)
        theirs, ours = self.connect(context=self.context("agency-1", other)), self.connect("agency-2")
        self.assert_stays(theirs, 1, 0)
        self.assert_stays(ours, 2, 0)
        join(both, self.ca.certificate("ca"))
        self.reload()
        self.assert_ended(theirs)
        self.assert_stays(ours, 2, 1)

    def test_an_authority_in_between_stays_known_to_sessions_that_were_gone_on_with(self):
        between = Authority(f"{self.folder}/between", "between", parent=self.ca).issue_agency(1)
        path = between.certificate("agency-1")
        join(path + ".chain", path, between.certificate("between"))
        os.replace(path + ".chain", path)
        self.serve("--tls-crl", join(f"{self.folder}/lists.pem", self.ca.revocations, between.revocations))
        context = self.context("agency-1", between)
        first = self.connect(context=context)
        self.assert_stays(first, 1, 0)
        second = self.connect(context=context, session=first.session)
        self.assert_stays(second, 1, 1)
        self.assertTrue(second.session_reused, "the session was not resumed")
        third = self.connect(context=context, session=second.session)
        self.assert_stays(third, 1, 2)
        self.assertTrue(third.session_reused, "the session was not resumed")
        self.reload()
        for place, secure in enumerate((first, second, third)):
            self.assert_stays(secure, 1, 3 + place)
        self.ca.revoke("between", between)
        self.addCleanup(self.ca.list_revoked)
        join(f"{self.folder}/lists.pem", self.ca.revocations, between.revocations)
        self.reload()
        for secure in (first, second, third):
            self.assert_ended(secure)

    def test_an_operators_command_is_told_what_came_of_it(self):
        self.serve()
        command = ("reload", "--store", "quiniela.db")
        self.assertEqual(self.run_program(*command), (0, "reloaded\n", ""))
        before = self.connect("agency-1")
        path = f"{self.folder}/broken.crt"
        join(path, self.ca.certificate("server"))
        os.replace(path, self.ca.certificate("server") + ".kept")
        with open(self.ca.certificate("server"), "w", encoding="ascii") as file:
            file.write("no certificate")
        self.addCleanup(os.replace, self.ca.certificate("server") + ".kept", self.ca.certificate("server"))
        status, printed, errors = self.run_program(*command)
        self.assertEqual((status, printed), (1, "\n"), errors)
        self.assertRegex(errors, r"quiniela reload: .*server\.crt")
        self.assert_stays(before, 1, 0)

    def test_one_that_is_in_the_middle_of_its_handshake(self):
        self.ca.issue_agency(1, "leaving")
        self.serve(revocations=True)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        engine = self.context("leaving").wrap_bio(incoming, outgoing, server_hostname="localhost")
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=hang_s())
        self.addCleanup(plain.close)
        while True:
            try:
                engine.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(outgoing.read())
                incoming.write(plain.recv(65536))
        self.ca.revoke("leaving")
        self.reload()
        engine.write(frame(chunk()))
        plain.sendall(outgoing.read())  # its certificate, followed by a bet
        self.assert_refused("certificate_revoked")
        self.assertEqual(self.server.count("almacenad"), 0)


class Read(Tls):
    """What a reload reads, or leaves as it was."""

    def reload(self, what=r"action: reload \| result: success"):
        before = len([1 for line in self.server.lines if line and "action: reload" in line])
        self.server.signal(signal.SIGHUP)
        self.server.wait_for(r"action: reload", count=before + 1)
        self.server.wait_for(what)

    def serial(self):
        secure = self.connect("agency-1")
        return ssl.DER_cert_to_PEM_cert(secure.getpeercert(binary_form=True))

    def test_a_new_certificate_without_losing_a_connection(self):
        self.ca.issue_server("renewed")
        self.serve(name="renewed")
        secure = self.connect("agency-1")
        self.assertEqual(self.ask(secure, chunk())["next"], 1)
        before = self.serial()
        self.ca.issue_server("renewed")
        self.reload()
        self.assertNotEqual(self.serial(), before)
        self.assertEqual(self.ask(secure, chunk(first=1))["next"], 2)

    def test_a_certificate_that_cannot_be_used(self):
        self.ca.issue_server("renewed")
        self.serve(name="renewed")
        before = self.serial()
        with open(self.ca.certificate("renewed"), "w", encoding="utf-8") as out:
            out.write("nothing\n")
        self.reload(r"action: reload \| result: fail \| error: bad_setting \| message: certificate .*renewed.crt: ")
        self.assertEqual(self.serial(), before)

    def test_a_revoked_agency_cannot_go_on_with_its_session(self):
        self.ca.issue_agency(1, "leaving")
        self.serve(revocations=True)
        context = self.context("leaving")
        secure = self.connect(context=context)
        self.assertEqual(self.ask(secure, chunk())["next"], 1)
        session = secure.session
        again = self.connect(context=context, session=session)
        self.assertEqual(self.ask(again, chunk(first=1))["next"], 2)
        self.assertTrue(again.session_reused, "the session was not resumed")
        self.ca.revoke("leaving")
        self.reload()
        self.never_answered(context=context, session=again.session)
        self.assert_refused("certificate_revoked")

    def test_plain_text_goes_on(self):
        server = Server(self, agencies=1)
        server.signal(signal.SIGHUP)
        server.wait_for("action: signal_received .*SIGHUP")
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)


class Service(Tls):
    """What the drop-in for the unit does with its certificates."""

    def unit(self):
        with open(f"{ROOT}/packaging/examples/tls.conf", encoding="utf-8") as file:
            return [line.rstrip("\n") for line in file if re.match(r"[A-Z]\w+=.", line)]

    def test_a_reload_gets_new_certificates(self):
        """With folders of this test in place of those of the machine."""
        mine, run = f"{self.folder}/etc", f"{self.folder}/run"
        os.makedirs(run, mode=0o700)
        os.makedirs(mine)
        self.ca.issue_server("unit")

        def renew():
            for name, path in (("server.crt", self.ca.certificate("unit")), ("server.key", self.ca.key("unit")),
                               ("ca.crt", self.ca.certificate("ca")), ("crl.pem", self.ca.revocations)):
                join(f"{mine}/{name}.new", path)
                os.replace(f"{mine}/{name}.new", f"{mine}/{name}")

        def perform(key, process=None):
            for line in self.unit():
                if line.startswith(key + "="):
                    command = line.split("=", 1)[1].lstrip("+").replace("/etc/quiniela/tls", mine).replace(
                        "/run/quiniela", run).replace("$MAINPID", str(process and process.pid))
                    subprocess.run(shlex.split(command), check=True)

        renew()
        perform("ExecStartPre")
        flags = [setting.replace("/run/quiniela", run) for line in self.unit() if line.startswith("Environment=TLS_")
                 for setting in line.split("=", 1)[1].split()]
        self.assertEqual(len(flags), 4)
        self.server = Server(self, agencies=3, environment=dict(setting.split("=") for setting in flags))
        self.port = self.server.ports[0]
        before = self.connect("agency-2")
        self.assertEqual(self.ask(before, chunk(2))["next"], 1)
        self.ca.issue_server("unit")
        renew()
        perform("ExecReload", self.server.process)
        self.server.wait_for("action: reload .* result: success")
        after = self.connect("agency-3")
        self.assertNotEqual(after.getpeercert(binary_form=True), before.getpeercert(binary_form=True))
        self.assertEqual(self.ask(before, chunk(2, 1))["next"], 2)


if __name__ == "__main__":
    unittest.main()
