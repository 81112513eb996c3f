"""A witness signs the first seal of a draw and no second one, as C2SP's tlog-witness has it."""
import base64
import os
import subprocess
import sys
import tempfile
import threading
import unittest

import consistency
import witness

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "verifiers"))
import maker  # noqa: E402

SERVER = maker.SERVER.vkey.decode()
CLOCK = 1795640460
SECOND = maker.Draw({**maker.SMALL, 5: ("finished", [])})


def proof(old, leaves, is_whole=True):
    """RFC 6962, section 2.1.2, as it stands there: that the leaves begin with the first `old` of them."""
    if old == len(leaves):
        return [] if is_whole else [maker.root(leaves)]
    k = maker.cut(len(leaves))
    if old <= k:
        return proof(old, leaves[:k], is_whole) + [maker.root(leaves[k:])]
    return proof(old - k, leaves[k:], False) + [maker.root(leaves[:k])]


def checkpoint(leaves, origin=maker.ORIGIN, key=maker.SERVER):
    return maker.note(b"%s\n%d\n%s\n" % (origin, len(leaves), maker.b64(maker.root(leaves))), key)


class Consistency(unittest.TestCase):
    def test_every_pair_of_sizes(self):
        leaves = [maker.leaf(b"%d" % i) for i in range(33)]
        roots = [maker.root(leaves[:size]) for size in range(len(leaves) + 1)]
        for size in range(1, len(leaves) + 1):
            for old in range(1, size + 1):
                path = proof(old, leaves[:size])
                self.assertTrue(consistency.holds(old, roots[old], size, roots[size], path), (old, size))
                for other in roots[:old] + roots[old + 1:]:
                    self.assertFalse(consistency.holds(old, other, size, roots[size], path))
                    self.assertFalse(consistency.holds(old, roots[old], size, other if other != roots[size] else bytes(32), path))
                wrong = [path[:i] + [bytes(32)] + path[i + 1:] for i in range(len(path))]
                for path in [*wrong, path[:-1] if path else [bytes(32)], [*path, bytes(32)], path[1:] + [bytes(32)]]:
                    self.assertFalse(consistency.holds(old, roots[old], size, roots[size], path), (old, size))

    def test_a_path_for_another_size(self):
        leaves = [maker.leaf(b"%d" % i) for i in range(5)]
        for size, said in (2, 5), (5, 2):
            path, root = proof(1, leaves[:size]), maker.root(leaves[:size])
            self.assertTrue(consistency.holds(1, leaves[0], size, root, path))
            self.assertFalse(consistency.holds(1, leaves[0], said, root, path))


