"""A PostgreSQL store of an older version is upgraded while older servers run, and loses no bet.

QUINIELA_OLD names a program that still has servers of version 2 (of the commit ac82db3, say): then three of those run under
load while the store is upgraded. Without it their statements alone are played. UPGRADE_KILLS=all kills the upgrade at every
one of its messages to the database.
"""
import gzip
import os
import re
import shutil
import subprocess
import unittest

from database import DatabaseStory
from harness import PROGRAM, ROOT, Agency, Ports, Server, Story, Wire, hold_port, until

SAMPLES = os.path.join(ROOT, "tests/upgrade/samples")
OPEN_DRAW = "noche's 2"
OLD = os.environ.get("QUINIELA_OLD")
TABLES = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
OLD_TABLES = "agencies bets chunks draws quiniela_schema winners"
NEW_TABLES = "agencies agencies_v2 bets bets_v2 chunks chunks_v2 draws draws_v2 quiniela_schema winners winners_v2"
# There can be no search for leaks in a process that is already traced.
TRACED = {**os.environ, "ASAN_OPTIONS": ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "detect_leaks=0")))}


class UpgradeStory(DatabaseStory):
    def take(self):
        """The store of version 2, from its sample."""
        with gzip.open(os.path.join(SAMPLES, "2.sql.gz")) as sample:
            subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.address()], input=sample.read(), check=True,
                           stdout=subprocess.DEVNULL)

    def begin_upgrade(self, prefix=()):
        process = subprocess.Popen([*prefix, PROGRAM, "upgrade", self.address()], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=TRACED if prefix else None)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def end_upgrade(self, process, status=0):
        """What it has printed, or why it failed."""
        output, errors = process.communicate()
        self.assertEqual(process.returncode, status, f"{output}{errors}")
        return output if status == 0 else errors

    def upgrade(self, status=0, prefix=()):
        return self.end_upgrade(self.begin_upgrade(prefix), status)

    def assert_upgraded(self):
        self.assertEqual(self.sql("SELECT version FROM quiniela_schema"), "3")
        for draw, name in (("1", "drawn"), (OPEN_DRAW, "open")):
            status, exported, errors = self.run_program("export", "--store", self.address(), "--draw", draw)
            self.assertEqual((status, errors), (0, ""))
            with open(os.path.join(SAMPLES, f"2-{name}.csv"), encoding="utf-8") as file:
                self.assertEqual(exported, file.read())
        self.assertEqual(self.sql(TABLES), NEW_TABLES)

    def assert_as_before(self):
        self.assertEqual(self.sql("SELECT version FROM quiniela_schema"), "2")
        self.assertEqual(self.sql(TABLES), OLD_TABLES)
        self.assertEqual(self.sql("SELECT count(*) FROM chunks WHERE draw = '1'"), "4")


class Upgrade(UpgradeStory):
    def test_the_rows_are_those_of_before(self):
        self.take()
        self.assertIn("upgraded from version 2 to 3 in ", self.upgrade())
        self.assert_upgraded()
        self.assertEqual(self.sql("SELECT count(*) FROM ((TABLE bets EXCEPT TABLE bets_v2) UNION ALL"
                                  " (TABLE bets_v2 EXCEPT TABLE bets)) AS others"), "0")
        for draw in ("1", OPEN_DRAW):
            self.assertEqual(self.run_program("check", "--store", self.address(), "--draw", draw)[0], 0)
        self.assertIn("nothing to do", self.upgrade())

    def test_an_open_draw_goes_on(self):
        self.take()
        self.upgrade()
        server = Server(self, "--draw", OPEN_DRAW, store=self.address(), agencies=3)
        server.wait_for("action: open_draw .* state: open .* finished: 1 of 3 .* bets: 266")
        wire = Wire(self, server.ports[0])
        for agency, first in ((2, 254), (3, 0)):
            last = {"type_message": 2, "agency": str(agency), "payload": [f"Ana,Paz,9{agency},1999-03-01,7574"], "first": first}
            self.assertEqual(wire.ask(last).kind, "processed")
        server.wait_for("action: sorteo .*result: success")

    def test_three_servers_upgrade_when_they_are_told_to(self):
        self.take()
        server = Server(self, "--upgrade", "--draw", "1", store=self.address(), agencies=3, servers=3)
        self.assertGreaterEqual(server.count("action: upgrade .*upgraded from version 2 to 3"), 1)
        self.assertEqual(Wire(self, server.ports[1]).ask({"type_message": 3, "agency": "3", "payload": None}).kind, "winners")
        self.assert_upgraded()


