"""A backup is a whole store as it was at one moment, or there is none.

Whatever happens meanwhile: bets that come, a kill, a full disk.
"""
import contextlib
import glob
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import unittest

from harness import PROGRAM, Agency, Server, Story, Wire, until
from standstill import stop

UNFINISHED = ".quiniela-unfinished"
BET = "Ana,Paz,30904465,1999-03-17,7574"


class BackupStory(Story):
    def backup(self, to, status=0, store="quiniela.db", prefix=(), flags=()):
        """What it prints, or why it failed."""
        done = subprocess.run([*prefix, PROGRAM, "backup", "--store", store, "--to", to, *flags], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False, cwd=self.folder)
        self.assertEqual(done.returncode, status, f"{done.stdout}{done.stderr}")
        return done.stdout if status == 0 else done.stderr

    def begin_backup(self, to):
        process = subprocess.Popen([PROGRAM, "backup", "--to", to], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   cwd=self.folder)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def left(self, folder="."):
        return glob.glob(os.path.join(self.folder, folder, "*" + UNFINISHED))

    def has_begun(self):
        """One is being made, and is locked: what has bytes has been locked before."""
        try:
            return any(os.path.getsize(each) > 0 for each in self.left())
        except FileNotFoundError:  # it is made
            return False

    def a_store(self, sizes=(3, 2)):
        """One with a drawn draw, whose server has ended."""
        self.sample(sizes, [1] * len(sizes))
        server = Server(self, "--once", agencies=len(sizes))
        for number in range(1, len(sizes) + 1):
            Agency(self, number, server.ports)
        self.assertEqual(server.wait(), 0)


class Backup(BackupStory):
    def test_it_is_the_store_in_one_file_and_its_note_is_beside_the_store(self):
        self.a_store()
        printed = self.backup("copy.db")
        self.assertRegex(printed, r"draw 1: good: 2 chunks with 5 bets \| winners: 2\n")
        self.assertEqual(self.stored("copy.db"), self.stored())
        os.mkdir(self.path("read-only"))
        shutil.move(self.path("copy.db"), self.path("read-only/copy.db"))
        os.chmod(self.path("read-only"), 0o500)  # nothing beside it is needed to read it
        self.assertEqual(self.run_program("check", "--store", "read-only/copy.db")[0], 0)
        self.assertEqual(os.listdir(self.path("read-only")), ["copy.db"])
        os.chmod(self.path("read-only"), 0o700)
        with open(self.path("quiniela.db.backup"), encoding="utf-8") as note:
            self.assertRegex(note.read(), r"^at: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\nbytes: \d+\npath: /.*/copy\.db\n$")
        self.assertEqual(self.left(), [])

    def test_nothing_is_replaced_and_a_folder_gets_a_name_by_draw_and_time(self):
        self.a_store()
        self.backup("copy.db")
        before = os.stat(self.path("copy.db"))
        self.assertIn("copy.db: is there already", self.backup("copy.db", 1))
        self.assertEqual(os.stat(self.path("copy.db")), before)
        os.mkdir(self.path("copies"))
        self.backup("copies")
        self.assertRegex(" ".join(os.listdir(self.path("copies"))), r"^1-\d{4}-\d\d-\d\dT\d\d_\d\d_\d\dZ\.db$")
        for ending in (".restored", ".backup.new", ".before-restore", "-journal", ".v2", ".v12"):
            self.assertIn("store's own files", self.backup("quiniela.db" + ending, 1))
        self.assertIn("--to is missing", self.run_program("backup")[2])
        self.assertIn("it does not go to standard output", self.backup("-", 2))
        self.assertFalse(os.path.exists(self.path("-")))
        self.backup("quiniela.db.vacation")
        self.assertIn("docs/backup.md", self.backup("x.db", 2, store="postgresql://u@127.0.0.1/d"))
        self.assertIn("none.db: cannot open", self.backup("x.db", 1, store="none.db"))

    def test_a_folder_that_cannot_be_synced_has_no_copy(self):
        """Nor has one in which anything else of it cannot be synced: each such call fails once."""
        if shutil.which("strace") is None:
            self.skipTest("there is no strace")
        self.a_store()
        failed, status = 0, 1
        while status != 0:
            failed += 1
            trace = ["strace", "-f", "-o", "/dev/null", "-P", self.folder, "-e", f"inject=fsync:error=EIO:when={failed}"]
            done = subprocess.run([*trace, PROGRAM, "backup", "--to", "copy.db"], capture_output=True, text=True, check=False,
                                  cwd=self.folder, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
            status = done.returncode
            self.assertEqual(os.path.exists(self.path("copy.db")), status == 0, done.stderr)
            self.assertEqual(self.left(), [])
        self.assertGreater(failed, 1)

    def test_a_folder_that_syncs_no_names_has_its_copy(self):
        """Some file systems sync no folder (EINVAL): there the name is as good as it can be."""
        if shutil.which("strace") is None:
            self.skipTest("there is no strace")
        self.a_store()
        os.mkdir(self.path("elsewhere"))
        trace = ["strace", "-f", "-o", "/dev/null", "-P", self.path("elsewhere"), "-e", "inject=fsync:error=EINVAL"]
        done = subprocess.run([*trace, PROGRAM, "backup", "--to", "elsewhere/copy.db"], capture_output=True, text=True, check=False,
                              cwd=self.folder, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.stored("elsewhere/copy.db"), self.stored())

    def test_again_and_again_while_bets_come(self):
        sizes = [3000] * 4
        self.sample(sizes, [1] * 4)
        server = Server(self, "--once", agencies=4)
        agencies = [Agency(self, number, server.ports, "--chunk-size", 5) for number in range(1, 4)]
        counts = []
        for number in range(6):
            printed = self.backup(f"copy-{number}.db")
            counts.append(int(re.search(r"with (\d+) bets", printed)[1]))
            stored = self.stored(f"copy-{number}.db")
            self.assertEqual(sum(stored.values()), counts[-1])
            self.assertEqual(stored - self.sent(agencies=range(1, 5)), {}, "a backup has bets that nobody sent")
        self.assertEqual(counts, sorted(counts), "a later backup has fewer bets")
        agencies.append(Agency(self, 4, server.ports))
        for agency in agencies:
            self.assertEqual(agency.winners(), 1)
        self.assertEqual(server.wait(), 0)
        self.assertEqual(self.stored(), self.sent(agencies=range(1, 5)))

    def test_bets_that_wait_in_the_inbox_are_in_it(self):
        server = Server(self, agencies=2)
        wire = Wire(self, server.ports[0])
        for first in range(10):
            wire.ask({"type_message": 1, "agency": "1", "payload": [BET], "first": first})
        self.assertIn("with 10 bets", self.backup("copy.db"))
        self.assertEqual(self.stored("copy.db"), {f"1,{BET}": 10})

    def test_of_one_that_is_killed_nothing_is_left(self):
        self.a_store([60000, 2])
        for number in range(6):
            process = self.begin_backup("copy.db")
            if number % 2 == 0:
                until(lambda: self.left() or process.poll() is not None, "the copy's beginning")
            else:  # somewhere in it
                try:
                    process.wait(0.003 * number)
                except subprocess.TimeoutExpired:
                    pass
            process.send_signal(signal.SIGKILL)
            process.wait()
            if os.path.exists(self.path("copy.db")):  # it was quicker
                self.assertEqual(self.run_program("check", "--store", "copy.db")[0], 0)
                os.remove(self.path("copy.db"))
            self.assertLessEqual(len(self.left()), 1)
        process = self.begin_backup("killed.db")
        until(lambda: self.left() or process.poll() is not None, "the copy's beginning")
        process.kill()
        process.wait()
        self.backup("copy.db")
        self.assertEqual(self.left(), [], "a killed backup's leftover is there after the next one")

    def test_what_another_one_is_just_making_is_left_alone(self):
        self.a_store([60000, 2])
        process = self.begin_backup("one.db")
        until(lambda: self.has_begun() or process.poll() is not None, "the copy's first bytes")
        stop(process)
        if not self.left():
            self.skipTest("it was quicker")
        self.backup("two.db")
        self.assertIn("somebody else is just making it", self.backup("one.db", 1))
        process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(), 0)
        self.assertEqual(self.run_program("check", "--store", "one.db")[0], 0)


