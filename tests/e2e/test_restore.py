"""A restored store is the backup, and every agency goes on from there without a bet lost or doubled."""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
import unittest

from harness import PROGRAM, Agency, Server, Story, Wire, hold_ports, until
from standstill import standing_still

BET = "Ana,Paz,30904465,1999-03-17,7574"


class Restore(Story):
    def run_it(self, status, *arguments, prefix=()):
        """What it prints, or why it failed."""
        done = subprocess.run([*prefix, PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False, cwd=self.folder)
        self.assertEqual(done.returncode, status, f"{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def backup(self, name="copy.db"):
        self.run_it(0, "backup", "--to", name)

    def restore(self, status=0, *flags, backup="copy.db", store="quiniela.db", prefix=()):
        return self.run_it(status, "restore", backup, "--store", store, *flags, prefix=prefix)

    def sent_in_part(self, count=10, agencies=3, more=5):
        """A backup of `count` bets of agency 1 and of agency 2, which has finished, and a server that was killed when agency 1
        had sent `more`, and agency 3 all of its."""
        server = Server(self, agencies=agencies)
        wire = Wire(self, server.ports[0])
        self.add(wire, 1, count)
        self.add(wire, 2, count, kind=2)
        self.backup()
        self.add(wire, 1, more, first=count)
        self.add(wire, 3, 4, kind=2)
        server.kill()

    def add(self, wire, agency, count, first=0, kind=1):
        bets = [BET] * count
        answer = wire.ask({"type_message": kind, "agency": str(agency), "payload": bets, "first": first})
        self.assertEqual(answer.kind, "processed")

    def bets(self, store="quiniela.db"):
        return sum(self.stored(store).values())

    def test_who_has_to_send_again_is_told_and_nothing_changes_without_yes(self):
        self.sent_in_part()
        said = self.restore(2)
        self.assertIn("draw 1: open in the backup, with 20 bets; the store has 29\n", said)
        self.assertIn("draw 1: to be started again, once the server runs: agencies: 1,3\n", said)
        self.assertIn("draw 1: have sent since the backup: agencies: 1,3\n", said)
        self.assertIn("add --yes", said)
        self.assertEqual(self.bets(), 29)
        self.assertFalse(os.path.exists(self.path("quiniela.db.restored")))
        said = self.restore(0, "--yes")
        self.assertIn("what was there is kept: ", said)
        self.assertEqual((self.bets(), self.bets("quiniela.db.before-restore")), (20, 29))
        self.assertIn("quiniela.db.before-restore: is there already", self.restore(1, "--yes"))

    def test_agencies_go_on_and_nothing_is_lost_or_doubled(self):
        self.sample([400, 300], [2, 1])
        ports = hold_ports()
        server = Server(self, agencies=2, ports=ports)
        first = Agency(self, 1, ports, "--chunk-size", 10)
        until(lambda: first.count("action: apuestas_enviadas") > 3, "bets of agency 1")
        self.backup()
        first.wait_for("action: wait_for_draw")
        server.kill()
        first.kill()  # it has sent all, and would only ask for its winners
        first.wait()
        self.restore(0, "--yes")
        server = Server(self, "--once", agencies=2, ports=ports)
        agencies = [Agency(self, number, server.ports) for number in (1, 2)]
        self.assertEqual([agency.winners() for agency in agencies], [2, 1])
        self.assertEqual(server.wait(), 0)
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))

    def test_one_that_waits_for_the_draw_sends_what_is_missing(self):
        self.sample([400, 300], [2, 1])
        ports = hold_ports()
        server = Server(self, agencies=2, ports=ports)
        agency = Agency(self, 1, ports, "--chunk-size", 10)
        until(lambda: agency.count("action: apuestas_enviadas") > 3, "bets of agency 1")
        self.backup()
        agency.wait_for("action: wait_for_draw")
        server.kill()
        self.restore(0, "--yes")
        server = Server(self, "--once", agencies=2, ports=ports)
        self.assertEqual(Agency(self, 2, server.ports).winners(), 1)
        self.assertEqual(agency.winners(), 2)
        self.assertEqual((agency.wait(), server.wait()), (0, 0))
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))

    def test_a_client_that_sends_first_goes_on_by_itself(self):
        self.sample([20000, 1], [2, 1])
        ports = hold_ports()
        server = Server(self, agencies=2, ports=ports)
        agency = Agency(self, 1, ports, "--chunk-size", 5, "--window", 1)
        agency.wait_for("action: apuestas_enviadas", count=4)
        with standing_still(agency):  # else it may have sent all of them before the backup is made
            self.backup()
        until(lambda: self.bets() > self.bets("copy.db"), "more bets of agency 1 than the backup has")
        server.kill()
        self.restore(0, "--yes")
        self.assertLess(self.bets(), self.bets("quiniela.db.before-restore"))
        server = Server(self, "--once", agencies=2, ports=ports)
        self.assertEqual(Agency(self, 2, server.ports).winners(), 1)
        self.assertEqual(agency.winners(), 2)
        self.assertEqual(server.wait(), 0)
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))

    def test_on_another_path(self):
        self.sent_in_part()
        os.mkdir(self.path("elsewhere"))
        said = self.restore(0, "--yes", store="elsewhere/night.db")
        self.assertIn("which of them have sent since the backup is not known", said)
        self.assertIn("draw 1: there is no store here that would say whether it was sealed since", said)
        self.assertNotIn("is kept", said)
        self.assertEqual(self.bets("elsewhere/night.db"), 20)
        server = Server(self, agencies=3, store="elsewhere/night.db")
        self.assertEqual(Wire(self, server.ports[0]).ask({"type_message": 1, "agency": "1", "payload": [BET], "first": 10})["next"], 11)

    def test_not_while_a_server_runs(self):
        server = Server(self, agencies=2)
        self.add(Wire(self, server.ports[0]), 1, 3)
        self.backup()
        self.assertIn("another server works on this store", self.restore(1, "--yes"))
        self.assertEqual(self.bets(), 3)

    def test_not_where_there_would_be_two_seals(self):
        server = Server(self, "--once", agencies=1)
        wire = Wire(self, server.ports[0])
        self.add(wire, 1, 3)
        self.backup()
        self.add(wire, 1, 2, first=3, kind=2)
        server.wait_for("action: sorteo .*success")
        server.kill()
        self.assertRegex(self.restore(1, "--yes"), 'draw "1" is drawn, since .*, and in the backup it is open: there would be two seals')
        self.assertEqual(self.bets(), 5)
        self.backup("drawn.db")
        self.restore(0, "--yes", backup="drawn.db")
        self.assertEqual(self.bets(), 5)

    def test_neither_a_damaged_backup_nor_over_a_store_that_cannot_be_opened(self):
        self.sent_in_part()
        shutil.copy(self.path("copy.db"), self.path("bad.db"))
        with open(self.path("bad.db"), "r+b") as file:
            file.truncate(os.stat(self.path("bad.db")).st_size // 2)
        self.restore(1, "--yes", backup="bad.db")
        self.assertEqual(self.bets(), 29)
        for name in ("quiniela.db", "quiniela.db-wal"):
            with open(self.path(name), "r+b") as file:
                file.write(b"\0" * 4096)
        self.assertIn("nobody can tell whether a draw in it was sealed: move it away by hand", self.restore(1, "--yes"))
        for name in ("quiniela.db", "quiniela.db-wal"):
            os.rename(self.path(name), self.path(f"bad-{name}"))
        self.restore(0, "--yes")
        self.assertEqual(self.bets(), 20)

    def change(self, sql, store="quiniela.db"):
        with contextlib.closing(sqlite3.connect(self.path(store))) as database, database:
            database.execute(sql)

    def test_a_damaged_store_is_replaced_unless_it_tells_of_a_seal(self):
        self.sent_in_part()
        self.change("UPDATE draws SET agencies = 2")
        said = self.restore(2)
        self.assertIn("draw 1: what the store has of it is damaged, and counts here as far as it can be read: ", said)
        self.assertIn("have sent since the backup: agencies: 1,3\n", said)
        self.change("UPDATE draws SET sealed_at = '2026-11-26T21:30:00Z'")
        self.assertIn("is sealed, since 2026-11-26T21:30:00Z, and in the backup it is open: there would be two seals", self.restore(1, "--yes"))
        self.change("UPDATE draws SET sealed_at = NULL")
        self.restore(0, "--yes")
        self.assertEqual(self.bets(), 20)

    def test_not_over_a_store_of_another_version(self):
        self.sent_in_part()
        self.change("PRAGMA user_version = 99")
        self.assertIn("move it away by hand", self.restore(1, "--yes"))
        self.change("PRAGMA user_version = %d" % self.version("copy.db"))
        self.assertEqual(self.bets(), 29)

    def opened_at(self, store):
        with contextlib.closing(sqlite3.connect(self.path(store))) as database:
            return database.execute("SELECT opened_at FROM draws").fetchone()[0]

    def version(self, store):
        with contextlib.closing(sqlite3.connect(self.path(store))) as database:
            return database.execute("PRAGMA user_version").fetchone()[0]

    def test_what_operators_did_since_is_named(self):
        server = Server(self, agencies=2)
        wire = Wire(self, server.ports[0])
        self.add(wire, 1, 10, kind=2)
        self.backup()
        self.run_it(0, "reset", "--agency", "1", "--yes")
        wire = Wire(self, server.ports[0])
        self.add(wire, 1, 12, kind=2)
        self.run_it(0, "change", "--agencies", "3")
        self.run_it(0, "close", "--at", "2998-01-01T21:00Z")
        server.kill()
        said = self.restore(2)
        self.assertRegex(said, r"draw 1: were reset since the backup, .*: agencies: 1\n")
        self.assertIn("draw 1: waits for 2 agencies in the backup; in the store for 3\n", said)
        self.assertIn("draw 1: its cut-off in the backup: none; in the store: 2998-01-01T21:00:00Z\n", said)
        self.assertNotIn("its number", said)

    def test_a_draw_of_the_same_name_that_is_another(self):
        """Whatever the backup's state is: it says so first, and names whose bets leave the store."""
        for kind, state in ((1, "open"), (2, "drawn")):
            with self.subTest(state=state):
                server = Server(self, agencies=1, store=f"{state}.db")
                self.add(Wire(self, server.ports[0]), 1, 3, kind=kind)
                if state == "drawn":
                    server.wait_for("action: sorteo .*success")
                self.run_it(0, "backup", "--store", f"{state}.db", "--to", f"copy-{state}.db")
                server.kill()
        opened = self.opened_at("drawn.db")
        until(lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) > opened, "the next second")
        server = Server(self, agencies=4)
        wire = Wire(self, server.ports[0])
        self.add(wire, 2, 4)
        self.add(wire, 4, 5, kind=2)
        server.kill()
        for state in "open", "drawn":
            with self.subTest(state=state):
                said = self.restore(2, backup=f"copy-{state}.db")
                self.assertIn(f"draw 1: ANOTHER DRAW: the backup's was opened at {self.opened_at(f'{state}.db')}, and the store's at "
                                 f"{self.opened_at('quiniela.db')}: they have the same name", said.splitlines()[0])
                self.assertIn(f"draw 1: {state} in the backup, with 3 bets; the store has 9\n", said)
                self.assertIn("draw 1: have sent to the store's draw: agencies: 2,4\n", said)
                self.assertIn("draw 1: waits for 1 agencies in the backup; in the store for 4\n", said)
                self.assertNotIn("goes on by itself", said)
                self.assertEqual(self.bets(), 9)

    def test_who_starts_again_in_another_draw(self):
        """Whoever has not finished in the backup's, whatever the store's agencies have sent."""
        server = Server(self, agencies=3)
        wire = Wire(self, server.ports[0])
        for agency in 1, 2:
            self.add(wire, agency, 1, kind=2)
        self.backup()
        server.kill()
        opened = self.opened_at("quiniela.db")
        for name in ("quiniela.db", "quiniela.db-wal", "quiniela.db-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.path(name))
        until(lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) > opened, "the next second")
        server = Server(self, agencies=5)
        wire = Wire(self, server.ports[0])
        for agency in 1, 4, 5:
            self.add(wire, agency, 4)
        server.kill()
        said = self.restore(2)
        self.assertIn("ANOTHER DRAW", said)
        self.assertIn("draw 1: to be started again, once the server runs: agencies: 3\n", said)
        self.assertIn("draw 1: have sent to the store's draw: agencies: 1,4-5\n", said)

    def test_over_an_open_draw_that_is_over_in_the_backup(self):
        """The store was put back from an older one."""
        server = Server(self, agencies=2)
        wire = Wire(self, server.ports[0])
        self.add(wire, 1, 3, kind=2)
        self.backup("early.db")
        self.add(wire, 2, 2, kind=2)
        server.wait_for("action: sorteo .*success")
        self.backup()
        server.kill()
        for name in ("quiniela.db", "quiniela.db-wal", "quiniela.db-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.path(name))
        self.restore(0, "--yes", backup="early.db")
        server = Server(self, agencies=2)
        self.add(Wire(self, server.ports[0]), 2, 4)
        server.kill()
        said = self.restore(2)
        self.assertNotIn("ANOTHER DRAW", said)
        self.assertIn("draw 1: drawn in the backup, with 5 bets; the store has 7\n", said)
        self.assertIn("draw 1: have sent since the backup: agencies: 2\n", said)
        self.assertIn("in the backup it takes no more bets: what they sent since would be in no draw", said)

    def test_a_draw_that_the_backup_does_not_have(self):
        self.sent_in_part()
        server = Server(self, "--draw", "second", agencies=2)
        self.add(Wire(self, server.ports[0]), 2, 6)
        server.kill()
        said = self.restore(2)
        self.assertIn("draw second: the backup does not have it; the store has 6 bets\ndraw second: have sent to it: agencies: 2\n", said)

    def killed_at(self, call, number):
        """What is left of a restore that is killed before its call of that number. None when it ended before."""
        place = self.path(f"{call}-{number}")
        shutil.copytree(self.path("before"), place)
        killed = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={number}", PROGRAM, "restore",
                                 "copy.db", "--yes"], cwd=place, capture_output=True, check=False,
                                env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        return None if killed.returncode == 0 else f"{place}/quiniela.db"

    def test_one_that_is_killed_leaves_one_of_both_whole(self):
        if not shutil.which("strace"):
            self.skipTest("there is no strace")
        self.sent_in_part()
        shutil.copytree(self.folder, self.path("before"), ignore=shutil.ignore_patterns("*.control", "before"))
        refused = 0
        for call, count in (("rename", 3), ("unlink", 4), ("ftruncate", 2), ("fsync", 3)):
            for number in range(1, count + 1):
                store = self.killed_at(call, number)
                if store is None:
                    break
                checked, _, errors = self.run_program("check", "--store", store)
                if checked == 0 and self.bets(store) == 20:
                    self.assertEqual(self.bets(store + ".before-restore"), 29)
                    continue
                if checked != 0:  # while names are changed, nobody takes what is there for the whole
                    self.assertIn("a restore of it is at work, or was cut short", errors)
                    self.assertEqual(self.run_program("server", "--store", store)[0], 1)
                    refused += 1
                else:
                    self.assertEqual(self.bets(store), 29)
                self.restore(0, "--yes", backup=os.path.dirname(store) + "/copy.db", store=store)
                self.assertEqual((self.bets(store), self.bets(store + ".before-restore")), (20, 29))
        self.assertGreaterEqual(refused, 4, "kills between two changes of names")


if __name__ == "__main__":
    unittest.main()