class OlderServers(UpgradeStory):
    def test_what_they_are_in_the_middle_of_is_waited_for(self):
        self.take()
        holding = self.holding("SELECT 1 FROM draws WHERE draw = '1' FOR KEY SHARE")
        upgrade = self.begin_upgrade()
        until(lambda: self.sql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted") == "1",
              "the upgrade to wait for the draw")
        self.assertEqual(self.sql(TABLES), OLD_TABLES)
        holding.release()
        self.end_upgrade(upgrade)
        self.assert_upgraded()

    def test_nothing_more_of_them_is_stored(self):
        self.take()
        self.upgrade()
        for statement in ("INSERT INTO chunks (draw, agency, first, count, digest, checksum, numbers, rows)"
                          " VALUES ($$1$$::text, 3, 0, 1, '', 0, '', '')",
                          "UPDATE agencies SET bets = 7 WHERE draw = $$1$$::text AND agency = 3",
                          "INSERT INTO winners (draw, agency, bet, document) VALUES ($$1$$::text, 3, 0, '1')",
                          "INSERT INTO draws (draw, state, agencies, winning_number, opened_at, winners_checksum, checksum)"
                          " VALUES ('3', 'open', 1, 1, '', 0, 0)"):
            done = subprocess.run(["psql", "-X", "-q", "-d", self.address(), "-c", statement], capture_output=True, text=True,
                                  check=False)
            self.assertRegex(done.stderr, "type|null value", statement)
        self.assert_upgraded()

    @unittest.skipIf(OLD is None, "QUINIELA_OLD names no program of version 2")
    def test_under_load(self):
        old = ["sh", "-c", 'shift; exec "$0" "$@"', OLD]
        agencies = range(1, 6)
        self.sample([8000] * 5, [3, 0, 5, 1, 2])
        older = Server(self, agencies=5, store=self.address(), servers=3, prefix=old)
        later = [(hold_port(), hold_port()) for _ in range(3)]
        clients = [Agency(self, agency, Ports(older.every + later), "--chunk-size", 10) for agency in agencies]
        until(lambda: int(self.sql("SELECT coalesce(sum(bets), 0) FROM agencies")) > 5000, "some bets")
        self.assertIn("upgraded from version 2 to 3", self.upgrade())
        stored = int(self.sql("SELECT sum(bets) FROM agencies"))
        self.assertLess(stored, 40000)
        older.wait_for("action: store .*result: fail")
        self.newer_servers(later)
        until(lambda: self.sql("SELECT sum(bets) FROM agencies") == "40000", "all bets")
        older.end()  # an agency may wait for its winners there
        for agency, winners in zip(clients, [3, 0, 5, 1, 2]):
            self.assertEqual(agency.winners(), winners)
            self.assertEqual(agency.wait(), 0)
        self.assertEqual(self.stored(self.address()), self.sent())
        self.assertEqual(self.run_program("check", "--store", self.address())[0], 0)
        self.assertEqual(self.sql("SELECT sum(bets) FROM agencies_v2"), str(stored))

    def newer_servers(self, ports):
        """Those of this version, at those ports."""
        return Server(self, agencies=5, ports=Ports(ports), store=self.address())


class Refused(UpgradeStory):
    def test_what_is_damaged_stays_as_it_was(self):
        damages = {"UPDATE chunks SET rows = replace(rows, '1999-03-01', '1999-03-02') WHERE first = 0": "is damaged, so the store",
                   "UPDATE winners SET document = '1' WHERE bet = 23": "is damaged, so the store",
                   "UPDATE draws SET agencies = 4 WHERE draw = '1'": "the row of draw \"1\" is not as it was stored",
                   "DELETE FROM draws WHERE draw <> '1'": "the row of draw \"noche's 2\" is missing"}
        for damage, reason in damages.items():
            with self.subTest(damage):
                self.take()
                self.sql(damage)
                self.assertIn(reason, self.upgrade(1))
                self.assert_as_before()
                self.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def test_other_tables_are_not_overwritten(self):
        self.take()
        self.sql("CREATE TABLE chunks_v2 (mine INTEGER)")
        self.assertIn('"chunks_v2" already exists', self.upgrade(1))
        self.sql("DROP TABLE chunks_v2")
        self.assert_as_before()
        self.upgrade()

    def test_there_is_none_or_a_later_one(self):
        self.assertIn("there is no such store", self.upgrade(1))
        self.take()
        self.sql("UPDATE quiniela_schema SET version = 99")
        self.assertIn("version 99, this program knows version 3: use the program", self.upgrade(1))


class Killed(UpgradeStory):
    def strace(self, *more):
        return ["strace", "-D", "-o", os.path.join(self.folder, "trace"), "-e", "trace=sendto", *more]

    def setUp(self):
        super().setUp()
        if shutil.which("strace") is None or subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True,
                                                            check=False).returncode != 0:
            self.skipTest("there is no strace, or it may not trace")

    def kill_at(self, number):
        self.take()
        killed = self.begin_upgrade(self.strace("-e", f"inject=sendto:error=EPIPE:signal=SIGKILL:when={number}"))
        output, _ = killed.communicate()
        self.assertEqual(killed.returncode, -9, f"message {number}: {output}")
        # The database notices at the end of what it was doing, and only then gives its locks back.
        until(lambda: self.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                               " AND pid <> pg_backend_pid()") == "0", "the database to notice")

    def begin_again(self):
        self.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def test_at_each_message(self):
        self.take()
        self.upgrade(prefix=self.strace())
        with open(os.path.join(self.folder, "trace"), encoding="utf-8") as file:
            count = len(re.findall(r"^sendto\(", file.read(), re.MULTILINE))
        self.assertGreater(count, 20)
        numbers = range(1, count + 1) if os.environ.get("UPGRADE_KILLS") == "all" else range(8, count + 1, 12)
        for number in numbers:
            self.begin_again()
            self.kill_at(number)
            self.assertIn(self.sql("SELECT version FROM quiniela_schema"), ("2", "-2", "3"))
            self.upgrade()
            self.assert_upgraded()

    def test_meanwhile_nobody_takes_it_for_whole(self):
        self.take()
        self.upgrade(prefix=self.strace())
        with open(os.path.join(self.folder, "trace"), encoding="utf-8") as file:
            place = [number for number, line in enumerate(file.read().splitlines(), 1) if "has_few, draw" in line][0]
        self.begin_again()
        self.kill_at(place)
        status, _, errors = self.run_program("status", "--store", self.address())
        self.assertEqual(status, 1)
        self.assertIn("an upgrade of its tables from version 2 has begun and not ended", errors)
        self.assertEqual(self.run_program("server", "--store", self.address(), "--server-port", 0, "--consult-server-port", 0)[0], 1)
        Server(self, "--upgrade", store=self.address(), agencies=3)
        self.assert_upgraded()


del DatabaseStory, Story, UpgradeStory
if __name__ == "__main__":
    unittest.main()
