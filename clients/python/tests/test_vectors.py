"""The client in Python reads and writes messages, bets and lines as the manifest of vectors says."""
import json
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
GOLDEN = os.path.join(ROOT, "tests", "golden")
sys.path.insert(0, os.path.join(ROOT, "clients", "python", "src"))
from quiniela import BadBets, BetsFile, bets, wire  # noqa: E402


def data(name):
    with open(os.path.join(GOLDEN, name), "rb") as file:
        return file.read()


def written(expect):
    """The message that our functions write for what the manifest says of one."""
    asks = {name: True for name in expect["asks"]}
    if expect.get("seal") is not None:
        asks["seal"] = expect["seal"]
    if expect["type"] == wire.CONSULT:
        return wire.consultation(expect["agency"], expect["wait"], returns=expect["returns"], **asks)
    asks.update({name: expect.get(name) for name in ("stored", "only_draw")})
    return wire.chunk(expect["agency"], [bet.encode() for bet in expect["bets"]], expect.get("first"), expect["type"] == 2, **asks)


class Vectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(GOLDEN, "vectors.json"), encoding="utf-8") as file:
            cls.vectors = json.load(file)

    def of(self, kind, direction=None):
        found = [each for each in self.vectors[kind] if direction is None or each["direction"] == direction]
        self.assertGreater(len(found), 2, f"there are hardly any {kind}")
        return found

    def test_what_we_write_means_what_ours_do(self):
        count = 0
        for each in self.of("messages", "to_central"):
            if each["file"].startswith(("our-", "signed-")) and "refused" not in each["expect"]:
                with self.subTest(each["file"]):
                    self.assertEqual(json.loads(written(each["expect"])[4:]), json.loads(data(each["file"])[4:]))
                count += 1
        self.assertGreater(count, 5)

    @staticmethod
    def receipt(reply):
        told = reply.receipt
        return told and {"entry": told.entry.decode(), "index": told.place, "path": [each.decode() for each in told.path],
                         "note": told.note.decode()}

    def test_answers_are_read(self):
        for each in self.of("messages", "from_central"):
            with self.subTest(each["file"]):
                frames, expect = wire.Frames(), each["expect"]
                frames.feed(data(each["file"]))
                message = frames.next()
                if "type" not in expect:
                    self.assertRaises(wire.BadReply, wire.read_reply, message)
                    continue
                reply = wire.read_reply(message)
                self.assertEqual(reply.kind, expect["type"])
                self.assertEqual(reply.next, -1 if expect.get("next") is None else expect["next"])
                self.assertEqual([(piece.first, piece.length, piece.digest.hex()) for piece in reply.stored or []],
                                 [(piece["first"], piece["count"], piece["digest"]) for piece in expect.get("stored") or []])
                for name in ("retry_after_ms", "draw"):
                    if name in expect:
                        self.assertEqual(getattr(reply, name), expect[name], name)
                error = expect.get("error", {})
                self.assertEqual({name: getattr(reply, name) for name in error}, error)
                self.assertEqual(reply.documents, ",".join(expect.get("winners", [])))
                self.assertEqual(reply.is_unsigned, expect.get("unsigned", False))
                self.assertEqual(self.receipt(reply), expect.get("receipt"))
                for name in ("rules", "seal", "result", "key"):
                    if isinstance(expect.get(name), str):
                        self.assertEqual(getattr(reply, name), expect[name].encode(), name)

    def test_streams_are_cut_into_answers_in_any_pieces(self):
        for each in self.of("streams"):
            if each["direction"] != "from_central":
                continue
            for step in (1, 7, 1 << 20):
                with self.subTest(each["file"], step=step):
                    frames, found, stream, refused = wire.Frames(), [], data(each["file"]), False
                    for at in range(0, len(stream), step):
                        frames.feed(stream[at:at + step])
                        try:
                            while not refused and (message := frames.next()) is not None:
                                found.append(message)
                        except wire.BadReply:
                            refused = True
                    self.assertEqual(found, [data(name)[4:] for name in each["expect"]["messages"]])
                    self.assertEqual(refused, "refused" in each["expect"])

    def test_bets(self):
        for each in self.of("bets"):
            with self.subTest(each["is"]):
                text = bytes.fromhex(each["hex"]) if "hex" in each else each["text"].encode("utf-8", "surrogatepass")
                fault = bets.fault_of(text)
                if "refused" in each["expect"]:
                    self.assertEqual(fault and fault.field, each["expect"]["field"])
                else:
                    self.assertIsNone(fault)
                    self.assertEqual(bets.number_of(text), each["expect"]["number"])

    def test_files(self):
        for each in self.of("csv_files"):
            with self.subTest(each["is"]), tempfile.NamedTemporaryFile() as file:
                file.write(each["text"].encode())
                file.flush()
                if "refused" in each["expect"]:
                    with self.assertRaises(BadBets) as caught:
                        BetsFile(file.name)
                    self.assertEqual((caught.exception.code, caught.exception.line), ("bad_bet", each["expect"]["line"]))
                    continue
                found = BetsFile(file.name)
                self.addCleanup(found.close)
                self.assertEqual([row.decode() for row in found.rows(0, found.total + 1)], each["expect"]["bets"])

    def test_lines_and_digests(self):
        for each in self.of("csv_lines"):
            with self.subTest(each["is"]):
                found = bets.unquoted(each["line"].encode())
                wanted = each["expect"].get("bet")
                self.assertEqual(found, wanted and wanted.encode())
        for each in self.of("digests"):
            with self.subTest(each["is"]):
                self.assertEqual(bets.digest_of([bet.encode() for bet in each["bets"]]).hex(), each["expect"]["digest"])


if __name__ == "__main__":
    unittest.main()
