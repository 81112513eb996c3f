"""A PostgreSQL store of an older version is upgraded while older servers run, and loses no bet.

QUINIELA_OLD names a program of an older version (that of the commit ac82db3 is 2, of e4561d5 3, of a5d5a81 4): then three servers of it run under
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
OLD_TABLES = {2: "agencies bets chunks draws quiniela_schema winners"}
OLD_TABLES |= {3: OLD_TABLES[2], 4: "agencies bets chunks draws quiniela_schema voided winners"}
NEW_TABLES = {2: "agencies agencies_v2 bets bets_v2 chunks chunks_v2 draws draws_v2 papers quiniela_schema voided winners winners_v2",
              3: "agencies agencies_v3 bets bets_v3 chunks draws draws_v3 papers quiniela_schema voided winners",
              4: "agencies agencies_v4 bets bets_v4 chunks draws draws_v4 papers quiniela_schema voided winners"}
STORE_VERSION = 5
# There can be no search for leaks in a process that is already traced.
TRACED = {**os.environ, "ASAN_OPTIONS": ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "detect_leaks=0")))}


class UpgradeStory(DatabaseStory):
    def take(self, version=2):
        """The store of that version, from its sample."""
        with gzip.open(os.path.join(SAMPLES, f"{version}.sql.gz")) as sample:
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

    def assert_upgraded(self, version=2):
        self.assertEqual(self.sql("SELECT version FROM quiniela_schema"), str(STORE_VERSION))
        for draw, name in (("1", "drawn"), (OPEN_DRAW, "open")):
            status, exported, errors = self.run_program("export", "--store", self.address(), "--draw", draw)
            self.assertEqual((status, errors), (0, ""))
            with open(os.path.join(SAMPLES, f"2-{name}.csv"), encoding="utf-8") as file:
                self.assertEqual(exported, file.read())
        self.assertEqual(self.sql(TABLES), NEW_TABLES[version])

    def assert_as_before(self, version=2):
        self.assertEqual(self.sql("SELECT version FROM quiniela_schema"), str(version))
        self.assertEqual(self.sql(TABLES), OLD_TABLES[version])
        self.assertEqual(self.sql("SELECT count(*) FROM chunks WHERE agency = 1 AND first IN (0, 1, 41)"), "4")

    def begin_again(self):
        self.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


class Upgrade(UpgradeStory):
    def test_the_rows_are_those_of_before(self):
        for version in NEW_TABLES:
            with self.subTest(version):
                self.take(version)
                self.assertIn(f"upgraded from version {version} to {STORE_VERSION} in ", self.upgrade())
                self.assert_upgraded(version)
                self.assertEqual(self.sql(f"SELECT count(*) FROM ((TABLE bets EXCEPT TABLE bets_v{version}) UNION ALL"
                                          f" (TABLE bets_v{version} EXCEPT TABLE bets)) AS others"), "0")
                self.assertEqual(self.sql("SELECT count(*) FROM draws WHERE number_mode = 'fixed' AND winning_number = 7574"
                                          " AND closes_at IS NULL AND closed_at IS NULL AND erased_at IS NULL AND changed_at IS NULL"
                                          " AND voided = 0 AND rules = 0 AND secret IS NULL AND root IS NULL AND forked_at IS NULL"), "2")
                self.assertEqual(self.sql("SELECT count(*) FROM agencies WHERE (finished_at IS NULL AND ending IS NULL"
                                          " OR ending = 'finished') AND voidings = 0 AND receipted = 0"), "5")
                for draw in ("1", OPEN_DRAW):
                    self.assertEqual(self.run_program("check", "--store", self.address(), "--draw", draw)[0], 0)
                self.assertIn("nothing to do", self.upgrade())
                self.begin_again()

    def test_what_was_ordered_is_kept(self):
        rows = ("SELECT draw, state, agencies, number_mode, winning_number, opened_at, closes_at, closes_text,"
                " closed_at, sealed_at, drawn_at, erased_at, changed_at, voided, winners_checksum, finished FROM draws",
                "SELECT draw, agency, bets, checksum, voidings, finished_at, ending, told_at FROM agencies", "TABLE voided", "TABLE winners")
        self.take("4-ordered")
        before = [self.sql(f"SELECT string_agg(rows::text, ' ' ORDER BY rows::text) FROM ({query}) AS rows") for query in rows]
        self.assertTrue(all(before))
        self.upgrade()
        after = [self.sql(f"SELECT string_agg(rows::text, ' ' ORDER BY rows::text) FROM ({query}) AS rows") for query in rows]
        self.assertEqual(after, before)
        for draw in ("ordered", "waiting", "erased"):
            self.assertEqual(self.run_program("check", "--store", self.address(), "--draw", draw)[0], 0)
        with open(os.path.join(SAMPLES, "4-ordered.csv"), encoding="utf-8") as file:
            self.assertEqual(self.run_program("export", "--store", self.address(), "--draw", "ordered")[1], file.read())
        server = Server(self, "--draw", "waiting", "--number", "manual", store=self.address(), agencies=3)
        server.wait_for("action: open_draw .* state: sealed .* bets: 6")

    def test_the_way_back_is_as_the_page_has_it(self):
        with open(os.path.join(ROOT, "docs/upgrading.md"), encoding="utf-8") as page:
            blocks = [block for block in re.findall(r"```sql\n(.*?)```", page.read(), re.DOTALL) if "RENAME TO draws;" in block]
        for version, block in zip(NEW_TABLES, blocks, strict=True):
            with self.subTest(version):
                self.take(version)
                self.upgrade()
                self.sql(block)
                self.assert_as_before(version)
                self.upgrade()
                self.assert_upgraded(version)
                self.begin_again()

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
        self.assertGreaterEqual(server.count(f"action: upgrade .*upgraded from version 2 to {STORE_VERSION}"), 1)
        self.assertEqual(Wire(self, server.ports[1]).ask({"type_message": 3, "agency": "3", "payload": None}).kind, "winners")
        self.assert_upgraded()


class OlderServers(UpgradeStory):
    def test_what_they_are_in_the_middle_of_is_waited_for(self):
        self.take()
        holding = self.holding("SELECT 1 FROM draws WHERE draw = '1' FOR KEY SHARE")
        upgrade = self.begin_upgrade()
        self.assertIn("waits, and servers go on, until session", upgrade.stdout.readline() or upgrade.stderr.read())
        self.assertEqual(self.sql(TABLES), OLD_TABLES[2])
        holding.release()
        self.end_upgrade(upgrade)
        self.assert_upgraded()

    def test_one_who_reads_for_long_holds_up_nobody_else(self):
        self.take()
        auditor = subprocess.Popen(["psql", "-X", "-q", "-A", "-t", "-d", self.address(more="application_name=audit")], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        auditor.stdin.write("BEGIN; SELECT count(*) FROM bets; SELECT pg_backend_pid();\n")
        auditor.stdin.flush()
        _, pid = (auditor.stdout.readline() for _ in range(2))
        self.addCleanup(auditor.communicate)
        upgrade = self.begin_upgrade()
        self.assertRegex(upgrade.stdout.readline() or upgrade.stderr.read(),
                         rf"until session {pid.strip()} \(role postgres, audit, idle in transaction since \d\d:\d\d:\d\d\) has ended its"
                         rf" transaction: SELECT pg_terminate_backend\({pid.strip()}\) ends it")
        for _ in range(20):
            self.assertEqual(self.sql("SELECT count(*) FROM pg_locks WHERE NOT granted"), "0", "nothing waits for a lock")
        self.assert_as_before()
        self.sql(f"SELECT pg_terminate_backend({pid.strip()})")
        self.end_upgrade(upgrade)
        self.assert_upgraded()

    def assert_refused(self, reason, *statements):
        """As by a store that they do not know: a value that is refused would be an agency's fault."""
        for statement in statements:
            done = subprocess.run(["psql", "-X", "-q", "-d", self.address(), "-c", statement], capture_output=True, text=True,
                                  check=False)
            self.assertRegex(done.stderr, reason, statement)

    def test_nothing_more_of_them_is_stored(self):
        self.take()
        self.upgrade()
        self.assert_refused("type|unrecognized configuration parameter",
                            "INSERT INTO chunks (draw, agency, first, count, digest, checksum, numbers, rows)"
                            " VALUES ($$1$$::text, 3, 0, 1, '', 0, '', '')",
                            "UPDATE agencies SET bets = 7 WHERE draw = $$1$$::text AND agency = 3",
                            "INSERT INTO winners (draw, agency, bet, document) VALUES ($$1$$::text, 3, 0, '1')",
                            "INSERT INTO draws (draw, state, agencies, winning_number, opened_at, winners_checksum, checksum)"
                            " VALUES ('3', 'open', 1, 1, '', 0, 0)")
        self.assert_upgraded()

    def test_nothing_more_of_those_of_version_3(self):
        self.take(3)
        self.upgrade()
        agency = ("INSERT INTO agencies (draw, agency, bets, finished_at, told_at, checksum) VALUES (1, 2, 9, NULL, NULL, 1)"
                  " ON CONFLICT (draw, agency) DO UPDATE SET bets = 9, checksum = 1")
        self.assert_refused("unrecognized configuration parameter", agency,
                            "INSERT INTO draws (draw, state, agencies, winning_number, opened_at, sealed_at, drawn_at, winners_checksum,"
                            " checksum, number) VALUES ('1', 'open', 1, 1, '', NULL, NULL, 0, 0, 1)"
                            " ON CONFLICT (draw) DO UPDATE SET agencies = 1, checksum = 1")
        self.assert_upgraded(3)

    def test_nothing_more_of_those_of_version_4(self):
        self.take(4)
        self.upgrade()
        agency = ("INSERT INTO agencies (draw, agency, bets, finished_at, ending, told_at, voidings, checksum)"
                  " VALUES (1, 2, 9, NULL, NULL, NULL, 0, 1) ON CONFLICT (draw, agency) DO UPDATE SET bets = 9, checksum = 1")
        draw = ("INSERT INTO draws (draw, state, agencies, number_mode, winning_number, opened_at, voided, winners_checksum, checksum,"
                " number) VALUES ('1', 'open', 1, 'fixed', 1, '', 0, 0, 0, 1)"
                " ON CONFLICT (draw) DO UPDATE SET agencies = 1, checksum = 1")
        self.assert_refused("unrecognized configuration parameter", agency, draw)
        self.assert_upgraded(4)

    @unittest.skipIf(OLD is None, "QUINIELA_OLD names no program of an older version")
    def test_under_load(self):
        old = ["sh", "-c", 'shift; exec "$0" "$@"', OLD]
        agencies = range(1, 6)
        self.sample([80000] * 5, [3, 0, 5, 1, 2])
        older = Server(self, agencies=5, store=self.address(), servers=3, prefix=old)
        later = [(hold_port(), hold_port()) for _ in range(3)]
        clients = [Agency(self, agency, Ports(older.every + later), "--chunk-size", 10) for agency in agencies]
        until(lambda: int(self.sql("SELECT coalesce(sum(bets), 0) FROM agencies")) > 5000, "some bets")
        version, = re.findall(f"upgraded from version (\\d) to {STORE_VERSION}", self.upgrade())
        stored = int(self.sql("SELECT sum(bets) FROM agencies"))
        self.assertLess(stored, 400000)
        older.wait_for("action: store .*result: fail")
        self.newer_servers(later)
        until(lambda: self.sql("SELECT sum(bets) FROM agencies") == "400000", "all bets")
        older.end()  # an agency may wait for its winners there
        for agency, winners in zip(clients, [3, 0, 5, 1, 2]):
            self.assertEqual(agency.winners(), winners)
            self.assertEqual(agency.wait(), 0)
        self.assertEqual(self.stored(self.address()), self.sent())
        self.assertEqual(self.run_program("check", "--store", self.address())[0], 0)
        self.assertEqual(self.sql(f"SELECT sum(bets) FROM agencies_v{version}"), str(stored))

    def newer_servers(self, ports):
        """Those of this version, at those ports."""
        return Server(self, agencies=5, ports=Ports(ports), store=self.address())


