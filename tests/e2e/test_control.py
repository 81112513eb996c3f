"""A server takes orders on its control socket from its own user and root, and from nobody else.

However the connection behaves, and whatever was at the socket's place before.
"""
import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import unittest

from harness import PROGRAM, Process, Server, Story, Wire, hang_s, until

HELLO = {"ok", "program", "version", "protocol", "draw", "store", "file", "address", "store_id", "port", "consult_port", "pid", "since"}
SESSIONS_MAX = 16
LINE_BYTES_MAX = 4096
NOBODY = 65534

# Connects to a socket as another user, says hello and prints what came of it.
AS_ANOTHER = """
import os, socket, sys
os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
control = socket.socket(socket.AF_UNIX)
control.settimeout(float(sys.argv[3]))
try:
    control.connect(sys.argv[1])
    control.sendall(b"hello\\n")
    print(control.recv(1000) or "nothing")
except OSError as error:
    print(type(error).__name__)
"""


LISTENS = """
import os, socket
os.setuid(12345)
listener = socket.socket(socket.AF_UNIX)
listener.bind("quiniela.db.control")
listener.listen()
print("listening", flush=True)
while True:
    asked, _ = listener.accept()
    while asked.recv(100):
        asked.sendall(b'{"ok":true,"draw":"1","store":"quiniela.db"}\\n')
"""


class Control:
    """A connection to a control socket."""

    def __init__(self, story, path):
        self.socket = socket.socket(socket.AF_UNIX)
        story.addCleanup(self.socket.close)
        self.socket.settimeout(hang_s())
        self.socket.connect(os.path.join(story.folder, path))
        self.lines = self.socket.makefile("rb")
        story.addCleanup(self.lines.close)

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def answer(self):
        line = self.lines.readline()
        if not line.endswith(b"\n"):
            raise AssertionError(f"expected an answer, the connection ended after {line!r}")
        return json.loads(line)

    def ask(self, text):
        self.send(text + "\n")
        return self.answer()

    def ended(self):
        try:
            more = self.lines.read(1)
        except ConnectionResetError:
            return True
        if more:
            raise AssertionError(f"expected the connection to end, came {more!r}")
        return True


class Orders(Story):
    def serve(self, *flags, control="control", **how):
        return Server(self, *(("--control", control) if control else ()), *flags, servers=1, **how)

    def control(self, path="control"):
        return Control(self, path)

    def assert_refused(self, answer, code, says):
        self.assertEqual((answer["ok"], answer["error"]["code"]), (False, code), answer)
        self.assertIn(says, answer["error"]["message"])


class Answers(Orders):
    def test_what_a_server_says_of_itself(self):
        server = self.serve("--draw", "first")
        hello = self.control().ask("hello")
        self.assertEqual(set(hello), HELLO)
        self.assertEqual((hello["ok"], hello["protocol"], hello["draw"], hello["pid"], (hello["port"], hello["consult_port"])),
                         (True, 1, "first", server.process.pid, server.every[0]))

    def test_how_the_draw_stands(self):
        server = self.serve(agencies=4)
        wire, control = Wire(self, server.ports[0]), self.control()
        for agency, last in (1, 1), (2, 2):
            wire.ask({"type_message": last, "agency": agency, "first": 0, "payload": ["Ana,Paz,30904465,1999-03-17,7574"]})
        status = control.ask("status")
        self.assertEqual((status["ok"], status["state"], status["agencies"], status["finished"], status["bets"]),
                         (True, "open", 4, 1, 2))
        self.assertEqual((status["missing"], status["more_missing"]), ([[1, 1], [3, 4]], False))
        self.assertEqual((status["sealed_at"], status["store_fails"]), (None, False))

    def test_how_often_each_number_was_bet(self):
        """As of the last count; it is counted when somebody asks, and seldom."""
        server = self.serve("--audit-log", "audit.log", agencies=4)
        wire, control = Wire(self, server.ports[0]), self.control()
        for agency, number in (1, 7574), (2, 7574), (3, 0), (4, 9999):
            wire.ask({"type_message": 1, "agency": agency, "first": 0, "payload": [f"Ana,Paz,30904465,1999-03-17,{number}"]})
        said = until(lambda: (said := control.ask("numbers"))["counts"] and said, "the numbers to be counted")
        counts = {number: count for number, count in enumerate(said["counts"]) if count}
        self.assertEqual((said["ok"], len(said["counts"]), said["bets"], counts), (True, 10000, 4, {0: 1, 7574: 2, 9999: 1}))
        wire.ask({"type_message": 1, "agency": 1, "first": 1, "payload": ["Ana,Paz,30904465,1999-03-17,1"]})
        until(lambda: control.ask("numbers")["bets"] == 5, "the fifth bet to be counted")
        self.assert_refused(control.ask("numbers of=1"), "bad_order", "numbers: it has no key \"of\"")
        with open(f"{self.folder}/audit.log", encoding="utf-8") as file:
            self.assertNotIn("numbers", file.read())

    def test_an_order_is_recorded_with_its_user(self):
        server = self.serve("--audit-log", "audit.log")
        control = self.control()
        control.ask("status")
        self.assertEqual(control.ask("reload"), {"ok": True})
        self.assert_refused(control.ask("reload now=1"), "bad_order", "reload: it has no key \"now\"")
        with open(f"{self.folder}/audit.log", encoding="utf-8") as file:
            orders = [record for record in map(json.loads, file) if record["event"] == "order"]
        self.assertEqual([(record["order"], record["uid"], record["result"]) for record in orders],
                         [("reload", os.getuid(), "done"), ("reload now=1", os.getuid(), "bad_order")])
        self.assertTrue(all(record["user"] for record in orders), orders)
        server.expect(r"action: order \| result: success \| order: reload \| user: \w+ \| uid: \d+")


