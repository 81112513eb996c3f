"""Log lines that strangers can cause are rate-limited, the lottery's own lines are not."""
import re
import signal
import unittest

from harness import Server, Story, Wire, frame, not_under_valgrind

EMPTY = frame(b"")  # the shortest message there is, and no JSON
BAD_BET = frame({"type_message": 1, "agency": "1", "payload": ["Ana,Gil,1,1990-01-01,never"]})
MANY = 3000


class Limited(Story):
    def start(self, **variables):
        self.server = Server(self, agencies=2, servers=1, environment=variables)

    def send(self, bytes_, count):
        """Sends them all, and reads an answer to each."""
        wire = Wire(self, self.server.ports[0])
        for _ in range(0, count, 100):
            wire.socket.sendall(bytes_ * 100)
            for _ in range(100):
                self.assertTrue(wire.receive().code)
        return wire

    def end(self):
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(), 0)

    def left_out(self, what):
        return sum(map(int, re.findall(rf"action: log \| result: success \| left_out: (\d+) \| of: {what}\n",
                                       self.server.log())))

    def check(self, action, error, sent):
        written = self.server.count(rf"action: {action} \| result: fail .*error: {error}")
        self.assertGreaterEqual(written, 100)
        self.assertLess(written, sent // 2)
        self.assertEqual(written + self.left_out(f"{action} {error}"), sent)

    def test_refused_messages(self):
        self.start(REFUSALS_MAX="0")
        self.send(EMPTY, MANY)
        self.server.wait_for(r"left_out: \d+ \| of: receive_message bad_json")  # without another line, or the end
        self.send(BAD_BET, MANY)
        self.end()
        self.check("receive_message", "bad_json", MANY)
        self.check("apuestas_almacenadas", "bad_bet", MANY)

    @not_under_valgrind("where they come slowly enough")
    def test_connections(self):
        self.start()
        for _ in range(1000):
            Wire(self, self.server.ports[0]).socket.close()
        written, accepted = "action: accept_connections .*success", "accept_connections"
        self.server.wait_until(lambda: self.server.count(written) + self.left_out(accepted) >= 1000)
        self.end()
        self.assertEqual(self.server.count(written) + self.left_out(accepted), 1000)
        self.assertIn(self.server.count(written), range(100, 1000))

    def test_what_is_stored_is_always_told(self):
        self.start()
        wire = Wire(self, self.server.ports[0])
        for number in range(1000):
            wire.send({"type_message": 1, "agency": "1", "payload": [f"Ana,Gil,{number},1990-01-01,1"]})
        for _ in range(1000):
            wire.receive()
        self.end()
        self.assertEqual(self.server.count(r"action: apuesta_almacenada \| result: success"), 1000)
        self.assertEqual(self.server.count(r"action: apuestas_almacenadas \| result: success"), 1000)


class Refused(Story):
    """Who is refused again and again is closed."""

    def test_so_many_times_in_a_row(self):
        server = Server(self, agencies=2, servers=1, environment={"REFUSALS_MAX": "20"})
        for refused in (EMPTY, BAD_BET):
            wire = Wire(self, server.ports[0])
            wire.socket.sendall(refused * 100)
            answers = wire.receive_all()
            self.assertGreaterEqual(len(answers), 20)
            self.assertLess(len(answers), 20 + 16 + 1)  # with those that were on their way
        server.wait_for(r"action: close_connection .* reason: refusals \| ip: 127\.0\.0\.1 \| count: 20 \| error: bad_bet")

    def test_a_gap_counts_and_what_is_stored_begins_anew(self):
        server = Server(self, agencies=2, servers=1, environment={"REFUSALS_MAX": "3"})
        wire = Wire(self, server.ports[0])
        bet = "Ana,Gil,1,1990-01-01,1"
        stored = 0
        for _ in range(3):
            for _ in range(2):
                gap = wire.ask({"type_message": 1, "agency": "1", "first": 50, "payload": [bet]})
                self.assertEqual(gap.code, "gap")
            stored += 1
            answer = wire.ask({"type_message": 1, "agency": "1", "first": stored - 1, "payload": [bet]})
            self.assertEqual(answer.get("next"), stored)
        for _ in range(3):
            wire.send({"type_message": 1, "agency": "1", "first": 50, "payload": [bet]})
        self.assertEqual(len(wire.receive_all()), 3)


if __name__ == "__main__":
    unittest.main()
