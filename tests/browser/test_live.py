"""The board that is opened before the first bet shows the night to its winners, without a reload."""
import base64
import os
import shutil
import sys
import time

from browsing import ROOT, Boards, look_like

sys.path[:0] = [os.path.join(ROOT, "tests", "e2e")]
import unittest  # noqa: E402

from harness import Agency, Wire, hold_port, hold_ports  # noqa: E402
from signed_draw import DRAW, ORIGIN, SignedStory  # noqa: E402

BET = "Zoraida,Quispezorro,31415926,1971-02-03,{:04}"
SIZES, WINNERS = (300, 50, 120), (2, 1, 0)
PATIENCE_S = 120  # the page looks for a server that is away every few seconds, on a busy machine ever less often
PERSONAL = "Zoraida", "Quispezorro", "31415926", "1971-02-03"


class Live(SignedStory, Boards):
    def setUp(self):
        super().setUp()
        self.ports, self.http_port = hold_ports(), hold_port()
        self.url = f"http://127.0.0.1:{self.http_port}/"

    def serve_board(self):
        server = self.serve("--http-port", self.http_port, "--number", "manual", ports=self.ports)
        server.wait_for("action: board \\| result: success")
        return server

    def open(self):
        tab = self.enterContext(self.browser.tab(width=1280, height=900))
        look_like(tab, "light", "reduce")
        tab.open(self.url + "#en")
        tab.evaluate("window.isTheSame = true; 0")
        return tab

    def shows(self, tab, name, *words):
        self.until(tab, f"byId('{name}').getClientRects().length > 0 && {list(words)}.every(word => byId('{name}').innerText.includes(word))",
                   f"{name} to say {words}")

    def states_become(self, tab, *rows):
        """What the table says of each agency: its number, its state and its bets."""
        shown = "table.rows.filter(row => row.agency).map(row => [row.agency, row.word.textContent, row.bets.textContent])"
        self.until(tab, f"JSON.stringify({shown}) === JSON.stringify({[list(row) for row in rows]})", f"the rows {rows}")

    def until(self, tab, condition, what):
        late = time.monotonic() + PATIENCE_S
        while not tab.evaluate(condition):
            if time.monotonic() > late:
                self.fail(f"waited {PATIENCE_S} s for {what}; the page says:\n{tab.evaluate('document.body.innerText')}\n{self.logs()}")
            time.sleep(0.05)

    def test_a_whole_night(self):
        server = self.serve_board()
        tab = self.open()
        self.shows(tab, "state-name", "Open")
        self.shows(tab, "waits", "Waiting for 3 of 3 agencies")
        self.shows(tab, "draw-name", DRAW)
        self.states_become(tab, (1, "Not started", "0"), (2, "Not started", "0"), (3, "Not started", "0"))

        sent = Wire(self, server.ports[0]).ask({"type_message": 1, "agency": "3", "seq": 0, "payload": [BET.format(7000 + each) for each in range(5)]})
        self.assertEqual(sent.kind, "processed")
        self.states_become(tab, (1, "Not started", "0"), (2, "Not started", "0"), (3, "Sending", "5"))
        self.shows(tab, "bets", "5")

        self.assertFalse(self.is_seen(tab, "again"))
        server.kill()
        self.shows(tab, "lost", "The connection was lost")
        self.shows(tab, "bets", "5")
        server = self.serve_board()
        self.shows(tab, "again", "started again")
        self.assertFalse(self.is_seen(tab, "lost"))
        self.states_become(tab, (1, "Not started", "0"), (2, "Not started", "0"), (3, "Sending", "5"))

        self.sample(SIZES, WINNERS)
        agencies = [Agency(self, number, server.ports, "--chunk-size", 20) for number in (1, 2)]
        self.assertEqual(Wire(self, server.ports[0]).ask({"type_message": 2, "agency": "3", "payload": [BET.format(7574)]}).kind, "processed")
        self.shows(tab, "state-name", "Sealed")
        self.shows(tab, "waits", "Waiting for the winning number")
        root = base64.b64decode(self.seal().splitlines()[2]).hex()
        self.until(tab, f"byId('root').textContent === '{root}'", f"the root {root}")
        self.assertEqual(self.text(tab, "seal-origin"), ORIGIN)
        self.assertEqual([self.is_seen(tab, name) for name in ("map", "number-box")], [False, False])

        self.order("draw", "--number", "7574", "--yes")
        self.shows(tab, "state-name", "Drawn")
        self.assertEqual(self.text(tab, "number").split(), ["7", "5", "7", "4"])
        self.shows(tab, "winners", "4 bets win")
        self.shows(tab, "map-summary", "7574 (")
        for agency in agencies:
            self.assertEqual(agency.wait(), 0)
        self.assertEqual(self.winners(server, "3"), BET.split(",")[2])
        self.shows(tab, "waits", "Every agency has been told its winners")
        self.states_become(tab, (1, "Told", "300"), (2, "Told", "50"), (3, "Told", "6"))
        self.assertEqual(tab.evaluate("table.rows.filter(row => row.agency).map(row => row.cells.winners.textContent)"), ["2", "1", "1"])

        self.assertFalse(self.is_seen(tab, "fewer"), "nothing was ever lost")
        self.assertTrue(tab.evaluate("window.isTheSame"), "it was loaded anew")
        self.assertEqual([url for url in tab.requests() if not url.startswith((self.url, "data:"))], [])
        refused = "net::ERR_CONNECTION_REFUSED", "net::ERR_INCOMPLETE_CHUNKED_ENCODING", "net::ERR_CONNECTION_RESET", "net::ERR_EMPTY_RESPONSE"
        self.assertEqual([said for said in tab.complaints() if not any(word in said for word in (*refused, "status of 503"))], [])
        everything = tab.evaluate("document.documentElement.outerHTML")
        self.assertEqual([text for text in PERSONAL if text in everything], [])

    def test_a_server_that_is_started_on_an_older_copy(self):
        server = self.serve_board()
        tab = self.open()
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask({"type_message": 2, "agency": "2", "payload": [BET.format(7000 + each) for each in range(2)]}).kind, "processed")
        self.shows(tab, "bets", "2")
        server.kill()
        files = [name for name in os.listdir(self.folder) if name.startswith("quiniela.db") and os.path.isfile(self.path(name))]
        for name in files:
            shutil.copy(self.path(name), self.path(f"copy-{name}"))
        server = self.serve_board()
        sent = Wire(self, server.ports[0]).ask({"type_message": 2, "agency": "3", "payload": [BET.format(8000 + each) for each in range(3)]})
        self.assertEqual(sent.kind, "processed")
        self.shows(tab, "bets", "5")
        self.shows(tab, "agencies-ended", "2 of 3")
        server.kill()
        for name in files:
            os.replace(self.path(f"copy-{name}"), self.path(name))
        self.serve_board()
        self.shows(tab, "fewer", "2 bets, before 5; 1 agency has ended, before 2.")


if __name__ == "__main__":
    unittest.main()
