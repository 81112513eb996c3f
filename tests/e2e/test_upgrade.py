"""A store of an older version becomes one of this version, whenever it is killed, and loses nothing."""
import collections
import contextlib
import csv
import fcntl
import glob
import gzip
import os
import shutil
import signal
import sqlite3
import subprocess
import unittest

from harness import PROGRAM, ROOT, Server, Story, Wire, until

SAMPLES = os.path.join(ROOT, "tests/upgrade/samples")
OPEN_DRAW = "noche's 2"
MIB = 1 << 20
STORE_VERSION = 5
# There can be no search for leaks in a process that is already traced.
TRACED = {**os.environ, "ASAN_OPTIONS": ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "detect_leaks=0")))}


def read(path):
    with open(path, "rb") as file:
        return file.read()


def read_if_there(path):
    return read(path) if os.path.exists(path) else b""


class UpgradeStory(Story):
    def path(self, name="night.db"):
        return os.path.join(self.folder, name)

    def take(self, kind="open", version=2, place=None):
        """A store of that version, from its sample."""
        place = place or self.path()
        with gzip.open(os.path.join(SAMPLES, f"{version}-{kind}.db.gz")) as sample, open(place, "wb") as file:
            file.write(sample.read())
        return place

    def grow(self, store, size):
        """A table of the operator's own makes it that large."""
        with contextlib.closing(sqlite3.connect(store)) as database:
            database.execute("CREATE TABLE mine (a)")
            database.execute("INSERT INTO mine VALUES (zeroblob(?))", (size,))
            database.execute("INSERT INTO mine VALUES (1)")
            database.commit()

    def upgrade(self, store, status=0, prefix=()):
        """What it prints, or why it failed."""
        done = subprocess.run([*prefix, PROGRAM, "upgrade", store], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False, cwd=self.folder, env=TRACED if "strace" in prefix else None)
        self.assertEqual(done.returncode, status, f"{done.stdout}{done.stderr}")
        return done.stdout if status == 0 else done.stderr

    def assert_upgraded(self, store, kind="open"):
        for draw in ("1", OPEN_DRAW) if kind == "open" else ("1",):
            name = "open" if draw == OPEN_DRAW else "drawn"
            status, exported, errors = self.run_program("export", "--store", store, "--draw", draw)
            self.assertEqual((status, errors), (0, ""))
            self.assertEqual(exported, read(os.path.join(SAMPLES, f"2-{name}.csv")).decode())
            self.assertEqual(self.run_program("check", "--store", store, "--draw", draw)[0], 0)
        self.assertFalse(os.path.exists(store + ".upgrade"))

    @staticmethod
    def ask(store, query):
        with contextlib.closing(sqlite3.connect(store)) as database:
            return database.execute(query).fetchall()


