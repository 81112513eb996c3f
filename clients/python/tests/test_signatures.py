"""Signatures are checked by cryptography or openssl, and where there is neither an agency is told so."""
import os
import shutil
import subprocess
import unittest

from story import SOURCES, PythonStory

from harness import hang_s

DEBIAN = "/usr/bin/python3"  # which has cryptography, where it is installed
# The check of RFC 8032's test 2, and of the same with a bit changed; first of all what checks it.
ASK = """
from quiniela import ed25519, errors
print(ed25519.checker())
key = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
good = bytearray.fromhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
for _ in range(2):
    try:
        print(ed25519.verify(key, b"r", bytes(good)))
    except errors.Unavailable as reason:
        print(reason)
    good[0] ^= 1
"""
NEITHER = "neither the Python package `cryptography` nor an `openssl` command of version 3 is here"


def asked(*python, path=os.environ["PATH"], script=ASK, **environment):
    done = subprocess.run([*python, "-c", script], env={**environment, "PATH": path, "PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1"},
                          stdout=subprocess.PIPE, text=True, check=True, timeout=hang_s())
    return done.stdout.splitlines()


class Signatures(PythonStory):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("nothing"))

    def test_by_cryptography_even_without_openssl(self):
        if subprocess.run([DEBIAN, "-c", "import cryptography"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            self.skipTest(f"{DEBIAN} has no cryptography here; script/bootstrap installs it")
        self.assertEqual(asked(DEBIAN, path=self.path("nothing")), ["cryptography", "True", "False"])

    @unittest.skipIf(shutil.which("openssl") is None, "there is no openssl here")
    def test_by_openssl_without_cryptography(self):
        self.assertEqual(asked(DEBIAN, "-S"), ["openssl", "True", "False"])

    def test_an_older_openssl_is_none(self):
        """It could not check a signature of Ed25519 without a digest."""
        os.mkdir(self.path("older"))
        with open(self.path("older", "openssl"), "w", encoding="ascii") as file:
            file.write("#!/bin/sh\necho 'OpenSSL 1.1.1n  15 Mar 2022'\n")
        os.chmod(file.name, 0o755)
        checker, *said = asked(DEBIAN, "-S", path=f"{self.path('older')}:/nowhere")
        self.assertEqual(checker, "None")
        self.assertRegex(" ".join(said), NEITHER)

    def stand_in(self, script):
        """A PATH with a command `openssl` that is this script; "$real" in it is the true one."""
        folder = self.path(f"stand-in-{len(os.listdir(self.folder))}")
        os.mkdir(folder)
        with open(os.path.join(folder, "openssl"), "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\nreal="{shutil.which("openssl")}"\n[ "$1" != version ] || exec "$real" version\n{script}\n')
        os.chmod(file.name, 0o755)
        return folder

    @unittest.skipIf(shutil.which("openssl") is None, "there is no openssl here")
    def test_what_openssl_does_not_say_is_unknown_and_never_wrong(self):
        for script in ("kill -9 $$", "exit 0", "exit 1", 'echo "Signature Verified Successfully"; exit 1', "echo other words; exit 0", "echo other words; exit 1",
                       'echo "Signature Verification Failure"; exit 0', 'echo "Signature Verification Failure"; kill -9 $$',
                       'echo "pkeyutl: Unknown option: -rawin" >&2; exit 1'):
            with self.subTest(script):
                checker, *said = asked(DEBIAN, "-S", path=self.stand_in(script))
                self.assertEqual(checker, "openssl")
                self.assertEqual([line.startswith("the `openssl` command does not work: ") for line in said], [True, True], said)
        said = asked(DEBIAN, "-S", path=self.stand_in('echo "Signature Verification Failure"; exit 1'))
        self.assertEqual(said[1:], ["what checks signatures here, openssl, finds a right one wrong"] * 2)

    @unittest.skipIf(shutil.which("openssl") is None, "there is no openssl here")
    def test_an_openssl_that_loads_no_decoder(self):
        self.write("bare.cnf", b"openssl_conf = a\n[a]\nproviders = b\n[b]\nbase = c\n[c]\nactivate = 1\n")
        said = asked(DEBIAN, "-S", OPENSSL_CONF=self.path("bare.cnf"))[1:]
        self.assertEqual([line.startswith("the `openssl` command does not work: it ended with 1: ") for line in said], [True, True], said)

    @unittest.skipIf(shutil.which("openssl") is None, "there is no openssl here")
    def test_where_no_file_can_be_written(self):
        broken = "import tempfile\ntempfile.tempdir = '/nowhere'\n" + ASK
        for script in (broken, "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
                               "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n" + ASK):
            said = asked(DEBIAN, "-S", script=script)[1:]
            self.assertEqual([line.startswith("the `openssl` command does not work: ") for line in said], [True, True], said)

    def test_a_cryptography_that_does_not_work(self):
        """Its own exceptions, and those of what lies below it, are no answer; nor is False where a right one is found wrong."""
        for error, said in ("ValueError('an Ed25519 public key is 32 bytes long')", "`cryptography` does not work: ValueError"), (
                "RuntimeError('no provider')", "`cryptography` does not work: RuntimeError"), ("Invalid()", "finds a right one wrong"):
            script = f"""
import sys, types
class Invalid(Exception): pass
class Key:
    @classmethod
    def from_public_bytes(cls, key): return cls()
    def verify(self, signature, message): raise {error}
for name in ("", ".exceptions", ".hazmat", ".hazmat.primitives", ".hazmat.primitives.asymmetric", ".hazmat.primitives.asymmetric.ed25519"):
    sys.modules["cryptography" + name] = types.SimpleNamespace(InvalidSignature=Invalid, Ed25519PublicKey=Key)
"""
            with self.subTest(error):
                lines = asked(DEBIAN, "-S", script=script + ASK)
                self.assertEqual([said in line for line in lines[1:]], [True, True], lines)

    @unittest.skipIf(shutil.which("openssl") is None, "there is no openssl here")
    def test_an_openssl_that_is_killed_accuses_nobody(self):
        self.sample([60], [1])
        server = self.serve(agencies=1)
        sending = (*self.sending(1, server.ports), "--central-key", self.vkey)
        printed, errors = self.ask(*sending, status=3, PATH=self.stand_in("kill -9 $$"))
        self.assertEqual(printed, "1 of 60 bets have won\n")
        self.assertIn("not checked: the `openssl` command does not work: it ended with -9", errors)
        self.assertEqual([name for name in os.listdir(self.path("data")) if "false" in name], [])

    def test_with_neither_the_agency_has_its_winners_and_is_told(self):
        self.sample([60], [1])
        server = self.serve(agencies=1)
        sending = (*self.sending(1, server.ports), "--central-key", self.vkey)
        printed, errors = self.ask(*sending, status=3, PATH=self.path("nothing"))
        self.assertEqual(printed, "1 of 60 bets have won\n")
        self.assertRegex(errors, f"\nnot checked: .*{NEITHER}")
        self.assertEqual(errors.count("warning: signatures are not checked"), 1, errors)
        files = ("--rules", "data/agency-1.unchecked-rules-0", "--seal", "data/agency-1.unchecked-seal", "--receipts", "data/agency-1.unchecked-receipts")
        printed, _ = self.ask("verify", "--key", self.vkey, *files, status=3, PATH=self.path("nothing"))
        self.assertEqual(printed.count("neither the Python package"), 3, printed)
        self.assertEqual(printed.count("Nothing is false, but not all was checked."), 1, printed)
        printed, _ = self.ask("verify", "--key", self.vkey, *files, status=3)
        self.assertRegex(printed, "(?s)ok  .*ok  .*ok  .*ok  .*not checked  seals: only one copy.*ok  .*not checked .*, sealed: ")

    def test_what_needs_no_signature_is_still_checked_with_neither(self):
        self.sample([60], [1])
        server = self.serve(agencies=1)
        self.ask(*self.sending(1, server.ports), "--central-key", self.vkey)
        lines = self.read("data", "agency-1.csv").splitlines(True)
        self.write("data/agency-1.csv", b"".join([lines[1], lines[0], *lines[2:]]))
        printed, _ = self.ask("verify", "--key", self.vkey, "--receipts", "data/agency-1.receipts", "--csv", "data/agency-1.csv",
                              "--agency", 1, status=1, PATH=self.path("nothing"))
        self.assertRegex(printed, "FALSE +csv")


class Systems(PythonStory):
    """Where there is no fcntl, as on Windows."""

    HIDING = "import sys, runpy; sys.modules['fcntl'] = None; sys.argv[0] = 'quiniela'; runpy.run_module('quiniela', run_name='__main__')"

    def test_without_fcntl_only_receipts_cannot_be_kept(self):
        self.sample([10], [1])
        server = self.serve(agencies=1)

        def run(*arguments):
            return subprocess.run([DEBIAN, "-S", "-c", self.HIDING, *map(str, arguments)], cwd=self.folder, text=True, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=hang_s(),
                                  env={**os.environ, "PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1"})
        done = run(*self.sending(1, server.ports), "--central-key", self.vkey)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("agency-1.receipts: receipts cannot be kept on this system", done.stderr)
        done = run(*self.sending(1, server.ports))
        self.assertEqual((done.returncode, done.stdout), (0, "1 of 10 bets have won\n"), done.stderr)


if __name__ == "__main__":
    unittest.main()
