"""A Prometheus counts what the store has, and calls somebody before it is too late.

Its rules are those of deploy/, with nothing to wait for; what is shown in graphs is what the server writes.
"""
import contextlib
import datetime
import json
import os
import re
import struct
import subprocess
import sys
import unittest

from board_client import Board
from harness import ROOT, Agency, Server, Story, Wire, is_sanitized, until
from prometheus import PROMETHEUS, PROMTOOL, RULES, Prometheus

CLOCK_LIBRARY = os.environ.get("QUINIELA_CLOCK_LIBRARY")
DASHBOARD = os.path.join(ROOT, "deploy/grafana/quiniela.json")
PAGE = os.path.join(ROOT, "docs/metrics.md")
BET = "Ana,Paz,30904465,1999-03-17,7574"


def chunk(agency, first, count=1, last=False):
    return {"type_message": 2 if last else 1, "agency": str(agency), "first": first, "payload": [BET] * count}


def names_in(text):
    return set(re.findall(r"\b(?:quiniela|process)_[a-z0-9_]+", text))


def without_parts(names):
    """Those of histograms without what is written of them."""
    return {re.sub(r"(_seconds)_(bucket|sum|count)$", r"\1", name) for name in names}


def expressions_of(dashboard):
    return [target["expr"].replace("$instance", ".*").replace("$__rate_interval", "1m")
            for panel in dashboard["panels"] for target in panel["targets"]]