class Upgrade(UpgradeStory):
    def test_each_version_that_ever_was(self):
        samples = [sample for sample in glob.glob(os.path.join(SAMPLES, "*.db.gz")) if "-ordered" not in sample]
        self.assertGreaterEqual(len(samples), 6)
        for sample in samples:
            version, kind = os.path.basename(sample).split(".")[0].split("-")
            store = self.take(kind, version, self.path(f"{version}-{kind}.db"))
            os.chmod(store, 0o640)
            before = self.ask(store, "SELECT * FROM chunks")
            self.assertIn(f"upgraded from version {version} to {STORE_VERSION} in ", self.upgrade(store))
            self.assert_upgraded(store, kind)
            self.assert_new_columns(store)
            self.assertEqual(os.stat(store).st_mode & 0o777, 0o640)
            kept = f"{store}.v{version}"
            self.assertEqual(self.ask(kept, "PRAGMA user_version"), [(int(version),)])
            self.assertEqual(self.ask(kept, "SELECT * FROM chunks"), before)
            self.assertIn("nothing to do", self.upgrade(store))

    def assert_new_columns(self, store):
        """What a row of before says of what it did not know."""
        for draw in self.ask(store, "SELECT number_mode, winning_number, closes_at, closes_text, closed_at, erased_at, changed_at, voided,"
                                    " rules, secret, root, forked_at FROM draws"):
            self.assertEqual(draw, ("fixed", 7574, None, None, None, None, None, 0, 0, None, None, None))
        for finished_at, *others in self.ask(store, "SELECT finished_at, ending, voidings, receipted FROM agencies"):
            self.assertEqual(others, [None if finished_at is None else "finished", 0, 0])
        self.assertEqual(self.ask(store, "SELECT (SELECT count(*) FROM voided), (SELECT count(*) FROM papers)"), [(0, 0)])

    def test_what_was_ordered_is_kept(self):
        store = self.take("ordered", 4)
        names = [{row[1] for row in self.ask(store, f"PRAGMA table_info({table})")} for table in ("draws", "agencies", "voided", "winners")]
        queries = [f"SELECT {', '.join(sorted(columns))} FROM {table} ORDER BY draw, checksum" if table != "winners" else
                   "SELECT * FROM winners ORDER BY draw, agency, bet"
                   for table, columns in zip(("draws", "agencies", "voided", "winners"), names, strict=True)]
        before = [self.ask(store, query) for query in queries]
        self.assertTrue(all(before))
        self.upgrade(store)
        self.assertEqual([self.ask(store, query) for query in queries], before)
        for draw in ("ordered", "waiting", "erased"):
            self.assertEqual(self.run_program("check", "--store", store, "--draw", draw)[0], 0)
        exported = self.run_program("export", "--store", store, "--draw", "ordered")[1]
        self.assertEqual(exported, read(os.path.join(SAMPLES, "4-ordered.csv")).decode())
        server = Server(self, "--draw", "waiting", "--number", "manual", store=store, agencies=3)
        server.wait_for("action: open_draw .* state: sealed .* bets: 6")

    def test_who_reads_the_database_sees_what_is_exported(self):
        store = self.take()
        before = self.ask(store, "SELECT * FROM bets ORDER BY draw, agency, bet")
        self.upgrade(store)
        self.assertEqual(self.ask(store, "SELECT * FROM bets ORDER BY draw, agency, bet"), before)
        exported = list(csv.reader(self.run_program("export", "--store", store, "--draw", OPEN_DRAW)[1].splitlines()))
        rows = self.ask(store, "SELECT agency, nombre, apellido, documento, nacimiento, numero FROM bets"
                        f" WHERE draw = '{OPEN_DRAW.replace(chr(39), chr(39) * 2)}' ORDER BY agency, bet")
        self.assertEqual([list(map(str, row)) for row in rows], exported)

    def test_an_open_draw_goes_on(self):
        store = self.take()
        self.upgrade(store)
        server = Server(self, "--draw", OPEN_DRAW, store=store, agencies=3)
        server.wait_for("action: open_draw .* state: open .* finished: 1 of 3 .* bets: 266")
        wire = Wire(self, server.ports[0])
        sent = {"type_message": 1, "agency": "2", "payload": ["Ana,Paz,0,1999-03-01,0"], "first": 0}
        self.assertEqual(wire.ask(sent).kind, "processed")  # it is there already
        for agency, first in ((2, 254), (3, 0)):
            last = {"type_message": 2, "agency": str(agency), "payload": [f"Ana,Paz,9{agency},1999-03-01,7574"], "first": first}
            self.assertEqual(wire.ask(last).kind, "processed")
        server.wait_for("action: sorteo .*result: success")
        answer = Wire(self, server.ports[1]).ask({"type_message": 3, "agency": "2", "payload": None, "wait": True})
        winners = answer["payload"].split(",")
        self.assertIn("92", winners)
        self.assertEqual(len(winners), 36 + 1)

    def test_who_does_not_upgrade_names_the_command(self):
        store = self.take()
        words = '"quiniela upgrade ' + store[:20]
        for command in ("status", "export", "check"):
            status, _, errors = self.run_program(command, "--store", store)
            self.assertEqual(status, 1)
            self.assertIn(words, errors)
        status, log, _ = self.run_program("server", "--store", store, "--server-port", 0, "--consult-server-port", 0)
        self.assertEqual(status, 1)
        self.assertIn(words, log)
        self.assertEqual(self.ask(store, "PRAGMA user_version"), [(2,)])

    def test_a_server_upgrades_when_it_is_told_to(self):
        store = self.take("drawn")
        server = Server(self, store=store, agencies=3, environment={"UPGRADE": "yes"})
        server.expect(f"action: upgrade .*upgraded from version 2 to {STORE_VERSION}")
        self.assertEqual(Wire(self, server.ports[1]).ask({"type_message": 3, "agency": "3", "payload": None}).kind, "winners")
        server.signal(15)
        self.assertEqual(server.wait(), 0)
        self.assert_upgraded(store, "drawn")
        for name in ("night.db", "new.db"):  # nothing to do, and nothing there
            server = Server(self, "--upgrade", store=self.path(name), agencies=3)
            server.expect("action: upgrade", 0)
            server.signal(15)
            self.assertEqual(server.wait(), 0)

    def test_a_log_that_a_crash_has_left(self):
        store, work = self.take(), self.take(place=self.path("work.db"))
        with contextlib.closing(sqlite3.connect(work)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE mine (a)")
            database.commit()
            for end in ("", "-wal"):
                shutil.copy(work + end, store + end)
        self.assertGreater(os.path.getsize(store + "-wal"), 0)
        self.upgrade(store)
        self.assert_upgraded(store)
        self.assertEqual(self.ask(store, "SELECT * FROM mine"), [])
        self.assertFalse(os.path.exists(store + "-wal"))


class Refused(UpgradeStory):
    def assert_refused(self, store, reason):
        before = read(store)
        self.assertIn(reason, self.upgrade(store, 1))
        self.assertEqual(read(store), before)
        self.assertEqual(os.stat(store).st_nlink, 1)

    def test_there_is_none(self):
        self.assertIn("night.db: there is no such store", self.upgrade(self.path(), 1))
        self.assertEqual(os.listdir(self.folder), [])
        with open(self.path(), "w", encoding="ascii") as file:
            file.write("no store" * 100)
        self.assertIn("night.db: ", self.upgrade(self.path(), 1))
        self.assertEqual(os.listdir(self.folder), ["night.db"])

    def test_one_of_a_later_program(self):
        store = self.take()
        self.ask(store, "PRAGMA user_version = 99")
        self.assert_refused(store, f"version 99, this program knows version {STORE_VERSION}: use the program that made them")

    def test_one_that_is_served(self):
        store = self.take()
        with open(store + "-lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assert_refused(store, "another server works on this store; end it")
        self.upgrade(store)

    def test_one_that_is_damaged(self):
        damages = {"UPDATE chunks SET rows = replace(rows, '1999-03-01', '1999-03-02') WHERE first = 0":
                       "is damaged, so the store is not upgraded",
                   "UPDATE winners SET document = '1' WHERE bet = 23": "is damaged, so the store is not upgraded",
                   "DELETE FROM draws WHERE draw <> '1'": "the row of draw \"noche's 2\" is missing",
                   "DELETE FROM chunks WHERE first = 1": "is damaged, so the store is not upgraded",
                   "ALTER TABLE chunks RENAME COLUMN first TO other": "its tables are damaged"}
        for number, (damage, reason) in enumerate(damages.items()):
            store = self.take(place=self.path(f"{number}.db"))
            with contextlib.closing(sqlite3.connect(store)) as database:
                database.execute(damage)
                database.commit()
            self.assertIn(reason, self.upgrade(store, 1), damage)
            self.assertEqual(self.ask(store, "PRAGMA user_version"), [(2,)])
            self.assertFalse(os.path.exists(store + ".v2"))

    def test_other_files_are_not_overwritten(self):
        store = self.take()
        for end, reason in ((".v2", "night.db.v2: is there already, and is not this store"),
                            (".upgrade", "night.db.upgrade: is there already, and is no unfinished upgrade")):
            with open(store + end, "w", encoding="ascii") as file:
                file.write("somebody's " * 20)
            self.assertIn(reason, self.upgrade(store, 1))
            self.assertEqual(read(store + end), b"somebody's " * 20)
            os.unlink(store + end)
        self.upgrade(store)

    def test_what_lies_beside_the_copy_is_not_taken_for_its_own(self):
        store = self.take()
        for end in ("-wal", "-journal"):
            with open(store + ".upgrade" + end, "w", encoding="ascii") as file:
                file.write("somebody's " * 100)
            self.assert_refused(store, f"night.db.upgrade{end}: is there, and belongs to no unfinished upgrade")
            self.assertEqual(read(store + ".upgrade" + end), b"somebody's " * 100)
            os.unlink(store + ".upgrade" + end)
        self.upgrade(store)

    def test_another_store_is_not_overwritten(self):
        """As when somebody went back, and calls the new one so."""
        store = self.take()
        self.upgrade(store)
        for other in ("of this version", "of the old one"):
            with self.subTest(other):
                shutil.copy(store, self.path("day.db"))
                self.assertFalse(os.path.exists(store + ".upgrade"))
                shutil.copy(self.path("day.db") if other == "of this version" else store + ".v2", store + ".upgrade")
                shutil.move(store + ".v2", store)
                before = read(store + ".upgrade")
                self.assert_refused(store, "night.db.upgrade: is there already, and is no unfinished upgrade")
                self.assertEqual(read(store + ".upgrade"), before)
                os.unlink(store + ".upgrade")
                self.upgrade(store)

    def test_an_unfinished_one_is_no_store(self):
        store = self.take()
        with contextlib.closing(sqlite3.connect(store)) as database:
            database.execute("DELETE FROM chunks WHERE first = 1")
            database.commit()
        self.upgrade(store, 1)
        for command in ("status", "server"):
            more = ("--server-port", 0, "--consult-server-port", 0) if command == "server" else ()
            status, *told = self.run_program(command, "--store", store + ".upgrade", *more)
            self.assertEqual(status, 1)
            self.assertIn("is what an upgrade has not finished", "".join(told))


class Meanwhile(UpgradeStory):
    """It stands still in the place of a system call, and somebody else does something."""
    def start(self, store, call, path, when=1):
        if shutil.which("strace") is None or subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True,
                                                            check=False).returncode != 0:
            self.skipTest("there is no strace, or it may not trace")
        trace = ["strace", "-D", "-o", self.path("trace"), "-P", path, "-e", f"trace={call}",
                 "-e", f"inject={call}:signal=SIGSTOP:when={when}"]
        upgrade = subprocess.Popen([*trace, PROGRAM, "upgrade", store], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, env=TRACED)
        self.addCleanup(upgrade.stdout.close)
        self.addCleanup(upgrade.wait)
        self.addCleanup(upgrade.kill)
        until(lambda: b"stopped by SIGSTOP" in read_if_there(self.path("trace")), f"the upgrade stands still at {call}")
        return upgrade

    def end(self, upgrade, status):
        upgrade.send_signal(signal.SIGCONT)
        told = upgrade.communicate(timeout=60)[0]
        self.assertEqual(upgrade.returncode, status, told)
        return told

    def test_nobody_can_write_into_the_store(self):
        for number, call in enumerate(("fchmod", "fsync")):
            store = self.take(place=self.path(f"{number}.db"))
            upgrade = self.start(store, call, store + ".upgrade")
            with contextlib.closing(sqlite3.connect(store, timeout=0, isolation_level=None)) as database:
                self.assertEqual(database.execute("SELECT count(*) FROM draws").fetchall(), [(2,)])
                for sql in ("DELETE FROM chunks", "PRAGMA journal_mode = WAL"):
                    with self.assertRaisesRegex(sqlite3.OperationalError, "locked", msg=sql):
                        database.execute(sql)
            self.end(upgrade, 0)
            self.assert_upgraded(store)
            os.unlink(self.path("trace"))

    def test_two_at_once(self):
        store = self.take()
        first = self.start(store, "fsync", store + ".upgrade")
        self.assertIn("night.db: another upgrade is at work on this store", self.upgrade(store, 1))
        self.end(first, 0)
        self.assert_upgraded(store)

    def test_one_behind_another_has_nothing_to_do(self):
        store = self.take()
        second = self.start(store, "openat", store + "-lock", when=STORE_VERSION)  # it knows the version, and has no lock yet
        self.upgrade(store)
        self.assertIn(f"nothing to do: it is of version {STORE_VERSION}", self.end(second, 0))
        self.assert_upgraded(store)

    def test_no_copy_leaves_a_part_of_itself_behind(self):
        store = self.take()
        for end in ("-wal", "-journal"):
            upgrade = self.start(store, "unlink", store + ".upgrade-journal", when=2)  # the last change is stored
            with open(store + ".upgrade" + end, "ab"):
                pass
            self.assertIn(f"night.db.upgrade{end}: is there, so the copy is not whole", self.end(upgrade, 1))
            self.assertEqual(os.stat(store).st_nlink, 1)
            os.unlink(store + ".upgrade" + end)
            os.unlink(self.path("trace"))
        self.upgrade(store)
        self.assert_upgraded(store)

    def test_what_changes_in_spite_of_it_is_no_copy(self):
        store = self.take()
        upgrade = self.start(store, "fsync", store + ".upgrade")
        os.utime(store)
        self.assertIn("night.db: was changed while it was copied, and stays as it is", self.end(upgrade, 1))
        self.assertEqual((os.stat(store).st_nlink, self.ask(store, "PRAGMA user_version")), (1, [(2,)]))
        self.upgrade(store)
        self.assert_upgraded(store)


class Interrupted(UpgradeStory):
    def test_it_goes_on_where_it_was_interrupted(self):
        store = self.take()
        self.grow(store, 3 * MIB)
        self.assertIn("File too large", self.upgrade(store, 1, prefix=["prlimit", f"--fsize={2 * MIB + 4096}"]))
        self.assertGreaterEqual(os.path.getsize(store + ".upgrade"), 2 * MIB)
        with open(store + ".upgrade", "r+b") as file:  # as a power cut leaves what was not synced
            file.seek(MIB + 5)
            file.write(b"garbage")
        self.upgrade(store)
        self.assert_upgraded(store)
        self.assertEqual(self.ask(store, f"SELECT count(*) FROM mine WHERE a = zeroblob({3 * MIB})"), [(1,)])

    def test_a_copy_of_what_the_store_was_before_is_made_anew(self):
        store = self.take()
        shutil.copy(store, self.path("before.db"))
        self.ask(store, "PRAGMA user_version = 2")
        with contextlib.closing(sqlite3.connect(store)) as database:
            database.execute("DELETE FROM chunks WHERE first = 1 AND draw = '1'")
            database.commit()
        self.upgrade(store, 1)  # it is damaged, which shows only in the copy
        self.assertTrue(os.path.exists(store + ".upgrade"))
        shutil.copy(self.path("before.db"), store)
        self.upgrade(store)
        self.assert_upgraded(store)

    def test_a_beginning_of_which_not_all_was_written_is_its_own(self):
        """Of the first block, which has the mark, a power cut may leave some sectors and nothing of others."""
        for sector, status in ((b"\0" * 512, 0), (b"somebody's".ljust(512), 1)):
            store = self.take(place=self.path(f"{status}.db"))
            beginning = sector + read(store)[512:8192] + bytes(512)
            with open(store + ".upgrade", "wb") as file:
                file.write(beginning)
            told = self.upgrade(store, status)
            if status == 0:
                self.assert_upgraded(store)
            else:
                self.assertIn("is there already, and is no unfinished upgrade", told)
                self.assertEqual(read(store + ".upgrade"), beginning)

    def test_there_must_be_room(self):
        disk = self.path("disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={6 * MIB}", "tmpfs", disk], capture_output=True,
                          check=False).returncode != 0:
            self.skipTest("this user may not mount")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        store = os.path.join(disk, "night.db")
        self.grow(self.take(), 3 * MIB)
        shutil.copy(self.path(), store)
        errors = self.upgrade(store, 1)
        self.assertRegex(errors, r"night\.db: the upgrade needs \d+ more bytes on its disk, and \d+ are free: \d+ are missing")
        self.assertFalse(os.path.exists(store + ".upgrade"))
        missing = int(errors.split()[-3])
        subprocess.run(["mount", "-o", f"remount,size={6 * MIB + missing + 4096}", disk], check=True)
        self.upgrade(store)
        self.assert_upgraded(store)


