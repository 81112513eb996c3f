"""What the Go project's own library reads of signed notes and trees, it reads of seals and proofs.

golang.org/x/mod (sumdb/note, sumdb/tlog) comes from Debian's golang-golang-x-mod-dev; nothing is downloaded. Its program is
check_seals.go, and what it reads is written by write_seals.c.
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


def go(*words):
    """Runs go without modules, so that it has nothing to download, and with a cache in the build."""
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": SOURCES, "GOFLAGS": "", "GOPROXY": "off", "GOTOOLCHAIN": "local",
                                "GOCACHE": os.path.join(BUILD, "go-cache"), "CGO_ENABLED": "0"}
    subprocess.run(["go", *words], env=environment, check=True, cwd=HERE, timeout=300)


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
