"""What the tests of the board have in common: a browser, and pages of the mock in every state.

Ends the test with 77, skipped, where there is no Chromium.
"""
import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "tests", "page"), os.path.join(ROOT, "tests")]
import chromium  # noqa: E402
import held_ports  # noqa: E402
from mock import Mock, Night  # noqa: E402

NIGHTS = {
    "begun": lambda agencies: Night(agencies),  # pylint: disable=unnecessary-lambda
    "open": lambda agencies: Night(agencies).under_way(),
    "sealed": lambda agencies: Night(agencies).under_way().sealed(),
    "drawn": lambda agencies: Night(agencies).under_way().sealed().drawn(),
}
# Texts that are seen.
TEXT = "(id => document.getElementById(id).innerText)"


class Boards(unittest.TestCase):
    """One browser for all stories of a class."""

    @classmethod
    def setUpClass(cls):
        if chromium.PROGRAM is None:
            print("there is no chromium: script/bootstrap test installs it")
            sys.exit(77)
        cls.browser = cls.enterClassContext(chromium.Chromium())

    def mock(self, state="open", agencies=5, port=0):
        return self.enterContext(Mock(NIGHTS[state](agencies), port))

    def hold_port(self):
        """For a mock that is to be there again, where somebody else could be meanwhile."""
        return held_ports.number(self.enterContext(held_ports.hold()))

    def tab(self, scheme="light", motion="no-preference", **size):
        tab = self.enterContext(self.browser.tab(**size))
        look_like(tab, scheme, motion)
        return tab

    def board(self, mock, fragment="#en", clock_s=None, **how):
        """The page, once it shows what the mock has said. With a clock that stands still where a test says its time."""
        tab = self.tab(**how)
        if clock_s is not None:
            tab.before_each_page(f"window.clock_ms = {1000 * clock_s}; Date.now = () => window.clock_ms;")
        open_board(tab, mock, fragment)
        return tab

    def text(self, tab, name):
        return tab.evaluate(f"{TEXT}('{name}')")

    def shows(self, tab, name, *words):
        tab.until(f"!byId('{name}').hidden && {list(words)}.every(word => byId('{name}').innerText.includes(word))")

    def is_seen(self, tab, name):
        return tab.evaluate(f"document.getElementById('{name}').getClientRects().length > 0")

    def nothing_odd(self, tab, mock):
        """No error, nothing that the policy forbade, and no request but to the mock."""
        self.assertEqual(tab.complaints(), [])
        self.assertEqual([url for url in tab.requests() if not url.startswith((mock.url, "data:"))], [])


def look_like(tab, scheme, motion="no-preference"):
    tab.call("Emulation.setTimezoneOverride", timezoneId="UTC")
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme},
                                                     {"name": "prefers-reduced-motion", "value": motion}])


def open_board(tab, mock, fragment=""):
    tab.open(mock.url + fragment)
    tab.until(f"agencies.byNumber.size === {len(mock.night.rows)} && !board.willShow && board.shown > 1")
    if mock.night.counts:
        tab.until("!byId('map-content').hidden")
