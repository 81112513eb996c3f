"""A server of the board that says what a test wants: ten thousand agencies, and states that are hard to reach.

It answers as src/board/ does, under the same policy, and serves web/board/ as it stands in the sources.
"""
import functools
import http.server
import json
import os
import queue
import random
import re
import threading
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCES = os.path.join(ROOT, "web", "board")
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
          "form-action 'none'; frame-ancestors 'none'")
NOW_S = 1795726800  # 2026-11-26T21:00:00Z, unless a test's clock says another
STATES = "waiting", "sending", "silent", "finished", "told", "cut_off"


def instant(unix_s):
    """As JSON has it, without asking the machine's zone."""
    seconds, days = unix_s % 86400, unix_s // 86400 + 719468
    era, day_of_era = divmod(days, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month = (5 * day_of_year + 2) // 153
    day, month = day_of_year - (153 * month + 2) // 5 + 1, month + 3 if month < 10 else month - 9
    return f"{year_of_era + era * 400 + (month <= 2):04}-{month:02}-{day:02}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"


def script():
    with open(os.path.join(SOURCES, "scripts.cmake"), encoding="utf-8") as file:
        names = re.findall(r"\w+\.js\b", file.read().split("set(")[1])
    return b"".join(read(name) for name in names)


def read(name):
    with open(os.path.join(SOURCES, name), "rb") as file:
        return file.read()


FILES = {"/": ("text/html; charset=utf-8", lambda: read("board.html")), "/board.css": ("text/css; charset=utf-8", lambda: read("board.css")),
         "/board.js": ("text/javascript; charset=utf-8", script), "/favicon.svg": ("image/svg+xml", lambda: read("favicon.svg"))}


class Night:
    """What the mock says: rows as in the event `agencies`, and the JSON of the draw."""

    def __init__(self, agencies=5, now_s=NOW_S, seed=1):
        self.random, self.now_s, self.expected = random.Random(seed), now_s, agencies
        self.rows = [[number, "waiting", 0, 0.0, None, None] for number in range(1, agencies + 1)]
        self.history = {"step_s": 10, "until": now_s, "bets": []}
        self.counts, self.page_most = None, 10000
        self.draw = {
            "draw": "1", "version": "0.1.0", "state": "open", "waits_for": "agencies", "bets_10s": 0, "bets_60s": 0,
            "opened_at": instant(now_s - 3600), "closes_at": None, "closed_at": None, "sealed_at": None, "drawn_at": None, "erased_at": None,
            "number_mode": "manual", "number": None, "winners": None, "seal": None, "store": {"ok": True, "error": None, "read_at": instant(now_s)},
            "server": {"since": instant(now_s - 3600), "up_s": 3600, "connections": 17, "shared": False}}

    def set(self, agency, state, bets, rate=0.0, heard_s=None, winners=None):
        row = [agency, state, bets, rate, heard_s, winners]
        self.rows[agency - 1] = row
        return row

    def under_way(self):
        """Every state, as in the middle of a night."""
        for row in self.rows:
            state = self.random.choices(STATES, (2, 9, 1, 7, 0, 1))[0]
            bets = 0 if state == "waiting" else self.random.randrange(500, 22000)
            rate = round(self.random.uniform(40, 300), 1) if state == "sending" else 0.0
            heard_s = {"waiting": None, "sending": self.now_s - self.random.randrange(3), "silent": self.now_s - self.random.randrange(60, 900)}.get(
                state, self.now_s - self.random.randrange(60, 2400))
            self.set(row[0], state, bets, rate, heard_s)
        waves = [0.25 + 0.75 * abs((step % 90) / 90 - 0.5) for step in range(300)]
        self.history["bets"] = [0] * 12 + [int(self.random.gauss(1800, 160) * wave * min(1, step / 40)) for step, wave in enumerate(waves)]
        self.draw.update(bets_10s=self.history["bets"][-1], bets_60s=sum(self.history["bets"][-6:]), closes_at=instant(self.now_s + 1264))
        return self

    def sealed(self, waits_for="number"):
        for row in self.rows:
            self.set(row[0], "cut_off" if row[0] % 41 == 0 else "finished", row[2] or 900, 0.0, self.now_s - 200 - row[0] % 900)
        self.history["bets"] += [0] * 12
        self.draw.update(state="sealed", waits_for=waits_for, bets_10s=0, bets_60s=0, closed_at=instant(self.now_s - 120),
                         sealed_at=instant(self.now_s - 115),
                         seal={"origin": "lottery.example/central/1", "root": "2f23981ac3f3476c168bbb6db4806b605d0d449c7b6fe7ef2b0ae4232a450b05",
                               "bets": self.bets(), "signed_by": "lottery.example/central"})
        return self

    def drawn(self, number="7574", waits_for="telling"):
        self.counts = [0] * 10000
        for _ in range(min(self.bets(), 60000)):
            self.counts[int(self.random.triangular(0, 9999, 4000)) if self.random.random() < 0.25 else self.random.randrange(10000)] += 1
        self.counts[int(number)] += 3
        for row in self.rows:
            told = row[1] == "finished" and (waits_for == "nothing" or row[0] % 3)
            self.set(row[0], "told" if told else row[1], row[2], 0.0, self.now_s - 20 - row[0] % 60, self.random.choice((0, 1, 2, 2, 3, 4)))
        self.draw.update(state="drawn", waits_for=waits_for, drawn_at=instant(self.now_s - 40), number=number, winners=sum(row[5] for row in self.rows))
        return self

    def listed(self, query):
        """As /api/v1/agencies has them."""
        asked = {name: int(value) for name, value in urllib.parse.parse_qsl(query)}
        rows = [row for row in self.rows if row[0] > asked.get("after", 0)]
        page = rows[:min(asked.get("limit", 1000), self.page_most)]
        names = "agency", "state", "bets", "rate", "heard_at", "winners"
        agencies = [dict(zip(names, [*row[:4], instant(row[4]) if row[4] else None, row[5]])) for row in page]
        return {"draw": self.draw["draw"], "now": instant(self.now_s), "agencies": agencies, "next": page[-1][0] if len(page) < len(rows) else None}

    def bets(self):
        return sum(row[2] for row in self.rows)

    def json(self):
        count = {state: sum(row[1] == state for row in self.rows) for state in STATES}
        ended = count["finished"] + count["told"] + count["cut_off"]
        agencies = {**count, "expected": self.expected, "finished": count["finished"] + count["told"], "missing": max(0, self.expected - ended)}
        return {**self.draw, "now": instant(self.now_s), "agencies": agencies, "bets": self.bets()}


class Mock:
    """A server on a free port of loopback. `with` ends it."""

    def __init__(self, night, port=0):
        self.night, self.epoch, self.version, self.streams, self.asked = night, "a1", 0, [], []
        self.refuses_streams, self.refuses_all, self.hangs, self.again_s = False, False, None, 1
        self.ended = threading.Event()
        handler = functools.partial(Handler, self)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads, self.server.block_on_close = True, False
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self.drop()
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()

    def drop(self):
        """Ends every stream, as a server does that is killed."""
        streams, self.streams = self.streams, []
        for stream in streams:
            stream.put(None)

    def send(self, *events):
        """Pairs of a name and a value, to every stream; without any, the draw."""
        self.version += 1
        for stream in self.streams:
            for name, value in events or [("draw", self.night.json())]:
                stream.put(self.text(name, value))

    def text(self, name, value):
        number = f"id: {self.epoch}-{self.version}\n" if name == "agencies" else ""
        return f"{number}event: {name}\ndata: {json.dumps(value)}\n\n".encode()

    def begin(self):
        stream = queue.Queue()
        for name, value in (("draw", self.night.json()), ("agencies", {"reset": True, "rows": self.night.rows}), ("history", self.night.history)):
            stream.put(self.text(name, value))
        self.streams.append(stream)
        return stream


class Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, mock, *arguments):
        self.mock = mock
        super().__init__(*arguments)

    def log_message(self, *_):
        pass

    def do_GET(self):  # pylint: disable=invalid-name
        path = urllib.parse.urlsplit(self.path).path
        self.mock.asked.append(self.path)
        night = self.mock.night
        if path == self.mock.hangs:
            self.mock.ended.wait()
        elif self.mock.refuses_all and path.startswith("/api/"):
            self.answer(502, "text/plain", b"bad gateway")
        elif path in FILES:
            self.answer(200, FILES[path][0], FILES[path][1]())
        elif path == "/api/v1/numbers" and night.draw["erased_at"]:
            self.answer(404, "application/json", b'{"error":"the draw\'s bets were erased"}')
        elif path == "/api/v1/numbers" and night.draw["state"] == "drawn" and night.counts:
            body = {"draw": night.draw["draw"], "bets": night.bets(), "counts": night.counts}
            self.answer(200, "application/json", json.dumps(body).encode())
        elif path == "/api/v1/numbers" and night.draw["state"] == "drawn":
            self.answer(503, "application/json", b'{"error":"the bets are being counted"}', ("Retry-After", str(self.mock.again_s)))
        elif path == "/api/v1/draw":
            self.answer(200, "application/json", json.dumps(night.json()).encode())
        elif path == "/api/v1/agencies":
            self.answer(200, "application/json", json.dumps(night.listed(urllib.parse.urlsplit(self.path).query)).encode())
        elif path == "/api/v1/events" and not self.mock.refuses_streams:
            self.stream()
        else:
            self.answer(503 if path == "/api/v1/events" else 404, "application/json", b'{"error":"not here"}')

    def answer(self, status, kind, body, *headers):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Security-Policy", POLICY), ("Cache-Control", "no-store"),
                            ("X-Content-Type-Options", "nosniff"), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def stream(self):
        self.send_response(200)
        for name, value in (("Content-Type", "text/event-stream"), ("Content-Security-Policy", POLICY), ("Cache-Control", "no-store")):
            self.send_header(name, value)
        self.end_headers()
        stream = self.mock.begin()
        try:
            while (text := stream.get()) is not None:
                self.wfile.write(text)
        except OSError:
            pass  # the page has gone
        self.close_connection = True
