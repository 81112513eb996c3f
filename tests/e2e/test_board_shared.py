"""With several servers on one PostgreSQL each board shows what all of them know."""
import unittest

from board_client import Board
from harness import STORES, Server, Story, Wire, until

BET = "Ana,Paz,30904465,1999-03-17,7574"


@unittest.skipUnless(STORES.is_shared, "needs a store that several servers share")
class Shared(Story):
    def send(self, server, agency, bets, kind=1):
        message = {"type_message": kind, "agency": str(agency), "payload": [BET] * bets}
        self.assertEqual(Wire(self, server.every[0][0]).ask(message).kind, "processed")

    def test_each_board_shows_all_servers(self):
        servers = [Server(self, "--http-port", 0, agencies=2, servers=1) for _ in range(2)]
        boards = [Board(self, server) for server in servers]
        for board in boards:  # whom it finds stored when it looks first, it has not heard of
            self.assertEqual(board.draw()["bets"], 0)
        for agency, server in enumerate(servers, 1):
            self.send(server, agency, agency)
        for board in boards:
            until(lambda board=board: board.draw()["bets"] == 3, "all bets")
            rows = board.json("/api/v1/agencies")["agencies"]
            self.assertEqual([(row["agency"], row["state"], row["bets"]) for row in rows], [(1, "sending", 1), (2, "sending", 2)])
            self.assertTrue(board.draw()["server"]["shared"])
        for agency, server in enumerate(servers, 1):  # from now on each is heard of at both
            self.send(server, agency, 1, kind=2)
        for board in boards:
            drawn = until(lambda board=board: (draw := board.draw())["state"] == "drawn" and draw, "the draw")
            self.assertTrue(all(row["heard_at"] for row in board.json("/api/v1/agencies")["agencies"]))
            self.assertEqual((drawn["number"], drawn["bets"], drawn["agencies"]["finished"]), ("7574", 5, 2))


if __name__ == "__main__":
    unittest.main()
