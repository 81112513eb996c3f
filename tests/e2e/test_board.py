"""The board shows how the night goes, and neither anybody's bets nor the number before the draw.

A lottery from its opening to its winners, over HTTP as it is: without a browser (tests/browser has one), and with real servers.
"""
import contextlib
import fcntl
import json
import os
import re
import signal
import socket
import struct
import sys
import unittest

from board_client import LISTENS, ROUTES, Board, Events
from harness import SERVERS, STORES, Process, Server, Story, Wire, frame, hang_s, hold_port, hold_ports, until
from signed_draw import ORIGIN, SignedStory

NUMBER = "7574"
BET = f"Zoraida,Quispezorro,31415926,1971-02-03,{NUMBER}"
SIOCGIFADDR = 0x8915
PERSONAL = [b"Zoraida", b"Quispezorro", b"31415926", b"1971-02-03"]


# What a service manager does with sockets that it has named (sd_listen_fds(3)).
NAMED = """import fcntl, os, socket, sys
names = sys.argv[1].split(":")
high = [fcntl.fcntl(socket.create_server(("127.0.0.1", 0)).detach(), fcntl.F_DUPFD, 100) for _ in names]
for place, number in enumerate(high):
    os.dup2(number, 3 + place)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(names)), LISTEN_FDNAMES=sys.argv[1])
os.closerange(3 + len(names), 120)
os.execv(sys.argv[2], sys.argv[2:])
"""