class Refused(UpgradeStory):
    def test_what_is_damaged_stays_as_it_was(self):
        damages = {"UPDATE chunks SET rows = replace(rows, '1999-03-01', '1999-03-02') WHERE first = 0": "is damaged, so the store",
                   "UPDATE winners SET document = '1' WHERE bet = 23": "is damaged, so the store",
                   "UPDATE draws SET agencies = 4 WHERE draw = '1'": "the row of draw \"1\" is not as it was stored",
                   "UPDATE agencies SET bets = bets + 1 WHERE agency = 3": "is damaged, so the store",
                   "DELETE FROM draws WHERE draw <> '1'": "is missing"}
        for version in NEW_TABLES:
            for damage, reason in damages.items():
                with self.subTest(damage, version=version):
                    self.take(version)
                    self.sql(damage)
                    self.assertIn(reason, self.upgrade(1))
                    self.assert_as_before(version)
                    self.begin_again()

    def test_no_room_takes_everything_back(self):
        self.take()
        self.sql("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
                 " $$ BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$;"
                 "CREATE FUNCTION fill() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF to_regclass('chunks_v2') IS NOT NULL THEN"
                 "  CREATE OR REPLACE TRIGGER full_disk BEFORE INSERT ON winners EXECUTE FUNCTION full_disk(); END IF; END $$;"
                 "CREATE EVENT TRIGGER fill ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION fill()")
        self.assertRegex(self.upgrade(1), "could not extend file; everything is as it was before, and older servers go on")
        self.assert_as_before()
        self.sql("DROP EVENT TRIGGER fill")
        self.upgrade()
        self.assert_upgraded()

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
        self.assertIn(f"version 99, this program knows version {STORE_VERSION}: use the program", self.upgrade(1))


