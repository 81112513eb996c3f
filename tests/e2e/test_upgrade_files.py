"""What is in the names that an upgrade uses, and is not its own, stays as it is, and is named."""
import contextlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import unittest

from harness import PROGRAM, Process, Server, Wire
from test_upgrade import MIB, OPEN_DRAW, UpgradeStory, read


class NamesOfOthers(UpgradeStory):
    def test_an_upgrade_that_has_nothing_to_do_touches_nothing(self):
        """The second name is an operator's, and what is called .upgrade is another whole store."""
        store = self.take()
        self.upgrade(store)
        os.unlink(store + ".v2")
        shutil.copy(store, store + ".upgrade")
        before = read(store)
        for version in (2, 3, 4):
            kept = f"{store}.v{version}"
            os.link(store, kept)
            self.assertIn("night.db: has ", self.upgrade(store, 1))
            self.assertTrue(os.path.exists(kept), f"{kept} was removed")
            self.assertEqual(read(store + ".upgrade"), before, "the other store was written into")
            os.unlink(kept)
        self.assertIn("nothing to do", self.upgrade(store))

    def test_a_second_name_that_an_interrupted_upgrade_gave_is_told_as_such(self):
        store = self.take()
        os.link(store, store + ".v2")
        with open(store + "-lock", "wb"):  # it leaves that, too
            pass
        status, _, errors = self.run_program("status", "--store", store)
        self.assertEqual(status, 1)
        self.assertRegex(errors, r'has 2 names .*the other is .*night\.db\.v2: an upgrade .* "quiniela upgrade" goes on with it')
        self.upgrade(store)
        self.assert_upgraded(store)

    def links(self, made):
        with open(self.path("other"), "wb"):
            os.link(self.path("other"), made)

    def assert_refused(self, store, made, reason):
        before = os.lstat(made)
        self.assertRegex(self.upgrade(store, 1, prefix=["timeout", "20"]), f"{os.path.basename(made)}: .*{reason}")
        after = os.lstat(made)
        self.assertEqual((after.st_ino, after.st_mode, after.st_size), (before.st_ino, before.st_mode, before.st_size))

    def test_what_has_the_name_of_the_copy_is_looked_at_before_it_is_opened(self):
        for reason, make in (("is a folder", os.mkdir), ("device, pipe or socket", os.mkfifo), ("has 2 names", self.links)):
            with self.subTest(reason):
                store = self.take(place=self.path(f"{make.__name__}.db"))
                make(store + ".upgrade")
                self.assert_refused(store, store + ".upgrade", reason)

    def test_so_is_the_journal_of_an_unfinished_copy(self):
        store = self.take()
        self.grow(store, 3 * MIB)
        self.upgrade(store, 1, prefix=["prlimit", f"--fsize={2 * MIB}"])
        os.mkfifo(store + ".upgrade-journal")
        self.assert_refused(store, store + ".upgrade-journal", "device, pipe or socket")
        os.unlink(store + ".upgrade-journal")
        self.upgrade(store)
        self.assert_upgraded(store)


class Command(UpgradeStory):
    def test_the_command_that_is_named_does_it(self):
        """Pasted into a shell, from any folder, whatever the store is called."""
        store = self.take(place=self.path("noche's 2 $(date).db"))
        for given in (store, os.path.basename(store)):
            _, _, errors = self.run_program("status", "--store", given)
            command = re.search('"quiniela (upgrade .*)" upgrades it', errors)
            self.assertIsNotNone(command, errors)
        upgraded = subprocess.run(f"{PROGRAM} {command[1]}", shell=True, check=True, stdout=subprocess.PIPE, text=True, cwd="/")
        self.assertIn("upgraded from version 2", upgraded.stdout)

    def test_none_is_named_where_there_is_none(self):
        store = self.take()
        self.ask(store, "PRAGMA user_version = 1")
        for command in (("status", "--store", store), ("upgrade", store)):
            status, _, errors = self.run_program(*command)
            self.assertEqual(status, 1)
            self.assertIn("version 1, from which there is no upgrade", errors)


