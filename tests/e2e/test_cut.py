"""When a database or log has been truncated, no server or command carries on as if nothing were lost.

What was acknowledged has gone with it: neither the server under which it happens goes on, nor a later one, nor
whoever reads the store.
"""
import os
import sqlite3
import unittest

from harness import STORES, Process, Server, Story, Wire

CHUNK, CHUNKS = 2, 20  # so few that all of them stay in the log: nothing is moved into the database yet
READERS = ("check", "export", "status")


def chunk(first):
    return {"type_message": 1, "agency": "1", "first": first,
            "payload": [f"Ana,Paz,{number},2000-01-01,1" for number in range(first, first + CHUNK)]}


@unittest.skipUnless(STORES.in_files, "it is about files")
class Cut(Story):
    def setUp(self):
        super().setUp()
        self.server = Server(self, agencies=1, store="night.db")
        self.wire = Wire(self, self.server.ports[0])
        self.send(0)

    def send(self, first):
        for at in range(first, first + CHUNKS * CHUNK, CHUNK):
            self.assertEqual(self.wire.ask(chunk(at))["next"], at + CHUNK)

    def cut(self, ending, length=0):
        os.truncate(self.path("night.db" + ending), length)

    def zero(self, length):
        with open(self.path("night.db-wal"), "r+b") as file:
            file.write(bytes(length))

    def is_refused(self, *says):
        server = Process(self, ["server", "--agencies", 1, "--store", "night.db", "--server-port", 0, "--consult-server-port", 0])
        self.assertEqual(server.wait(), 1, server.log())
        for text in says:
            self.assertIn(text, server.log() + "".join(server.errors))
        for command in READERS:
            status, text, errors = self.run_program(command, "--store", "night.db")
            self.assertEqual((status, text.strip()), (1, ""), command)
            for text in says:
                self.assertIn(text, errors)

    def goes_on_with(self, bets):
        server = Server(self, agencies=1, store="night.db")
        self.assertIn(f"bets: {bets}", server.wait_for("action: open_draw.*")[0])

    def test_under_the_server(self):
        for ending, what in (("-wal", "its log"), ("", "it")):
            with self.subTest(ending):
                self.cut(ending)
                for _ in range(3):  # it does not go on with what is left
                    reply = self.wire.ask(chunk(CHUNKS * CHUNK))
                    self.assertEqual(reply.code, "store_failed")
                self.server.wait_for(f"action: store .*result: fail.*night.db: {what} was emptied or cut while a server ran")
                self.server.kill()
                self.is_refused("its database or its log was emptied or cut")
                for left in os.listdir(self.folder):
                    os.unlink(self.path(left))
                self.setUp()

    def test_a_part_of_the_log(self):
        self.cut("-wal", os.stat(self.path("night.db-wal")).st_size - 1)
        self.assertEqual(self.wire.ask(chunk(CHUNKS * CHUNK)).code, "store_failed")

    def test_who_knows_goes_on_with_what_is_left(self):
        size = os.stat(self.path("night.db-wal")).st_size
        self.cut("-wal", size // 2)
        self.assertEqual(self.wire.ask(chunk(CHUNKS * CHUNK)).code, "store_failed")
        self.server.kill()
        self.is_refused("A file that was cut")
        os.unlink(self.path("night.db-lock"))
        server = Server(self, agencies=1, store="night.db")
        self.assertRegex(server.wait_for("action: open_draw.*")[0], r"state: open .*bets: [1-9]\d? ")

    def test_space_that_is_taken_back_as_it_may(self):
        """By another program that knows what it does."""
        database = sqlite3.connect(self.path("night.db"))
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            self.assertIn(database.execute(statement).fetchone(), (None, (0, 0, 0)))
            self.assertEqual(os.stat(self.path("night.db-wal")).st_size == 0, statement != "VACUUM")
        database.close()
        self.send(CHUNKS * CHUNK)
        self.server.kill()
        self.goes_on_with(2 * CHUNKS * CHUNK)

    def test_a_log_without_its_beginning(self):
        size = os.stat(self.path("night.db-wal")).st_size
        self.server.kill()
        for length in (32, 4096, 20000, size // 2):
            with self.subTest(length):
                self.zero(length)
                self.is_refused("its log is damaged")

    def test_a_log_that_is_no_longer_needed(self):
        """All of it stands in the database, and the power went while it was to begin anew."""
        database = sqlite3.connect(self.path("night.db"))
        database.execute("PRAGMA wal_checkpoint")
        self.server.kill()
        self.zero(32)
        database.close()
        self.goes_on_with(CHUNKS * CHUNK)


if __name__ == "__main__":
    unittest.main()
