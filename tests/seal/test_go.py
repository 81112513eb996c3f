"""What the Go project's own library reads of signed notes and trees, it reads of seals and proofs.

golang.org/x/mod (sumdb/note, sumdb/tlog) comes from Debian's golang-golang-x-mod-dev; nothing is downloaded. Its program is
check_seals.go, and what it reads is written by write_seals.c, and by tests/verifiers/maker.py, which has nothing in common with that.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = "/usr/share/gocode"  # where Debian puts them
WRITE, BUILD = os.environ["QUINIELA_WRITE_SEALS"], os.environ["QUINIELA_BUILD"]
SKIPPED = 77
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "verifiers"))
import maker  # noqa: E402


def go(*words):
    """Runs go without modules, so that it has nothing to download, and with a cache in the build."""
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": SOURCES, "GOFLAGS": "", "GOPROXY": "off", "GOTOOLCHAIN": "local",
                                "GOCACHE": os.path.join(BUILD, "go-cache"), "CGO_ENABLED": "0"}
    subprocess.run(["go", *words], env=environment, check=True, cwd=HERE, timeout=600)


class Seals(unittest.TestCase):
    """Draws that were sealed, and the program that checks them."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="seals-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.check = os.path.join(BUILD, "check_seals")
        go("build", "-o", cls.check, "check_seals.go")
        subprocess.run([WRITE, cls.folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, timeout=60)

    def checked(self, draw):
        """What the program ends with and says of a draw."""
        done = subprocess.run([self.check, os.path.join(self.folder, draw)], capture_output=True, text=True, timeout=120,
                              check=False)
        return done.returncode, done.stdout + done.stderr

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def test_seals_are_opened_and_proofs_hold(self):
        for draw, proofs in ("small", 6), ("large", 728):
            code, said = self.checked(draw)
            self.assertEqual((code, said), (0, f"{self.path(draw)}: the seal can be opened, and {proofs} proofs hold\n"))

    def make(self, name, draw):
        """The files that write_seals.c would write, as maker.py has them. Returns how many proofs there are."""
        os.mkdir(self.path(name))

        def put(file_name, data):
            with open(self.path(name, file_name), "wb") as file:
                file.write(data)
        seal = draw.seal((maker.WITNESS, 1795640000))
        put("vkey", draw.server.vkey)
        put("witness", maker.WITNESS.vkey)
        put("seal.text", draw.seal_text())
        put("seal.note", seal)
        put("entry-0", draw.entry_0())
        put("agencies", b"".join(draw.entry(agency).split(b"\n")[2] + b"\n" for agency in sorted(draw.agencies)))
        for agency, (_, rows) in draw.agencies.items():
            for index in range(len(rows)):
                put(f"proof-{agency}-{index}", draw.proof(agency, index, draw.seal() if index % 2 else seal))
        return draw.bets

    def test_what_another_has_made(self):
        many = {a: ("finished" if a % 3 else "cut", [f"n{i},a,{a},2000-01-01,{i}" for i in range(a * 5 % 23)]) for a in range(1, 30)}
        for name, draw in ("small-made", maker.Draw()), ("many-made", maker.Draw(many, witnesses=[maker.WITNESS])):
            proofs = self.make(name, draw)
            self.assertGreater(proofs, 5)
            code, said = self.checked(name)
            self.assertEqual((code, said), (0, f"{self.path(name)}: the seal can be opened, and {proofs} proofs hold\n"))

    def test_both_have_made_the_same(self):
        """But for the witness, which is another one."""
        self.make("small-again", maker.Draw())
        for name in "vkey", "seal.text", "entry-0", "agencies":
            with open(self.path("small", name), "rb") as one, open(self.path("small-again", name), "rb") as other:
                self.assertEqual(one.read(), other.read(), name)

    def test_what_is_wrong_is_refused(self):
        def change(name, old, new):
            with open(self.path("small", name), "rb") as file:
                content = file.read()
            self.assertIn(old, content, f"{name} as it is written")
            with open(self.path("small", name), "wb") as file:
                file.write(content.replace(old, new, 1))
            code, said = self.checked("small")
            with open(self.path("small", name), "wb") as file:
                file.write(content)
            self.assertEqual(code, 1, f"{old} became {new} in {name}, and it was taken: {said}")

        change("proof-1-0", b"30904465", b"30904466")
        change("proof-1-0", b"index 1", b"index 2")
        change("proof-1-0", b"state finished", b"state cut")
        change("proof-5-1", b"5,1,", b"5,0,")
        change("seal.note", b"\n6\n", b"\n7\n")
        change("agencies", b"4 cut", b"4 finished")
        change("entry-0", b"bets 6", b"bets 7")
        self.assertEqual(self.checked("small")[0], 0, "nothing is changed any more")


if __name__ == "__main__":
    missing = [what for what, is_there in (("golang-go", shutil.which("go")),
                                           ("golang-golang-x-mod-dev", os.path.isdir(SOURCES + "/src/golang.org/x/mod/sumdb/tlog")))
               if not is_there]
    if missing:
        print("SKIPPED: not installed:", *missing)
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
