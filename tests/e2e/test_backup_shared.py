"""PostgreSQL's own tools back up a store while servers run, and agencies go on from what they restore.

The commands are those of docs/backup.md.
"""
import collections
import os
import subprocess
import unittest

from database import DatabaseStory, bet, chunk
from harness import Wire
import held_ports


class BackupShared(DatabaseStory):
    def tool(self, name, *arguments):
        done = subprocess.run([os.path.join(self.postgres.bin, name), *arguments], user=self.postgres.user, cwd="/", text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, f"{name}: {done.stdout}")

    def place(self, name):
        return os.path.join(self.postgres.folder, f"{self.database}-{name}")

    def bets_since(self, back_up):
        """A server stores 30 bets before the backup, and 20 after it."""
        server = self.server(agencies=1)
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask(chunk(0, 30, first=0))["next"], 30)
        back_up()
        self.assertEqual(wire.ask(chunk(30, 20, first=30))["next"], 50)
        self.assert_stored(50)
        server.kill()
        server.wait()

    def assert_goes_on(self, address):
        """The same agency, from the beginning of its file: what the backup has is not stored again."""
        status, printed, _ = self.run_program("check", "--store", address)
        self.assertEqual((status, "with 30 bets" in printed), (0, True), printed)
        server = self.server("--once", agencies=1, address=address)
        wire, consult = (Wire(self, port) for port in server.ports)
        self.assertEqual(wire.ask(chunk(0, 40, first=0))["next"], 40)
        self.assertEqual(wire.ask({**chunk(40, 10, first=40), "type_message": 2})["next"], 50)
        winners = consult.ask({"type_message": 3, "agency": "1", "payload": None, "wait": True})["payload"].split(",")
        self.assertEqual(sorted(winners), ["17", "27", "37", "47", "7"])
        _, exported, _ = self.run_program("export", "--store", address)
        self.assertEqual(collections.Counter(exported.splitlines()), collections.Counter(f"1,{bet(n)}" for n in range(50)))

    def test_a_dump_of_the_database(self):
        dump = self.place("night.dump")
        self.bets_since(lambda: self.tool("pg_dump", "-Fc", "-f", dump, "-d", self.address()))
        restored = self.database + "_restored"
        self.tool("createdb", "-h", "127.0.0.1", "-p", str(self.postgres.port), "-U", "postgres", restored)
        self.addCleanup(self.sql, f"DROP DATABASE {restored} WITH (FORCE)", "postgres")
        self.tool("pg_restore", "--exit-on-error", "--single-transaction", "-d", self.address(database=restored), dump)
        self.assert_goes_on(self.address(database=restored))

    def test_a_base_backup_of_the_whole_server(self):
        base = self.place("base")
        self.bets_since(lambda: self.tool("pg_basebackup", "-D", base, "-X", "stream", "-c", "fast", "-d",
                                          f"host=127.0.0.1 port={self.postgres.port} user=postgres"))
        self.tool("pg_verifybackup", base)
        held = held_ports.hold()
        self.addCleanup(held.close)
        port = held_ports.number(held)
        self.tool("pg_ctl", "-D", base, "-w", "-l", base + ".log", "-o", f"-c port={port} -c listen_addresses=127.0.0.1 -c "
                  f"unix_socket_directories={self.postgres.folder}", "start")
        self.addCleanup(self.tool, "pg_ctl", "-D", base, "-w", "-m", "immediate", "stop")
        self.assert_goes_on(self.address(port=port))

    def rename(self, *names):
        self.sql(f"ALTER DATABASE {names[0]} ALLOW_CONNECTIONS false", "postgres")
        self.sql(f"SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '{names[0]}'", "postgres")
        self.sql(f"ALTER DATABASE {names[0]} RENAME TO {names[1]}", "postgres")
        self.sql(f"ALTER DATABASE {names[1]} ALLOW_CONNECTIONS true", "postgres")

    def test_one_that_is_put_in_its_place_under_a_server(self):
        """As with a file that is replaced: nothing is acknowledged until it is back."""
        aside, other = self.database + "_aside", self.database + "_other"
        self.sql(f"CREATE DATABASE {other}", "postgres")
        self.addCleanup(self.sql, f"DROP DATABASE IF EXISTS {other} WITH (FORCE)", "postgres")
        server = self.server(agencies=1, address=self.address(database=other))
        server.ports  # pylint: disable=pointless-statement
        server.kill()
        server = self.server(agencies=1)
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask(chunk(0, 30, first=0))["next"], 30)
        self.rename(self.database, aside)
        self.rename(other, self.database)
        reply = wire.ask(chunk(30, 20, first=30))
        self.assertEqual(reply.code, "store_failed", reply)
        server.wait_for("another database or schema was put in the place of the store while the server ran")
        self.rename(self.database, other)
        self.rename(aside, self.database)
        self.assertEqual(wire.ask(chunk(30, 20, first=30))["next"], 50)
        self.assert_stored(50)


if __name__ == "__main__":
    unittest.main()
