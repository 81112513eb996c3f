"""What the tests of the page have in common: the page, made by the program; a browser; and the page's own check, asked about bytes.

Ends the test with 77, skipped, where there is no Chromium.
"""
import base64
import os
import subprocess
import sys
import tempfile
import unittest

import chromium

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCES = os.path.join(ROOT, "verifiers", "page")
PROGRAM = os.path.abspath(os.environ.get("QUINIELA", os.path.join(ROOT, "build/release/quiniela")))
sys.path[:0] = [os.path.join(ROOT, "tests", "verifiers")]
import maker  # noqa: E402

LISTS = "rules", "seals", "proofs", "codes", "receipts", "approvals", "results"
SINGLE = "sealJson", "pulse", "certificate"

# given: keys and origin as texts; names and base64 of what is given.
CHECK = """async given => {
    const file = ([name, data]) => ({name: utf8(name), data: atob(data)});
    const asked = {origin: given.origin, keys: []};
    for (const key of given.keys) asked.keys.push(await readKey(key, ED25519));
    for (const name of LISTS) asked[name] = given[name].map(file);
    for (const name of ["sealJson", "pulse", "certificate"]) asked[name] = given[name] && file(given[name]);
    const known = await check(asked);
    return {status: known.claims.status, summary: plainText(known.claims.summary),
        claims: known.claims.list.map(claim => [claim.state, plainText(claim.what), plainText(claim.why)]),
        spanish: known.claims.list.map(claim => plainText(claim.why, "es"))};
}"""


def run_page(*arguments):
    return subprocess.run([PROGRAM, "page", *arguments], capture_output=True, check=False, timeout=60)


class Said:
    """What the page says."""

    def __init__(self, answer):
        self.status, self.claims, self.spanish = answer["status"], [tuple(claim) for claim in answer["claims"]], answer["spanish"]
        self.summary = answer["summary"]

    def text(self):
        return "\n".join([*(f"{state:<11}  {what}: {why}" for state, what, why in self.claims), "", self.summary]) + "\n"

    def of(self, state):
        return [what for said, what, _ in self.claims if said == state]


class Paged(unittest.TestCase):
    """One browser for all stories of a class, and a page that trusts the key of maker.SERVER."""

    FLAGS = ()

    @classmethod
    def setUpClass(cls):
        if chromium.PROGRAM is None:
            print("there is no chromium: script/bootstrap test installs it")
            sys.exit(77)
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.page = cls.make_page("page.html")
        cls.browser = cls.enterClassContext(chromium.Chromium())
        cls.tab = cls.enterClassContext(cls.browser.tab())
        cls.tab.open(f"file://{cls.page}")

    @classmethod
    def make_page(cls, name, *flags, key=maker.SERVER):
        path = os.path.join(cls.folder, name)
        done = run_page("--key", key.vkey.decode(), "--output", path, *flags)
        if done.returncode:
            raise AssertionError(done.stderr.decode())
        return path

    def setUp(self):
        self.draw = maker.Draw()

    @classmethod
    def ask(cls, keys=(maker.SERVER,), origin=None, **given):
        """What its check says: of bytes, or of lists of them or of pairs of a name and bytes."""
        asked = {"keys": [key.vkey.decode() for key in keys], "origin": origin and origin.decode()}
        for name in LISTS:
            asked[name] = [cls._file(data) for data in given.pop(name, ())]
        for name in SINGLE:
            data = given.pop(name, None)
            asked[name] = None if data is None else cls._file(data)
        assert not given, f"there is no {given}"
        return Said(cls.tab.apply(CHECK, asked))

    @staticmethod
    def _file(data):
        name, data = data if isinstance(data, tuple) else ("it", data)
        return name, base64.b64encode(data).decode()

    def in_a_claim(self, said, state, *words):
        """That a claim of that state has all of the words."""
        for claim in said.claims:
            if claim[0] == state and all(word in f"{claim[1]}: {claim[2]}" for word in words):
                return
        self.fail(f"no claim is {state} with {words}:\n{said.text()}")
