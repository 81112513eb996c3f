"""While a server upgrades its store it says what it finds, and ends as at any other time."""
import contextlib
import gzip
import os
import signal
import socket
import sqlite3
import unittest

from harness import ROOT, Process, Story, hang_s, hold_port

SAMPLE = os.path.join(ROOT, "tests/upgrade/samples/2-open.db.gz")


class AtTheStart(Story):
    def server(self, store, **environment):
        return Process(self, ["server", "--upgrade", "--store", store, "--server-port", 0, "--consult-server-port", 0],
                       environment=environment)

    def waiting(self, **environment):
        """A server whose database is away."""
        server = self.server(f"host=127.0.0.1 port={hold_port()} user=q dbname=q sslmode=disable gssencmode=disable", **environment)
        server.wait_for("action: upgrade .*result: fail .*error: store_away")
        return server

    def test_damage_is_logged_as_such(self):
        store = os.path.join(self.folder, "night.db")
        with gzip.open(SAMPLE) as sample, open(store, "wb") as file:
            file.write(sample.read())
        with contextlib.closing(sqlite3.connect(store)) as database:
            database.execute("UPDATE chunks SET rows = replace(rows, '1999-03-01', '1999-03-02') WHERE first = 0")
            database.commit()
        server = self.server(store)
        self.assertEqual(server.wait(), 1)
        server.expect(r"ERROR +action: upgrade \| result: fail \| message: draw 1: damaged: the stored chunk of agency 1")
        server.expect("action: upgrade .*result: success .*damaged", 0)

    def test_a_signal_ends_it_as_it_ends_any_server(self):
        for number, name in ((signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "SIGINT")):
            with self.subTest(name):
                server = self.waiting()
                server.signal(number)
                self.assertEqual(server.wait(), 0)
                server.expect(rf"action: signal_received \| result: success \| signal: {name}")
                server.expect(rf"action: upgrade \| result: fail \| message: ended by {name}; the next attempt goes on from there")
                self.assertIn("action: end_server | result: success", [line for line in server.lines if line][-1])

    def test_the_service_manager_is_told_to_wait(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(hang_s())
            manager.bind(f"{self.folder}/notify")
            server = self.waiting(NOTIFY_SOCKET=f"{self.folder}/notify")
            self.assertEqual(manager.recv(4096), b"EXTEND_TIMEOUT_USEC=90000000")
            server.signal(signal.SIGTERM)
            self.assertEqual(manager.recv(4096), b"STOPPING=1")


if __name__ == "__main__":
    unittest.main()