def own_addresses():
    """Those of IPv4 that this machine's interfaces have, one of each (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # it has none
                answer = fcntl.ioctl(one, SIOCGIFADDR, struct.pack("256s", name.encode()))
                yield socket.inet_ntoa(answer[20:24])


def handed_over(*names):
    return [sys.executable, "-S", "-c", NAMED, ":".join(names)]


class BoardStory(Story):
    def serve(self, *flags, **how):
        return Server(self, "--http-port", 0, *flags, **how)

    def send(self, server, agency, bets=1, last=False):
        """So many bets, and with `last` that there are no more."""
        message = {"type_message": 2 if last else 1, "agency": str(agency), "payload": [BET] * bets}
        self.assertEqual(Wire(self, server.ports[0]).ask(message).kind, "processed")

    def assert_nobody_is_shown(self, board):
        for path, body in board.everything().items():
            for text in PERSONAL:
                self.assertNotIn(text, body, path)

    def wait_for_state(self, board, state):
        return until(lambda: (draw := board.draw())["state"] == state and draw, f"the board to say {state}")


@unittest.skipIf(SERVERS > 1, "its words are of one server")
class Night(BoardStory):
    def test_a_lottery_from_start_to_winners(self):
        server = self.serve(agencies=2)
        board = Board(self, server)
        self.assertIn("<!doctype html>", board.get("/").lower())
        draw = board.draw()
        self.assertEqual((draw["state"], draw["waits_for"], draw["bets"], draw["agencies"]["expected"]), ("open", "agencies", 0, 2))
        events = Events(board)
        self.assertEqual(events.until("draw")["bets"], 0)
        self.send(server, 1, bets=3)
        self.assertEqual(events.until("draw", lambda data: data["bets"] == 3)["agencies"]["finished"], 0)
        self.send(server, 1, last=True)
        self.assertEqual(events.until("draw", lambda data: data["agencies"]["finished"] == 1)["bets"], 4)
        rows = board.json("/api/v1/agencies")["agencies"]
        self.assertEqual([(row["agency"], row["state"], row["bets"]) for row in rows], [(1, "finished", 4), (2, "waiting", 0)])
        self.send(server, 2, last=True)
        drawn = events.until("draw", lambda data: data["state"] == "drawn")
        self.assertEqual((drawn["number"], drawn["winners"], drawn["bets"]), (NUMBER, 5, 5))
        counts = until(lambda: board.ask("/api/v1/numbers")[0] == 200 and board.json("/api/v1/numbers"), "the numbers' counts")
        self.assertEqual((counts["bets"], counts["counts"][int(NUMBER)], sum(counts["counts"])), (5, 5, 5))
        for agency in (1, 2):
            Wire(self, server.ports[1]).ask({"type_message": 3, "agency": str(agency)})
        events.until("draw", lambda data: data["waits_for"] == "nothing" and data["agencies"]["told"] == 2)
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        with self.assertRaises(EOFError):
            events.until("nothing")

    def test_nobody_is_shown_and_the_number_not_before_the_draw(self):
        server = self.serve(agencies=2)
        board = Board(self, server)
        self.assert_nobody_is_shown(board)
        self.send(server, 1, bets=3)
        until(lambda: board.draw()["bets"] == 3, "the board to show the bets")
        self.assert_nobody_is_shown(board)
        for path, body in board.everything().items():
            self.assertIsNone(re.search(rb"(?<![0-9a-zA-Z.])7574(?![0-9a-zA-Z])", body), path)
        draw = board.draw()
        self.assertEqual((draw["number"], draw["winners"]), (None, None))
        self.assertIn("error", board.json("/api/v1/numbers", status=404))
        self.send(server, 1, last=True)
        self.send(server, 2, last=True)
        self.assertEqual(self.wait_for_state(board, "drawn")["number"], NUMBER)
        until(lambda: board.ask("/api/v1/numbers")[0] == 200, "the numbers' counts")
        self.assert_nobody_is_shown(board)

    def test_who_watches_learns_that_an_agency_has_no_winners(self):
        server = self.serve(agencies=2)
        board = Board(self, server)
        events = Events(board)
        def wait_for(state, winners):
            events.until("agencies", lambda data: [2, state, winners] in [[*row[:2], row[5]] for row in data["rows"]])
        wait_for("waiting", None)
        self.send(server, 2, bets=0, last=True)
        wait_for("finished", None)
        self.send(server, 1, last=True)
        wait_for("finished", 0)

    def test_who_watches_goes_on_after_a_kill(self):
        ports, http = hold_ports(), hold_port()
        server = self.serve("--http-port", http, agencies=2, ports=ports)
        self.send(server, 1, bets=3)
        board = Board(self, server)
        events = Events(board)
        self.assertTrue(events.until("agencies")["reset"])
        events.until("draw", lambda data: data["bets"] == 3)
        server.kill()
        with self.assertRaises((EOFError, ConnectionError)):
            events.until("nothing")
        again = self.serve("--http-port", http, agencies=2, ports=ports)
        again.wait_for(LISTENS)
        events = Events(board, last_id=events.last_id)
        first = events.until("agencies")
        self.assertEqual((first["reset"], [row[:3] for row in first["rows"]]), (True, [[1, "sending", 3], [2, "waiting", 0]]))
        self.send(again, 1, last=True)
        events.until("draw", lambda data: data["bets"] == 4)


@unittest.skipIf(SERVERS > 1, "its words are of one server")
class Signed(SignedStory):
    def test_its_notes_are_there_as_they_are_made(self):
        server = self.serve("--http-port", 0, agencies=1)
        board = Board(self, server)
        self.assertIsNone(board.draw()["seal"])
        self.assertIn(ORIGIN, board.get("/api/v1/rules"))
        self.assertEqual([board.ask(f"/api/v1/{note}")[0] for note in ("seal", "result")], [404, 404])
        status, headers, page = board.ask("/verify.html")
        self.assertEqual((status, headers["Content-Disposition"]), (200, 'attachment; filename="verify.html"'))
        self.assertEqual(self.run_program("page", "--key", self.vkey, "--origin", ORIGIN, "--output", "page.html")[0], 0)
        self.assertEqual(page, self.read("page.html"))
        self.send_all(server, (30,), (2,))
        drawn = until(lambda: (draw := board.draw())["state"] == "drawn" and draw, "the draw")
        self.assertEqual((drawn["seal"]["origin"], drawn["seal"]["bets"]), (ORIGIN, 30))
        self.assertRegex(drawn["seal"]["root"], "^[0-9a-f]{64}$")
        for note in "seal", "result":
            self.assertEqual(board.get(f"/api/v1/{note}").encode(), self.read(self.kept_file(f"{note}.note")))


@unittest.skipIf(SERVERS > 1, "its words are of one server")
class Asked(BoardStory):
    def test_nothing_can_be_changed_and_hosts_are_checked(self):
        server = self.serve("--http-names", "board.example", agencies=1)
        board = Board(self, server)
        for method in "POST", "PUT", "DELETE", "OPTIONS", "PATCH":
            status, headers, _ = board.ask("/api/v1/draw", method)
            self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"), method)
        self.assertIn("GET and HEAD alone", json.loads(board.ask("/api/v1/draw", "PUT")[2])["error"])
        self.assertEqual(json.loads(board.ask("/api/v1/seal")[2]), {"error": "there is no seal yet, or the draw is not signed"})
        self.assertEqual(board.ask("/", "HEAD")[2], b"")
        for host in "localhost", "127.0.0.1:1", "[::1]", "board.example", "BOARD.example:443":
            self.assertEqual(board.ask("/livez", headers={"Host": host})[0], 200, host)
        for host in "evil.example", "board.example.evil.example", "xboard.example":
            status, _, body = board.ask("/livez", headers={"Host": host})
            self.assertEqual(status, 421, host)
            self.assertIn(b"HTTP_NAMES", body)
            self.assertIn("HTTP_NAMES", json.loads(board.ask("/api/v1/draw", headers={"Host": host})[2])["error"])
        self.assertEqual(board.ask("/nothing")[0], 404)
        self.assertEqual(board.ask("/api/v1/agencies?sort=bets")[0], 400)

    def test_headers_that_browsers_heed(self):
        board = Board(self, self.serve(agencies=1))
        for path in ROUTES:
            headers = board.ask(path)[1]
            self.assertEqual((headers["Cache-Control"], headers["X-Content-Type-Options"]), ("no-store", "nosniff"), path)
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"], path)
            self.assertIsNone(headers["Access-Control-Allow-Origin"], path)

    def test_ready_until_it_drains(self):
        server = self.serve("--control", "control", agencies=1)
        board = Board(self, server)
        self.assertEqual(board.get("/livez").strip(), "ok")
        wire, whole = Wire(self, server.ports[0]), frame({"type_message": 1, "agency": "1", "payload": [BET]})
        server.wait_for("accept_connections")
        wire.socket.sendall(whole[:9])  # which the drain waits for
        process = Process(self, ["drain", "--control", "control"])
        process.wait_for(r"draining: \d+ connections")
        self.assertIn("drain", board.get("/readyz", status=503))
        self.assertEqual(board.get("/livez").strip(), "ok")
        wire.socket.sendall(whole[9:])
        self.assertEqual(wire.receive().kind, "processed")
        wire.expect_end()
        wire.socket.close()
        self.assertEqual((server.wait(), process.wait()), (0, 0))

    def test_settings_are_not_read_again(self):
        server = self.serve(agencies=1)
        board = Board(self, server)
        server.signal(signal.SIGHUP)
        self.assertEqual(board.get("/livez").strip(), "ok")
        self.assertEqual(server.count("action: board"), 1)


@unittest.skipIf(SERVERS > 1, "its words are of one server")
class Start(BoardStory):
    def test_there_is_none_unless_it_is_asked_for(self):
        server = Server(self, agencies=1)
        self.assertEqual(server.count("action: board"), 0)

    def test_a_port_that_somebody_has(self):
        taken = hold_port()
        with socket.create_server(("127.0.0.1", taken)):
            status, printed, errors = self.run_program("server", "--server-port", 0, "--consult-server-port", 0, "--http-port", taken)
            self.assertEqual(status, 1, printed + errors)
            self.assertRegex(printed.splitlines()[-1], f"--http-port: cannot listen on 127.0.0.1 port {taken}, where another program")
            flags = ("config", "server", "--server-port", 0, "--consult-server-port", 0, "--http-port", taken)
            status, printed, errors = self.run_program(*flags)
            self.assertEqual((status, errors.count(f"--http-port: cannot listen on 127.0.0.1 port {taken}")), (2, 1), printed + errors)
        server = self.serve("--http-port", taken, agencies=5)
        status, printed, errors = self.run_program(*flags)
        self.assertEqual(status, 0, printed + errors)  # its own running server's
        self.assertIn(f"HTTP_PORT                {taken}", printed)
        self.assertEqual(Board(self, server).port, taken)

    def test_others_than_this_machine_are_warned_of(self):
        server = self.serve("--http-host", "0.0.0.0", agencies=1)
        server.wait_for(LISTENS)
        if any(not address.startswith("127.") for address in own_addresses()):
            server.expect(r"WARNING +action: config .* plain HTTP: whoever reaches this \w+ address can read the board")
        self.assertEqual(self.serve(agencies=1, store="other.db").count("plain HTTP"), 0)

    def test_a_socket_that_is_handed_over(self):
        """By its name: beside it the others are bound as ever; without one there is no place for it."""
        server = Server(self, agencies=1, prefix=handed_over("http"))
        board = Board(self, server)
        self.assertEqual(board.get("/livez").strip(), "ok")
        server = Server(self, agencies=1, store="other.db", prefix=handed_over("http", "consult", "bets"))
        board = Board(self, server)
        self.send(server, 1, last=True)
        self.wait_for_state(board, "drawn")
        process = Process(self, ["server", "--store", "third.db"], prefix=handed_over("unknown", "unknown", "unknown"))
        self.assertEqual(process.wait(), 2)
        self.assertIn("LISTEN_FDS: there is no place for", "".join(process.errors))


@unittest.skipUnless(os.geteuid() == 0 and STORES.in_files, "only root can become somebody else")
class Confined(BoardStory):
    def see_all(self, server, folder):
        board = Board(self, server)
        statuses = {path: board.ask(path)[0] for path in ROUTES}
        self.assertEqual({path for path, status in statuses.items() if status == 200},
                         set(ROUTES) - {"/verify.html", "/api/v1/numbers", "/api/v1/rules", "/api/v1/seal", "/api/v1/result"}, statuses)
        self.send(server, 1, bets=2)
        status, printed, errors = self.run_program("backup", "--store", f"{folder}quiniela.db", "--to", f"{folder}copy.db")
        self.assertEqual(status, 0, printed + errors)
        until(lambda: re.search(r"(?m)^quiniela_last_backup_timestamp_seconds [1-9]", board.get("/metrics")), "the backup's time")
        metrics = board.get("/metrics")
        for name in "process_open_fds", "process_resident_memory_bytes", "process_cpu_seconds_total", 'quiniela_disk_free_bytes{of="store"}':
            self.assertRegex(metrics, rf"(?m)^{re.escape(name)} [1-9]|^{re.escape(name)} 0\.", name)
        self.send(server, 1, last=True)
        self.wait_for_state(board, "drawn")
        until(lambda: board.ask("/api/v1/numbers")[0] == 200, "the numbers' counts")
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)

    def test_as_root_with_nothing_left(self):
        server = self.serve(agencies=1)
        server.wait_for(r"action: confine .*seccomp: on")
        self.see_all(server, "")

    def test_as_another_user(self):
        os.chmod(self.folder, 0o755)
        os.mkdir(self.path("store"))
        os.chown(self.path("store"), 65534, 65534)
        self.see_all(self.serve("--user", "nobody", agencies=1, store="store/quiniela.db"), "store/")


@unittest.skipIf(SERVERS > 1, "its words are of one server")
class Descriptors(BoardStory):
    LIMIT, WATCHERS = 300, 64

    def test_neither_takes_the_others(self):
        """With as many connections as agencies may have, the board has all of its own; and agencies still come in."""
        limit = ("prlimit", f"--nofile={self.LIMIT}:{self.LIMIT}")
        server = self.serve("--http-connections-max", self.WATCHERS, "--loops", 1, agencies=1, prefix=limit)
        board = Board(self, server)
        for _ in range(self.LIMIT):
            connection = socket.create_connection(("127.0.0.1", server.ports[0]), timeout=hang_s())
            self.addCleanup(connection.close)
        watchers = [board.connect() for _ in range(self.WATCHERS)]
        for watcher in 2 * watchers:  # all of them at once: the first is still there when the last one has come
            watcher.request("GET", "/livez")
            self.assertEqual(watcher.getresponse().read(), b"ok\n")
            watcher.auto_open = 0
        self.send(server, 1)
        until(lambda: board.draw()["bets"] == 1, "the bet")

    def test_a_limit_that_is_too_small(self):
        process = Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, "--http-port", 0],
                          prefix=("prlimit", "--nofile=300:300"))
        self.assertEqual(process.wait(), 2)
        self.assertRegex(process.lines[-2], r"HTTP_CONNECTIONS_MAX: with 128 connections .*\(ulimit -n\)")


if __name__ == "__main__":
    unittest.main()