class Witnessing(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.served = self.enterContext(witness.Served(self.made()))
        self.draw = maker.Draw()

    def made(self, kind=witness.Witness):
        return kind(self.folder, "witness.example/one", [SERVER], seed=bytes([9]) * 32, clock=lambda: CLOCK)

    def submit(self, note, old=0, path=()):
        return witness.submit(self.served.port, note, old, path)

    def conflicts(self, size, note, *more):
        self.assertEqual(self.submit(note, *more), (409, "text/x.tlog.size", b"%d\n" % size))


class Seals(Witnessing):
    def test_the_first(self):
        status, _, line = self.submit(self.draw.seal())
        self.assertEqual((status, line), (200, maker.WITNESS.cosign(self.draw.seal_text(), CLOCK)))
        self.assertEqual(self.served.witness.vkey, maker.WITNESS.vkey.decode())

    def test_the_same_again(self):
        seal = self.draw.seal()
        self.submit(seal)
        self.conflicts(6, seal)  # which tells the size, as C2SP has it
        status, _, line = self.submit(seal, 6)
        self.assertEqual((status, line), (200, maker.WITNESS.cosign(self.draw.seal_text(), CLOCK)))
        self.assertEqual(self.submit(seal, 6, [bytes(32)])[0], 422)

    def test_a_second_one(self):
        """Of the same size, as the rules fix it: the roots differ."""
        self.submit(self.draw.seal())
        for old in 0, 5, 6:
            self.conflicts(6, SECOND.seal(), old)
        self.assertEqual(self.submit(self.draw.seal(), 6)[0], 200)

    def test_a_second_one_of_more_agencies(self):
        """Entry 0 has their number, so that no tree of more of them begins with this one."""
        more = maker.Draw({**maker.SMALL, 6: ("finished", []), 7: ("cut", [])})
        self.submit(self.draw.seal())
        self.assertEqual(self.submit(more.seal(), 6, proof(6, more.draw_leaves()))[0], 422)
        self.assertEqual(self.submit(more.seal(), 6)[0], 422)
        self.conflicts(6, more.seal())
        fewer = maker.Draw({a: maker.SMALL[a] for a in (1, 2)})
        self.assertEqual(self.submit(fewer.seal(), 6)[0], 400)
        self.conflicts(6, fewer.seal(), 3)

    def test_another_draw(self):
        self.submit(self.draw.seal())
        self.assertEqual(self.submit(maker.Draw(origin=b"lottery.example/central/x").seal())[0], 200)

    def test_after_a_restart(self):
        self.submit(self.draw.seal())
        with witness.Served(self.made()) as again:
            self.assertEqual(witness.submit(again.port, SECOND.seal())[0], 409)

    def test_two_at_once(self):
        """Of many that come together with one seal or the other, all that is signed is one of them."""
        answers, notes = [], [self.draw.seal(), SECOND.seal()] * 6
        threads = [threading.Thread(target=lambda note=note: answers.append((note, self.submit(note)[0]))) for note in notes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(status for _, status in answers), [200] + [409] * 11)

    def test_one_that_cheats(self):
        with witness.Served(self.made(witness.Cheating)) as cheating:
            for draw in self.draw, SECOND:
                self.assertEqual(witness.submit(cheating.port, draw.seal())[0], 200)


class Program(unittest.TestCase):
    def test_it_keeps_its_key_and_what_it_signed(self):
        with tempfile.TemporaryDirectory() as folder:
            keys = set()
            for draw, expected in (maker.Draw(), 200), (SECOND, 409):
                started = subprocess.Popen([sys.executable, witness.__file__, "--folder", folder, "--name", "w.example/1", "--log",
                                            SERVER], stdout=subprocess.PIPE, text=True)
                try:
                    keys.add(started.stdout.readline())
                    port = int(started.stdout.readline().split()[1])
                    self.assertEqual(witness.submit(port, draw.seal())[0], expected)
                finally:
                    started.terminate()
                    started.wait(60)
                    started.stdout.close()
            self.assertEqual(len(keys), 1)
            self.assertRegex(keys.pop(), r"^w\.example/1\+[0-9a-f]{8}\+B")  # 0x04


class Logs(Witnessing):
    """Of any log that grows."""

    def test_it_grows(self):
        leaves = [maker.leaf(b"%d" % i) for i in range(20)]
        self.assertEqual(self.submit(checkpoint(leaves[:3]))[0], 200)
        self.assertEqual(self.submit(checkpoint(leaves[:11]), 3, proof(3, leaves[:11]))[0], 200)
        self.assertEqual(self.submit(checkpoint(leaves), 11, proof(11, leaves)[::-1])[0], 422)
        self.assertEqual(self.submit(checkpoint(leaves), 11, proof(11, leaves))[0], 200)
        self.conflicts(20, checkpoint(leaves[:11]), 3)

    def test_whom_it_does_not_know(self):
        leaves = [maker.leaf(b"x")]
        for origin in b"lottery.example/other", b"lottery.example/centralx", b"x":
            self.assertEqual(self.submit(checkpoint(leaves, origin))[0], 404)
        stranger = maker.Key(maker.SERVER.name.decode(), bytes([3]) * 32)
        for key in maker.STRANGER, stranger:
            self.assertEqual(self.submit(checkpoint(leaves, key=key))[0], 403)
        note = checkpoint(leaves)
        flipped = note[:-4] + bytes([note[-4] ^ 1]) + note[-3:]
        self.assertIn(self.submit(flipped)[0], (400, 403))
        self.assertEqual(self.submit(note.replace(b"\n1\n", b"\n2\n"))[0], 403)
        self.assertEqual(self.submit(checkpoint(leaves, key=maker.STRANGER) + note.split(b"\n\n")[1])[0], 200)

    def test_what_is_no_request(self):
        seal = self.draw.seal()
        for body in (b"", b"old 0\n", b"old 0\n" + seal, b"old 00\n\n" + seal, b"old -1\n\n" + seal, b"old 7\n\n" + seal,
                     b"new 0\n\n" + seal, b"old 0\nx\n\n" + seal, b"old 0\n" + base64.b64encode(bytes(31)) + b"\n\n" + seal,
                     b"old 0\n" + (base64.b64encode(bytes(32)) + b"\n") * 64 + b"\n" + seal, b"old 0\n\n" + seal[:-1],
                     b"old 0\n\n" + seal.replace(b"\n6\n", b"\n06\n"), b"old 0\n\n" + self.draw.seal_text()):
            with self.assertRaises(witness.Refused) as refused:
                self.served.witness.add_checkpoint(body)
            self.assertEqual(refused.exception.status, 400, body)
        path = [bytes(32)]
        self.assertEqual(self.submit(seal, 0, path)[0], 422)
        self.assertEqual(self.submit(seal)[0], 200)


if __name__ == "__main__":
    unittest.main()
