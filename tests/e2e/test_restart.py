"""Whatever is killed, and whenever: the result is that of an undisturbed lottery."""
import contextlib
import os
import random
import re
import sqlite3
import unittest

from harness import SERVERS, STORES, Agency, Server, Story, Wire, frame, hold_ports

SIZES, WINNERS = (900, 700, 500, 300, 0), (2, 3, 3, 2, 0)


class Restart(Story):
    def test_server_and_clients_killed_at_random(self):
        seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
        chance = random.Random(seed)
        self.sample(SIZES, WINNERS)
        ports = hold_ports()

        def start(number):
            return Agency(self, number, ports, "--chunk-size", chance.choice((1, 7, 50)), "--window",
                          chance.choice((1, 4, 16)))
        with self.subTest(seed=seed):
            draws = 0
            agencies = {number: start(number) for number in range(1, 6)}
            for round_number in range(8):
                server = Server(self, ports=ports)
                stop_after = chance.randrange(1, 120)
                number = chance.randrange(1, 5)
                server.wait_until(lambda: server.count("action: apuestas_almacenadas") >= stop_after
                                  or all(agency.count("cant_ganadores") for agency in agencies.values()))
                if round_number % 2 and not agencies[number].count("cant_ganadores"):
                    agencies[number].kill()
                    agencies[number] = start(number)
                if round_number < 7:
                    server.kill()
                    draws += server.count("action: sorteo")
            self.assertEqual([agencies[n].winners() for n in range(1, 6)], list(WINNERS))
            self.assertEqual(self.stored(), self.sent())
            self.assertLessEqual(draws + server.count("action: sorteo"), 1)

    def test_what_was_acknowledged_is_stored(self):
        server = Server(self, agencies=1)
        wire = Wire(self, server.ports[0])
        wire.socket.sendall(b"".join(
            frame({"type_message": 1, "agency": "1", "first": n, "payload": [f"A,B,{n},2000-01-01,1"]})
            for n in range(2000)))
        acknowledged = wire.receive()["next"]
        server.kill()
        acknowledged = max([acknowledged, *(reply["next"] for reply in wire.receive_all())])
        documents = sorted(int(line.split(",")[3]) for line in self.stored().elements())
        self.assertEqual(documents, list(range(len(documents))))
        self.assertGreaterEqual(len(documents), acknowledged)

    def test_an_agency_killed_and_started_again_goes_on_from_there(self):
        self.sample((3000, 0), (2, 0))
        server = Server(self, agencies=2)
        killed = Agency(self, 1, server.ports, "--chunk-size", 1, "--window", 1)
        killed.wait_for("action: apuestas?_enviadas?", count=50)
        killed.kill()
        again = Agency(self, 1, server.ports, "--chunk-size", 7)
        server.wait_for("action: client_finished .*agencia: 1$")
        self.assertEqual(Agency(self, 2, server.ports).winners(), 0)
        self.assertEqual(again.winners(), 2)
        # Only its first chunk, which asks where to go on, may hold bets that were stored before.
        sent = sum(map(int, re.findall(r"action: apuestas_enviadas .*cantidad: (\d+)", again.log())))
        self.assertLessEqual(sent, 3000 - 50 + 7)
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))

    @unittest.skipUnless(STORES.in_files, "it damages a file of SQLite's")
    def test_an_agency_sends_again_what_a_damaged_log_has_lost(self):
        self.sample((500, 0), (2, 0))  # so few that the log does not begin anew: its middle counts
        ports = hold_ports()
        server = Server(self, agencies=2, ports=ports)
        Agency(self, 1, ports, "--chunk-size", 1, "--window", 1)
        server.wait_for("action: apuestas?_almacenadas?", count=50)
        server.kill()
        with open(f"{self.folder}/quiniela.db-wal", "r+b") as log:
            middle = log.seek(0, os.SEEK_END) // 2
            log.seek(middle)
            damaged = bytes([log.read(1)[0] ^ 1])
            log.seek(middle)
            log.write(damaged)
        status, log, _ = self.run_program("server", "--server-port", 0, "--consult-server-port", 0)
        self.assertEqual(status, 1)
        self.assertRegex(log, r"start_server \| result: fail .*its log is damaged, and \d+ commits after")
        # The operator goes on with what is left: SQLite takes the log up to there.
        with contextlib.closing(sqlite3.connect(f"{self.folder}/quiniela.db")) as store:
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        again = Server(self, agencies=2, ports=ports)
        again.wait_for("action: client_finished .*agencia: 1$")
        again.expect("apuestas_almacenadas .*error: gap")
        self.assertEqual(self.stored(), self.sent(agencies=(1,)))

    def test_clients_before_the_server(self):
        self.sample((20, 10), (1, 2))
        ports = hold_ports()
        agencies = [Agency(self, n, ports) for n in (1, 2)]
        for agency in agencies:
            agency.wait_for("action: connect .*result: fail")
        Server(self, agencies=2, ports=ports)
        self.assertEqual([agency.winners() for agency in agencies], [1, 2])

    def test_after_the_draw_nothing_changes(self):
        self.sample((20, 10), (1, 2))
        server = Server(self, agencies=2)
        agencies = [Agency(self, n, server.ports) for n in (1, 2)]
        self.assertEqual([agency.winners() for agency in agencies], [1, 2])
        server.kill()
        again = Server(self, agencies=2)
        self.assertEqual([Agency(self, n, again.ports).winners() for n in (1, 2)], [1, 2])
        reply = Wire(self, again.ports[0]).ask({"type_message": 1, "agency": "1", "payload": ["A,B,1,2000-01-01,1"]})
        self.assertEqual(reply.code, "agency_finished")
        self.assertEqual(again.count("action: sorteo"), 0)
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))

    def test_restart_between_two_agencies(self):
        self.sample((20, 10), (1, 2))
        ports = hold_ports()
        server = Server(self, agencies=2, ports=ports)
        first = Agency(self, 1, ports)
        server.wait_for("client_finished")
        server.kill()
        Server(self, agencies=2, ports=ports)
        second = Agency(self, 2, ports)
        self.assertEqual((first.winners(), second.winners()), (1, 2))

    @unittest.skipIf(SERVERS > 1, "there several servers share a store")
    def test_a_second_server_on_the_store_is_refused(self):
        Server(self)
        status, log, _ = self.run_program("server", "--server-port", 0, "--consult-server-port", 0)
        self.assertEqual(status, 1)
        self.assertIn("another server works on this store", log)


if __name__ == "__main__":
    unittest.main()
