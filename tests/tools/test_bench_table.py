"""Each row of script/bench's table is measured as it says, in turn with what it is compared with.

The measurements are made up: none is run.
"""
import argparse
import os
import sys
import unittest
from unittest import mock

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench"))
import measurements  # noqa: E402
import report  # noqa: E402
import rows  # noqa: E402
import run  # noqa: E402

OPTIONS = argparse.Namespace(only=[], rounds=2, time_rounds=3, long_rounds=1, bets=1000, single_bets=10, time_bets=500, long_bets=2_000_000,
                             signed_rounds=2, signed_bets=700, board_rounds=2, board_bets=600, before=None, program_before="/before")
EVERY_FIGURE = {"bets_per_second": 10.0, "ack_ms_p50": 1.0, "ack_ms_p99": 2.0, "sync_ms_p50": 0.5, "sync_ms_p99": 0.6,
                "central_ns_a_bet": 100.0, "central_user_ns_a_bet": 60.0, "central_system_ns_a_bet": 40.0,
                "central_loops_ns_a_bet": 50.0, "central_ledger_ns_a_bet": 25.0, "central_checkpoints_ns_a_bet": 20.0,
                "central_log_ns_a_bet": 5.0,
                "bare_bets_per_second": 12.0, "first_million_bets_per_second": 8.0, "last_million_bets_per_second": 6.0, "memory_kib_end": 2048,
                "memory_kib_first_million": 1024, "draw_ms": 3.0}


def fake_run(**options):
    """A run whose measurements all return the same, and are noted in its `order`."""
    with mock.patch.object(run, "others_load", lambda: 0.0), mock.patch.object(run, "settle", lambda: None), \
            mock.patch.object(run.shutil, "which", lambda name: "/bin/" + name):
        made = run.Run(argparse.Namespace(**{**vars(OPTIONS), **options}), mock.Mock())
        made.order = []
        for name in made.known:
            made.known[name] = lambda name=name: made.order.append(name) or EVERY_FIGURE
        made.before = lambda: "/bin/true"
        with mock.patch.object(run, "say", lambda _: None):
            made.all_rounds()
    return made


def rates(*values):
    return [{"bets_per_second": value} for value in values]


