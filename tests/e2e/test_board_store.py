"""Of a store that fails or hangs the board says what is wrong, and not where it is or whose.

With a disk that is full, and a PostgreSQL that lets nobody in, or stands still. It is alive all the while, and ready again afterwards.
"""
import contextlib
import json
import os
import re
import signal
import struct
import subprocess
import sys
import unittest

from board_client import Board, Events
from database import DatabaseStory, chunk
from harness import SERVERS, Server, Story, Wire, is_sanitized, until
from signed_draw import SignedStory

CLOCK_LIBRARY = os.environ.get("QUINIELA_CLOCK_LIBRARY")
SECRET = "very-secret-word"


def assert_says_nothing_of(story, board, *secrets):
    for path, body in board.everything().items():
        for secret in secrets:
            story.assertNotIn(secret.encode(), body, path)


def wait_until_it_says(board, *texts):
    """/readyz, with what it says by then; and it is alive."""
    said = until(lambda: (body := board.ask("/readyz")[2].decode()) and all(text in body for text in texts) and body,
                 f"/readyz to say {texts}")
    board.story.assertEqual(board.get("/readyz", 503).splitlines()[0].split(":")[0], said.split(":")[0])
    board.get("/livez")
    return said


@unittest.skipIf(SERVERS > 1, "its words are of one server")
class InFiles(Story):
    @unittest.skipIf(os.getuid() != 0, "only root mounts a small disk")
    def test_a_full_disk(self):
        os.mkdir(self.path("disk"))
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", self.path("disk")], check=False).returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.path("disk")], check=True)
        server = Server(self, "--http-port", 0, servers=1, agencies=2, store="disk/night.db")
        board = Board(self, server)
        with contextlib.suppress(OSError), open(self.path("disk", "ballast"), "wb", buffering=0) as file:
            while True:
                file.write(bytes(65536))
        wire, stored = Wire(self, server.ports[0]), 0
        while (answer := wire.ask(chunk(stored, 1000))).kind == "processed":
            stored += 1000
        self.assertEqual(answer.code, "store_failed")
        wait_until_it_says(board, "store: nothing can be stored: the disk is full\n")
        assert_says_nothing_of(self, board, "night.db", self.folder)
        self.assertIn("night.db", server.log())
        os.unlink(self.path("disk", "ballast"))
        self.assertEqual(wire.ask(chunk(stored, 1000))["next"], stored + 1000)
        board.wait_until_ready()

    def test_a_store_that_is_gone(self):
        server = Server(self, "--http-port", 0, servers=1, agencies=2, store="night.db")
        board = Board(self, server)
        os.rename(self.path("night.db"), self.path("moved.db"))
        wait_until_it_says(board, "store: it cannot be read: ")
        self.assertFalse(board.draw()["store"]["ok"])
        assert_says_nothing_of(self, board, "night.db", self.folder)
        os.rename(self.path("moved.db"), self.path("night.db"))
        board.wait_until_ready()


@unittest.skipIf(SERVERS > 1, "its words are of one server")
class Seals(SignedStory):
    def test_a_folder_of_seals_that_cannot_be_written(self):
        server = self.serve("--http-port", 0, agencies=1)
        board = Board(self, server)
        folder = os.path.dirname(self.path(self.kept_file("seal.note")))
        os.rename(folder, folder + ".moved")
        with open(folder, "w", encoding="ascii"):
            pass  # a file in its place
        self.send_all(server, (5,), (1,), wait=False)
        wait_until_it_says(board, "seal: it, or the result, cannot be made or kept: ")
        assert_says_nothing_of(self, board, folder, self.folder)
        os.unlink(folder)
        os.rename(folder + ".moved", folder)
        board.wait_until_ready()


@unittest.skipIf(SERVERS > 1, "its words are of one server")
class InDatabase(DatabaseStory):
    def test_a_password_that_was_changed(self):
        with open(os.path.join(self.postgres.data, "pg_hba.conf"), "r+", encoding="utf-8") as file:
            rules = file.read()
            file.seek(0)
            file.write(f"host all guarded 127.0.0.1/32 scram-sha-256\n{rules}")
        self.sql("SELECT pg_reload_conf()")
        self.sql(f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'")
        self.addCleanup(self.sql, "DROP ROLE guarded", "postgres")
        self.sql(f"ALTER DATABASE {self.database} OWNER TO guarded")
        self.addCleanup(self.sql, "REASSIGN OWNED BY guarded TO postgres")
        server = Server(self, "--http-port", 0, servers=1, agencies=2,
                        store=self.address(user="guarded", more=f"password={SECRET}"))
        board = Board(self, server)
        self.sql("ALTER ROLE guarded PASSWORD 'another'")
        self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guarded'")
        self.assertEqual(Wire(self, server.ports[0]).ask(chunk(0, 3)).code, "store_failed")
        wait_until_it_says(board, "store: nothing can be stored: the database does not let the server in\n",
                           "store: it cannot be read: the database does not let the server in\n")
        assert_says_nothing_of(self, board, "guarded", SECRET, "127.0.0.1", f":{self.postgres.port}", self.database)
        self.assertIn('password authentication failed for user "guarded"', server.log())
        self.sql(f"ALTER ROLE guarded PASSWORD '{SECRET}'")
        board.wait_until_ready()
        server.signal(signal.SIGTERM)
        server.wait()

    def processes(self):
        with open(os.path.join(self.postgres.data, "postmaster.pid"), encoding="ascii") as file:
            postmaster = int(file.readline())
        children = subprocess.run(["pgrep", "-P", str(postmaster)], stdout=subprocess.PIPE, text=True, check=True)
        return [postmaster, *map(int, children.stdout.split())]

    def tell(self, processes, number):
        for pid in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def test_a_database_that_stands_still(self):
        if not CLOCK_LIBRARY or is_sanitized():
            self.skipTest("ctest names the library that sets a clock; it does not go with a sanitizer")
        for name in "clock", "steady":
            self.write(name, struct.pack("=q", 0))
        server = Server(self, "--http-port", 0, servers=1, agencies=2, store=self.address(),
                        environment={"LD_PRELOAD": CLOCK_LIBRARY, "QUINIELA_CLOCK": self.path("clock"),
                                     "QUINIELA_STEADY_CLOCK": self.path("steady")})
        board = Board(self, server)
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask(chunk(0, 3))["next"], 3)
        events = Events(board)
        events.until("draw", lambda draw: draw["bets"] == 3)
        processes = self.processes()
        self.addCleanup(self.tell, processes, signal.SIGCONT)
        self.tell(processes, signal.SIGSTOP)
        wire.send(json.dumps(chunk(3, 2)).encode())
        until(lambda: "quiniela_ledger_busy_seconds 0.000" not in board.get("/metrics"), "the ledger to wait for the database")
        with open(self.path("steady"), "r+b") as file:
            file.write(struct.pack("=q", 61))
        said = wait_until_it_says(board, "store: it has not answered for ", "store: it cannot be read: ")
        self.assertGreater(int(re.search(r"not answered for (\d+)", said)[1]), 60)
        self.assertFalse(events.until("draw", lambda draw: not draw["store"]["ok"])["store"]["ok"])
        self.tell(processes, signal.SIGCONT)
        self.assertEqual(wire.receive()["next"], 5)
        self.assertEqual(events.until("draw", lambda draw: draw["store"]["ok"] and draw["bets"] == 5)["agencies"]["finished"], 0)
        board.wait_until_ready()
        board.get("/livez")


if __name__ == "__main__":
    sys.exit(unittest.main())
