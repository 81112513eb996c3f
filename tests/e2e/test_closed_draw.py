"""An agency cut off by the close has the winners of what is stored, and fails with what was not taken."""
import os
import re
import signal
import unittest

from harness import Agency, Server, Story

BETS = 20000
WINNER_EVERY = 100  # bets
SLOWLY = "--chunk-size", 1, "--window", 1  # seconds for all, so that what is done in the middle of it does not come late


def line(number):
    return f"Ana,Paz,{number},1999-03-17,{7574 if number % WINNER_EVERY == 0 else 1}\n"


class Closed(Story):
    def setUp(self):
        super().setUp()
        os.makedirs(f"{self.folder}/data")
        with open(f"{self.folder}/data/agency-1.csv", "w", encoding="utf-8") as file:
            file.writelines(line(number) for number in range(BETS))

    def close(self):
        status, printed, errors = self.run_program("close", "--yes", environment={"RUNTIME_DIRECTORY": self.folder})
        self.assertEqual(status, 0, printed + errors)

    def expect_cut(self, agency, taken):
        """It says so at once and at the end, and has its list of winners."""
        self.assertEqual(agency.wait(), 1)
        stored = self.stored()
        self.assertEqual(sum(stored.values()), taken)
        agency.expect(rf"(?m)ERROR    action: draw_closed \| result: fail \| error: draw_closed .*taken: {taken} \| not_taken: "
                      rf"{BETS - taken} \| file: data/agency-1.csv$")
        winners = len(range(0, taken, WINNER_EVERY))
        agency.expect(rf"(?m)consulta_ganadores \| result: success \| cant_ganadores: {winners}$")
        with open(f"{self.folder}/list", encoding="utf-8") as file:
            self.assertEqual(len(file.readlines()), winners)
        last = [row for row in agency.lines if row][-1]
        self.assertIn(f"end_client_loop | result: fail | error: draw_closed | message: data/agency-1.csv: the draw was closed before "
                      f"the agency had finished: {BETS - taken} of {BETS} bets were not taken, those from number {taken + 1} on", last)
        self.assertEqual(agency.count("all_bets_stored"), 0)

    def test_in_the_middle_of_its_file(self):
        server = Server(self, agencies=2)
        agency = Agency(self, 1, server.ports, *SLOWLY, "--winners-file", "list")
        agency.wait_for("apuestas_enviadas", count=200)
        agency.signal(signal.SIGSTOP)
        self.close()
        agency.signal(signal.SIGCONT)
        agency.wait()
        taken = int(re.search(r" taken: (\d+)", agency.log())[1])
        self.assertTrue(200 <= taken < BETS, f"the close was to come in the middle, and {taken} bets were taken")
        self.expect_cut(agency, taken)

    def test_before_it_had_begun(self):
        server = Server(self, agencies=2)
        self.close()
        self.expect_cut(Agency(self, 1, server.ports, "--winners-file", "list"), 0)

    def test_while_it_was_away(self):
        """It had ended with a part of its file, and is started again after the close."""
        server = Server(self, agencies=2)
        agency = Agency(self, 1, server.ports, *SLOWLY)
        agency.wait_for("apuestas_enviadas", count=200)
        agency.signal(signal.SIGTERM)
        self.assertEqual(agency.wait(), 0)
        self.close()
        taken = sum(self.stored().values())
        for flags in ((), ("--poll",), ("--chunk-size", 7)):  # as often as one likes
            self.expect_cut(Agency(self, 1, server.ports, "--winners-file", "list", *flags), taken)

    def test_ended_before_it_has_its_winners(self):
        """It ends well, as it was told to; what was not taken is said once more, last."""
        server = Server(self, "--number", "manual", agencies=2)
        self.close()
        agency = Agency(self, 1, server.ports)
        agency.wait_for("wait_for_draw")
        agency.signal(signal.SIGINT)
        self.assertEqual(agency.wait(), 0)
        agency.expect(rf"(?m)WARNING  action: draw_closed \| result: fail \| error: draw_closed \| message: "
                      rf"data/agency-1.csv: .*{BETS} of {BETS} bets were not taken, those from number 1 on$")
        agency.expect("WARNING  action: wait_for_draw .*the winners are not known yet")

    def test_with_one_bet(self):
        server = Server(self, agencies=2)
        self.close()
        bet = {"NOMBRE": "Ana", "APELLIDO": "Paz", "DOCUMENTO": "1", "NACIMIENTO": "1999-03-17", "NUMERO": "7574"}
        agency = Agency(self, 2, server.ports, environment=bet)
        self.assertEqual(agency.wait(), 1)
        agency.expect("(?m)consulta_ganadores . result: success . cant_ganadores: 0$")
        self.assertIn("1 of 1 bets were not taken, those from number 1 on", [row for row in agency.lines if row][-1])

    def test_bets_from_a_pipe(self):
        """Nobody knows how many there are."""
        server = Server(self, agencies=2)
        self.close()
        os.rename(f"{self.folder}/data/agency-1.csv", f"{self.folder}/bets")
        os.mkfifo(f"{self.folder}/data/agency-1.csv")
        agency = Agency(self, 1, server.ports)
        with open(f"{self.folder}/bets", "rb") as bets:
            try:
                with open(f"{self.folder}/data/agency-1.csv", "wb") as pipe:
                    pipe.write(bets.read())
            except BrokenPipeError:  # it does not read what is not taken
                pass
        self.assertEqual(agency.wait(), 1)
        self.assertIn("some bets were not taken, those from number 1 on", [row for row in agency.lines if row][-1])

    def test_not_after_its_last_bet(self):
        """Everything that it has is stored, and only the close has ended it."""
        server = Server(self, agencies=2)
        agency = Agency(self, 1, server.ports, "--chunk-size", 10)
        agency.wait_for("wait_for_draw")
        self.close()
        self.assertEqual((agency.winners(), agency.wait()), (len(range(0, BETS, WINNER_EVERY)), 0))


if __name__ == "__main__":
    unittest.main()
