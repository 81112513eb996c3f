"""Clients that send without reading cannot make the central use more than its share of memory.

The attacks are those of script/hostile --memory.
"""
import os
import sys
import unittest

from harness import PROGRAM, ROOT, Server, Story, Wire, frame, is_sanitized, not_under_valgrind
from test_slow_disk import can_trace

sys.path.insert(0, os.path.join(ROOT, "tests/hostile"))
import memory  # noqa: E402


@not_under_valgrind("it measures memory")
@unittest.skipIf(is_sanitized(), "a sanitizer keeps freed memory")
class Attacks(unittest.TestCase):
    def assert_held(self, attack, scale, most_mib):
        sent, grown = memory.play(attack, PROGRAM, scale)
        print(f"{attack.__name__}: {sent:.2f} MB sent, {grown:.1f} MiB held")
        self.assertLess(grown, most_mib)

    def test_consultations_that_nobody_reads_the_answers_of(self):
        self.assert_held(memory.consultations, 0.1, 40)

    def test_empty_frames_behind_a_large_message(self):
        self.assert_held(memory.empty_frames, 0.1, 40)

    def test_consultations_that_are_held(self):
        self.assert_held(memory.held, 1, 40)

    @unittest.skipUnless(can_trace(), "strace, which makes the disk slow, is not there")
    def test_refused_chunks(self):
        self.assert_held(memory.refused, 0.1, 30)


@not_under_valgrind("it measures memory")
@unittest.skipIf(is_sanitized(), "a sanitizer keeps freed memory")
class WhatIsReallyHeld(unittest.TestCase):
    """What is counted is what the process has: a limit of 32 MiB, and half as much for holes that are not given back yet and
    for what the loops keep for themselves, which a limit as small as that has no room for."""

    def assert_held(self, attack, scale):
        sent, grown = memory.play(attack, PROGRAM, scale, flags=("--memory-max", "32M", "--loops", "2"))
        print(f"{attack.__name__}: {sent:.0f} MB sent, {grown:.1f} MiB held")
        self.assertGreater(sent, 100)
        self.assertLess(grown, 48)

    def test_large_messages_leave_no_holes_in_the_heap(self):
        self.assert_held(memory.coming_again, 0.25)

    @unittest.skipUnless(can_trace(), "strace, which makes the disk slow, is not there")
    def test_a_chunk_takes_what_its_message_was_long(self):
        self.assert_held(memory.padded_chunks, 0.1)


class Limit(Story):
    def test_half_messages_stay_below_it_and_honest_agencies_go_on(self):
        server = Server(self, "--memory-max", "16M", "--loops", 2, agencies=1)
        half = frame(b"x" * 1000000)[:900000]
        strangers = [Wire(self, server.ports[0]) for _ in range(40)]
        for stranger in strangers:
            try:
                stranger.socket.sendall(half)
            except ConnectionError:
                pass  # it was the one to be closed
        server.wait_for("action: close_connection .*reason: no_memory")
        bet = {"type_message": 2, "agency": "1", "payload": ["Ana,Paz,30876370,1999-03-17,7574"], "first": 0}
        self.assertEqual(Wire(self, server.ports[0]).ask(bet).kind, "processed")

    def test_what_it_takes(self):
        for text, reason in (("7M", "is not a size of 8M or more"), ("64MB", "is not a size of 8M or more"),
                             ("16M", "16M is too little for 5 loops, which need 4 MiB each: give 20M")):
            status, _, errors = self.run_program("server", "--loops", 5, "--memory-max", text)
            self.assertEqual(status, 2)
            self.assertIn(reason, errors)


if __name__ == "__main__":
    unittest.main()
