"""An export never overwrites a file that another program is using.

The store, its files, the audit log of a server that runs.
"""
import os
import stat
import subprocess
import unittest

from harness import PROGRAM, STORES, Server, Story, Wire, until

BET = "Ana,=1+1,1,2000-01-01,7574"


@unittest.skipUnless(STORES.in_files, "it is about files")
class Output(Story):
    def setUp(self):
        super().setUp()
        self.server = Server(self, "--audit-log", "audit.log", agencies=1, store="night.db")
        self.wire = Wire(self, self.server.ports[0])
        self.stored = 0
        self.store_one()

    def store_one(self):
        reply = self.wire.ask({"type_message": 1, "agency": "1", "first": self.stored, "payload": [BET]})
        self.stored += 1
        self.assertEqual(reply["next"], self.stored)

    def export(self, output, *flags):
        return self.run_program("export", "--store", "night.db", "--output", output, *flags)

    def assert_refused(self, output, says):
        before = {name: os.stat(self.path(name)).st_ino for name in os.listdir(self.folder)}
        status, _, errors = self.export(output)
        self.assertEqual(status, 1, output)
        self.assertIn(says, errors)
        self.assertEqual({name: os.stat(self.path(name)).st_ino for name in os.listdir(self.folder)}, before)
        self.store_one()  # the server is not disturbed

    def test_the_store_and_its_files(self):
        os.mkdir(self.path("links"))
        for ending in ("", "-wal", "-shm", "-lock", "-journal"):  # the last is not there
            name = "night.db" + ending
            os.symlink("../" + name, self.path("links", name))
            for output in (name, "./links/../" + name, self.path(name), os.path.join("links", name)):
                self.assert_refused(output, f"{output}: is the store, or one of its files")

    def test_the_audit_log(self):
        os.symlink("audit.log", self.path("link.log"))
        for output in ("audit.log", "link.log"):
            self.assert_refused(output, f"{output}: is an audit log")
        self.server.signal(15)
        self.assertEqual(self.server.wait(), 0)
        self.assertEqual(self.export("audit.log")[0], 1)
        status, text, errors = self.run_program("verify", "--audit", "audit.log")
        self.assertEqual(status, 0, text + errors)

    def test_another_store(self):
        Server(self, agencies=1, store="other.db")
        self.assert_refused("other.db", "other.db: is a database")

    def test_standard_output_that_is_the_store(self):
        for name in ("night.db", "night.db-wal"):
            with open(self.path(name), "ab") as file:
                before = os.fstat(file.fileno()).st_size
                done = subprocess.run([PROGRAM, "export", "--store", "night.db"], cwd=self.folder, stdout=file,
                                      stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual((done.returncode, os.fstat(file.fileno()).st_size), (1, before))
                self.assertIn("standard output: is the store, or one of its files", done.stderr)
        self.store_one()

    def test_a_pipe(self):
        """It waits a moment for somebody who reads it, and no longer."""
        os.mkfifo(self.path("pipe"))
        self.assert_refused("pipe", "pipe: it is a pipe, and nobody reads it")
        with subprocess.Popen(["cat", "pipe"], cwd=self.folder, stdout=subprocess.PIPE, text=True) as reader:
            until(lambda: self.export("pipe")[0] == 0, "the pipe's reader, who may take longer to come than an export waits")
            self.assertEqual(reader.communicate()[0].splitlines()[0], "1," + BET)

    def test_a_file_in_a_shared_folder(self):
        """Whoever made it before, and whoever has it open, reads nothing of what comes."""
        os.mkdir(self.path("shared"), 0o777)
        output = self.path("shared", "bets.csv")
        with open(output, "w", encoding="utf-8") as file:
            file.write("old\n")
        os.chmod(output, 0o666)
        with open(output, encoding="utf-8") as opened_before:
            self.assertEqual(self.export(output, "--for-spreadsheets")[0], 0)
            self.assertEqual(opened_before.read(), "old\n")
        self.assertEqual(stat.S_IMODE(os.stat(output).st_mode), 0o600)
        with open(output, encoding="utf-8") as file:
            self.assertEqual(file.read(), "1,Ana,'=1+1,1,2000-01-01,7574\n")
        self.assertEqual(os.listdir(self.path("shared")), ["bets.csv"])


if __name__ == "__main__":
    unittest.main()