class WhatOperatorsHavePutOnThem(UpgradeStory):
    """An owner, rights, and things of their own that depend on the tables."""

    def role(self, name):
        role = f"{self.database}_{name}"
        self.sql(f"CREATE ROLE {role} LOGIN")
        self.addCleanup(self.sql, f"DROP ROLE {role}", "postgres")
        self.addCleanup(self.sql, f"DROP OWNED BY {role}")
        return role

    def test_owner_and_rights_go_over(self):
        auditor, central = self.role("auditor"), self.role("central")
        self.take()
        for table in ("bets", "agencies", "chunks", "draws", "winners", "quiniela_schema"):
            self.sql(f"ALTER TABLE {table} OWNER TO {central}")
        self.sql(f"GRANT CREATE ON SCHEMA public TO {central}; GRANT SELECT ON bets TO {auditor};"
                 f"GRANT SELECT (draw, agency), UPDATE (bets) ON agencies TO {auditor} WITH GRANT OPTION; GRANT DELETE ON draws TO PUBLIC;"
                 f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {auditor}")
        self.upgrade()  # as a superuser
        self.assertEqual(self.sql("SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                                  " AND relkind IN ('r', 'v')"), central)
        rights = ("SELECT string_agg(concat_ws(' ', {0}, privilege_type, grantee, is_grantable), ',' ORDER BY {0}, privilege_type, grantee)"
                  " FROM {1}, aclexplode({2}) WHERE {3} AND grantee <> relowner")
        for shown, tables, acl in (("relname", "pg_class", "relacl"),
                                   ("attname", "pg_attribute JOIN pg_class ON pg_class.oid = attrelid", "attacl")):
            before, after = (self.sql(rights.format(f"replace({shown}, '_v2', '')", tables, acl, f"relname IN ({names})")) for names in
                             ("'bets_v2', 'agencies_v2', 'draws_v2', 'chunks_v2', 'winners_v2'",
                              "'bets', 'agencies', 'draws', 'chunks', 'winners'"))
            self.assertIn("SELECT", before)
            self.assertEqual(after, before)
        self.assertEqual(self.sql(f"SET ROLE {auditor}; SELECT count(*) FROM bets"), self.sql("SELECT count(*) FROM bets_v2"))
        server = Server(self, "--draw", "1", store=self.address(user=central), agencies=3)
        self.assertEqual(Wire(self, server.ports[1]).ask({"type_message": 3, "agency": "3", "payload": None}).kind, "winners")

    def test_who_may_not_is_refused_before_anything(self):
        stranger = self.role("stranger")
        self.take()
        self.sql(f"GRANT ALL ON bets, agencies, chunks, draws, winners, quiniela_schema TO {stranger};"
                 f"GRANT CREATE ON SCHEMA public TO {stranger}")
        status, _, errors = self.run_program("upgrade", self.address(user=stranger))
        self.assertEqual(status, 1)
        self.assertIn("must be owner of view bets", errors)
        self.assert_as_before()

    def test_what_stays_is_named(self):
        self.take()
        self.sql("CREATE VIEW report AS SELECT draw, count(*) AS bets FROM bets GROUP BY draw;"
                 "CREATE MATERIALIZED VIEW nightly AS SELECT agency, bets FROM agencies;"
                 "CREATE INDEX by_count ON chunks (count); CREATE UNIQUE INDEX by_bets ON agencies (draw, agency, bets);"
                 "COMMENT ON TABLE draws IS 'of the night'; COMMENT ON COLUMN winners.document IS 'of a person';"
                 "CREATE TABLE paid (draw TEXT REFERENCES draws (draw)); ALTER TABLE winners ENABLE ROW LEVEL SECURITY;"
                 "CREATE POLICY their_own ON winners USING (agency > 0); ALTER VIEW bets SET (security_barrier = true);"
                 "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                 "CREATE TRIGGER looked_at BEFORE INSERT ON chunks FOR EACH ROW EXECUTE FUNCTION look()")
        printed = self.upgrade()
        named = re.findall("still on the tables of before, and not on the new ones: (.*)", printed)
        self.assertEqual(named, sorted(named), "in order")
        self.assertEqual(set(named), {
            "view public.report", "materialized view public.nightly", "index public.by_count", "index public.by_bets",
            "comment on table public.draws_v2", "comment on table column public.winners_v2.document",
            "table constraint paid_draw_fkey on public.paid", "row security of winners_v2", "policy their_own on public.winners_v2",
            "options of bets_v2 (security_barrier=true)", "trigger looked_at on public.chunks_v2"})
        self.sql("DROP VIEW report; DROP TABLE paid")
        self.assert_upgraded()


class Killed(UpgradeStory):
    def strace(self, *more):
        return ["strace", "-D", "-o", os.path.join(self.folder, "trace"), "-e", "trace=sendto", *more]

    def setUp(self):
        super().setUp()
        if shutil.which("strace") is None or subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True,
                                                            check=False).returncode != 0:
            self.skipTest("there is no strace, or it may not trace")

    def kill_at(self, number, version=2):
        self.take(version)
        killed = self.begin_upgrade(self.strace("-e", f"inject=sendto:error=EPIPE:signal=SIGKILL:when={number}"))
        output, _ = killed.communicate()
        self.assertEqual(killed.returncode, -9, f"message {number}: {output}")
        # The database notices at the end of what it was doing, and only then gives its locks back.
        until(lambda: self.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                               " AND pid <> pg_backend_pid()") == "0", "the database to notice")

    def trace(self, version=2):
        """The messages of an upgrade, after which it begins again."""
        self.take(version)
        self.upgrade(prefix=self.strace())
        self.begin_again()
        with open(os.path.join(self.folder, "trace"), encoding="utf-8") as file:
            return [line for line in file if line.startswith("sendto(")]

    def test_at_each_message(self):
        step = 1 if os.environ.get("UPGRADE_KILLS") == "all" else 48 if "QUINIELA_HANG_S" in os.environ else 16  # under a sanitizer, say
        for version in NEW_TABLES:
            count = len(self.trace(version))
            self.assertGreater(count, 20)
            for number in range((step + 1) // 2, count + 1, step):
                self.kill_at(number, version)
                self.assertIn(self.sql("SELECT version FROM quiniela_schema"), (str(version), str(-version), str(STORE_VERSION)))
                self.upgrade()
                self.assert_upgraded(version)
                self.begin_again()

    def kill_halfway(self, version=2):
        """Once it has renamed the tables, and before it copies anything."""
        place = [number for number, line in enumerate(self.trace(version), 1) if "has_few, draw" in line][0]
        self.kill_at(place, version)

    def test_what_an_older_program_has_begun_is_begun_again(self):
        self.kill_halfway()
        self.sql("ALTER TABLE quiniela_upgrade DROP COLUMN target; DROP TABLE voided, papers; ALTER TABLE agencies DROP COLUMN ending")
        self.assertIn(f"upgraded from version 2 to {STORE_VERSION}", self.upgrade())
        self.assert_upgraded()
        for version in (2, 3):
            self.begin_again()
            self.kill_halfway(version)
            self.sql("UPDATE quiniela_upgrade SET target = 4; DROP TABLE papers; ALTER TABLE agencies DROP COLUMN receipted")
            self.assertIn(f"upgraded from version {version} to {STORE_VERSION}", self.upgrade())
            self.assert_upgraded(version)

    def test_meanwhile_nobody_takes_it_for_whole(self):
        self.kill_halfway()
        status, _, errors = self.run_program("status", "--store", self.address())
        self.assertEqual(status, 1)
        self.assertIn("an upgrade of its tables from version 2 has begun and not ended", errors)
        self.assertEqual(self.run_program("server", "--store", self.address(), "--server-port", 0, "--consult-server-port", 0)[0], 1)
        Server(self, "--upgrade", store=self.address(), agencies=3)
        self.assert_upgraded()


del DatabaseStory, Story, UpgradeStory
if __name__ == "__main__":
    unittest.main()
