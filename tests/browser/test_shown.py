"""The board says in both languages what is so, and calmly when it does not know."""
import json
import unittest

from browsing import Boards
from mock import Mock, Night, instant

# No colour of the page is a green: more green than red and blue.
GREENS = """[...document.querySelectorAll('body, body *')].flatMap(node => ['color', 'backgroundColor', 'borderTopColor', 'fill', 'stroke']
    .map(name => getComputedStyle(node)[name])).filter(colour => { const [r, g, b, a = 1] = (colour.match(/[\\d.]+/g) ?? []).map(Number);
        return colour.startsWith('rgb') && a > 0 && g > r + 20 && g > b + 20; })"""
ARROWS = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35, "PageUp": 33, "PageDown": 34}


class Shown(Boards):
    def key(self, tab, name):
        for kind in "keyDown", "keyUp":
            tab.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=ARROWS[name])

    # Languages and looks

    def test_languages(self):
        mock = self.mock("open")
        for locale, fragment, name in (("es-AR", "", "es"), ("en-GB", "", "en"), ("de", "", "en"), ("es", "#en", "en"), ("en", "#es", "es")):
            tab = self.tab()
            tab.call("Emulation.setUserAgentOverride", userAgent="test", acceptLanguage=locale)
            tab.open(mock.url + fragment)
            self.shows(tab, "state-name", "Open" if name == "en" else "Abierto")
            self.assertEqual(tab.evaluate("document.documentElement.lang"), name)

    def test_the_switch(self):
        mock = self.mock("drawn")
        tab = self.board(mock)
        self.assertIn("14 bets win", self.text(tab, "winners"))
        tab.evaluate("byId('spanish').click()")
        self.shows(tab, "winners", "14 apuestas ganadoras")
        self.assertEqual(tab.evaluate("[location.hash, document.documentElement.lang, localStorage.length, document.cookie]"), ["#es", "es", 0, ""])
        self.shows(tab, "bets", "41.855")
        self.assertIn("Terminó", self.text(tab, "body"))
        self.assertEqual(tab.evaluate("byId('spanish').getAttribute('aria-pressed')"), "true")
        self.nothing_odd(tab, mock)

    def test_each_sentence_is_in_both_languages(self):
        tab = self.board(self.mock("begun"))
        keys = """words => { const of = (value, path) => typeof value === 'string' ? [path + ' ' + [...new Set(value.match(/\\{\\d\\}/g) ?? [])].sort()]
            : Array.isArray(value) ? of(value.at(-1), path) : Object.entries(value).flatMap(([key, each]) => of(each, path + '.' + key));
            return of(words, ''); }"""
        english, spanish = (tab.evaluate(f"({keys})({words})") for words in ("ENGLISH", "SPANISH"))
        self.assertEqual(sorted(english), sorted(spanish))

    def test_light_and_dark(self):
        mock = self.mock("drawn")
        backgrounds = []
        for scheme in "light", "dark":
            tab = self.board(mock, scheme=scheme)
            backgrounds.append(tab.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
            self.assertEqual(tab.evaluate(GREENS), [])
        self.assertEqual(backgrounds, ["rgb(245, 244, 240)", "rgb(15, 16, 20)"])

    def test_nothing_is_wider_than_a_phone(self):
        for state in "begun", "open", "sealed", "drawn":
            for fragment in "#en", "#es":
                tab = self.board(self.mock(state, 2000), fragment, width=320, height=700, mobile=True)
                self.assertEqual(tab.evaluate("document.documentElement.scrollWidth"), 320, (state, fragment))

    def test_no_motion_for_whoever_wants_none(self):
        mock = self.mock("open")
        tab = self.board(mock, motion="reduce")
        mock.night.set(2, "sending", 50000, 1.0, mock.night.now_s)
        mock.send(("agencies", {"reset": False, "rows": [mock.night.rows[1]]}), ("draw", mock.night.json()))
        self.shows(tab, "bets", f"{mock.night.bets():,}")
        self.assertEqual(tab.evaluate("document.getAnimations().length"), 0)

    # The draw

    def test_only_the_state_is_read_out(self):
        mock = self.mock("open", 60)
        tab = self.board(mock)
        live = "[...document.querySelectorAll('[aria-live], [role=status], [role=alert], output')]"
        self.assertEqual(tab.evaluate(f"{live}.map(node => node.id)"), ["state-name", "found", "said"])
        said = "JSON.stringify([...document.querySelectorAll('#state-name, #said p')].map(node => node.textContent))"
        tab.evaluate(f"""window.changes = 0; {live}.forEach(node => new MutationObserver(() => window.changes++)
            .observe(node, {{subtree: true, childList: true, characterData: true}})); 0""")
        self.assertEqual(json.loads(tab.evaluate(said)), ["Open", "Waiting for agencies", "", "", "", "", ""])
        for row in [row for row in mock.night.rows if row[1] == "sending"][:10]:
            mock.night.set(row[0], "finished", row[2])
            mock.send(("draw", mock.night.json()), ("agencies", {"reset": False, "rows": [mock.night.rows[row[0] - 1]]}))
            tab.until(f"byId('waits').innerText.includes('for {mock.night.json()['agencies']['missing']} of')")
        self.assertEqual(tab.evaluate("window.changes"), 0)
        mock.night.sealed().draw["store"] = {"ok": False, "error": "disk I/O error", "read_at": None}
        mock.send()
        self.shows(tab, "state-name", "Sealed")
        mock.end()
        self.shows(tab, "lost", "lost")
        self.assertEqual(json.loads(tab.evaluate(said)), ["Sealed", "Waiting for the winning number", "Not connected",
                                                          "The server cannot read its store: disk I/O error.", "", "", ""])
        changes = tab.evaluate("window.changes")
        tab.evaluate("live.lost_ms -= 90000; tick()")
        self.shows(tab, "lost", "1 min ago")
        self.assertEqual(tab.evaluate("window.changes"), changes)

    def test_rows_are_said_to_whoever_asked_for_them(self):
        mock = self.mock("open")
        tab = self.board(mock)
        tab.evaluate("document.querySelector('[data-filter=missing]').click()")
        self.assertEqual(tab.evaluate("byId('said-rows').textContent"), "3 of 5 agencies")
        mock.night.set(next(row[0] for row in mock.night.rows if row[1] == "sending"), "finished", 5)
        mock.send(("agencies", {"reset": False, "rows": mock.night.rows}))
        tab.until("byId('shown').textContent === '2 of 5 agencies' && byId('said-rows').textContent === ''")
        tab.evaluate("byId('find').focus()")
        tab.type("1x")
        self.assertEqual(tab.evaluate("byId('said-rows').textContent"), self.text(tab, "shown"))
        self.assertEqual(tab.evaluate("agencies.view.length"), 0)

    def test_what_it_waits_for(self):
        mock = self.mock("open")
        tab = self.board(mock, clock_s=mock.night.now_s)
        self.assertEqual(self.text(tab, "waits"), "Waiting for 3 of 5 agencies")
        self.assertEqual(self.text(tab, "cut-off"), "Cut-off at 21:21:04, in 21:04")
        mock.night.sealed()
        for waits, words in (("seal", "being computed"), ("number", "winning number"), ("approvals", "to be approved"), ("pulse", "pulse"),
                             ("draw", "about to be made"), ("fork", "There will be no draw")):
            mock.night.draw["waits_for"] = waits
            mock.send()
            self.shows(tab, "waits", words)
        self.assertFalse(self.is_seen(tab, "cut-off"))

    def test_one_is_no_plural(self):
        mock = self.mock("begun")
        mock.night.set(1, "finished", 1)
        for fragment, title, ended in (("#en", "Draw 1 · Open · 1 bet", "1 of 5 has finished"), ("#es", "Sorteo 1 · Abierto · 1 apuesta", "1 de 5 terminó")):
            tab = self.board(mock, fragment)
            self.assertEqual((tab.evaluate("document.title"), self.text(tab, "agencies-ended")), (title, ended))

    def test_a_cut_off_on_another_day(self):
        mock = self.mock("open")
        tab = self.board(mock, clock_s=mock.night.now_s)
        for left_s, english, spanish in ((100000, "on Nov 28, 00:46, in 1 day 3:46:40", "el 28 nov, 00:46, en 1 día 3:46:40"),
                                         (172800, "on Nov 28, 21:00, in 2 days 0:00:00", "el 28 nov, 21:00, en 2 días 0:00:00")):
            mock.night.draw["closes_at"] = instant(mock.night.now_s + left_s)
            mock.send()
            for name, words in (("english", english), ("spanish", spanish)):
                tab.evaluate(f"byId('{name}').click()")
                self.shows(tab, "cut-off", words)

    def test_after_midnight(self):
        mock = self.mock("open")
        tab = self.board(mock, clock_s=mock.night.now_s)
        opened = "document.querySelector('#steps .step-time').textContent"
        self.assertEqual(tab.evaluate(opened), "20:00:00")
        mock.end()
        self.shows(tab, "lost", "lost at 21:00:00")
        tab.evaluate("window.clock_ms += 4 * 3600000; 0")
        tab.until(f"{opened} === 'Nov 26, 20:00' && byId('read-at').textContent === 'Store read on Nov 26, 21:00'")
        self.shows(tab, "lost", "lost on Nov 26, 21:00, 4 h ago")

    def test_only_what_a_draw_goes_through_is_a_step(self):
        mock = self.mock("sealed")
        tab = self.board(mock)
        names = "[...document.querySelectorAll('#steps .step-name')].map(node => node.textContent)"
        self.assertEqual(tab.evaluate(names), ["Opened", "Closed", "Sealed", "Drawn"])
        self.assertEqual(tab.evaluate("document.querySelector('[aria-current=step]').innerText"), "Sealed\n20:58:05")
        mock.night.draw["closed_at"] = None
        mock.send()
        tab.until(f"{names}.length === 3")
        mock.night.drawn().draw["erased_at"] = instant(mock.night.now_s)
        mock.send()
        tab.until(f"{names}.at(-1) === 'Erased'")

    def test_no_map_before_the_number_is_known(self):
        mock = self.mock("sealed")
        tab = self.board(mock)
        self.assertFalse(self.is_seen(tab, "map") or self.is_seen(tab, "number-box"))
        self.assertNotIn("/api/v1/numbers", mock.asked)
        mock.night.drawn()
        counts, mock.night.counts = mock.night.counts, None
        mock.send()
        self.shows(tab, "map-trouble", "being counted")
        mock.night.counts = counts
        tab.until("!byId('map-content').hidden")
        self.assertEqual(self.text(tab, "number").split(), ["7", "5", "7", "4"])
        self.assertEqual([said for said in tab.complaints() if "status of 503" not in said], [])

    def test_the_map_is_asked_for_with_pauses(self):
        mock = self.mock("drawn")
        mock.night.counts, mock.again_s = None, 50
        tab = self.board(mock)
        self.shows(tab, "map-trouble", "being counted")
        tab.evaluate("new Promise(done => { let left = 60; const step = () => { changed(); left-- ? requestAnimationFrame(step) : done(); }; step(); })")
        self.assertEqual(mock.asked.count("/api/v1/numbers"), 1)

    def test_there_is_no_map_of_an_erased_draw(self):
        mock = self.mock("drawn")
        mock.night.counts, mock.night.draw["erased_at"] = None, instant(mock.night.now_s)
        tab = self.board(mock)
        self.shows(tab, "map-trouble", "The bets were erased")
        self.assertNotIn("/api/v1/numbers", mock.asked)
        self.nothing_odd(tab, mock)

    def test_two_nights_of_one_name(self):
        port = self.hold_port()
        mock = self.mock("drawn", port=port)
        tab = self.board(mock)
        mock.end()
        self.shows(tab, "lost", "lost")
        night = Night(5, mock.night.now_s + 6000, seed=9)
        night.draw["opened_at"] = night.draw["server"]["since"] = instant(night.now_s - 5)
        night.history["bets"] = [0]
        with Mock(night, port) as another:
            another.epoch = "b2"
            tab.until("live.epoch === 'b2' && !board.willShow")
            self.assertEqual(self.text(tab, "plot-empty"), "No bets yet")
            self.assertFalse(self.is_seen(tab, "again"), "nothing is left of what was stored")
            night.under_way().sealed().drawn("0042")
            another.send(("draw", night.json()), ("agencies", {"reset": True, "rows": night.rows}))
            self.shows(tab, "cell-text", f"0042: {night.counts[42]} bets")
            self.assertEqual(tab.evaluate("numberMap.counts"), night.counts)

    def test_the_seal_is_never_checked_here(self):
        for state in "sealed", "drawn":
            mock = self.mock(state)
            tab = self.board(mock)
            self.assertEqual(self.text(tab, "root").replace("\n", ""), mock.night.draw["seal"]["root"])
            self.assertIn("Not checked here", tab.evaluate("byId('seal').innerText"))
            self.assertEqual(tab.evaluate(GREENS), [])
            links = tab.evaluate("[...document.querySelectorAll('#seal a')].filter(link => link.getClientRects().length).map(link => link.getAttribute('href'))")
            self.assertEqual(links, ["verify.html", "api/v1/rules", "api/v1/seal"] + ["api/v1/result"] * (state == "drawn"))

    def test_an_unsigned_draw_has_no_seal(self):
        night = Night().under_way().sealed().drawn()
        night.draw["seal"] = None
        tab = self.board(self.enterContext(Mock(night)))
        self.assertEqual([self.is_seen(tab, name) for name in ("seal", "map", "number")], [False, True, True])

    def test_the_map_by_keys(self):
        mock = self.mock("drawn")
        tab, counts = self.board(mock), mock.night.counts
        tab.evaluate("byId('cells').focus()")
        self.assertEqual(self.text(tab, "cell-text"), f"7574: {counts[7574]} bets · the number that was drawn")
        for key, number in (("ArrowRight", 7575), ("ArrowDown", 7675), ("ArrowLeft", 7674), ("ArrowUp", 7574), ("PageUp", 6574), ("PageDown", 7574),
                            ("Home", 0), ("ArrowUp", 0), ("End", 9999), ("ArrowRight", 9999)):
            self.key(tab, key)
            said = tab.evaluate("['aria-valuenow', 'aria-valuetext'].map(name => byId('cells').getAttribute(name))")
            self.assertEqual(said[0], str(number), key)
            self.assertTrue(said[1].startswith(f"{number:04}: {counts[number]} bet"), said)
        tab.evaluate("byId('look-up').focus()")
        tab.type("42")
        self.assertTrue(self.text(tab, "cell-text").startswith(f"0042: {counts[42]} bet"))
        self.assertTrue(self.text(tab, "found").startswith(f"0042: {counts[42]} bet"))
        tab.type("x")
        self.assertIn("0000 to 9999", self.text(tab, "found"))
        tab.evaluate("byId('spanish').click()")
        self.shows(tab, "found", "de 0000 a 9999")
        tab.evaluate("byId('english').click()")
        nobody = counts.count(0)
        self.assertIn(f"Nobody bet on {nobody} of", self.text(tab, "map-summary"))

    def test_the_curve_by_keys(self):
        mock = self.mock("open")
        tab, bets, now_s = self.board(mock), mock.night.history["bets"], mock.night.now_s
        tab.evaluate("byId('plot').focus()")

        def reads(before):
            said = tab.evaluate("byId('plot').getAttribute('aria-valuetext')")
            self.assertEqual(said, f"{instant(now_s - 10 * before)[11:19]} · {tab.evaluate(f'roundFigure({bets[-1 - before]} / 10)')}/s")
            self.assertEqual(self.text(tab, "reading"), said)

        reads(0)
        for key, before in (("ArrowLeft", 1), ("ArrowLeft", 2), ("ArrowRight", 1), ("PageDown", 7), ("PageUp", 1), ("End", 0), ("ArrowRight", 0)):
            self.key(tab, key)
            reads(before)
        self.key(tab, "ArrowLeft")
        mock.send(("step", {"until": now_s + 10, "bets": 1000}))
        tab.until(f"chart.until_s === {now_s + 10} && !board.willShow")
        reads(1)
        tab.evaluate("byId('plot').blur()")
        self.assertFalse(self.is_seen(tab, "reading"))
        empty = self.board(self.mock("begun"))
        self.assertEqual(empty.evaluate("['role', 'tabindex', 'aria-valuetext'].map(name => byId('plot').getAttribute(name))"), ["img", "-1", None])

    def test_the_map_by_a_pointer(self):
        mock = self.mock("drawn")
        tab = self.board(mock)
        tab.evaluate("byId('cells').scrollIntoView({block: 'center'})")
        left, top, side = tab.evaluate("(box => [box.left, box.top, box.width])(byId('canvas').getBoundingClientRect())")
        tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=left + side * 0.345, y=top + side * 0.125)
        self.shows(tab, "cell-text", f"1234: {mock.night.counts[1234]} bet")

    def test_a_finger(self):
        mock = self.mock("drawn")
        tab = self.board(mock, width=390, height=844, mobile=True)
        tab.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=1)

        def touch(name, across, down, *further):
            tab.evaluate(f"byId('{name}').scrollIntoView({{block: 'center'}})")
            left, top, width, height = tab.evaluate(f"(box => [box.left, box.top, box.width, box.height])(byId('{name}').getBoundingClientRect())")
            for kind, x, y in (("touchStart", across, down), *further):
                tab.call("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": left + width * x, "y": top + height * y}])
            tab.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

        touch("canvas", 0.345, 0.125)
        self.shows(tab, "cell-text", f"1234: {mock.night.counts[1234]} bet")
        touch("canvas", 0.345, 0.125, ("touchMove", 0.505, 0.125), ("touchMove", 0.605, 0.225))
        self.shows(tab, "cell-text", f"2260: {mock.night.counts[2260]} bet")
        touch("plot", 0.5, 0.5)
        self.shows(tab, "reading", "/s")
        touch("canvas", 0.345, 0.125)
        tab.until("byId('reading').hidden")

    # What comes from outside, and what fails

    def test_texts_are_never_markup(self):
        night = Night().under_way().sealed()
        night.draw.update(draw="<img src=x onerror=alert(1)>", version="<b>1</b>", store={"ok": False, "error": "<script>1</script>", "read_at": None})
        night.draw["seal"].update(origin="<i>o</i>", signed_by="<u>k</u>")
        mock = self.enterContext(Mock(night))
        tab = self.board(mock)
        self.assertIn("<img src=x onerror=alert(1)>", self.text(tab, "draw-name"))
        self.assertEqual(tab.evaluate("document.querySelectorAll('main b img, #draw-name *, #server *, #store-fails *, #seal-origin *, #seal-key *').length"), 0)
        self.nothing_odd(tab, mock)

    def test_whoever_was_cut_off_has_not_finished(self):
        mock = self.mock("begun", 7)
        for row in mock.night.rows:
            mock.night.set(row[0], "cut_off" if row[0] > 5 else "finished", 10 if row[0] < 7 else 0)
        tab = self.board(mock)
        self.assertEqual(self.text(tab, "agencies-ended"), "5 of 7 finished, 2 cut off")
        mock.night.sealed().drawn(waits_for="telling")
        for row in mock.night.rows:
            mock.night.set(row[0], "cut_off" if row[0] > 5 else "told" if row[0] < 4 else "finished", row[2], 0.0, None, 0 if row[0] < 7 else None)
        mock.night.draw["winners"] = 0
        mock.send(("draw", mock.night.json()), ("agencies", {"reset": True, "rows": mock.night.rows}))
        self.shows(tab, "waits", "Telling the agencies their winners: 2 to go")
        self.assertEqual(tab.evaluate("table.rows[6].cells.winners.textContent"), "0", "the server tells no row that has not changed")
        for agency in 4, 5:
            mock.night.set(agency, "told", 10, 0.0, None, 0)
        mock.send()
        self.shows(tab, "waits", "5 of 7 were told; 2 that were cut off have not asked")
        self.shows(tab, "agencies-ended", "5 of 7 told, 2 cut off")
        tab.evaluate("byId('spanish').click()")
        self.shows(tab, "waits", "Se avisó a 5 de 7; 2 que fueron cortadas no preguntaron")

    def test_a_wall_is_not_scrolled(self):
        for agencies in 5, 7, 9, 1000:
            tab = self.board(self.mock("open", agencies), width=1920, height=1080)
            for notices in "0", "live.again_ms = Date.now(); drawCard.draw.store = {ok: false, error: 'disk', read_at: null}; show()":
                tab.evaluate(notices)
                self.assertEqual(tab.evaluate("document.documentElement.scrollHeight"), 1080, (agencies, notices))
                self.assertGreater(tab.evaluate("byId('bar').clientHeight"), 10, (agencies, notices))
                seen = tab.evaluate("byId('rows').clientHeight / table.row_px")
                self.assertGreater(seen, 6, (agencies, notices))

    def test_only_another_state_lights_up(self):
        mock = self.mock("open")
        tab = self.board(mock)
        sending = next(row for row in mock.night.rows if row[1] == "sending")
        for state, lit in (("sending", 0), ("silent", 1)):
            mock.night.set(sending[0], state, sending[2] + 7, 2.0, mock.night.now_s)
            tab.evaluate("window.lit = 0; for (const {node} of table.rows) { node.animate = () => { window.lit++; }; }")
            turn = tab.evaluate("agencies.turn")
            mock.send(("agencies", {"reset": False, "rows": [mock.night.rows[sending[0] - 1]]}))
            tab.until(f"agencies.turn > {turn} && !board.willShow")
            self.assertEqual(tab.evaluate("window.lit"), lit, state)

    def test_the_curve_begins_at_the_opening(self):
        mock = self.mock("begun")
        mock.night.draw["opened_at"], mock.night.history["bets"] = instant(mock.night.now_s - 40), [0] * 100 + [50] * 4
        mock.night.set(1, "sending", 200)
        tab = self.board(mock)
        self.assertEqual(tab.evaluate("chart.shown.rates"), [5, 5, 5, 5])

    def test_words_are_on_one_line(self):
        mock = self.mock("begun")
        mock.night.set(1, "cut_off", 5)
        tab = self.board(mock)
        tops = tab.evaluate("table.rows.slice(0, 2).map(row => row.word.getBoundingClientRect().top - row.node.getBoundingClientRect().top)")
        self.assertAlmostEqual(tops[0], tops[1], places=2)

    def test_the_curve(self):
        mock = self.mock("open")
        tab = self.board(mock)
        before, now_s = tab.evaluate("[byId('line').getAttribute('d'), chart.bets.length]"), mock.night.now_s
        mock.send(("step", {"until": now_s + 10, "bets": 1000}), ("step", {"until": now_s + 10, "bets": 1000}))
        tab.until(f"chart.until_s === {now_s + 10} && !board.willShow")
        after = tab.evaluate("[byId('line').getAttribute('d'), chart.bets.length]")
        self.assertNotEqual(before[0], after[0])
        self.assertEqual(tab.evaluate("chart.bets.at(-1)"), 1000)
        mock.send(("step", {"until": now_s + 20, "bets": 2400}))
        tab.until(f"chart.until_s === {now_s + 20} && !board.willShow")
        self.assertEqual([self.text(tab, "scale-top"), self.text(tab, "scale-mid")], ["500/s", "250/s"])
        self.assertIn("at last 240.", tab.evaluate("byId('chart-said').textContent"))


if __name__ == "__main__":
    unittest.main()
