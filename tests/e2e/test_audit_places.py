"""An audit log at the path of the store, or of its files, is refused before a byte is written."""
import os
import unittest

from harness import STORES, Process, Server, Story

ENDINGS = ("", "-wal", "-shm", "-lock", "-journal")


@unittest.skipUnless(STORES.in_files, "it is about a store's files")
class Places(Story):
    def is_refused(self, audit_log, store):
        before = self.everything()
        server = Process(self, ["server", "--agencies", 1, "--store", store, "--server-port", 0, "--consult-server-port", 0],
                         environment={"AUDIT_LOG": audit_log})
        self.assertEqual(server.wait(), 2, (audit_log, server.log()))
        for text in ("AUDIT_LOG", "--store", "do not go together"):
            self.assertIn(text, server.log() + "".join(server.errors))
        self.assertEqual(self.everything(), before, audit_log)

    def everything(self):
        """What the files hold, and which there are."""
        found = {}
        for folder, _, names in os.walk(self.folder):
            for name in names:
                if os.path.isfile(os.path.join(folder, name)):
                    with open(os.path.join(folder, name), "rb") as file:
                        found[os.path.join(folder, name)] = file.read()
        return found

    def each_way(self):
        os.mkdir(self.path("data"))
        os.mkdir(self.path("links"))
        os.symlink("data", self.path("here"))
        os.symlink("../data/night.db", self.path("links", "n.db"))
        for ending in ENDINGS:
            os.symlink("../data/night.db" + ending, self.path("links", "audit" + ending))
            for store in ("data/night.db", "links/n.db", "here/night.db"):
                for audit_log in ("data/night.db", self.path("data/night.db"), "here/night.db", "links/audit",
                                  "links/../data/./night.db"):
                    yield audit_log + ending, store

    def test_files_that_are_not_there_yet(self):
        for audit_log, store in self.each_way():
            self.is_refused(audit_log, store)

    def test_files_that_are_there(self):
        ways = list(self.each_way())
        Server(self, agencies=1, store="data/night.db").kill()
        for audit_log, store in ways:
            self.is_refused(audit_log, store)

    def test_a_second_name(self):
        """A hard link, or a bind mount: one file all the same."""
        Server(self, agencies=1, store="night.db").kill()
        for ending in ("", "-wal", "-shm", "-lock"):
            os.link(self.path("night.db" + ending), self.path("second"))
            self.is_refused("second", "night.db")
            os.unlink(self.path("second"))


if __name__ == "__main__":
    unittest.main()
