"""An agency in Python has its winners whatever dies, in plain text, over TLS, and of a signed draw."""
import ast
import asyncio
import base64
import os
import re
import subprocess
import sys
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
SOURCES = os.path.join(ROOT, "clients", "python", "src")
sys.path[:0] = [SOURCES, os.path.join(ROOT, "tests", "e2e")]
import quiniela  # noqa: E402
from certificates import Authority  # noqa: E402
from harness import Agency, Server, Wire, hang_s, hold_port, hold_ports  # noqa: E402
from quiniela import TLS, BadBets, NotBelieved, Options, Refused, aio, ed25519  # noqa: E402
from signed_draw import SignedStory  # noqa: E402


class PythonStory(SignedStory):
    def setUp(self):
        super().setUp()
        self.events = []
        self.heard = threading.Condition()

    def on_event(self, event):
        with self.heard:
            self.events.append(event)
            self.heard.notify_all()

    def options(self, agency, ports, **more):
        more.setdefault("chunk_size", 50)
        return Options(agency, [f"127.0.0.1:{ports[0]}"], [f"127.0.0.1:{ports[1]}"], on_event=self.on_event, **more)

    def wait_for(self, kind, count=1):
        with self.heard:
            self.assertTrue(self.heard.wait_for(lambda: [event.kind for event in self.events].count(kind) >= count, hang_s()),
                            f"no {kind}: {self.events}; {self.logs()}")

    def begin(self, *agencies):
        """Runs each in a thread; gives a function that waits for what they came to."""
        outcomes = [None] * len(agencies)

        def run(place, agency):
            try:
                outcomes[place] = agency.run()
            except quiniela.QuinielaError as error:
                outcomes[place] = error
        threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(agencies)]
        for agency, thread in zip(agencies, threads):
            self.addCleanup(agency.stop)
            thread.start()

        def end():
            for thread in threads:
                thread.join(hang_s())
                self.assertFalse(thread.is_alive(), f"an agency has not ended: {self.events}; {self.logs()}")
            return outcomes
        return end

    def agency(self, number, ports, **more):
        return quiniela.Agency(self.options(number, ports, **more), self.path("data", f"agency-{number}.csv"))

    def told(self, server, number):
        text = Wire(self, server.ports[1]).ask({"type_message": 3, "agency": number})["payload"]
        return text.split(",") if text else []

    def command(self, *arguments):
        return subprocess.Popen([sys.executable, "-S", "-m", "quiniela", *map(str, arguments)], cwd=self.folder, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": SOURCES})


class Lottery(PythonStory):
    def test_both_kinds_of_agency_have_their_winners(self):
        self.sample([700, 300, 0], [5, 2, 0])
        server = Server(self, agencies=3)
        end = self.begin(self.agency(1, server.ports), self.agency(3, server.ports))
        outcome = asyncio.run(asyncio.wait_for(
            aio.send_file(self.path("data", "agency-2.csv"), self.options(2, server.ports)), hang_s()))
        outcomes = [*end(), outcome]
        self.assertEqual([len(each.winners) for each in outcomes], [5, 0, 2])
        self.assertEqual([self.told(server, number) for number in (1, 3, 2)], [each.winners for each in outcomes])
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2, 3)))

    def test_the_server_is_killed_while_it_takes_bets_and_while_it_waits(self):
        self.sample([5000, 40], [7, 1])
        ports = hold_ports()
        server = Server(self, agencies=2, ports=ports)
        end = self.begin(self.agency(1, ports, chunk_size=20))
        self.wait_for("stored", 3)
        server.kill()
        server = Server(self, agencies=2, ports=ports)
        self.wait_for("waiting")
        server.kill()
        server = Server(self, agencies=2, ports=ports)
        self.assertEqual(Agency(self, 2, server.ports).wait(), 0)
        self.assertEqual(len(end()[0].winners), 7)
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))

    def test_an_agency_that_is_killed_goes_on_and_no_bet_is_there_twice(self):
        self.sample([4000], [3])
        server = Server(self, agencies=1)
        arguments = ("send", "data/agency-1.csv", "--agency", 1, "--server", f"127.0.0.1:{server.ports[0]}",
                     "--consult", f"127.0.0.1:{server.ports[1]}", "--chunk-size")
        killed = self.command(*arguments, 10)
        self.assertTrue(any(line.startswith("stored") for line in iter(killed.stderr.readline, "")))
        killed.kill()
        killed.communicate()
        done = self.command(*arguments, 33)
        printed, errors = done.communicate(timeout=hang_s())
        self.assertEqual((done.returncode, printed), (0, "3 of 4000 bets have won\n"), errors)
        self.assertEqual(self.stored(), self.sent(agencies=(1,)))

    def test_another_file_is_refused_before_anything_of_it_is_sent(self):
        self.sample([500, 5], [1, 1])
        server = Server(self, agencies=2)
        agency = self.agency(1, server.ports)
        end = self.begin(agency)
        self.wait_for("waiting")
        agency.stop()
        self.assertIsNone(end()[0].winners)
        lines = self.read("data", "agency-1.csv").splitlines(True)
        self.write("data/agency-1.csv", b"".join(lines[:300] + lines[301:] + lines[:2]))
        [error] = self.begin(self.agency(1, server.ports))()
        self.assertIsInstance(error, BadBets)
        self.assertRegex(str(error), "lines 301 to 350 are not the bets stored in their place")

    def test_a_server_that_is_not_there_is_passed_over(self):
        self.sample([60], [1])
        server = Server(self, agencies=1)
        options = Options(1, [f"127.0.0.1:{hold_port()}", f"127.0.0.1:{server.ports[0]}"],
                          [f"127.0.0.1:{hold_port()}", f"127.0.0.1:{server.ports[1]}"])
        self.assertEqual(len(self.begin(quiniela.Agency(options, self.path("data", "agency-1.csv")))()[0].winners), 1)

    def test_a_bad_line_is_named_with_its_file(self):
        path = self.path(self.write("bad.csv", b"Ana,Paz,A1,2000-02-29,7\nAna,Paz,A1,2001-02-29,7\n"))
        with self.assertRaises(BadBets) as caught:
            quiniela.BetsFile(path)
        self.assertEqual((caught.exception.line, caught.exception.field), (2, "nacimiento"))
        self.assertIn(f"{path}:2: nacimiento: is not a real date", str(caught.exception))


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


