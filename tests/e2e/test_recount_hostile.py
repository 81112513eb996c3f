"""What a recount reads may come from an enemy, and what it writes replaces nothing that it reads."""
import contextlib
import os
import pty
import random
import resource
import shutil
import signal
import stat
import subprocess
import sys
import unittest

from harness import PROGRAM, ROOT
from recounting import Page, Recount

GIB = 1024**3
ENCRYPTED = b"""-----BEGIN CERTIFICATE-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
-----END CERTIFICATE-----
"""
PIECES = [b"\n", b"\n\n", b" ", b"0", b"-1", b"18446744073709551616", b"\xff", b'"', b",", b"\r\n", b"\0", b"=", b"\xef\xbb\xbf",
          b"\xe2\x80\xae", b"../", b"<script>"]


class Read(Recount):
    def test_garbled_files(self):
        """Of each some, the same in each run: never a crash, and never a claim that all holds."""
        chance = random.Random(29)
        for name in ("package/manifest.txt", "package/export.csv", "package/rules-0.note", "package/seal.json", "package/seal.note",
                     "package/secret.txt", "result.note", "approval.note", "after.csv", "winners.csv"):
            data = self.read(name)
            for _ in range(8):
                at = chance.randrange(len(data) + 1)
                piece = chance.choice([*PIECES, data[at:at + 30], bytes(chance.randrange(256) for _ in range(5))])
                garbled = data[:at] + piece + data[at + chance.choice((0, 0, 1, 20)):]
                if garbled == data:
                    continue
                self.write(name, garbled)
                code, said, errors = self.run_recount(*self.flags(), "--json", "r.json", "--page", "p.html")
                self.assertEqual((code, errors), (1, ""), f"{name}, {piece} at {at}:\n{said}")
            self.write(name, data)
        self.recount(0)

    def test_links_and_pipes_in_the_package(self):
        self.write("outside", self.draw.seal())

        def link(name, to):
            os.unlink(self.path(f"package/{name}"))
            os.symlink(to, self.path(f"package/{name}"))

        def other(name, make):
            os.unlink(self.path(f"package/{name}"))
            make(self.path(f"package/{name}"))
        for spoil, word in ((lambda: link("seal.note", "../outside"), "is a link"), (lambda: link("manifest.txt", "../outside"), "is a link"),
                            (lambda: link("export.csv", "/dev/zero"), "is a link"), (lambda: link("secret.txt", "secret.txt"), "is a link"),
                            (lambda: other("seal.json", os.mkfifo), "is no regular file"),
                            (lambda: other("export.csv", os.mkdir), "is no regular file"),
                            (lambda: self.write("package/notes", b""), "notes: is not in the manifest"),
                            (lambda: self.write("package/\u202ecod.exe", b""), r"\u202ecod.exe: is not in the manifest")):
            if os.path.isdir(self.path("package")):
                shutil.rmtree(self.path("package"))
            self.pack()
            spoil()
            self.false(self.recount(1), "package package", word)

    def test_names_outside_the_package(self):
        manifest = self.read("package/manifest.txt")
        for name in b"../outside", b"/etc/passwd", b"rules-1.note/../seal.note", b"./audit.log", b"audit.log\0", b"rules-99999.note":
            self.write("package/manifest.txt", manifest.replace(b" audit.log\n", b" " + name + b"\n"))
            self.false(self.recount(1), "package package", "line 3: names a file that no package has")

    def test_huge_files(self):
        """They have holes, and take no room. Of a package's it is seen before they are read."""
        for name in "rules-0.note", "seal.note", "secret.txt", "seal.json", "export.csv":
            self.pack()
            os.truncate(self.path(f"package/{name}"), 4000 * GIB)
            said = self.recount(1)
            self.false(said, "package package", f"{name}: has 4294967296000 bytes, and ")
        self.pack()
        os.truncate(self.path("package/manifest.txt"), GIB)
        self.false(self.recount(1), "package package", "has more than 262144 bytes")
        self.pack()
        for name, size, word in (("result.note", GIB, "has more than 65536 bytes"), ("approval.note", GIB, "has more than 65536 bytes"),
                                 ("winners.csv", 65 * GIB, "has more than 68719476736 bytes"),
                                 ("after.csv", GIB, "line 7: has more than 2048 bytes")):
            data = self.read(name)
            os.truncate(self.path(name), size)
            self.false(self.recount(1), name, word)
            self.write(name, data)

    def test_what_cannot_be_read(self):
        os.mkfifo(self.path("pipe"))
        for flag in "result", "approval", "export_after", "winners", "seal", "rules":
            self.refused("pipe: is no regular file", **{flag: "pipe"})
            self.refused("nothing: No such file", **{flag: "nothing"})
            self.refused("package: is no regular file", **{flag: "package"})
        self.refused("result.note: Not a directory", package="result.note")
        self.refused("--manifest-hash", manifest_hash=self.noted.upper())
        self.refused("--package is missing", without=["--package", "--manifest-hash"])
        self.refused("--json: ", "--json", "a", "--json", "b")

    def test_a_package_that_its_reader_cannot_open(self):
        """Which says nothing of the draw. Of its many logs no more than one is open at a time."""
        logs, tokens = ({name % number: b"{}\n" for number in range(60)} for name in ("audit-%d.log", "token-%d.der"))
        for more, status, words in (logs, 0, "files are those of the manifest"), (tokens, 2, "too many open files"):
            self.pack(**more)
            done = subprocess.run([PROGRAM, "recount", *self.flags()], cwd=self.folder, capture_output=True, check=False, timeout=60,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
            said = (done.stdout + done.stderr).decode()
            self.assertEqual((done.returncode, "FALSE" in said), (status, False), said)
            self.assertIn(words, said)

    def test_one_thing_twice(self):
        """An approval, a result: copies of them are of no use, and two that differ are a fraud."""
        self.write("approval_2.note", self.draw.approval(8))
        self.false(self.recount(1, "--approval", "approval_2.note"), "two numbers")
        self.write("result_2.note", self.draw.result(8))
        self.false(self.recount(1, "--result", "result_2.note"), "two results of one draw")

    def test_a_certificate_that_is_encrypted(self):
        """…it says, and is refused: nobody is asked for a password, even where there is a terminal to ask at."""
        self.write("certificate.pem", ENCRYPTED)
        for program in [PROGRAM, "verify"], [PROGRAM, "recount", "--package", "package"], [sys.executable, os.path.join(ROOT, "verifiers/verify.py")]:
            for flag in "--nist-cert", "--tsa-cert":
                said = self.at_a_terminal([*program, flag, "certificate.pem", "--rules", "package/rules-0.note"])
                self.assertRegex(said, r"FALSE .*certificate certificate\.pem: .*in PEM")

    def at_a_terminal(self, words):
        """What the program says that has a terminal of its own, up to its end."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execv(words[0], words)
        said = b""
        with os.fdopen(terminal, "rb", buffering=0) as file, contextlib.suppress(OSError):  # EIO: it has ended
            while b"pass" not in said.replace(b"package", b"") and (piece := file.read(4096)):
                said += piece
        if b"pass phrase" in said:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return said.decode()

    def test_foreign_text_in_the_page(self):
        """It is a text, and changes nothing of how what stands beside it is read."""
        name = "<script>alert('1')&\"\u202e"
        os.rename(self.path("package"), self.path(name))
        self.recount(0, "--page", "page.html", package=name)
        text = self.read("page.html").decode()
        page = Page(text)
        self.assertNotIn("script", page.tags)
        self.assertIn("package <script>alert('1')&\"\\u202e, manifest", page.isolated)
        self.assertNotIn("\u202e", text)
        self.assertNotIn("<script", text)


class Written(Recount):
    def test_nothing_that_is_read_is_replaced(self):
        os.symlink("result.note", self.path("link"))
        before = {name: self.read(name) for name in ("result.note", "package/manifest.txt")}
        for flag in "--json", "--page":
            for name, says in (("result.note", "is a file that is to be read"), ("link", "is a file that is to be read"),
                               ("package/manifest.txt", "is in the package's folder"), ("package/new", "is in the package's folder"),
                               ("package/../package/new", "is in the package's folder"), ("-", "needs the name of a file"),
                               ("nowhere/new", "nowhere"), ("package", "package")):
                self.refused(says, flag, name)
        self.refused("are one file", "--json", "a", "--page", "./a")
        self.assertEqual(before, {name: self.read(name) for name in before})
        self.assertEqual(sorted(os.listdir(self.path("package"))), sorted(["manifest.txt", "export.csv", "rules-0.note", "seal.json",
                                                                           "seal.note", "secret.txt", "audit.log"]))
        self.assertFalse(os.path.exists(self.path("a")))

    def test_a_report_of_another_time_is_replaced_as_a_whole(self):
        self.write("report.json", b"x" * 100000)
        self.recount(0, "--json", "report.json")
        self.assertTrue(self.read("report.json").endswith(b"}\n"))
        self.assertNotIn(b"xx", self.read("report.json"))

    def test_a_pipe_is_no_place(self):
        os.mkfifo(self.path("pipe"))
        self.refused("pipe", "--page", "pipe")
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path("pipe")).st_mode))

    def test_nothing_is_written_where_nothing_was_checked(self):
        self.refused("nothing: No such file", "--json", "report.json", result="nothing")
        self.assertFalse(os.path.exists(self.path("report.json")))


if __name__ == "__main__":
    unittest.main()
