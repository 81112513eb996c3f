"""A board in a story: its answers and its events, as a browser or a scraper gets them."""
import http.client
import json
import re
import time

from harness import hang_s, until

ROUTES = ["/", "/board.css", "/board.js", "/favicon.svg", "/verify.html", "/metrics", "/livez", "/readyz", "/api/v1/draw",
          "/api/v1/agencies", "/api/v1/numbers", "/api/v1/rules", "/api/v1/seal", "/api/v1/result"]
LISTENS = r"action: board \| result: success \| url: http://(\[?[^/]*?\]?):(\d+)/"


class Board:
    """Of a server that was started with a board, which has looked at its store; `port` where several are looked at as one."""

    def __init__(self, story, server=None, port=None):
        self.story = story
        self.port = port or int(server.wait_for(LISTENS)[2])
        if port is None:
            self.wait_until_ready()

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=hang_s())
        self.story.addCleanup(connection.close)
        return connection

    def ask(self, path, method="GET", headers=None, body=None):
        """Status, headers and bytes."""
        connection = self.connect()
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body

    def get(self, path, status=200):
        found, _, body = self.ask(path)
        self.story.assertEqual(found, status, f"{path}: {body!r}; {self.story.logs()}")
        return body.decode()

    def json(self, path, status=200):
        return json.loads(self.get(path, status))

    def wait_until_ready(self):
        """Its first look at the store may come after the first question."""
        until(lambda: self.ask("/readyz")[::2] == (200, b"ok\n"), "the server to be ready")

    def draw(self):
        return self.json("/api/v1/draw")

    def everything(self):
        """The bytes of every route, and those of the events' beginning."""
        found = {path: self.ask(path)[2] for path in ROUTES}
        events = Events(self)
        seen = [events.next() for _ in range(2)]
        events.close()
        found["/api/v1/events"] = json.dumps(seen).encode()
        return found


class Events:
    """What comes of /api/v1/events: (event, data, id)."""

    def __init__(self, board, last_id=None):
        self.board = board
        self.connection = board.connect()
        self.connection.request("GET", "/api/v1/events", headers={} if last_id is None else {"Last-Event-ID": last_id})
        self.answer = self.connection.getresponse()
        board.story.assertEqual((self.answer.status, self.answer.headers["Content-Type"]), (200, "text/event-stream"))
        self.last_id = last_id

    def next(self):
        """EOFError when the stream has ended."""
        fields = {}
        while True:
            line = self.answer.readline().decode()
            if line == "":
                raise EOFError(f"the events have ended; {self.board.story.logs()}")
            if line == "\n" and fields:
                self.last_id = fields.get("id", self.last_id)
                return fields.get("event"), json.loads(fields.get("data", "null")), fields.get("id")
            match = re.fullmatch(r"(\w+): ?(.*)\n", line)
            if match:
                fields[match[1]] = fields.get(match[1], "") + match[2]

    def until(self, event, condition=lambda data: True):
        """The data of the next event of this name that is as it is waited for. Others come all the time: they do not count."""
        deadline = time.monotonic() + 3 * hang_s()
        while time.monotonic() < deadline:
            name, data, _ = self.next()
            if name == event and condition(data):
                return data
        raise AssertionError(f"no {event} came that is as it is waited for; {self.board.story.logs()}")

    def close(self):
        self.answer.close()
        self.connection.close()
