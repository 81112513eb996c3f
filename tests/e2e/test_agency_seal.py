"""An agency has the seal on its disk before the number is known, and a second seal does not pass it."""
import os
import re
import shutil
import subprocess
import unittest

from harness import PROGRAM, ROOT, Agency, Server, Story, Wire

NAME = "lottery.example/central"


class Seals(Story):
    def setUp(self):
        super().setUp()
        self.sample([30, 20], [1, 0])
        status, said, _ = self.run_program("keys", "--dir", "keys", "--sign-name", NAME)
        self.assertEqual(status, 0, said)
        self.key = re.search(rf"{NAME}\+\S+", said)[0]

    def serve(self, store="night.db", *flags):
        return Server(self, "--sign-key", "keys/sign.key", "--sign-name", NAME, "--draw", "friday", "--number", "manual", *flags,
                      agencies=2, store=store)

    def agency(self, number, server, *flags):
        return Agency(self, number, server.ports, "--central-key", self.key, *flags)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def draw(self, store="night.db"):
        return self.run_program("draw", "--store", store, "--draw", "friday", "--number", "7574", "--yes")

    def verify(self, *files):
        return self.run_program("verify", "--key", self.key, *files)

    def test_the_seal_comes_first_and_all_of_it_verifies(self):
        server = self.serve()
        agencies = [self.agency(number, server) for number in (1, 2)]
        for agency in agencies:
            agency.wait_for("keep_seal . result: success")
        self.assertFalse(os.path.exists(self.path("data/agency-1.result")))
        self.assertEqual(self.read("data/agency-1.seal"), self.read("data/agency-2.seal"))
        self.assertEqual(self.draw()[0], 0)
        for agency in agencies:
            agency.winners()
            self.assertEqual(agency.wait(), 0, agency.log())
        own = "data/agency-1."
        status, said, errors = self.verify("--rules", own + "rules-0", "--receipts", own + "receipts", "--seal", own + "seal",
                                           "--seal", "data/agency-2.seal", "--seal-json", "night.db.seals/draw-friday/seal.json",
                                           "--result", own + "result")
        self.assertEqual(status, 3, said + errors)  # nothing is false; people turned the number, and nobody approved of it
        self.assertRegex(said, "result .*7574")

    def test_who_comes_after_the_draw_has_both(self):
        server = self.serve()
        Wire(self, server.ports[0]).ask({"type_message": 2, "agency": "2", "payload": [], "first": 0})
        first = self.agency(1, server)
        first.wait_for("keep_seal")
        first.end()
        self.assertEqual(self.draw()[0], 0)
        later = self.agency(1, server, "--receipts", "later.receipts")
        later.winners()
        self.assertEqual(later.wait(), 0, later.log())
        self.assertEqual(self.read("later.seal"), self.read("data/agency-1.seal"))
        self.assertIn("number 7574", self.read("later.result"))

    def test_over_tls_it_gets_the_key_to_its_own_salts(self):
        status, said, _ = self.run_program("keys", "--dir", "tls", "--agencies", 2)
        self.assertEqual(status, 0, said)
        server = self.serve("night.db", "--tls-cert", "tls/server.crt", "--tls-key", "tls/server.key", "--tls-ca", "tls/ca.crt")
        agencies = [self.agency(number, server, "--tls-cert", f"tls/agency-{number}.crt", "--tls-key", f"tls/agency-{number}.key",
                                "--tls-ca", "tls/ca.crt") for number in (1, 2)]
        for number, agency in enumerate(agencies, 1):
            agency.wait_until(lambda path=self.path(f"data/agency-{number}.salt-key"): os.path.exists(path))
            agency.end()
        self.assertEqual(os.stat(self.path("data/agency-1.salt-key")).st_mode & 0o077, 0, "nobody else reads it")
        self.assertNotEqual(self.read("data/agency-1.salt-key"), self.read("data/agency-2.salt-key"))
        own = "data/agency-1."
        status, said, errors = self.verify("--rules", own + "rules-0", "--receipts", own + "receipts", "--seal", own + "seal",
                                           "--seal", "data/agency-2.seal", "--seal-json", "night.db.seals/draw-friday/seal.json",
                                           "--agency", 1, "--csv", own + "csv", "--salt-key", own + "salt-key")
        self.assertIn(status, (0, 3), said + errors)
        self.assertRegex(said, "ok +csv .*")

    def one_bet(self, server, number="7574"):
        """An agency that sends one bet, and no file."""
        bet = {"NOMBRE": "Ana", "APELLIDO": "Paz", "DOCUMENTO": "30904465", "NACIMIENTO": "1999-03-17", "NUMERO": number}
        return Agency(self, 1, server.ports, "--central-key", self.key, "--receipts", "one.receipts", environment=bet)

    def test_one_bet_goes_on_after_a_restart(self):
        server = self.serve()
        first = self.one_bet(server)
        first.wait_for("wait_for_draw")
        first.end()
        other = self.one_bet(server, "7575")
        self.assertEqual(other.wait(), 1, other.log())
        self.assertRegex(other.log(), "error: conflict")
        again = self.one_bet(server)
        again.wait_for("wait_for_draw")
        again.end()
        Wire(self, server.ports[0]).ask({"type_message": 2, "agency": "2", "payload": [], "first": 0})
        last = self.one_bet(server)
        last.wait_for("keep_seal . result: success")
        self.assertEqual(self.draw()[0], 0)
        self.assertEqual((last.winners(), last.wait()), (1, 0), last.log())

    def page_commands(self):
        """Those of docs/agency.md after the client's: the operator's, and then the agency's. Of agency 1 and this story's store."""
        with open(os.path.join(ROOT, "docs", "agency.md"), encoding="utf-8") as file:
            section = re.search(r"\n## What the central signs\n(.*?)\n## ", file.read(), re.DOTALL)[1]
        lines = [line for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL) for line in block.splitlines()]
        commands = [line for line in lines if re.match(r"quiniela (prove|verify) ", line)]
        text = "\n".join(commands).replace("agency-3", "agency-1").replace("--agency 3", "--agency 1")
        return [line.split()[1:] for line in text.replace("$VKEY", self.key).replace("quiniela.db", "night.db").splitlines()]

    def test_an_agency_checks_its_bets_as_the_page_says(self):
        server = self.serve()
        agencies = [self.agency(number, server) for number in (1, 2)]
        for agency in agencies:
            agency.wait_for("keep_seal . result: success")
            agency.end()
        operator, own, check = self.page_commands()
        self.assertEqual(self.run_program(*operator)[0], 0)
        for name in ("agency-1.salt-key", "agency-1.entry"):
            os.rename(self.path(name), self.path("data/" + name))
        published = [*check[:check.index("--proof")], "--seal", "agency-2.seal", "--seal-json", "../night.db.seals/draw-friday/seal.json"]
        for command in (own, published, check):
            done = self.run_there("data", *command)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"ok +csv agency-1.csv: its first 30 bets are those sealed of agency 1")
        with open(self.path("data/agency-1.csv"), "r+", encoding="utf-8") as file:  # and finds a bet that was sealed otherwise
            file.write("X")
        self.assertEqual(self.run_there("data", *own[:-1], "other.tlog-proof").returncode, 1)
        done = self.run_there("data", *check)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout, "FALSE +csv agency-1.csv: ")

    def run_there(self, folder, *command):
        return subprocess.run([PROGRAM, *command], cwd=self.path(folder), capture_output=True, text=True, check=False)

    def test_a_second_seal_stops_the_agency_and_the_draw(self):
        """The store is put back to before agency 2 has sent, and agency 2 sends something else."""
        server = self.serve()
        first = self.agency(1, server)
        first.wait_for("wait_for_draw")
        first.end()
        server.kill()
        for name in os.listdir(self.folder):
            if name.startswith("night.db") and os.path.isfile(self.path(name)):
                shutil.copy(self.path(name), self.path("other" + name[len("night"):]))
        server = self.serve()
        Wire(self, server.ports[0]).ask({"type_message": 2, "agency": "2", "payload": [], "first": 0})
        first = self.agency(1, server)
        first.wait_for("keep_seal")
        first.end()
        server.kill()
        server = self.serve("other.db")
        Wire(self, server.ports[0]).ask({"type_message": 2, "agency": "2", "payload": ["Ana,Paz,1,1999-03-17,7574"], "first": 0})
        server.wait_for("action: seal . result: success")
        before = self.read("data/agency-1.seal")
        first = self.agency(1, server)
        self.assertEqual(first.wait(), 1, first.log())
        self.assertRegex(first.log(), "error: forked|has sealed this draw twice")
        self.assertEqual(self.read("data/agency-1.seal"), before)
        status, said, errors = self.draw("other.db")
        self.assertEqual(status, 1, said + errors)
        self.assertIn("another seal of draw", said + errors)


if __name__ == "__main__":
    unittest.main()
