"""Nothing of the board keeps people out: axe has no serious finding, in any state, light or dark."""
import json
import os
import sys
import unittest

from browsing import Boards
from get_axe import AXE

BAD = "serious", "critical"


class Axe(Boards):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(AXE, encoding="utf-8") as file:
            cls.axe = file.read()

    def findings(self, tab):
        tab.evaluate(self.axe + "; 0")
        found = json.loads(tab.evaluate("axe.run().then(found => JSON.stringify(found.violations))"))
        return [(each["id"], each["impact"], [node["html"][:200] for node in each["nodes"]]) for each in found]

    def test_every_state(self):
        for state in "begun", "open", "sealed", "drawn":
            for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
                with self.subTest(state=state, scheme=scheme, width=width):
                    # Without motion, as colours on their way would be measured.
                    tab = self.board(self.mock(state, 60), scheme=scheme, motion="reduce", width=width, height=900)
                    self.assertEqual([each for each in self.findings(tab) if each[1] in BAD], [])

    def test_warnings(self):
        mock = self.mock("open", 60)
        mock.night.draw.update(store={"ok": False, "error": "disk I/O error", "read_at": None})
        for scheme in "light", "dark":
            tab = self.board(mock, "#es", scheme=scheme, motion="reduce")
            for change in "live.again_ms = Date.now()", "live.link = 'lost'; live.lost_ms = Date.now() - 90000":
                tab.evaluate(f"{change}; show()")
                self.assertEqual([each for each in self.findings(tab) if each[1] in BAD], [], change)

    def test_it_finds_something(self):
        """Otherwise the others would say nothing."""
        tab = self.board(self.mock("open"), motion="reduce")
        tab.evaluate("byId('waits').style.color = '#eee'; byId('find').parentNode.replaceWith(byId('find'))")
        self.assertLessEqual({"color-contrast", "label"}, {each[0] for each in self.findings(tab) if each[1] in BAD})


if __name__ == "__main__":
    if not os.path.exists(AXE):
        print("SKIPPED: there is no axe. script/bootstrap test gets it from npm's registry, which could not be reached")
        sys.exit(77)
    unittest.main()
