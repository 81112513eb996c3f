"""Takes the pictures of the board for the documentation: script/screenshots

Each is of another state, as the mock of tests/browser says it: on a phone, a laptop and a wall, light and dark, in English and
Spanish.
"""
import argparse
import base64
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests")]
import given  # noqa: E402
from browsing import NIGHTS, chromium, look_like, open_board  # noqa: E402
from mock import Mock  # noqa: E402

SIZES = {390: 844, 1280: 800, 1920: 1080}
STATES = {("light", "en"): "open", ("dark", "en"): "drawn", ("light", "es"): "drawn", ("dark", "es"): "sealed"}
AGENCIES = {390: 24, 1280: 8, 1920: 10000}
QUALITY = {"open": 82, "sealed": 82, "drawn": 48}  # the map is like noise, which takes most of the bytes


def take(browser, path, width, scheme, words):
    state = STATES[scheme, words]
    with Mock(NIGHTS[state](AGENCIES[width])) as mock, browser.tab(width=width, height=SIZES[width], mobile=width == 390) as tab:
        look_like(tab, scheme, "reduce")
        tab.call("Emulation.setScrollbarsHidden", hidden=True)
        open_board(tab, mock, f"#{words}")
        tab.evaluate("document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))")
        height = tab.evaluate("document.documentElement.scrollHeight")
        shot = tab.call("Page.captureScreenshot", format="webp", quality=QUALITY[state], captureBeyondViewport=True,
                        clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))


def main():
    parser = argparse.ArgumentParser(prog="script/screenshots", description=__doc__, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=given.text, default=os.path.join(ROOT, "docs", "board"), help="where they go (default: docs/board)")
    options = parser.parse_args()
    given.understood()
    os.makedirs(options.folder, exist_ok=True)
    with chromium.Chromium() as browser:
        for width in SIZES:
            for scheme, words in STATES:
                path = os.path.join(options.folder, f"{width}-{scheme}-{words}.webp")
                take(browser, path, width, scheme, words)
                print(f"{path}: {STATES[scheme, words]}, {os.path.getsize(path) // 1024} KiB")


if __name__ == "__main__":
    main()
