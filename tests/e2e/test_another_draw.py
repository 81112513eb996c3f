"""An agency that waits for one draw never sends its bets to another one by itself."""
import unittest

from harness import Agency, Server, Story, Wire, hold_ports

BET = "Ana,Paz,30904465,1999-03-17,7574"


class AnotherDraw(Story):
    def wait_in_friday(self):
        """An agency that waits, and the ports at which its central was before it ended."""
        self.sample([30], [1])
        ports = hold_ports()
        server = Server(self, "--draw", "friday", agencies=2, ports=ports)
        waiting = Agency(self, 1, ports)
        waiting.wait_for("wait_for_draw")
        server.kill()
        return waiting, ports

    def stops(self, waiting, server, bets=0):
        self.assertEqual(waiting.wait(), 1, waiting.log())
        self.assertRegex(waiting.log(), "error: other_draw . message: the central has another draw: saturday, opened .*; the 30 bets "
                                        "were acknowledged in draw friday, opened .*, and are not sent")
        answer = Wire(self, server.ports[0]).ask({"type_message": 1, "agency": "1", "payload": [], "first": 0})
        self.assertEqual(answer["next"], bets, "what is stored in saturday")

    def test_the_next_night(self):
        waiting, ports = self.wait_in_friday()
        self.stops(waiting, Server(self, "--draw", "saturday", agencies=2, ports=ports))

    def test_a_wrong_store(self):
        """It would have been the last one, and sealed the draw."""
        waiting, ports = self.wait_in_friday()
        other = "other.db"
        self.stops(waiting, Server(self, "--draw", "saturday", agencies=1, ports=ports, store=other))

    def test_one_in_which_the_right_file_is(self):
        waiting, ports = self.wait_in_friday()
        server = Server(self, "--draw", "saturday", agencies=2, ports=(0, 0))
        wire = Wire(self, server.ports[0])
        wire.ask({"type_message": 2, "agency": "1", "payload": [BET] * 30, "first": 0})
        server.kill()
        self.stops(waiting, Server(self, "--draw", "saturday", agencies=2, ports=ports), 30)

    def test_one_in_which_as_many_bets_are_and_no_end_yet(self):
        """The look would have ended it there."""
        waiting, ports = self.wait_in_friday()
        server = Server(self, "--draw", "saturday", agencies=2, ports=(0, 0))
        Wire(self, server.ports[0]).ask({"type_message": 1, "agency": "1", "payload": [BET] * 30, "first": 0})
        server.kill()
        server = Server(self, "--draw", "saturday", agencies=2, ports=ports)
        self.stops(waiting, server, 30)
        more = Wire(self, server.ports[0]).ask({"type_message": 1, "agency": "1", "payload": [BET], "first": 30})
        self.assertEqual(more, {"type_message": 1, "payload": None, "next": 31})

    def test_the_same_draw_has_them_still(self):
        waiting, ports = self.wait_in_friday()
        server = Server(self, "--draw", "friday", agencies=2, ports=ports)
        waiting.wait_for("connected again")
        Wire(self, server.ports[0]).ask({"type_message": 2, "agency": "2", "payload": [], "first": 0})
        waiting.winners()
        self.assertEqual(waiting.wait(), 0, waiting.log())

    def test_who_does_not_ask_is_not_told(self):
        server = Server(self, agencies=2)
        wire = Wire(self, server.ports[0])
        question = {"type_message": 1, "agency": "1", "payload": [], "first": 0}
        self.assertEqual(wire.ask(question), {"type_message": 1, "payload": None, "next": 0})
        self.assertRegex(wire.ask({**question, "draw": True})["draw"], r"^1, opened \d{4}-\d\d-\d\dT[\d:]+Z$")
        gap = wire.ask({**question, "first": 3, "draw": True})
        self.assertEqual((gap.kind, gap["draw"][:9]), ("error gap", "1, opened"))
        self.assertNotIn("draw", wire.ask({**question, "first": 3}))


if __name__ == "__main__":
    unittest.main()
