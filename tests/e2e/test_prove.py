"""What the owner of a signed draw gives out is believed by both verifiers, and comes at the seal."""
import os
import re
import stat
import subprocess
import sys
import unittest

from harness import PROGRAM, ROOT, STORES
from signed_draw import DRAW, NAME, SignedStory

SIZES = (30, 5, 12)


class Prove(SignedStory):
    def prove(self, *arguments, status=0, command="prove"):
        found, printed, errors = self.run_program(command, "--draw", DRAW, "--seal-dir", "seals", *arguments)
        self.assertEqual(found, status, printed + errors)
        return printed + errors

    def verify(self, *flags, status=0):
        """Both verifiers say the same."""
        said = []
        for program in ([PROGRAM, "verify"], [sys.executable, "-S", os.path.join(ROOT, "verifiers", "verify.py")]):
            done = subprocess.run([*program, "--key", self.vkey, *flags], cwd=self.folder, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, status, f"{program}: {done.stdout}{done.stderr}")
            said.append(done.stdout)
        self.assertEqual(*said)
        return said[0]

    def rules(self):
        return [flag for name in self.kept() if name.startswith("rules-") for flag in ("--rules", self.kept_file(name))]

    def seal_the_draw(self):
        """A draw that waits for its number."""
        server = self.serve("--number", "manual")
        agencies = self.send_all(server, SIZES, wait=False)
        self.seal()
        return server, agencies

    def test_it_comes_at_the_seal(self):
        server = self.serve("--number", "manual")
        self.assertIn("open: it has no seal yet", self.prove("--agency", "1", "--bet", "0", status=1))
        self.assertIn("open: it has no seal yet", self.prove("--key", "--agency", "1", "-o", "1.key", status=1))
        self.assertIn("open: it has no seal yet", self.prove("-o", "package", command="package", status=1))
        self.assertFalse(os.path.exists(self.path("package")) or os.path.exists(self.path("1.key")))
        self.send_all(server, SIZES, wait=False)
        self.seal()
        self.prove("--agency", "3", "--bet", "11", "-o", "bet.tlog-proof")
        said = self.verify("--proof", "bet.tlog-proof", "--seal", self.kept_file("seal.note"), *self.rules())
        self.assertIn("bet 11 of agency 3 (finished, 12 bets) is in the seal", said)

    def test_all_bets_of_a_person(self):
        self.seal_the_draw()
        with open(self.path("data", "agency-2.csv"), encoding="utf-8") as file:
            document = file.readline().split(",")[2]
        self.prove("--document", document, "-o", "proofs")
        names = os.listdir(self.path("proofs"))
        self.assertIn("agency-2-bet-0.tlog-proof", names)
        for name in names:
            self.verify("--proof", os.path.join("proofs", name), "--seal", self.kept_file("seal.note"), *self.rules())
        self.prove("--document", document, "--page", "-o", "page.html")
        self.assertEqual(self.read("page.html").count(b"<section>"), len(names))

    def test_an_agency_by_itself(self):
        self.seal_the_draw()
        self.prove("--key", "--agency", "1", "-o", "1.key", "--entry", "1.entry")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("1.key")).st_mode), 0o600)
        found, printed, errors = self.run_program(
            "prove", "--csv", "data/agency-1.csv", "--salt-key", "1.key", "--seal", self.kept_file("seal.note"), "--entry", "1.entry",
            "--agency", "1", "--bet", "29", "--central-key", self.vkey, "-o", "own.tlog-proof")
        self.assertEqual(found, 0, printed + errors)
        self.prove("--agency", "1", "--bet", "29", "-o", "theirs.tlog-proof")
        self.assertEqual(self.read("own.tlog-proof"), self.read("theirs.tlog-proof"))

    def test_a_package_that_was_taken_before_the_number(self):
        _, agencies = self.seal_the_draw()
        audit = ["--audit-log", "audit.log"] if os.path.exists(self.path("audit.log")) else []
        said = self.prove("-o", "package", *audit, command="package")
        manifest = re.search(r"package/manifest.txt: SHA-256 ([0-9a-f]{64})\n", said)[1]
        self.assertEqual(self.read("package", "seal.json"), self.read(self.kept_file("seal.json")))
        self.order("draw", "--number", "1234", "--yes")
        for agency in agencies:
            self.assertEqual(agency.wait(), 0, agency.log())
        said = self.verify("--package", "package", "--manifest-hash", manifest, "--result", self.kept_file("result.note"),
                           "--seal", self.kept_file("seal.note"), status=3)  # no approvals
        self.assertIn("is the one whose SHA-256 was noted", said)
        self.assertIn(f"its {sum(SIZES)} bets are those sealed, of every agency", said)

    @unittest.skipUnless(STORES.in_files, "an inbox of SQLite")
    def test_the_folder_beside_the_store(self):
        """Without SEAL_DIR it is found where a server without that setting makes it."""
        self.seal_the_draw()
        os.rename(self.path("seals"), self.path("elsewhere"))
        found, printed, errors = self.run_program("prove", "--draw", DRAW, "--agency", "2", "--bet", "0")
        self.assertEqual(found, 0, errors)
        self.assertTrue(printed.startswith("quiniela proof v1\n"))
        self.assertIn(NAME, printed)


if __name__ == "__main__":
    unittest.main()
