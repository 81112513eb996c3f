"""On a terminal the last row says what an agency does, as long as it runs, and is empty afterwards."""
import re
import socket
import unittest

from harness import SERVERS, Agency, Server, Story, Wire, frame, hang_s
from terminal import Terminal

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (DEBUG|INFO|WARNING|ERROR) +action: \w+ \| result: (success|fail|in_progress)( \| .*)?$")
WAITS = r"^agency 1 \[#{20}\] 100 %  bets stored: 25, waiting for the draw since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"


class Bar(Story):
    def setUp(self):
        super().setUp()
        self.sample((25, 5), (3, 0))

    def start(self, ports, *flags, **how):
        return Terminal(self, "client", "--id", 1, "--server-address", f"127.0.0.1:{ports[0]}", "--server-consult-address",
                        f"127.0.0.1:{ports[1]}", "--chunk-size", 5, *flags, **how)

    def expect_lines_and(self, rows, rest=()):
        """The screen has log lines, each in a row of its own, and those others; and nothing in its last row."""
        rows = [row.replace("^C", "", 1) for row in rows]  # the terminal's echo of a key, wherever the program was then
        others = [row for row in rows[:-1] if not LINE.match(row)]
        self.assertEqual(others, list(rest), "\n".join(rows))
        self.assertEqual(rows[-1], "", "the last row was to be empty:\n" + "\n".join(rows))

    def test_it_stays_while_the_agency_waits(self):
        server = Server(self, agencies=2)
        terminal = self.start(server.ports, "--winners")
        terminal.wait_for(WAITS, above="wait_for_draw")  # the bar stands below what is logged
        self.expect_lines_and([*terminal.rows()[:-1], ""])
        Agency(self, 2, server.ports)
        self.assertEqual(terminal.wait(), 0)
        rows = terminal.rows()
        printed = [row for row in rows[:-1] if not LINE.match(row)]
        self.assertEqual([bool(re.fullmatch(r"\d+", row)) for row in printed], [True] * 3, "the winners were to be printed alone")
        self.expect_lines_and(rows, printed)
        self.assertIn("end_client_loop | result: success", rows[-2])

    def test_it_is_gone_after_ctrl_c(self):
        terminal = self.start(Server(self, agencies=2).ports)
        terminal.wait_for(WAITS)
        terminal.press(b"\x03")
        self.assertEqual(terminal.wait(), 0)
        rows = terminal.rows()
        self.expect_lines_and(rows)
        self.assertTrue(any("the winners are not known yet. Start this agency again to ask for them" in row for row in rows), rows)

    def test_it_says_that_nobody_is_there(self):
        terminal = self.start((1, 1))
        terminal.wait_for("^agency 1  bets stored: 0, connecting$")
        terminal.press(b"\x03")
        self.assertEqual(terminal.wait(), 0)
        self.expect_lines_and(terminal.rows())

    def test_a_narrow_terminal_shows_less_of_it(self):
        terminal = self.start(Server(self, agencies=2).ports, "--log-level", "ERROR", columns=40)
        terminal.wait_for(r"^agency 1 \[#{20}\] 100 %  .$")
        self.assertEqual([len(row) for row in terminal.rows()], [40], "the bar was to be one row, and no line to be logged")
        terminal.press(b"\x03")
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual("".join(terminal.rows()).replace("^C", "").strip(), "")

    @unittest.skipIf(SERVERS > 1, "has a central of its own")
    def test_it_is_gone_after_an_error(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        listener.settimeout(hang_s())
        terminal = self.start((listener.getsockname()[1],) * 2, columns=400)
        wire = Wire.__new__(Wire)
        wire.story = self
        wire.socket, _ = listener.accept()
        self.addCleanup(wire.socket.close)
        wire.receive()
        wire.send({"type_message": 1, "payload": None, "next": 5})
        terminal.wait_for(r"^agency 1 \[#+\.*\] +\d+ %  bets stored: 5$")
        wire.socket.sendall(frame({"type_message": 4, "payload": {"code": "conflict", "message": "another", "retryable": False}}))
        self.assertEqual(terminal.wait(), 1)
        rows = terminal.rows()
        self.expect_lines_and(rows)
        self.assertIn("end_client_loop | result: fail | error: conflict | message: data/agency-1.csv: lines 6 to 10", rows[-2])


if __name__ == "__main__":
    unittest.main()
