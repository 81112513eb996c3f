"""Agencies send their bets, the central stores them, draws, and tells each agency its winners.

The main job.
"""
import json
import os
import re
import signal
import unittest

from harness import KNOWN_DATA, STORES, Agency, Server, Story, Wire, not_under_valgrind

SIZES, WINNERS = (26936, 25518, 16014, 9238, 991), (2, 3, 3, 2, 0)


class Lottery(Story):
    def play(self, server, data="data"):
        agencies = [Agency(self, n, server.ports, "--winners", data=data) for n in range(1, 6)]
        for agency, winners in zip(agencies, WINNERS):
            self.assertEqual(agency.winners(), winners)
            self.assertEqual(agency.wait(), 0)
        return agencies

    def check_known_sizes(self, data):
        server = Server(self)
        agencies = self.play(server, data)
        self.assertEqual(agencies[0].count("action: apuestas_enviadas .*agencia: 1 "), 27)
        server.expect("action: apuestas_almacenadas .*agencia: 1 ", 27)
        server.expect(r"action: sorteo \| result: success")
        server.expect("action: client_finished", 5)
        sent = self.sent(data)
        self.assertEqual(sum(sent.values()), 78697)
        self.assertEqual(self.stored(), sent)
        self.assertEqual(self.ask_store("SELECT count(*) FROM bets"), "78697")
        return agencies

    @not_under_valgrind("much more of the same takes minutes")
    def test_five_agencies_of_the_known_sizes(self):
        self.sample(SIZES, WINNERS)
        agencies = self.check_known_sizes("data")
        for number, agency in enumerate(agencies, 1):
            with open(f"{self.folder}/data/agency-{number}.csv", encoding="utf-8") as file:
                winning = [line.split(",")[2] for line in file if line.rstrip().endswith(",7574")]
            printed = [line for line in agency.lines if line and "action:" not in line]
            self.assertEqual(printed, winning)

    @not_under_valgrind("much more of the same takes minutes")
    def test_the_known_data_where_it_is_at_hand(self):
        if not os.path.isdir(KNOWN_DATA):
            self.skipTest("the known data is not beside the project")
        self.check_known_sizes(KNOWN_DATA)

    def test_chunks_as_large_as_a_message_may_be(self):
        """An agency fills its messages up to the limit and no byte over it, and the central takes them."""
        self.sample((30000,), (1,))
        server = Server(self, agencies=1)
        agency = Agency(self, 1, server.ports, "--chunk-size", 49000)
        self.assertEqual(agency.winners(), 1)
        sizes = [int(line) for line in re.findall(r"apuestas_enviadas .* cantidad: (\d+)", agency.log())]
        self.assertEqual(sum(sizes), 30000)
        with open(f"{self.folder}/data/agency-1.csv", encoding="utf-8") as file:
            lines = file.read().splitlines()
        first, rest = sum(len(json.dumps(line)) + 1 for line in lines[:sizes[0]]), len(json.dumps(lines[sizes[0]])) + 1
        self.assertGreater(first + rest, (1 << 20) - 256)  # one more would not have fitted
        self.assertEqual(self.stored(), self.sent(agencies=(1,)))

    @unittest.skipUnless(STORES.in_files, "is about SQLite's files")
    def test_nobody_else_can_read_the_bets(self):
        self.sample((30,), (1,))
        server = Server(self, agencies=1)
        self.assertEqual(Agency(self, 1, server.ports).wait(), 0)
        self.stored()
        files = [name for name in os.listdir(self.folder) if name.startswith(("quiniela.db", "stored.csv"))]
        self.assertGreaterEqual(set(files), {"quiniela.db", "quiniela.db-wal", "stored.csv"})
        for name in files:
            self.assertEqual(os.stat(os.path.join(self.folder, name)).st_mode & 0o777, 0o600, name)

    def test_agencies_finish_in_any_order_and_ask_again(self):
        self.sample((30, 20, 10), (1, 0, 2))
        server = Server(self, agencies=3)
        waiting = []
        for number, winners in ((3, 2), (1, 1)):
            agency = Agency(self, number, server.ports, "--chunk-size", 7)
            agency.wait_for("action: apuestas_enviadas", count=2)
            waiting.append((agency, winners))
        server.wait_for("action: client_finished .*agencia: 1")
        self.assertEqual(server.count("sorteo"), 0)
        waiting.append((Agency(self, 2, server.ports), 0))
        for agency, winners in waiting:
            self.assertEqual(agency.winners(), winners)
        self.assertEqual(Agency(self, 3, server.ports).winners(), 2)

    def test_once_ends_the_server_when_everyone_is_told(self):
        self.sample((5, 5), (1, 0))
        server = Server(self, "--once", agencies=2)
        agencies = [Agency(self, n, server.ports) for n in (1, 2)]
        self.assertEqual([agency.wait() for agency in agencies], [0, 0])
        self.assertEqual(server.wait(), 0)
        self.assertIn("action: end_server | result: success", server.lines[-2])

    def test_status_shows_the_draw_while_it_is_open_and_after_it(self):
        self.sample((5, 5), (1, 0))
        server = Server(self, agencies=2)
        first = Agency(self, 1, server.ports)
        server.wait_for("client_finished")
        state = json.loads(self.run_program("status", "--json")[1])
        self.assertEqual((state["state"], state["bets"], state["finished"]), ("open", 5, 1))
        second = Agency(self, 2, server.ports)
        self.assertEqual((first.winners(), second.winners()), (1, 0))
        state = json.loads(self.run_program("status", "--json")[1])
        self.assertEqual((state["state"], state["bets"], state["winning_number"]), ("drawn", 10, 7574))
        status, table, errors = self.run_program("status")
        self.assertEqual((status, errors), (0, ""))
        for row in ("Draw 1: drawn", r"agencies +2 of 2 finished", r"bets +10", r"winning number +7574"):
            self.assertRegex(table, row)
        self.assertEqual(re.findall(r"^ +([12]) +(\d+) +\w+ +(\d+)$", table, re.M), [("1", "5", "1"), ("2", "5", "0")])

    def test_every_line_of_the_log_is_well_formed(self):
        self.sample((5, 5), (1, 0))
        server = Server(self, "--logging-level", "DEBUG", agencies=2)
        Wire(self, server.ports[0]).ask({"type_message": 1, "agency": "1", "payload": ["bad"]})
        agencies = [Agency(self, n, server.ports, "--log-level", "DEBUG") for n in (1, 2)]
        self.assertEqual([agency.wait() for agency in agencies], [0, 0])
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        server.wait_for(r"action: accept_connections \| result: success \| ip: 127\.0\.0\.1\b")
        for line in (server.log() + "".join(agency.log() for agency in agencies)).splitlines():
            # The level is padded to eight.
            self.assertRegex(line, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?=.{8} action)(DEBUG|INFO|WARNING|ERROR) +"
                                   r"action: \w+ \| result: (success|in_progress|fail \|.* error: .+)")

    def test_an_agency_with_an_empty_file(self):
        self.sample((0, 3), (0, 1))
        server = Server(self, agencies=2)
        agencies = [Agency(self, n, server.ports) for n in (1, 2)]
        self.assertEqual([agency.winners() for agency in agencies], [0, 1])
        self.assertEqual(agencies[0].count("apuestas_enviadas .*cantidad: 0"), 1)
        self.assertEqual(agencies[0].count("WARNING .*agency-1.csv .*it has no bets"), 1)

    def test_one_bet_from_the_environment(self):
        server = Server(self, agencies=1)
        variables = dict(NOMBRE="Ana", APELLIDO="Núñez", DOCUMENTO="30904465", NACIMIENTO="1999-03-17", NUMERO="7574")
        status, log, _ = self.run_program("client", "--id", 1, "--server-address", f"127.0.0.1:{server.ports[0]}",
                                          environment=variables)
        self.assertEqual(status, 0)
        self.assertIn("action: apuesta_enviada | result: success | dni: 30904465 | numero: 7574", log)
        self.assertIn("cant_ganadores: 1", log)
        server.wait_for(r"action: apuesta_almacenada \| result: success \| dni: 30904465 \| numero: 7574")

    def test_a_bad_line_is_named_and_mended(self):
        os.mkdir(f"{self.folder}/data")
        path = f"{self.folder}/data/agency-1.csv"
        good = "Ana,Díaz,30904465,1999-03-17,7574\r\n"
        with open(path, "w", newline="") as file:
            file.write(good * 4 + good.replace("03-17", "02-30") + good)
        server = Server(self, agencies=1)
        agency = Agency(self, 1, server.ports, "--chunk-size", 2)
        self.assertEqual(agency.wait(), 1)
        self.assertIn("data/agency-1.csv:5: nacimiento: is not a real date", agency.log())
        self.assertEqual(sum(self.stored().values()), 0, "of a file with a bad line nothing is sent")
        with open(path, "w", newline="") as file:
            file.write(good * 6)
        self.assertEqual(Agency(self, 1, server.ports, "--chunk-size", 2).winners(), 6)

    def test_polling(self):
        self.sample((5, 5), (1, 2))
        server = Server(self, agencies=2)
        polling = Agency(self, 1, server.ports, "--poll", "--log-level", "DEBUG")
        polling.wait_for("consulta_ganadores .*in_progress")
        Wire(self, server.ports[0])
        self.assertEqual(Agency(self, 2, server.ports).winners(), 2)
        self.assertEqual(polling.winners(), 1)


if __name__ == "__main__":
    unittest.main()