class Table(unittest.TestCase):
    def test_each_row_can_be_measured(self):
        made = fake_run()
        for row in rows.ALL:
            with self.subTest(row=row.name):
                self.assertEqual([], [name for name in row.needs() if name not in made.known], "measurements that nobody knows")
                self.assertEqual(4, len(row.cells(made.measured)))
        self.assertEqual(len(rows.ALL), len({row.name for row in rows.ALL}), "a name stands for one row")
        self.assertEqual([], sorted(set(made.known) - set(made.measured)), "measurements that no row needs")
        for line in report.everything(made.measured).splitlines():
            self.assertEqual(6, line.count("|"), line)

    def test_the_better_way_counts_and_ratios_are_of_a_round(self):
        row = rows.Row("x", "what", "ours", "slow", "fast")
        measured = {"ours": rates(2e6, 4e6, 9e6), "slow": rates(1e6, 1e6, 1e6), "fast": rates(4e6, 2e6, 3e6)}
        self.assertEqual(["what", "4.00 M/s", "3.00 M/s", "2.00 ×"], row.cells(measured), "ratios 0.5, 2 and 3 in the rounds")

    def test_a_share_of_a_share(self):
        [row] = rows.chosen(["long"])
        ours = {"last_million_bets_per_second": 6.0, "bare_bets_per_second": 12.0, "first_million_bets_per_second": 8.0}
        bare = {"last_million_bets_per_second": 9.0, "first_million_bets_per_second": 10.0}
        self.assertEqual(["0.75", "0.90", "0.83 ×"], row.cells({measurements.LONG: [ours], measurements.LONG_BARE: [bare]})[1:])

    def test_what_threads_can_do(self):
        lines = report.threads(fake_run().measured, measurements.CENTRALS).splitlines()
        self.assertEqual(2 + len(measurements.CENTRALS), len(lines))
        self.assertEqual(["50 ns", "25 ns", "20 ns", "5 ns", "100 ns", "10.00 M/s", "40.00 M/s"],
                         [cell.strip() for cell in lines[2].split("|")[2:-1]])
        old = [{"central_ns_a_bet": 100.0}]
        self.assertEqual("", report.threads({measurements.CENTRALS[0]: old}, measurements.CENTRALS), "a central that does not name its threads")

    def test_who_comes_first_changes(self):
        made = fake_run(only=["time-single"])
        ours, theirs = measurements.time_names(measurements.TIME_SINGLE)
        self.assertEqual([ours, theirs, theirs, ours, ours, theirs], made.order)

    def test_only_what_is_wanted_is_measured(self):
        self.assertEqual([measurements.OURS, measurements.COPY] + [measurements.COPY, measurements.OURS], fake_run(only=["copy"]).order)
        self.assertNotIn(measurements.LONG, fake_run(long_bets=0).order, "a long run that is left out")

    def test_signed_draws_in_turn(self):
        unsigned, signed, receipts = measurements.UNSIGNED, measurements.SIGNED, measurements.RECEIPTS
        once = [receipts, unsigned, signed]
        self.assertEqual(once + once[::-1], fake_run(only=["receipts"], program_before=None).order)
        self.assertEqual({*once, measurements.UNSIGNED_BEFORE}, set(fake_run(only=["receipts"]).order))

    def test_what_signed_draws_get(self):
        calls = {}
        place = mock.Mock(quiniela="/ours", directory="/place", bets="/bets", fresh=lambda name: name)
        known = measurements.signed_draws(place, OPTIONS)
        for name, measure in known.items():
            with mock.patch("contenders.run_json") as run_json, mock.patch("contenders.run"):
                measure()
            calls[name] = [str(word) for word in run_json.call_args.args], "SIGN_KEY" in run_json.call_args.kwargs["env"]
        plain = calls[measurements.UNSIGNED][0]
        self.assertEqual({measurements.UNSIGNED: (plain, False), measurements.SIGNED: (plain, True),
                          measurements.RECEIPTS: ([*plain, "--receipts"], True),
                          measurements.UNSIGNED_BEFORE: ([*plain, "--program", "/before"], False)}, calls)

    def test_boards_in_turn(self):
        """The same bets, and only the board differs, which somebody looks at."""
        self.assertEqual([measurements.WATCHED, measurements.UNWATCHED] + [measurements.UNWATCHED, measurements.WATCHED],
                         fake_run(only=["board"]).order)
        calls = {}
        place = mock.Mock(quiniela="/ours", directory="/place", bets="/bets", fresh=lambda name: name)
        for name, measure in measurements.boards(place, OPTIONS).items():
            with mock.patch("contenders.run_json") as run_json, mock.patch("contenders.Watchers") as watchers:
                run_json.return_value = {}
                measure()
            calls[name] = run_json.call_args.args, "HTTP_PORT" in run_json.call_args.kwargs["env"], [call.args[1] for call in watchers.call_args_list]
        words = calls[measurements.UNWATCHED][0]
        self.assertEqual({measurements.UNWATCHED: (words, False, []), measurements.WATCHED: (words, True, [False]),
                          measurements.BROWSER: (words, True, [True])}, calls)

    def test_both_centrals_get_the_same(self):
        """The sender, the bets and their form are one; only the program differs."""
        calls = []
        place = mock.Mock(quiniela="/ours", directory="/place", few_bets="/few", bets="/bets", fresh=lambda name: name)
        with mock.patch("contenders.run_json", lambda *words, **_: calls.append([str(word) for word in words])), mock.patch("contenders.run"):
            known = measurements.processor_times(place, lambda: "/theirs", OPTIONS)
            for what in (measurements.TIME, measurements.TIME_TLS, measurements.TIME_SINGLE, measurements.TIME_SINGLE_TLS):
                for name in measurements.time_names(what):
                    known[name]()
        for ours, theirs in zip(calls[::2], calls[1::2]):
            self.assertEqual(("/ours", "/theirs"), tuple(words.pop(words.index("--program") + 1) for words in (ours, theirs)))
            self.assertEqual(ours, theirs)
        self.assertEqual([False, True, False, True], ["--tls" in words for words in calls[::2]])


if __name__ == "__main__":
    unittest.main()
