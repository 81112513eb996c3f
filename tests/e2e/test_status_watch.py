"""On a terminal `status --watch` shows how the draw stands in the place of how it stood.

What tmux shows of it; Ctrl-C ends it.
"""
import re
import unittest

from harness import Server
from test_orders import Orders, bet
from tmux import PROMPT, Tmux

WATCH = "clear; $quiniela status --store quiniela.db --watch; echo \"exit $?\""


class Watched(Orders):
    def watch(self, **how):
        tmux = Tmux(self, **how)
        tmux.run(WATCH)
        return tmux

    def test_what_changes(self):
        server = Server(self, agencies=2, servers=1)
        tmux = self.watch(columns=120, rows=40)
        tmux.expect(r"\ADraw 1: open\n  agencies +0 of 2 finished\n  bets +0\n")
        tmux.expect(r"^next: no agency has sent anything yet")
        self.assert_taken(self.send(server, 1, [bet(1), bet(2)]), 2)
        tmux.expect(r"\ADraw 1: open\n  agencies +0 of 2 finished\n  bets +2\n(?s:.*)\n +1 +2  sending\n")
        for agency, first in (1, 2), (2, 0):
            self.assert_taken(self.send(server, agency, [bet(7574)], first=first, last=True), first + 1)
        screen = tmux.expect(r"\ADraw 1: drawn\n(?s:.*)  winning number +7574\n  winners +2\n").string
        self.assertEqual(len(re.findall("^Draw ", screen, re.MULTILINE)), 1)
        tmux.press("C-c")
        tmux.expect(rf"exit 0\n{re.escape(PROMPT.strip())}")

    def test_a_small_screen_has_what_is_to_be_done(self):
        Server(self, agencies=2, servers=1)
        tmux = self.watch()
        tmux.expect(r"^next: no agency has sent anything yet")
        tmux.press("C-c")
        tmux.expect(r"exit 0$")


if __name__ == "__main__":
    unittest.main()
