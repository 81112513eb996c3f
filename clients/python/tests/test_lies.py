"""What a central says in bad faith, in answers of the right form, costs an agency in Python little."""
import json
import os
import random
import struct
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path[:0] = [os.path.join(ROOT, "clients", "python", "src"), os.path.join(ROOT, "tests", "verifiers")]
import maker  # noqa: E402
from quiniela import BetsList, Connect, Dialogue, Options, Refused, Wait  # noqa: E402

BETS = ["Ana,Paz,A1,2000-02-29,7", "Eva,Paz,A2,2000-02-29,7"]


class Longest(random.Random):
    """Each pause is as long as it may be."""

    def uniform(self, a, b):
        return b


class Lies(unittest.TestCase):
    def setUp(self):
        self.events = []

    def begin(self, is_signed=False, **more):
        if is_signed:
            folder = tempfile.TemporaryDirectory(prefix="quiniela-")
            self.addCleanup(folder.cleanup)
            more.update(central_key=maker.SERVER.vkey.decode(), receipts=os.path.join(folder.name, "agency.receipts"))
        self.dialogue = Dialogue(Options(1, ["127.0.0.1:1"], random=Longest(), on_event=self.events.append, **more), BetsList(BETS))
        self.addCleanup(self.dialogue.stop)
        self.dialogue.start()
        self.dialogue.connected()
        self.dialogue.actions()

    def tell(self, kind, payload=None, **fields):
        body = json.dumps({"type_message": kind, "payload": payload, **fields}).encode()
        self.dialogue.received(struct.pack(">I", len(body)) + body)

    def tell_error(self, code, message="no", retryable=False, **fields):
        self.tell(4, {"code": code, "message": message, "retryable": retryable}, **fields)

    def outcome(self):
        self.dialogue.stop()
        return self.dialogue.outcome()

    def pause(self):
        """The wait before the next connection; None where there is none."""
        actions = self.dialogue.actions()
        if any(isinstance(action, Connect) for action in actions):
            return None
        return [action.seconds for action in actions if isinstance(action, Wait)][-1]

    def test_without_receipts_nothing_counts_as_stored(self):
        for code in ("draw_closed", "gap"):
            with self.subTest(code):
                self.begin(is_signed=True)
                self.tell_error(code, next=2)
                outcome = self.outcome()
                self.assertEqual((outcome.stored, outcome.not_taken), (0, 2 if code == "draw_closed" else 0))
        self.assertIn("the central says that it has 2 bets, and has given receipts for 0: no more count",
                      [event.text for event in self.events])

    def test_to_forget_and_to_acknowledge_the_same_again_makes_pauses_grow(self):
        self.begin(chunk_size=1)
        pauses = []
        for _ in range(8):
            self.tell(1, next=1)
            self.tell_error("gap", retryable=True, next=0)
            pauses.append(self.pause())
            if pauses[-1] is not None:
                self.dialogue.waited()
            self.dialogue.connected()
            self.dialogue.actions()
        self.assertEqual(pauses, [None, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0])

    def test_an_answer_of_no_sense_ends_no_agency(self):
        for each in (b'{"type_message":1,"next":1,"draw":"\\ud800"}', b'{"type_message":1,"next":1,"draw":"x","later":{"\\uDfff":1}}',
                     b'{"type_message":1,"next":NaN}', b'{"type_message":2.0,"payload":""}', b'{"type_message":1,"next":' + b"9" * 5000 + b"}",
                     b'{"type_message":1,"next":1,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"):
            with self.subTest(each[:40]):
                self.begin()
                self.dialogue.received(struct.pack(">I", len(each)) + each)
                self.assertEqual(self.events[-1].kind, "retry")
                self.assertIsNone(self.outcome().winners)

    def test_a_pause_that_it_asks_for_has_a_bound(self):
        self.begin()
        self.tell(1, next=2)
        self.tell(3, retry_after_ms=2 ** 62)
        self.assertEqual(self.pause(), 60)

    def test_a_long_answer_is_one_of_documents(self):
        self.begin()
        self.dialogue.received(struct.pack(">I", 512 * 1024 + 1))
        self.assertEqual(self.events[-1].kind, "retry")
        for payload, more in ((None, {"later": [{}] * 200_000}), ("A1", {"later": {"payload": "A1" + "," * 10, "x": "[" * 600_000}}),
                              (",".join(["A1"] * 300_000), {})):
            with self.subTest(len(str(payload))):
                self.begin()
                self.tell(1, next=2)
                self.tell(2, payload, **more)
                self.assertEqual(self.events[-1].kind, "retry")
        self.assertIn("the central tells more winners than the 2 bets of this agency", self.events[-1].text)

    def test_its_texts_steer_no_terminal(self):
        for is_late in (False, True):
            self.begin()
            self.tell_error("bad\u009b", "\x1b[2J\n\u202e", retryable=is_late)
            if not is_late:
                with self.assertRaises(Refused) as caught:
                    self.outcome()
            text = self.events[-1].text if is_late else str(caught.exception)
            self.assertIn("\\x1b[2J\\n\\u202e (bad\\x9b)", text)
            self.assertTrue(text.isprintable())


if __name__ == "__main__":
    unittest.main()