class Lines(Orders):
    """What comes on one connection."""

    def setUp(self):
        super().setUp()
        self.server = self.serve()

    def test_several_orders_at_once_and_one_in_pieces(self):
        control = self.control()
        control.send("hello\nstatus\nnothing\nhel")
        self.assertIn("pid", control.answer())
        self.assertIn("missing", control.answer())
        self.assert_refused(control.answer(), "bad_order", "\"nothing\": there is no such order")
        control.send("lo\n")
        self.assertIn("pid", control.answer())

    def test_what_came_before_the_end_is_answered(self):
        control = self.control()
        control.send("status\nhello\nhalf a li")
        control.socket.shutdown(socket.SHUT_WR)
        self.assertIn("missing", control.answer())
        self.assertIn("pid", control.answer())
        control.ended()

    def test_what_is_no_order(self):
        control = self.control()
        for line, says in (b"", "begins with a word"), (b"\0\xff\x80", "begins with a word"), (b"status a", "KEY=VALUE"), \
                (b"reload a=\xff", "0xff"), (b"hello\r", "begins with a word"):
            with self.subTest(line=line):
                control.send(line + b"\n")
                self.assert_refused(control.answer(), "bad_order", says)
        self.assertTrue(control.ask("hello")["ok"])

    def test_a_line_that_is_too_long(self):
        longest, longer = self.control(), self.control()
        text = "hello a="
        longest.send(text + "x" * (LINE_BYTES_MAX - len(text) - 1) + "\n")
        self.assert_refused(longest.answer(), "bad_order", "hello: it has no key \"a\"")
        self.assertTrue(longest.ask("hello")["ok"])
        longer.send("x" * LINE_BYTES_MAX)
        self.assert_refused(longer.answer(), "bad_order", "more than 4096 bytes")
        longer.ended()

    def test_so_many_connections(self):
        controls = [self.control() for _ in range(SESSIONS_MAX)]
        self.assertTrue(all(control.ask("hello")["ok"] for control in controls))
        late = self.control()
        self.assert_refused(late.answer(), "too_many", "too many connections")
        late.ended()
        controls[0].socket.shutdown(socket.SHUT_RDWR)
        until(lambda: self.is_let_in(), "room for another connection")
        self.assertTrue(all(control.ask("hello")["ok"] for control in controls[1:]))

    def is_let_in(self):
        control = self.control()
        try:
            return control.ask("hello")["ok"]
        except (BrokenPipeError, ConnectionResetError):
            return False

    def test_one_that_does_not_read(self):
        """Nothing more is taken from it than its socket holds, and nobody else waits."""
        deaf, other = self.control(), self.control()
        deaf.socket.settimeout(2)
        orders = b"hello\n" * 10000
        with self.assertRaises(TimeoutError, msg="40 MB of orders are taken, whose answers nobody reads"):
            for _ in range(700):
                deaf.socket.sendall(orders)
        self.assertTrue(other.ask("hello")["ok"])

    def test_one_for_another_draw(self):
        control = self.control()
        self.assert_refused(control.ask("close draw=other yes=1"), "other_draw", 'this server\'s draw is "1", not "other"')
        self.assertEqual(control.ask("status draw=1")["state"], "open")
        self.server.expect(r"action: order \| result: fail \| order: close draw=other yes=1 .*error: other_draw")


