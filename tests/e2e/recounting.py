"""An auditor with a package, and what came after the draw.

Packages are made by code that shares nothing with the program (tests/verifiers/maker.py).
"""
import contextlib
import hashlib
import html.parser
import io
import json
import os
import subprocess
import sys

from harness import PROGRAM, ROOT, Story

sys.path[:0] = [os.path.join(ROOT, "tests", "verifiers"), os.path.join(ROOT, "verifiers")]
import beacon  # noqa: E402, F401 (for those who import it from here)
import maker  # noqa: E402
from quiniela_verify import command  # noqa: E402

WITNESSED = 1795640460  # 2026-11-25T21:01:00Z
ROWS = maker.Draw().export().splitlines(keepends=True)


class Page(html.parser.HTMLParser):
    """What stands in a page: its elements, their attributes, and the texts within <bdi>."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.isolated, self.depth = [], [], [], 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "bdi":
            self.depth += 1
            self.isolated.append("")

    def handle_endtag(self, tag):
        self.depth -= tag == "bdi"

    def handle_data(self, data):
        if self.depth:
            self.isolated[-1] += data


class Recount(Story):
    """Of a draw whose number was turned; its seal is witnessed, and 0007 has won."""

    def setUp(self):
        super().setUp()
        self.draw = maker.Draw(witnesses=[maker.WITNESS])
        self.noted = None
        self.pack()
        self.write("result.note", self.draw.result(7))
        self.write("approval.note", self.draw.approval(7))
        self.write("after.csv", self.draw.export())
        self.write("winners.csv", self.draw.winners(7))

    # Files

    def pack(self, folder="package", draw=None, **changed):
        """Makes a package, whose files may be other ones than the draw's."""
        draw = draw or self.draw
        os.makedirs(self.path(folder), exist_ok=True)
        for name in os.listdir(self.path(folder)):
            os.unlink(os.path.join(self.path(folder), name))
        files = {"seal.note": draw.seal((maker.WITNESS, WITNESSED)), **changed}
        self.noted = draw.package(self.path(folder), **{name: data for name, data in files.items() if data is not None})

    def flags(self, without=(), **changed):
        """Everything an auditor has, but for some of it."""
        flags = {"--key": maker.SERVER.vkey.decode(), "--package": "package", "--manifest-hash": self.noted, "--result": "result.note",
                 "--approval": "approval.note", "--export-after": "after.csv", "--winners": "winners.csv",
                 **{f"--{name.replace('_', '-')}": value for name, value in changed.items()}}
        return [word for flag, value in flags.items() if flag not in without for word in (flag, value)]

    # Asking

    def run_recount(self, *arguments):
        done = subprocess.run([PROGRAM, "recount", *arguments], cwd=self.folder, capture_output=True, check=False, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def recount(self, status, *more, without=(), **changed):
        """The report as text."""
        code, said, errors = self.run_recount(*self.flags(without, **changed), *more)
        self.assertEqual(code, status, said + errors)
        return said

    def report(self, status, **changed):
        """…as JSON."""
        self.recount(status, "--json", "report.json", **changed)
        found = json.loads(self.read("report.json"))
        self.assertEqual(found["exit"], status)
        return found

    def refused(self, says, *more, **changed):
        """Wrong use, or a file that cannot be read: nothing is said of the draw."""
        code, said, errors = self.run_recount(*self.flags(**changed), *more)
        self.assertEqual((code, said), (2, ""), errors)
        self.assertIn(says, errors)

    def in_python(self, **changed):
        """The claims of verify.py, which is no part of the program, and its exit status."""
        printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed):
            status = command.main([*self.flags(**changed), "--json"])
        return status, json.loads(printed.buffer.getvalue())["claims"]

    def false(self, said, *words):
        """That some line says that something is false, with these words."""
        self.assertTrue(any(line.startswith("FALSE") and all(word in line for word in words) for line in said.splitlines()),
                        f"no line says that {words} is false:\n{said}")


def sha256(data):
    return hashlib.sha256(data).hexdigest()
