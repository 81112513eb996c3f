"""A board that is cut off, refused, hidden or behind says so calmly, and goes on by itself."""
import unittest

from browsing import Boards
from mock import Mock, instant


class Lost(Boards):
    def test_a_store_that_cannot_be_read(self):
        mock = self.mock("open")
        tab = self.board(mock)
        self.assertFalse(self.is_seen(tab, "store-fails"))
        mock.night.draw["store"] = {"ok": False, "error": "database disk image is malformed", "read_at": instant(mock.night.now_s - 60)}
        mock.send()
        self.shows(tab, "store-fails", "malformed. This is what was known at 20:59:00.")
        self.assertEqual(self.text(tab, "live-text"), "Store not read")
        mock.night.draw["store"]["read_at"] = instant(mock.night.now_s - 86400)
        mock.send()
        tab.evaluate("byId('spanish').click()")
        self.shows(tab, "store-fails", "Se muestra lo que se sabía el 25 nov, 21:00.")
        tab.evaluate("byId('english').click()")
        mock.night.draw["store"]["read_at"] = None
        mock.send()
        tab.until("byId('store-fails').innerText === 'The server cannot read its store: database disk image is malformed.'")
        mock.night.draw["store"] = {"ok": True, "error": None, "read_at": instant(mock.night.now_s)}
        mock.send()
        tab.until("byId('store-fails').hidden")

    def test_a_lost_connection_and_a_restart(self):
        port = self.hold_port()
        mock = self.mock("open", port=port)
        tab = self.board(mock, clock_s=mock.night.now_s - 3600)
        self.assertEqual((self.text(tab, "live-text"), self.is_seen(tab, "lost"), self.is_seen(tab, "again")), ("Live", False, False))
        night = mock.night
        mock.end()
        self.shows(tab, "lost", "The connection was lost at 21:00:00")
        self.assertEqual(tab.evaluate("byId('board').dataset.old"), "no")
        tab.evaluate("live.lost_ms -= 90000; show()")
        self.shows(tab, "lost", "1 min ago", "is old")
        self.assertEqual(tab.evaluate("byId('board').dataset.old"), "yes")
        self.assertEqual(self.text(tab, "state-name"), "Open", "what was known is still there")
        night.draw["server"]["since"] = instant(night.now_s + 20)
        night.set(1, "finished", 77777)
        night.rows.pop()
        night.history = {"step_s": 10, "until": night.now_s + 30, "bets": [70]}
        with Mock(night, port) as another:
            another.epoch = "b2"
            self.shows(tab, "again", "started again")
            tab.until("byId('lost').hidden && agencies.byNumber.get(1).bets === 77777")
            self.assertEqual(tab.evaluate("[agencies.byNumber.size, agencies.order.length]"), [4, 4])
            tab.until(f"chart.until_s === {night.now_s + 30}")
            self.assertEqual(tab.evaluate("chart.bets.slice(-3)"), [None, None, 70], "and before that what the page knows")
            self.assertGreater(tab.evaluate("chart.bets.length"), 300)
            tab.until("(byId('line').getAttribute('d').match(/M/g) ?? []).length === 2")
            self.assertNotIn("NaN", tab.evaluate("byId('area').getAttribute('d')"))

    def test_a_clock_that_is_set_back(self):
        """Of what the page knows the steps after that moment go; those that follow are drawn behind the others."""
        mock = self.mock("open")
        tab, now_s = self.board(mock), mock.night.now_s
        known = tab.evaluate("chart.bets.length")
        mock.send(("history", {"step_s": 10, "until": now_s - 600, "bets": []}))
        tab.until(f"chart.until_s === {now_s - 600} && !board.willShow")
        self.assertEqual(tab.evaluate("chart.bets.length"), known - 60)
        mock.send(("step", {"until": now_s - 590, "bets": 70}), ("step", {"until": now_s - 580, "bets": 80}))
        tab.until(f"chart.until_s === {now_s - 580}")
        self.assertEqual(tab.evaluate("[chart.bets.length, ...chart.bets.slice(-2)]"), [known - 58, 70, 80])
        # As a server that has just begun says it: what is known stays, and a clock that is ahead opens no gap yet.
        mock.send(("history", {"step_s": 10, "until": now_s, "bets": []}), ("step", {"until": now_s + 10, "bets": 90}))
        tab.until(f"chart.until_s === {now_s + 10}")
        self.assertEqual(tab.evaluate("[chart.bets.length, chart.bets.at(-2), chart.bets.at(-1)]"), [known + 1, None, 90])
        # Back beyond all that is known, and beyond the opening.
        mock.send(("history", {"step_s": 10, "until": now_s - 86400, "bets": []}))
        tab.until(f"chart.until_s === {now_s - 86400} && !board.willShow")
        self.shows(tab, "plot-empty", "not known")
        mock.send(*(("step", {"until": now_s - 86400 + 10 * step, "bets": 10 * step}) for step in range(1, 6)))
        tab.until(f"chart.until_s === {now_s - 86350} && !board.willShow")
        self.assertEqual(tab.evaluate("chart.shown.rates.slice(-5)"), [1, 2, 3, 4, 5])

    def test_steps_that_nobody_counted(self):
        mock = self.mock("open")
        tab, now_s = self.board(mock), mock.night.now_s
        mock.send(("step", {"until": now_s + 10, "bets": None}))
        tab.until(f"chart.until_s === {now_s + 10} && !board.willShow")
        self.shows(tab, "chart-said", "at last not known")
        mock.send(("step", {"until": now_s + 20, "bets": 90}))
        tab.until(f"chart.until_s === {now_s + 20} && !board.willShow")
        self.assertEqual(tab.evaluate("chart.bets.slice(-2)"), [None, 90])
        self.assertEqual(tab.evaluate("byId('line').getAttribute('d').match(/M/g).length"), 2, "a gap")

    def test_another_server_of_a_shared_store(self):
        mock = self.mock("open")
        mock.night.draw["server"]["shared"] = True
        tab = self.board(mock)
        # The second was started later than the first, but before the connection was lost; the third has begun since.
        for epoch, since_s, is_new in (("b2", -60, False), ("c3", 40, True)):
            mock.night.draw["server"]["since"], mock.epoch = instant(mock.night.now_s + since_s), epoch
            mock.drop()
            tab.until(f"live.epoch === '{epoch}' && !board.willShow")
            self.assertEqual(self.is_seen(tab, "again"), is_new, epoch)

    def test_a_server_that_refuses(self):
        """A proxy that answers with an error: the browser does not try again by itself."""
        mock = self.mock("open")
        tab = self.board(mock)
        mock.refuses_all = True
        mock.drop()
        self.shows(tab, "lost", "lost")
        tab.until("live.source.readyState === EventSource.CLOSED")
        mock.refuses_all = False
        tab.until("live.link === 'live' && byId('lost').hidden")

    def test_a_server_that_says_nothing(self):
        mock = self.mock("open")
        tab = self.board(mock)
        mock.refuses_all = True
        tab.evaluate("live.heard_ms -= 60000; 0")
        self.shows(tab, "lost", "lost")
        mock.refuses_all = False
        tab.until("live.link === 'live' && byId('lost').hidden")

    def test_all_streams_are_taken(self):
        """Then it asks every few seconds, and says why."""
        mock = self.mock("open", 7)
        mock.refuses_streams, mock.night.page_most = True, 3
        tab = self.tab()
        tab.open(mock.url + "#en")
        self.shows(tab, "lost", "Too many look at this board")
        self.assertEqual((self.text(tab, "live-text"), self.text(tab, "state-name")), ("Every few seconds", "Open"))
        self.assertEqual(self.text(tab, "plot-empty"), "not known")
        tab.until("agencies.byNumber.size === 7")
        self.assertEqual(tab.evaluate("[agencies.byNumber.get(7).state, agencies.byNumber.get(7).heard_s]"), [mock.night.rows[6][1], mock.night.rows[6][4]])
        mock.night.set(1, "sending", 123456, 1.0, mock.night.now_s)
        self.shows(tab, "bets", f"{mock.night.bets():,}")
        mock.refuses_all = True
        self.shows(tab, "lost", "The connection was lost")
        mock.refuses_all = False
        self.shows(tab, "lost", "Too many look at this board")
        mock.refuses_streams = False
        tab.until("live.link === 'live' && byId('lost').hidden && chart.until_s > 0")

    def test_a_server_that_never_answers(self):
        mock = self.mock("open")
        mock.hangs = "/api/v1/events"
        tab = self.tab()
        tab.open(mock.url + "#en")
        tab.evaluate("live.begun_ms -= 60000; tick()")
        self.shows(tab, "lost", "has not answered yet", "close other pages")

    def test_a_request_without_an_answer_is_given_up(self):
        mock = self.mock("drawn")
        mock.hangs = "/api/v1/numbers"
        tab = self.tab()
        tab.before_each_page("window.patience_ms = 50; "
                             "AbortSignal.timeout = (given => ms => given.call(AbortSignal, window.patience_ms ?? ms))(AbortSignal.timeout);")
        tab.open(mock.url + "#en")
        self.shows(tab, "map-trouble", "cannot be had at the moment")
        tab.evaluate("window.patience_ms = null")
        mock.hangs = None
        tab.until("!byId('map-content').hidden")

    def test_a_hidden_page_takes_no_stream(self):
        mock = self.mock("open")
        tab = self.board(mock)
        hide = "Object.defineProperty(document, 'hidden', {get: () => %s, configurable: true}); document.dispatchEvent(new Event('visibilitychange'));"
        tab.evaluate(hide % "true" + "tick()")
        self.assertEqual(tab.evaluate("live.link"), "live", "for a moment it stays")
        tab.evaluate("live.hidden_ms -= 60000; tick()")
        self.assertEqual(tab.evaluate("[live.link, live.source.readyState]"), ["paused", 2])
        tab.until("document.title === 'Draw 1 · paused'")
        tab.evaluate("live.heard_ms -= 600000; tick()")
        self.assertEqual(tab.evaluate("live.source.readyState"), 2)
        mock.night.set(1, "sending", 99999)
        tab.evaluate(hide % "false")
        tab.until(f"live.link === 'live' && document.title.includes('{mock.night.bets():,}')")
        self.assertFalse(self.is_seen(tab, "fewer") or self.is_seen(tab, "lost"))
        self.nothing_odd(tab, mock)

    def test_less_than_before(self):
        """A server that was started on an older copy of its store."""
        mock = self.mock("begun")
        night = mock.night
        night.set(1, "finished", 2000)
        night.set(2, "finished", 3000)
        tab = self.board(mock)

        def restart(read_at_s):
            night.draw["server"]["since"], mock.epoch = instant(night.now_s + 20), mock.epoch + "1"
            night.draw["store"]["read_at"] = instant(read_at_s)
            mock.drop()
            tab.until(f"live.epoch === '{mock.epoch}' && !board.willShow")

        restart(night.now_s + 10)
        self.assertEqual((self.is_seen(tab, "fewer"), self.is_seen(tab, "again")), (False, True))
        self.assertNotIn("is lost", self.text(tab, "again"))
        night.set(2, "waiting", 0)
        restart(night.now_s + 5)
        self.assertFalse(self.is_seen(tab, "fewer"), "that is a reading of before")
        night.draw["store"]["read_at"] = instant(night.now_s + 20)
        mock.send()
        self.shows(tab, "fewer", "less at 21:00:00 than", "2,000 bets, before 5,000; 1 agency has ended, before 2. ", "restored from a copy")
        night.set(2, "sending", 9000)
        mock.send()
        self.shows(tab, "bets", "11,000")
        self.assertTrue(self.is_seen(tab, "fewer"))

    def test_a_draw_that_goes_back(self):
        mock = self.mock("sealed")
        tab = self.board(mock)
        mock.night.draw.update(state="open", waits_for="draw", seal=None, store={"ok": True, "error": None, "read_at": instant(mock.night.now_s + 9)})
        mock.drop()
        self.shows(tab, "fewer", ": Open, before Sealed.")

    def test_a_page_that_is_hidden_before_it_could_show(self):
        mock = self.mock("open")
        tab = self.board(mock, motion="reduce")
        tab.evaluate("""{ window.requestAnimationFrame = () => 0; changed();
            Object.defineProperty(document, 'hidden', {get: () => true}); document.dispatchEvent(new Event('visibilitychange')); }""")
        mock.night.set(1, "sending", 99999)
        mock.send()
        tab.until(f"document.title.includes('{mock.night.bets():,}')")


if __name__ == "__main__":
    unittest.main()