class Strangers(Orders):
    @unittest.skipUnless(os.getuid() == 0, "SKIPPED: only root can become another user")
    def test_another_user(self):
        server = self.serve()
        path = os.path.join(self.folder, "control")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        os.chmod(self.folder, 0o755)
        self.assertEqual(self.ask_as(NOBODY, path), "PermissionError")
        os.chmod(path, 0o666)  # even where somebody opens it to all
        self.assertIn(self.ask_as(NOBODY, path), ("nothing", "ConnectionResetError", "BrokenPipeError"))
        server.expect(rf"action: control \| result: fail \| error: not_authorized .*user {NOBODY} may give no orders")
        self.assertTrue(self.control().ask("hello")["ok"])

    @unittest.skipUnless(os.getuid() == 0, "SKIPPED: only root can start a server that becomes another user")
    def test_the_user_that_the_server_has_become(self):
        os.chown(self.folder, NOBODY, NOBODY)
        self.serve("--user", NOBODY, control=None)
        path = os.path.join(self.folder, "quiniela.db.control")
        self.assertEqual((os.stat(path).st_uid, stat.S_IMODE(os.stat(path).st_mode)), (NOBODY, 0o600))
        self.assertIn("pid", self.ask_as(NOBODY, path))
        self.assertTrue(self.control("quiniela.db.control").ask("hello")["ok"])

    @staticmethod
    def ask_as(user, path):
        asked = subprocess.run([sys.executable, "-S", "-c", AS_ANOTHER, path, str(user), str(hang_s())],
                               stdout=subprocess.PIPE, text=True, check=True)
        return asked.stdout.strip()

    def test_on_the_network(self):
        """The ports take messages of agencies only."""
        server = self.serve()
        for port in server.every[0]:
            wire = Wire(self, port)
            wire.socket.sendall(b"drain\n" * 10)
            self.assertEqual(wire.receive().code, "bad_frame")
        self.assertTrue(self.control().ask("hello")["ok"])
        server.expect("action: order", 0)


class Places(Orders):
    def test_it_is_removed_at_the_end(self):
        server = self.serve()
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        self.assertFalse(os.path.lexists(os.path.join(self.folder, "control")))

    def test_in_a_folder_of_its_own(self):
        """Where the confined server may do nothing but remove it."""
        for folder in "data", "run":
            os.mkdir(f"{self.folder}/{folder}")
        server = self.serve(control="run/control", store="data/quiniela.db")
        self.assertTrue(self.control("run/control").ask("hello")["ok"])
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        self.assertEqual(os.listdir(f"{self.folder}/run"), [])

    def test_one_that_was_left_behind_is_replaced(self):
        self.serve().kill()
        self.assertTrue(os.path.exists(os.path.join(self.folder, "control")))
        self.serve()
        self.assertTrue(self.control().ask("hello")["ok"])

    def test_another_servers_is_not_taken(self):
        self.serve(store="first.db")
        status, log, errors = self.run_program("server", "--control", "control", "--store", "second.db", "--server-port", 0,
                                               "--consult-server-port", 0)
        self.assertEqual(status, 1, errors)
        self.assertRegex(log, r"start_server \| result: fail .*--control: .*/control: another server takes orders there")
        self.assertTrue(self.control().ask("hello")["ok"])

    def test_a_place_that_cannot_be(self):
        """One that somebody named must be made."""
        with open(f"{self.folder}/file", "w", encoding="ascii"):
            pass
        for control, status, says in ("x" * 108, 2, "the path has .* bytes"), ("file", 2, "something else is there"), \
                ("none/control", 1, "none/control"), ("/proc/control", 1, "/proc/control"):
            with self.subTest(control=control):
                found, log, errors = self.run_program("server", "--control", control, "--server-port", 0,
                                                      "--consult-server-port", 0)
                self.assertEqual(found, status, log + errors)
                self.assertRegex(log + errors, f"--control: .*{says}")

    def test_a_default_that_cannot_be(self):
        server = self.serve("--store", f"{'x' * 100}.db", control=None, store=f"{'x' * 100}.db")
        server.expect(r"WARNING .*action: control \| result: fail \| message: this server takes no orders: .*the path has")

    def test_none(self):
        server = self.serve(control="off")
        server.expect("action: control", 0)
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith("control")], [])

    def test_an_echo_has_none(self):
        echo = Process(self, ["server", "--service", "echo", "--server-port", 0, "--control", "control"])
        echo.wait_for("action: listen")
        self.assertFalse(os.path.lexists(os.path.join(self.folder, "control")))