@unittest.skipIf(PROMTOOL is None, "SKIPPED: there is no promtool, so no rule was checked (script/bootstrap test)")
class Deployed(Story):
    def promtool(self, *arguments):
        done = subprocess.run([PROMTOOL, *arguments], cwd=os.path.dirname(RULES), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_example_and_the_rules_are_right(self):
        self.promtool("check", "config", "prometheus.yml")
        self.promtool("check", "rules", "quiniela.yml")

    def test_each_alert_fires_when_it_should_and_only_then(self):
        self.promtool("test", "rules", "quiniela_test.yml")
        with open(RULES, encoding="utf-8") as rules, open(RULES.replace(".yml", "_test.yml"), encoding="utf-8") as tests:
            alerts, tested = set(re.findall(r"alert: (\w+)", rules.read())), set(re.findall(r'alertname="(\w+)"', tests.read()))
        self.assertEqual(alerts, tested)

    def test_what_an_alert_says_is_to_be_found(self):
        """Pages and their headings, and commands of this program."""
        with open(RULES, encoding="utf-8") as file:
            rules = re.sub(r"\s+", " ", file.read())
        for page, heading in re.findall(r'(docs/[\w-]+\.md)(?:, "([^"]+)")?', rules):
            with open(os.path.join(ROOT, page), encoding="utf-8") as file:
                text = file.read()
            if heading:
                self.assertRegex(text, f"(?m)^#+ {re.escape(heading)}$", page)
        _, commands, _ = self.run_program("--help")
        for command in re.findall(r"quiniela (status|finish|reload|backup|doctor|client)\b", rules):
            self.assertRegex(commands, f"(?m)^  {command} ")


class Night(Story):
    """A lottery with a board, and a Prometheus that looks at it."""

    def serve(self, *flags, **how):
        self.server = Server(self, "--http-port", 0, *flags, servers=1, **how)
        self.board = Board(self, self.server)

    def watch(self):
        if PROMETHEUS is None:
            self.skipTest("SKIPPED: there is no Prometheus, so nothing was watched (script/bootstrap test)")
        self.prometheus = Prometheus(self, self.board.port)
        self.prometheus.wait_for("up", 1)


class Counts(Night):
    def test_what_it_has_seen_is_what_is_stored(self):
        sizes, winners = (300, 200, 100), (3, 2, 0)
        self.sample(sizes, winners)
        self.serve(agencies=3)
        self.watch()
        self.prometheus.wait_for('quiniela_draw_agencies{state="waiting"}', 3)
        wire = Wire(self, self.server.ports[0])
        wire.send(b"{")
        self.assertEqual(wire.receive().kind, "error bad_json")
        agencies = [Agency(self, number, self.server.ports, "--chunk-size", 10) for number in (1, 2, 3)]
        self.assertEqual([agency.winners() for agency in agencies], list(winners))
        self.prometheus.wait_for("quiniela_ledger_bets_stored_total", sum(sizes))
        self.assertEqual(sum(self.stored().values()), sum(sizes))
        for expression, value in (("quiniela_draw_bets", sum(sizes)), ("quiniela_ledger_chunks_stored_total", 60),
                                  ("quiniela_lottery_acknowledge_seconds_count", 60),
                                  ('quiniela_lottery_acknowledge_seconds_bucket{le="+Inf"}', 60),
                                  ('quiniela_draw_agencies{state="told"}', 3), ("quiniela_draw_agencies_missing", 0),
                                  ("quiniela_draw_winners", sum(winners)), ('quiniela_draw_info{state="drawn"}', 1),
                                  ("quiniela_lottery_messages_refused_total", 1), ("quiniela_lottery_refused_malformed_total", 1),
                                  ("quiniela_store_failing", 0), ("quiniela_ready", 1),
                                  ("quiniela_ledger_commit_seconds_count >= bool 1", 1),
                                  ("quiniela_last_backup_timestamp_seconds", 0)):
            self.prometheus.wait_for(expression, value)
        with open(DASHBOARD, encoding="utf-8") as file:
            for expression in expressions_of(json.load(file)):
                self.prometheus.query(expression)  # raises what is not understood
        of_this_machine = {"QuinielaDiskFilling", "QuinielaDiskFull"}
        until(lambda: set(self.prometheus.firing()) <= of_this_machine, "no alert, as the draw is over")


class Dashboard(Night):
    def panels(self, kind):
        with open(DASHBOARD, encoding="utf-8") as file:
            return {panel["title"]: panel for panel in json.load(file)["panels"] if panel["type"] == kind}

    def shown(self, title):
        return expressions_of({"panels": [self.panels("stat")[title]]})[0]

    def test_what_is_shown_as_one_value_is_of_now(self):
        """The last value of some hours would still be there when the server is gone."""
        for panel in self.panels("stat").values():
            for target in panel["targets"]:
                self.assertEqual((target["instant"], target["range"]), (True, False), panel["title"])

    def test_a_server_that_is_gone_is_not_ready_and_has_no_draw(self):
        self.serve("--close-at", "2999-01-01T21:00Z", agencies=2)
        self.watch()
        self.assertEqual(Wire(self, self.server.ports[0]).ask(chunk(1, 0))["next"], 1)
        for title, value in ("Ready", 1), ("Draw", 1), ("Bets", 1), ("Missing", 2):
            self.prometheus.wait_for(self.shown(title), value)
        self.prometheus.wait_for_labels(self.shown("Draw"), "state", "open")
        until(lambda: len(self.prometheus.query(self.shown("Cut-off in"))) == 1, "the time up to the cut-off")
        self.assertEqual(self.prometheus.query(self.shown("Backup")), [])  # none, and not one of 1970
        self.server.kill()
        self.prometheus.wait_for(self.shown("Ready"), 0)
        self.prometheus.wait_for_alert("QuinielaDown")
        for title in "Draw", "Bets", "Missing", "Cut-off in":
            self.assertEqual(self.prometheus.query(self.shown(title)), [], title)


class Alerts(Night):
    def test_a_server_that_ends_once_the_draw_is_made(self):
        """It is not missed, but for telling winners."""
        self.serve(agencies=1)
        self.watch()
        wire = Wire(self, self.server.ports[0])
        self.assertEqual(wire.ask(chunk(1, 0, last=True))["next"], 1)
        self.prometheus.wait_for("quiniela:draw_is_made", 1)
        self.prometheus.wait_for('quiniela_draw_agencies{state="finished"}', 1)
        self.server.kill()
        self.prometheus.wait_for("up", 0)
        self.assertIn("unless another server", self.prometheus.wait_for_alert("QuinielaDownUntold")["annotations"]["description"])
        self.assertNotIn("QuinielaDown", self.prometheus.firing())

    def test_an_agency_that_falls_silent(self):
        if not CLOCK_LIBRARY or is_sanitized():
            self.skipTest("ctest names the library that sets a clock; it does not go with a sanitizer")
        for name in "clock", "steady":
            self.write(name, struct.pack("=q", 0))
        self.serve(agencies=2, environment={"LD_PRELOAD": CLOCK_LIBRARY, "QUINIELA_CLOCK": self.path("clock"),
                                            "QUINIELA_STEADY_CLOCK": self.path("steady")})
        self.watch()
        wire = Wire(self, self.server.ports[0])
        self.assertEqual(wire.ask(chunk(1, 0))["next"], 1)
        self.prometheus.wait_for('quiniela_draw_agencies{state="sending"}', 1)
        self.assertNotIn("QuinielaAgencySilent", self.prometheus.firing())
        for name in "steady", "clock":
            with open(self.path(name), "r+b") as file:
                file.write(struct.pack("=q", 61))
        alert = self.prometheus.wait_for_alert("QuinielaAgencySilent")
        self.assertIn("quiniela finish --agency", alert["annotations"]["description"])
        self.assertEqual(Wire(self, self.server.ports[0]).ask(chunk(1, 1))["next"], 2)  # it comes back
        self.prometheus.wait_until_quiet("QuinielaAgencySilent")

    def test_a_cut_off_that_comes_with_agencies_missing(self):
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=20)
        self.serve("--close-at", soon.strftime("%Y-%m-%dT%H:%M:%SZ"), agencies=2)
        self.watch()
        alert = self.prometheus.wait_for_alert("QuinielaCutoffNear")
        self.assertRegex(alert["annotations"]["summary"], r"^Draw 1: the cut-off is in 1\dm \d+s, and agencies are missing$")
        for agency in 1, 2:
            self.assertEqual(Wire(self, self.server.ports[0]).ask(chunk(agency, 0, last=True))["next"], 1)
        self.prometheus.wait_until_quiet("QuinielaCutoffNear")

    def test_a_full_disk_is_alive_and_not_ready(self):
        if os.getuid() != 0:
            self.skipTest("only root mounts a small disk")
        os.mkdir(self.path("disk"))
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", self.path("disk")], check=False).returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.path("disk")], check=True)
        self.serve(agencies=2, store="disk/night.db")
        self.watch()
        with contextlib.suppress(OSError), open(self.path("disk", "ballast"), "wb", buffering=0) as file:
            while True:
                file.write(bytes(65536))
        wire, stored = Wire(self, self.server.ports[0]), 0
        while (answer := wire.ask(chunk(1, stored, 1000))).kind == "processed":
            stored += 1000
        self.assertEqual(answer.code, "store_failed")
        alert = self.prometheus.wait_for_alert("QuinielaStoreFailing")
        self.assertIn("readyz", alert["annotations"]["description"])
        self.prometheus.wait_for_alert("QuinielaDiskFull")
        self.prometheus.wait_for_alert("QuinielaNotReady")
        self.assertRegex(self.board.get("/readyz", 503), "store: nothing can be stored: .*full")
        self.assertEqual(self.board.get("/livez"), "ok\n")
        os.unlink(self.path("disk", "ballast"))
        self.prometheus.wait_for("quiniela_store_failing", 0)  # an alert is also quiet where nothing was seen
        self.prometheus.wait_until_quiet("QuinielaStoreFailing")
        self.assertEqual(wire.ask(chunk(1, stored, 1000))["next"], stored + 1000)
        self.board.wait_until_ready()