@unittest.skipIf(ed25519.checker() is None, "neither cryptography nor openssl 3 is here to check signatures")
class Signed(PythonStory):
    def signed(self, server, number=1, **more):
        return self.agency(number, server.ports, central_key=self.vkey, receipts=self.path("data", f"agency-{number}.receipts"), **more)

    def test_receipts_seal_and_result_are_kept_and_both_verifiers_believe_them(self):
        self.sample([230], [2])
        server = self.serve(agencies=1)
        [outcome] = self.begin(self.signed(server))()
        self.assertEqual((len(outcome.winners), outcome.unchecked), (2, None), outcome)
        flags = ["--key", self.vkey, "--rules", "data/agency-1.rules-0", "--seal", "data/agency-1.seal", "--receipts",
                 "data/agency-1.receipts", "--result", "data/agency-1.result"]
        self.order("prove", "--store", "quiniela.db", "--key", "--agency", "1", "--output", "k", "--entry", "e")
        ours = self.command("verify", *flags[:-2], "--entry", "e", "--salt-key", "k", "--csv", "data/agency-1.csv", "--agency", 1)
        printed, errors = ours.communicate(timeout=hang_s())
        self.assertEqual(ours.returncode, 0, printed + errors)
        status, printed, _ = self.run_program("verify", *flags)
        self.assertEqual(status, 3, printed)
        self.assertNotIn("FALSE", printed)

    def test_a_changed_receipt_and_another_key_are_not_believed(self):
        self.sample([60, 60], [1, 1])
        server = self.serve(agencies=2)
        other = self.made_key("others", "lottery.example/central")
        with self.subTest("another key"):
            options = self.options(2, server.ports, central_key=other, receipts=self.path("two.receipts"))
            [error] = self.begin(quiniela.Agency(options, self.path("data", "agency-2.csv")))()
            self.assertIsInstance(error, NotBelieved)
            self.assertEqual(error.code, "other_key")
        agency = self.signed(server)
        end = self.begin(agency)
        self.wait_for("waiting")
        agency.stop()
        end()
        receipts = self.read("data", "agency-1.receipts")
        note = re.search(rb"^note (\S+)$", receipts, re.MULTILINE)[1]
        text = base64.b64decode(note)
        changed = text[:-20] + (b"A" if text[-20:-19] != b"A" else b"B") + text[-19:]  # within its signature
        self.write("data/changed", receipts.replace(note, base64.b64encode(changed)))
        done = self.command("verify", "--key", self.vkey, "--receipts", "data/changed")
        printed, errors = done.communicate(timeout=hang_s())
        self.assertEqual(done.returncode, 1, printed + errors)
        self.assertIn("the signature of lottery.example/central is wrong", printed)


class Sources(unittest.TestCase):
    def test_they_are_python_3_9(self):
        folder = os.path.join(SOURCES, "quiniela")
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    ast.parse(file.read(), name, feature_version=(3, 9))


if __name__ == "__main__":
    unittest.main()