class Commands(Orders):
    def test_a_reload(self):
        server = self.serve(control=None)
        self.assertEqual(self.run_program("reload"), (0, "reloaded\n", ""))
        status, printed, errors = self.run_program("reload", "--json")
        self.assertEqual((status, json.loads(printed), errors), (0, {"ok": True}, ""))
        server.expect(r"action: order \| result: success \| order: reload", 2)

    def test_a_server_of_another_draw_or_store(self):
        """It gets no order, whoever believes that it is the one."""
        server = self.serve(control=None)
        self.serve(store="second.db")
        for flags, says in (["--draw", "other"], 'the server that answers has draw "1" in quiniela.db'), \
                (["--control", "control"], 'the server that answers has draw "1" in second.db'):
            with self.subTest(flags=flags):
                status, printed, errors = self.run_program("close", "--yes", *flags)
                self.assertEqual((status, printed.strip()), (1, ""), errors)
                self.assertIn(says, errors)
        for store in ("second.db", os.path.join(self.folder, "second.db")):
            self.assertEqual(self.run_program("reload", "--control", "control", "--store", store)[0], 0, store)
        os.mkdir(os.path.join(self.folder, "elsewhere"))
        other = subprocess.run([PROGRAM, "reload", "--control", "../control", "--store", "second.db"], check=False,
                               cwd=os.path.join(self.folder, "elsewhere"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(other.returncode, 1, "a store of the same name in another folder is taken for it")
        server.expect("action: close_draw", 0)

    def test_somebody_who_says_nothing(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.join(self.folder, "quiniela.db.control"))
            listener.listen()
            status, _, errors = self.run_program("close", "--yes")
            self.assertEqual(status, 1)
            self.assertIn("the server does not answer", errors)
            with contextlib.closing(listener.accept()[0]) as asked:
                self.assertEqual(asked.recv(100), b"hello\n", "it is given the order")

    def test_what_it_answers_is_harmless_to_a_terminal(self):
        answers = [{"ok": True, "draw": "1", "store": "quiniela.db"},
                   {"ok": False, "error": {"code": "not_open", "message": "\x1b[2Jred"}}]

        def answer(listener):
            for reply in answers:
                with contextlib.closing(listener.accept()[0]) as asked:
                    asked.recv(100)
                    asked.sendall(json.dumps(reply).encode() + b"\n")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.join(self.folder, "quiniela.db.control"))
            listener.listen()
            listener.settimeout(hang_s())
            answering = threading.Thread(target=answer, args=(listener,))
            answering.start()
            status, _, errors = self.run_program("close", "--yes")
            answering.join()
        self.assertEqual((status, errors), (1, "quiniela close: ?[2Jred\n"))

    @unittest.skipUnless(os.getuid() == 0, "SKIPPED: only root can become another user")
    def test_a_stranger_who_listens(self):
        os.chmod(self.folder, 0o1777)
        with open(os.path.join(self.folder, "quiniela.db"), "w", encoding="ascii"):
            pass
        child = subprocess.Popen([sys.executable, "-c", LISTENS], cwd=self.folder, stdout=subprocess.PIPE)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.assertEqual(child.stdout.readline(), b"listening\n")
        status, _, errors = self.run_program("close", "--yes")
        self.assertEqual(status, 1)
        self.assertIn("user 12345 listens there", errors)

    def test_where_no_server_is(self):
        for place, says in ("quiniela.db.control", "no server takes orders at"), ("left", "the last one did not end in order"):
            with self.subTest(place=place):
                if place == "left":
                    self.serve(control="left").kill()
                status, printed, errors = self.run_program("reload", "--control", place)
                self.assertEqual((status, printed), (1, "\n"))
                self.assertRegex(errors, f"^quiniela reload: .*{says}")
        self.assertEqual(self.run_program("reload", "--control", "off")[0], 2)


if __name__ == "__main__":
    unittest.main()
