"""Every bet of agencies of any size is proved by the verifier in Python, and nothing else is.

Quick: some sizes, and some forgeries of each kind. QUINIELA_SIZES=all: of 1 to 2,000 bets, every bet; QUINIELA_FORGERIES=N: so many.
"""
import functools
import os
import random
import unittest
from unittest import mock

import maker
from asked import KEY
from quiniela_verify import ed25519, merkle, proof
from quiniela_verify.encoding import Refused

ALL = os.environ.get("QUINIELA_SIZES") == "all"
FORGERIES = int(os.environ.get("QUINIELA_FORGERIES", "3000"))


class Paths:
    """All paths of one tree, each node computed once."""

    def __init__(self, leaves):
        self.leaves = leaves
        self.node = functools.cache(self._node)

    def _node(self, first, end):
        if end - first == 1:
            return self.leaves[first]
        k = first + maker.cut(end - first)
        return maker.sha256(b"\1" + self.node(first, k) + self.node(k, end))

    def path(self, index):
        first, end, found = 0, len(self.leaves), []
        while end - first > 1:
            k = first + maker.cut(end - first)
            found.append(self.node(k, end) if index < k else self.node(first, k))
            first, end = (first, k) if index < k else (k, end)
        return found[::-1]


def holds(data):
    """Whether it is a proof, or a code, that the key has signed."""
    try:
        found = proof.read_code(data) if data.startswith(b"\x01") else proof.read_text(data)
        return found.is_signed(KEY)
    except Refused:
        return False


class Sizes(unittest.TestCase):
    def setUp(self):
        self.enterContext(mock.patch.object(ed25519, "verify", functools.cache(ed25519.verify)))

    def test_paths(self):
        for size in range(1, 2001) if ALL else [*range(1, 40), 255, 256, 257, 1000, 2000]:
            leaves = [merkle.leaf(b"%d" % i) for i in range(size)]
            paths = Paths(leaves)
            for i in range(size):
                self.assertEqual(merkle.path_root(paths.path(i), i, size, leaves[i]), paths.node(0, size), f"{i} of {size}")

    def test_proofs(self):
        for size in 1, 2, 3, 6, 7, 8, 9:
            draw = maker.Draw({1: ("cut", []), 2: ("finished", [f"a,b,{i},2000-01-01,{i}" for i in range(size)]), 3: ("cut", [])})
            for i in range(size):
                self.assertTrue(holds(draw.proof(2, i)), f"{i} of {size}")
                self.assertTrue(holds(draw.code(2, i)), f"{i} of {size}, as a code")


class Forgeries(unittest.TestCase):
    """Changes of a proof's lines that keep its form, and that the one who makes them would wish for."""

    def setUp(self):
        self.enterContext(mock.patch.object(ed25519, "verify", functools.cache(ed25519.verify)))
        self.random = random.Random(16)
        rows = [f"a,b,{i},2000-01-01,{i}" for i in range(11)]
        self.draw = maker.Draw({a: ("finished" if a % 2 else "cut", rows[:a]) for a in range(1, 12)})
        self.other = maker.Draw(self.draw.agencies, origin=b"lottery.example/central/x")
        self.good = [self.draw.proof(agency, i) for agency in range(2, 12) for i in range(agency)]
        self.seals = [self.draw.seal(), self.other.seal(), maker.note(self.draw.seal_text(), maker.STRANGER)]

    def forge(self):
        """The kind, a proof, and what was made of it."""
        choose = self.random.choice
        good = choose(self.good)
        lines = good.split(b"\n")
        bet, end, entry = 4, lines.index(b""), lines.index(b"", lines.index(b"") + 1)
        first, second = range(5, end), range(end + 3, entry)
        kind = choose((self.shorter, self.longer, self.exchanged, self.numbers, self.words, self.other_seal, self.other_row))
        forged = kind(list(lines), bet, choose((first, second)))
        return kind.__name__, good, b"\n".join(forged)

    def shorter(self, lines, _, path):
        del lines[self.random.choice(path)]
        return lines

    def longer(self, lines, _, path):
        lines.insert(path[0], self.random.choice([lines[path[0]], maker.b64(self.random.randbytes(32))]))
        return lines

    def exchanged(self, lines, _, path):
        one, two = self.random.choice(path), self.random.choice([*path, path[0]])
        lines[one], lines[two] = lines[two], lines[one]
        return lines

    def numbers(self, lines, bet, path):
        """The agency, the index, the count or the entry's index."""
        agency, index, row = lines[bet].split(b",", 2)
        number = b"%d" % self.random.randrange(14)
        which = self.random.randrange(4)
        if which < 2:
            lines[bet] = b",".join([number, index, row] if which else [agency, number, row])
        elif which == 2:
            lines[3] = b"count " + number
        else:
            lines[lines.index(b"") + 2] = b"index " + number
        return lines

    def words(self, lines, _, path):
        lines[2] = b"state cut" if lines[2] == b"state finished" else b"state finished"
        if self.random.random() < .5:
            lines[1] = b"salt " + maker.b64(self.random.randbytes(16))
        return lines

    def other_seal(self, lines, _, path):
        end = lines.index(b"", lines.index(b"") + 1)
        return lines[:end + 1] + self.random.choice(self.seals[1:]).split(b"\n")

    def other_row(self, lines, bet, _):
        lines[bet] = lines[bet][:-1] + b"%d" % self.random.randrange(10)
        return lines

    def test_none_holds(self):
        kinds = set()
        for _ in range(FORGERIES):
            kind, good, forged = self.forge()
            kinds.add(kind)
            if forged != good and holds(forged):
                self.fail(f"{kind}: {forged.decode()}")
        self.assertEqual(len(kinds), 7)
        self.assertTrue(holds(good))

    def test_entries_of_another_kind(self):
        """The draw's own entry, a receipt's, or a node of a tree is no bet and no agency."""
        good = self.draw.proof(5, 1)
        node = maker.sha256(b"\1" + bytes(64))
        for text in (self.draw.entry(5).rstrip(b"\n").rsplit(b"\n")[-1], node, b"5,1,", b"5,1", b"5,1,a,b,1,2000-01-01,1,1"):
            self.assertFalse(holds(good.replace(self.draw.text(5, 1), text)))
        self.assertTrue(holds(good))
        self.assertFalse(holds(good.replace(b"index 5", b"index 0")))


if __name__ == "__main__":
    unittest.main()
