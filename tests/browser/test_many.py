"""Ten thousand agencies are followed, filtered and sorted, and the page has the rows that are seen."""
import unittest

from browsing import Boards

MANY = 10000
ROWS_MOST = 50  # of the window of these tests, with those just beyond
SHOWN = "table.rows.filter(row => !row.node.hidden)"
NUMBERS = f"{SHOWN}.map(row => Number(row.cells.agency.textContent))"


class Many(Boards):
    def setUp(self):
        self.night_mock = self.mock("open", MANY)
        self.tab_ = self.board(self.night_mock, width=1280, height=900)
        self.first = self.numbers()
        self.click("#column-agency button")

    def numbers(self):
        return self.tab_.evaluate(NUMBERS)

    def click(self, selector):
        self.tab_.evaluate(f"document.querySelector('{selector}').click()")

    def tell(self, *events):
        """Sends events, and waits until they are shown; gives how many nodes were touched for them."""
        before = self.tab_.evaluate("[agencies.turn, touched.nodes]")
        self.night_mock.send(*events)
        self.tab_.until(f"agencies.turn > {before[0]} && !board.willShow")
        return self.tab_.evaluate("touched.nodes") - before[1]

    def test_the_page_stays_small(self):
        self.assertLess(self.tab_.evaluate("document.querySelectorAll('tbody tr').length"), ROWS_MOST)
        self.assertLess(self.tab_.evaluate("document.querySelectorAll('*').length"), 900)
        self.assertEqual(self.tab_.evaluate("byId('table').getAttribute('aria-rowcount')"), str(MANY + 1))
        self.assertEqual(self.tab_.evaluate("byId('column-agency').getAttribute('aria-sort')"), "ascending")
        self.assertEqual(self.numbers()[:3], [1, 2, 3])
        self.tab_.evaluate("byId('rows').scrollTop = byId('rows').scrollHeight")
        self.tab_.until(f"{NUMBERS}.includes({MANY})")
        self.assertEqual(self.numbers()[-1], MANY)
        self.assertEqual(self.tab_.evaluate(f"{SHOWN}.at(-1).node.getAttribute('aria-rowindex')"), str(MANY + 1))
        self.assertTrue(self.tab_.evaluate(f"""(() => {{ const box = byId('rows').getBoundingClientRect(),
            last = {SHOWN}.at(-1).node.getBoundingClientRect(); return last.bottom <= box.bottom + 1 && last.top > box.top; }})()"""))
        self.tab_.evaluate("byId('rows').scrollTop = byId('rows').scrollHeight / 2")
        self.tab_.until(f"Math.abs({NUMBERS}[0] - {MANY // 2}) < {ROWS_MOST}")
        self.assertLess(self.tab_.evaluate("document.querySelectorAll('tbody tr').length"), ROWS_MOST)

    def test_who_may_need_somebody_comes_first(self):
        self.assertEqual(self.first[:9], [row[0] for row in self.night_mock.night.rows if row[1] == "silent"][:9])
        few = self.board(self.mock("open"))
        self.assertEqual(few.evaluate(NUMBERS), [1, 2, 3, 4, 5])

    def test_an_update_touches_what_is_seen(self):
        night = self.night_mock.night
        touched = self.tell(("agencies", {"reset": False, "rows": [night.set(3, "sending", 30000, 12.5, night.now_s)]}))
        self.assertLess(touched, 30)
        self.assertIn("30,000", self.tab_.evaluate(f"{SHOWN}[2].node.innerText"))
        far = self.tell(("agencies", {"reset": False, "rows": [night.set(9000, "sending", 29000, 12.5, night.now_s)]}))
        self.assertLess(far, 10)
        changed = [night.set(row[0], "sending", row[2] + 1, 50.0, night.now_s) for row in night.rows]
        self.assertLess(self.tell(("agencies", {"reset": False, "rows": changed})), 12 * ROWS_MOST)

    def test_filters(self):
        rows = self.night_mock.night.rows
        missing = [row[0] for row in rows if row[1] in ("waiting", "sending", "silent")]
        self.click("[data-filter=missing]")
        self.assertEqual(self.numbers(), missing[:len(self.numbers())])
        self.assertEqual(self.text(self.tab_, "shown"), f"{len(missing):,} of 10,000 agencies")
        self.click("[data-filter=silent]")
        self.assertEqual(self.numbers()[:5], [row[0] for row in rows if row[1] == "silent"][:5])
        self.assertEqual(self.tab_.evaluate("[...document.querySelectorAll('.filters [aria-pressed=true]')].map(each => each.dataset.filter)"), ["silent"])
        self.click("[data-filter=told]")
        self.assertEqual((self.numbers(), self.text(self.tab_, "shown")), ([], "No agency matches."))
        self.click("[data-filter=all]")
        self.tab_.evaluate("byId('find').focus()")
        self.tab_.type("999")
        self.assertEqual(self.numbers(), [999, *range(9990, 10000)])

    def test_whoever_ends_leaves_the_missing(self):
        night = self.night_mock.night
        self.click("[data-filter=missing]")
        first = self.numbers()[0]
        self.tell(("agencies", {"reset": False, "rows": [night.set(first, "finished", 5)]}))
        self.assertNotIn(first, self.numbers())

    def test_sorting_by_keys(self):
        rows = sorted(self.night_mock.night.rows, key=lambda row: (-row[2], row[0]))
        self.tab_.evaluate("document.querySelector('#column-bets button').focus()")
        self.tab_.press("Enter", text="\r")
        self.tab_.until("byId('column-bets').getAttribute('aria-sort') === 'descending'")
        self.assertEqual(self.numbers()[:5], [row[0] for row in rows[:5]])
        self.tab_.press("Enter", text="\r")
        self.tab_.until("byId('column-bets').getAttribute('aria-sort') === 'ascending'")
        least = sorted(rows, key=lambda row: (row[2], row[0]))
        self.assertEqual(self.numbers()[:5], [row[0] for row in least[:5]])
        self.nothing_odd(self.tab_, self.night_mock)


if __name__ == "__main__":
    unittest.main()