class Readers(UpgradeStory):
    """SQLite's log cannot be switched off while somebody has the store open."""

    @contextlib.contextmanager
    def reading(self, store):
        with contextlib.closing(sqlite3.connect(store)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("BEGIN")
            database.execute("SELECT * FROM draws").fetchall()
            yield

    def test_one_who_reads_is_waited_for(self):
        store = self.take()
        with self.reading(store):
            upgrade = Process(self, ["upgrade", store])
            upgrade.wait_for(f"night.db: waits for process {os.getpid()} ")
        self.assertEqual(upgrade.wait(), 0)
        self.assert_upgraded(store)

    def test_one_who_goes_on_reading_is_named(self):
        store = self.take()
        with self.reading(store):
            self.assertRegex(self.upgrade(store, 1), rf"night.db: process {os.getpid()} \(.+\) has it open; end every server, sqlite3")
            self.assertFalse(os.path.exists(store + ".upgrade"), "nothing is made before the store is free")
        self.upgrade(store)
        self.assert_upgraded(store)


class Rights(UpgradeStory):
    def as_nobody(self, *mine):
        """A prefix that takes the rights of root away, and makes those files nobody's."""
        if os.geteuid() != 0:
            self.skipTest("only root can be somebody else")
        for path in (self.folder, *mine):
            os.chown(path, 65534, 65534)
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    def test_a_group_that_cannot_be_given_is_named(self):
        store = self.take()
        nobody = self.as_nobody(store)
        os.chown(store, 65534, 0)
        self.assertRegex(self.upgrade(store, 1, prefix=nobody), r"cannot be given to the group of the store, 0: .*chgrp")
        self.assertFalse(os.path.exists(store + ".upgrade"), "an empty copy was left behind")
        os.chown(store, 65534, 65534)
        self.upgrade(store, prefix=nobody)
        self.assert_upgraded(store)

    def test_a_store_that_may_not_be_written_is_not_touched(self):
        store = self.take()
        self.ask(store, "PRAGMA journal_mode = WAL")
        nobody = self.as_nobody(store)
        os.chmod(store, 0o444)
        self.assertIn("night.db: it cannot be opened for writing", self.upgrade(store, 1, prefix=nobody))
        self.assertEqual(os.listdir(self.folder), ["night.db"])
        os.chmod(store, 0o644)
        self.upgrade(store, prefix=nobody)
        self.assert_upgraded(store)


class Log(UpgradeStory):
    def test_a_log_of_the_new_store_is_not_taken_for_that_of_the_old_one(self):
        """Somebody goes back, and moves the database alone, when the server of this version was killed."""
        store = self.take()
        self.upgrade(store)
        server = Server(self, "--draw", OPEN_DRAW, store=store, agencies=3)
        bets = {"type_message": 1, "agency": "3", "payload": ["Ana,Paz,7,1999-03-01,7"], "first": 0}
        self.assertEqual(Wire(self, server.ports[0]).ask(bets).kind, "processed")
        server.signal(signal.SIGKILL)
        server.wait()
        shutil.copy(store, self.path("new.db"))
        os.rename(store + ".v2", store)
        beside = {end: read(store + end) for end in ("", "-wal")}
        for command in (("upgrade", store), ("status", "--store", store), ("export", "--store", store), ("check", "--store", store),
                        ("server", "--store", store, "--server-port", 0, "--consult-server-port", 0)):
            status, *told = self.run_program(*command)
            self.assertEqual(status, 1, f"{command[0]}: {told}")
            self.assertIn("-wal, is that of another file", "".join(told))
            self.assertEqual({end: read(store + end) for end in beside}, beside, f"{command[0]} changed a file")
        for end in ("-wal", "-shm"):
            os.rename(store + end, self.path("new.db") + end)
        self.upgrade(store)
        self.assert_upgraded(store)
        self.assertIn("Ana,Paz,7,", self.run_program("export", "--store", self.path("new.db"), "--draw", OPEN_DRAW)[1])

    def test_a_log_of_its_own_is_known_at_each_moment(self):
        """Also when it was killed just after it was made, or while it changes between having a log and none."""
        store = self.take()
        for mode in ("WAL", "DELETE", "WAL"):
            with contextlib.closing(sqlite3.connect(store)) as database:
                database.execute(f"PRAGMA journal_mode = {mode}")
                database.execute("CREATE TABLE IF NOT EXISTS mine (a)")
                self.assertIn("quiniela upgrade", self.run_program("status", "--store", store)[2])
        self.upgrade(store)


if __name__ == "__main__":
    unittest.main()