class Names(Night):
    """What the rules, the dashboard and the page name is what a server writes, and the other way round."""

    def written(self):
        return {line.split()[2] for line in self.board.get("/metrics").splitlines() if line.startswith("# TYPE ")}

    def test_nothing_is_named_that_is_not_written(self):
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=2)
        self.serve("--close-at", soon.strftime("%Y-%m-%dT%H:%M:%SZ"), agencies=1, store="first.db")
        wire = Wire(self, self.server.ports[0])
        written = self.written()
        self.assertEqual(wire.ask(chunk(1, 0, last=True))["next"], 1)
        until(lambda: 'state="drawn"' in self.board.get("/metrics"), "the board to see the draw")
        written |= self.written()
        status, _, errors = self.run_program("keys", "--dir", "keys", "--agencies", 1)
        self.assertEqual((status, errors), (0, ""))
        self.serve("--tls-cert", "keys/server.crt", "--tls-key", "keys/server.key", "--tls-ca", "keys/ca.crt", agencies=1)
        written |= self.written()
        with open(RULES, encoding="utf-8") as rules, open(PAGE, encoding="utf-8") as page:
            with open(DASHBOARD, encoding="utf-8") as dashboard:
                shown = names_in(" ".join(expressions_of(json.load(dashboard))))
            alerts = names_in(" ".join(re.findall(r"expr: (?:>-)?((?:.|\n)+?)\n +(?:for|labels)", rules.read())))
            explained = set(re.findall(r"(?m)^\| `((?:quiniela|process)_\w+)", page.read()))
        self.assertEqual(without_parts(shown | alerts) - written, set(), "they are named, and not written")
        self.assertEqual(explained, written, "docs/metrics.md explains what is written, and nothing else")


if __name__ == "__main__":
    sys.exit(unittest.main())
