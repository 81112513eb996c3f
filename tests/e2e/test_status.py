"""An operator is shown who is missing and silent, what the server does, and what to do next.

A running server is asked for what only it knows; the rest is read from its store, also where none runs.
"""
import json
import os
import re
import signal
import subprocess
import unittest

from harness import PROGRAM, Process, Server, Wire, hang_s, until
from standstill import standing_still
from stores import STORES
from test_orders import Orders, bet

# What `status --json` has said since it began, and scripts read.
CLASSIC = ["draw", "state", "agencies", "finished", "bets", "winning_number", "opened_at", "sealed_at", "drawn_at", "winners",
           "by_agency"]
CLASSIC_AGENCY = ["agency", "bets", "finished", "finished_at", "told", "told_at", "winners"]


class Status(Orders):
    def table(self, *flags):
        return self.order("status", *flags)

    def state(self, *flags):
        return self.order_json("status", *flags)

    def next(self, *flags):
        """What is to be done next: its code, and the agency that it is about."""
        following = self.state(*flags)["next"]
        return following["do"], following["agency"]

    def expect_next(self, code, agency=None):
        """Some of it the server does by itself, and soon."""
        until(lambda: self.next() == (code, agency), f"{code}, {agency} to be next; it is {self.state()['next']}")


class Night(Status):
    def test_from_the_opening_to_the_winners(self):
        server = Server(self, agencies=3, servers=1)
        self.assertEqual(self.next(), ("start_agencies", None))
        self.assert_taken(self.send(server, 1, [bet(7574), bet(2)]), 2)
        self.assertEqual(self.next(), ("call_agency", 2))
        self.assertRegex(self.table(), r"(?s)\n  missing +1-3\n.*\nnext: agencies 1-3 are missing: .*call agency 2, not heard of .*; "
                                       r"`quiniela finish.* --agency 2` ends it")
        for agency in 2, 3:
            self.assert_taken(self.send(server, agency, [bet(agency)]), 1)
        self.assertEqual(self.next(), ("wait_for_agencies", None))
        for agency, first in (1, 2), (2, 1):
            self.assert_taken(self.send(server, agency, [], first=first, last=True), first)
        state = self.state()
        self.assertEqual((state["missing"], state["missing_count"], state["finished"]), ([[3, 3]], 1, 2))
        self.assertEqual([silent["agency"] for silent in state["server"]["silent"]], [3])
        self.assertIsNotNone(state["first_finished_at"])
        self.assert_taken(self.send(server, 3, [], first=1, last=True), 1)
        server.wait_for("action: sorteo")
        self.assertEqual(self.next(), ("wait_for_agencies", None))
        for agency in 1, 2, 3:
            self.winners(server, agency)
        self.expect_next("none")

    def test_what_scripts_read(self):
        """It is all there, in its order, and the table begins as ever."""
        server = Server(self, agencies=2, servers=1)
        self.assert_taken(self.send(server, 1, [bet(7574)], last=True), 1)
        state = self.state()
        self.assertEqual([name for name in state if name in CLASSIC], CLASSIC)
        self.assertEqual([name for name in state["by_agency"][0] if name in CLASSIC_AGENCY], CLASSIC_AGENCY)
        self.assertRegex(self.table(), r"\ADraw 1: open\n  agencies        1 of 2 finished\n  bets            1\n"
                                       r"  opened          \S+Z\n  agency          bets  state   \n"
                                       r"       1             1  finished\n1 agency has sent nothing yet\n  missing ")

    def test_what_the_server_does(self):
        server = Server(self, agencies=2, servers=1)
        wire = Wire(self, server.ports[0])
        wire.ask({"type_message": 1, "agency": 1, "first": 0, "payload": [bet(n) for n in range(600)]})
        wire.ask({"type_message": 1, "agency": 1, "first": 600, "payload": [bet(600)]})
        # The second in which they were stored has to be over.
        state = until(lambda: (state := self.state())["server"]["rate_60s"] > 0 and state, "a rate")
        said = state["server"]
        self.assertEqual((said["pid"], said["connections"], said["store_fails"]), (server.process.pid, 1, False))
        self.assertEqual((said["never_heard"], said["quiet"]), (1, 0))
        heard = {silent["agency"]: silent for silent in said["silent"]}
        self.assertEqual(heard[2], {"agency": 2, "heard_at": None, "silent_s": None})
        self.assertLess(heard[1]["silent_s"], 60)
        self.assertRegex(heard[1]["heard_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        table = self.table()
        self.assertRegex(table, r"\n       1           601  for \d+ s, since \S+Z\n")
        self.assertRegex(table, r"\n       2             0  since the server's start, at \S+Z\n")

    def test_a_name_that_would_change_the_reading_direction(self):
        """No command prints it as it is."""
        name = "1\u202e\u2066\u200f"
        server = Server(self, "--draw", name, agencies=1, servers=1)
        self.assert_taken(self.send(server, 1, [bet(7574)], last=True), 1)
        server.wait_for("action: sorteo")
        store = "--store", self.store()
        for arguments, shown in (("status", *store, "--draw", name), "Draw 1?????????: drawn\n"), \
                (("draws", *store), "\n1?????????  "), \
                (("check", *store, "--draw", name), "draw 1?????????: good: "), \
                (("winners", *store, "--draw", name), "Draw 1?????????: drawn"), \
                (("erase", *store, "--draw", name), "draw 1?????????: "), \
                (("config", "server", *store, "--draw", name, "--agencies", "1"), "draw 1?????????, 1 agencies\n"):
            with self.subTest(command=arguments[0]):
                _, printed, errors = self.run_program(*arguments)
                self.assertIn(shown, printed, errors)
                about = [line for line in (printed + errors).splitlines() if not line.startswith("DRAW ")]  # the setting
                self.assertNotRegex("\n".join(about), "[\u202e\u2066\u200f]")

    def test_an_agency_that_is_cut_off(self):
        server = Server(self, agencies=4, servers=1)
        self.assert_taken(self.send(server, 1, [bet(1)]), 1)
        self.assert_taken(self.send(server, 3, [bet(3), bet(4)], last=True), 2)
        self.order("finish", "--agency", "4", "--yes")
        self.order("close", "--yes")
        server.wait_for("action: sorteo")
        state = self.state()
        self.assertIsNotNone(state["closed_at"])
        self.assertEqual([(row["agency"], row["ending"]) for row in state["by_agency"]],
                         [(1, "close"), (2, "close"), (3, "finished"), (4, "operator")])
        table = self.table()
        self.assertRegex(table, r"\n  cut off +by the close: 1-2; by finish: 4\n(?s:.*)\n  closed +\S+Z\n")
        self.assertRegex(table, r"\n +1 +1  cut off +0\n +2 +0  cut off +0\n +3 +2  finished +0\n +4 +0  ended +0\n")

    def test_a_cut_off_and_a_number_by_hand(self):
        server = Server(self, "--number", "manual", agencies=1, servers=1)
        self.order("close", "--at", "2998-01-01T21:00Z")
        state = self.state()
        self.assertEqual((state["number_mode"], state["has_number"], state["closes_at"]), ("manual", False, "2998-01-01T21:00:00Z"))
        self.assertGreater(state["closes_in_s"], 1000000)
        table = self.table()
        self.assertRegex(table, r"\n  cut-off +2998-01-01T21:00:00Z \(2998-01-01 18:00:00 here\), in \d+ d")
        self.assertRegex(table, r"\nnext: no agency .*; the cut-off ends the intake in \d+ d")
        self.assert_taken(self.send(server, 1, [bet(7574)], last=True), 1)
        self.expect_next("give_number")
        self.assertRegex(self.table(), r"\n  number +by hand, once the draw is sealed\n")
        self.order("draw", "--number", "7574", "--yes")
        self.expect_next("wait_for_agencies")
        self.assertEqual(self.winners(server, 1), "7574")
        self.expect_next("none")

    def test_a_server_that_is_started_again(self):
        """It has heard of nobody, and nobody is to be called, or ended, for that."""
        server = Server(self, agencies=3, servers=1)
        self.assert_taken(self.send(server, 1, [bet(1)]), 1)
        self.assertEqual(self.next(), ("call_agency", 2))
        server.kill()
        server = Server(self, agencies=3, servers=1)
        if STORES.is_shared:
            self.skipTest("SKIPPED: another server may have taken its bets")
        self.assertEqual(self.next(), ("wait_for_agencies", None))
        self.assertRegex(self.table(), r"\nnext: nothing: the server has just started, and agencies come back by themselves: wait for \d+ s$")
        self.assert_taken(self.send(server, 1, [bet(2)], first=1), 2)
        self.assertEqual(self.next(), ("call_agency", 2))

    def test_one_that_was_erased(self):
        server = Server(self, agencies=1, servers=1)
        self.assert_taken(self.send(server, 1, [bet(7574)], last=True), 1)
        server.wait_for("action: sorteo")
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        self.order("erase", "--draw", "1", "--yes")
        self.assertEqual(self.next(), ("none", None))
        self.assertRegex(self.table(), r"\n  erased +\S+Z\n")


class Answers(Status):
    def test_where_no_server_runs(self):
        server = Server(self, agencies=2, servers=1)
        self.assert_taken(self.send(server, 1, [bet(1)]), 1)
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        state = self.state()
        self.assertEqual((state["server"], state["bets"], state["missing"]), (None, 1, [[1, 2]]))
        self.assertEqual(self.next(), ("start_server", None))
        self.assertRegex(self.table(), r"\n  server +no server .*; this is what the store says\n")

    def test_a_cut_off_that_comes_where_no_server_runs(self):
        server = Server(self, "--close-at", "2998-01-01T21:00Z", agencies=2, servers=1)
        server.kill()
        self.assertEqual(self.next(), ("start_server", None))
        self.assertRegex(self.table(), r"do so before the cut-off, in \d+ d( \d+ h)?: a later start closes the draw, and cuts off agencies 1-2")

    def test_one_that_does_not_answer(self):
        server = Server(self, agencies=2, servers=1, store="night.db")
        with standing_still(server):
            state = self.state("--store", "night.db", *self.control(server))
        self.assertEqual((state["server"], state["state"]), (None, "open"))
        self.assertIn("does not answer: it hangs, or is stopped", state["no_server"])

    def control(self, server):
        return "--control", re.search(r"action: control .* path: (\S+)", server.log())[1]

    def test_one_with_another_draw(self):
        Server(self, "--draw", "first", agencies=2, servers=1).kill()
        Server(self, "--draw", "second", agencies=2, servers=1)
        state = self.state("--draw", "first")
        self.assertEqual((state["draw"], state["server"]), ("first", None))
        self.assertRegex(state["no_server"], r'has draw "second" in |draw "first" .*; one runs with draw "second" in ')

    def test_another_ones(self):
        """A socket that is named may be of another store or draw."""
        other = Server(self, "--draw", "other", agencies=2, servers=1, store="other.db")
        draw, store = ("1", "other.db") if STORES.is_shared else ("other", "quiniela.db")
        Server(self, "--control", "off", "--draw", draw, agencies=2, servers=1, store=store)
        state = self.state("--draw", draw, "--store", store, *self.control(other))
        self.assertEqual((state["server"], state["draw"]), (None, draw))
        self.assertRegex(state["no_server"], r'the server that answers has draw "other" in ')
        state = self.state("--draw", "other", "--store", "other.db", *self.control(other))
        self.assertEqual(state["server"]["pid"], other.process.pid)

    def test_the_last_backup(self):
        if STORES.is_shared:
            self.skipTest("SKIPPED: the store is no file")
        Server(self, agencies=2, servers=1)
        self.assertRegex(self.table(), r"\n  last backup +none\n")
        self.order("backup", "--to", "copy.db")
        backup = self.state()["last_backup"]
        self.assertEqual(backup["path"], os.path.join(os.path.realpath(self.folder), "copy.db"))
        self.assertLess(backup["age_s"], hang_s() * 2)
        self.assertRegex(self.table(), rf"\n  last backup +\S+Z, \d+ (s|min) ago: \S+/copy\.db\n")


class Watch(Status):
    def watch(self, *flags):
        return Process(self, ["status", "--watch", *flags], environment={"RUNTIME_DIRECTORY": self.folder})

    def test_it_shows_what_changes(self):
        server = Server(self, agencies=2, servers=1)
        watch = self.watch()
        watch.wait_for("^next: no agency has sent anything yet")
        self.assert_taken(self.send(server, 1, [bet(1)]), 1)
        watch.wait_for("^next: agencies 1-2 are missing: .*call agency 2")
        self.assertNotIn("\033", watch.log())
        watch.signal(signal.SIGINT)
        self.assertEqual((watch.wait(), watch.errors), (0, []))

    def test_each_is_a_line_of_json(self):
        Server(self, agencies=2, servers=1)
        watch = self.watch("--json")
        watch.wait_for(".", 2)
        self.assertEqual([json.loads(line)["state"] for line in watch.lines[:2]], ["open", "open"])

    @unittest.skipIf(STORES.is_shared, "the store is no file")
    def test_an_error_is_not_among_the_objects(self):
        Server(self, agencies=2, servers=1).kill()
        watch = self.watch("--json")
        watch.wait_for(".")
        store = os.path.join(self.folder, "quiniela.db")
        os.rename(store, store + ".away")
        watch.wait_until(lambda: watch.errors, "an error")
        self.assertRegex(watch.errors[0], "quiniela status: .*cannot open")
        os.rename(store + ".away", store)
        seen = len(watch.lines)
        watch.wait_until(lambda: len(watch.lines) > seen, "another object")
        self.assertEqual({json.loads(line)["state"] for line in watch.lines}, {"open"})

    def watch_into(self, output):
        environment = {**os.environ, **STORES.environment(self), "RUNTIME_DIRECTORY": self.folder}
        arguments = [PROGRAM, *map(str, self.with_store(["status", "--watch", "--store", "quiniela.db"]))]
        watch = subprocess.Popen(arguments, cwd=self.folder, env=environment, stdout=output, stderr=subprocess.PIPE, text=True)
        self.addCleanup(watch.stderr.close)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        os.close(output)
        return watch

    def test_nobody_reads_any_more(self):
        Server(self, agencies=2, servers=1)
        reading, writing = os.pipe()
        watch = self.watch_into(writing)
        os.read(reading, 100)
        os.close(reading)
        self.assertIn(watch.wait(hang_s()), (0, -signal.SIGPIPE))
        self.assertEqual(watch.stderr.read(), "")

    def test_a_terminal_is_drawn_anew(self):
        Server(self, agencies=2, servers=1)
        ours, its = os.openpty()
        self.addCleanup(os.close, ours)
        watch = self.watch_into(its)
        shown = b""
        while shown.count(b"next: ") < 2:
            shown += os.read(ours, 65536)
        nothing, *screens = shown.split(b"\033[H\033[J")  # a third one, where this was late
        self.assertEqual(nothing, b"", shown)
        self.assertGreaterEqual(len(screens), 2, shown)
        self.assertEqual([screen.count(b"next: ") for screen in screens[:2]], [1, 1], shown)
        watch.send_signal(signal.SIGINT)
        self.assertEqual(watch.wait(hang_s()), 0)


if __name__ == "__main__":
    unittest.main()