class NoRoom(BackupStory):
    def test_a_disk_that_becomes_full_leaves_nothing(self):
        self.a_store([20000, 2])
        self.backup("copy.db")
        with open(self.path("quiniela.db.backup"), encoding="utf-8") as file:
            note = file.read()
        for size in (65536, 100000, os.stat(self.path("copy.db")).st_size - 1):
            errors = self.backup("other.db", 1, prefix=["prlimit", f"--fsize={size}"])
            self.assertIn("other.db", errors)
            self.assertFalse(os.path.exists(self.path("other.db")))
            self.assertEqual(self.left(), [])
        with open(self.path("quiniela.db.backup"), encoding="utf-8") as file:
            self.assertEqual(file.read(), note, "the last good backup is forgotten")

    def test_that_there_is_no_room_is_found_out_first(self):
        if os.getuid() != 0:
            self.skipTest("only root mounts a small disk")
        self.a_store([20000, 2])
        os.mkdir(self.path("small"))
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", self.path("small")], check=False).returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", self.path("small")], check=True)
        self.assertRegex(self.backup("small/copy.db", 1), r"the backup needs \d+ more bytes on its disk, and \d+ are free: \d+ are missing")
        self.assertEqual(os.listdir(self.path("small")), [])


class Damage(BackupStory):
    def test_a_damaged_store_is_not_backed_up(self):
        self.a_store()
        with contextlib.closing(sqlite3.connect(self.path("quiniela.db"))) as database:
            database.execute("UPDATE chunks SET rows = replace(rows, 'a', 'b')")
            database.commit()
        self.assertIn("damaged", self.backup("copy.db", 1))
        self.assertFalse(os.path.exists(self.path("copy.db")))
        self.assertEqual(self.left(), [])


if __name__ == "__main__":
    unittest.main()
