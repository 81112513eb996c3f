"""How long the board's page takes for an update of all agencies: python3 -B tests/browser/measure.py

An update is what one event `agencies` with every row changed takes, from its text to the rows on the page, laid out: parsed,
taken in, filtered, sorted by a figure, and shown. Times are of the page's own clock; the processor time is that of its thread,
which is hardly more on a machine that has other things to do.
"""
import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import given  # noqa: E402
from browsing import chromium, look_like, open_board  # noqa: E402
from mock import Mock, Night  # noqa: E402

PREPARED = """count => {
    sortAgencies("bets");
    window.texts = Array.from({length: count}, (_, turn) => JSON.stringify({reset: false, rows: agencies.order.map(row =>
        [row.agency, row.state, row.bets + (turn + 1) * (1 + row.agency % 90), 50.5, row.heard_s, null])}));
}"""
UPDATES = """() => {
    const taken = window.texts.map(text => {
        const begin = performance.now();
        takeRows(JSON.parse(text));
        show();
        document.body.getBoundingClientRect();
        return performance.now() - begin;
    });
    return taken.sort((a, b) => a - b);
}"""


def processor_s(tab):
    """What the page's thread has used so far."""
    return next(each["value"] for each in tab.call("Performance.getMetrics")["metrics"] if each["name"] == "TaskDuration")


def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agencies", type=given.whole(1, 100000), default=10000)
    parser.add_argument("--updates", type=given.whole(1, 1000), default=100)
    options = parser.parse_args()
    given.understood()
    with chromium.Chromium() as browser, Mock(Night(options.agencies).under_way()) as mock, browser.tab(width=1920, height=1080) as tab:
        look_like(tab, "light")
        open_board(tab, mock)
        tab.call("Performance.enable", timeDomain="threadTicks")
        tab.apply(PREPARED, options.updates)
        before_s = processor_s(tab)
        taken = tab.apply(UPDATES)
        used_ms = 1000 * (processor_s(tab) - before_s) / options.updates
    print(f"{options.agencies} agencies, {options.updates} updates: median {taken[len(taken) // 2]:.1f} ms, "
          f"95 of 100 within {taken[len(taken) * 95 // 100]:.1f} ms, at most {taken[-1]:.1f} ms; "
          f"processor time {used_ms:.1f} ms an update")


if __name__ == "__main__":
    main()