CALLS = ("pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "link", "rename", "fchmod")


class Killed(UpgradeStory):
    """SIGKILL in the place of each of the calls that change a file."""

    def strace(self, store, *more):
        files = ("", "-wal", "-shm", "-lock", "-journal", ".upgrade", ".upgrade-journal", ".v2")
        return ["strace", "-D", "-o", self.path("trace"), "-P", self.folder, *(word for end in files for word in ("-P", store + end)),
                "-e", "trace=" + ",".join(CALLS), *more]

    def calls(self):
        """How many there are of each."""
        store = self.take("drawn")
        self.upgrade(store, prefix=self.strace(store))
        made = collections.Counter(line.split("(")[0] for line in read(self.path("trace")).decode().splitlines())
        return {call: made[call] for call in CALLS if made[call] > 0}

    def test_at_each_call(self):
        if shutil.which("strace") is None or subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True,
                                                            check=False).returncode != 0:
            self.skipTest("there is no strace, or it may not trace")
        calls = self.calls()
        self.assertGreaterEqual(set(calls), {"pwrite64", "fsync", "link", "rename", "unlink"})
        every = os.environ.get("UPGRADE_KILLS") == "all"
        for call, count in calls.items():
            for number in range(1, count + 1) if every else {(count + 1) // 2, count}:
                store = self.take("drawn", place=self.path(f"{call}-{number}.db"))
                inject = f"inject={call}:error=EIO:signal=SIGKILL:when={number}"
                killed = subprocess.run([*self.strace(store, "-e", inject), PROGRAM, "upgrade", store], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, check=False, env=TRACED)
                self.assertEqual(killed.returncode, -9, f"{call} {number} of {count}: {killed.stdout}")
                self.assertIn(self.version(store), (2, STORE_VERSION))
                self.upgrade(store)
                self.assertEqual(self.run_program("export", "--store", store)[1], read(os.path.join(SAMPLES, "2-drawn.csv")).decode())
                self.assertEqual((self.version(store), self.version(store + ".v2")), (STORE_VERSION, 2))

    def version(self, store):
        """Of the file as it lies there."""
        return int.from_bytes(read(store)[60:64], "big")


if __name__ == "__main__":
    unittest.main()
