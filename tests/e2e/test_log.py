"""A log that nobody reads stops neither the lottery nor its end.

What could not be written is counted.
"""
import contextlib
import fcntl
import os
import re
import signal
import subprocess
import threading
import unittest

from harness import PROGRAM, Server, Story, Wire, frame, hang_s, hold_ports

F_SETPIPE_SZ = 1031  # not in every Python's fcntl
QUEUE_BETS = 1024 * 1024 // 190  # so many, in chunks of one, the queue has room for


class Mute:
    """A program whose standard output is a small pipe that is read on demand only."""

    def __init__(self, story, *arguments):
        self.reader, writer = os.pipe()
        fcntl.fcntl(writer, F_SETPIPE_SZ, 4096)
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("CLI_", "SERVER_"))}
        self.process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=story.folder, stdout=writer,
                                        env={**variables, "SERVER_IP": "127.0.0.1"})
        os.close(writer)
        self.text = b""
        story.addCleanup(self.end)

    def read_until(self, pattern):
        while not re.search(pattern, self.text):
            came = os.read(self.reader, 4096)
            if not came:
                raise AssertionError(f"no {pattern!r} in the log:\n{self.text[-2000:].decode()}")
            self.text += came
        return re.search(pattern, self.text)

    def read_to_its_end(self):
        while came := os.read(self.reader, 65536):
            self.text += came
        return self.text.decode()

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.reader)


def bet(number):
    return f"Ana,Gil,{10000000 + number},1990-01-01,1"


class Unread(Story):
    def server(self, agencies=2):
        (ports,) = hold_ports().every[:1]
        server = Mute(self, "server", "--agencies", agencies, "--store", "quiniela.db", "--server-port", ports[0],
                      "--consult-server-port", ports[1])
        server.read_until(rb"action: listen .*\n")
        return server, ports

    def send(self, port, first, count):
        """So many bets, each in a chunk of its own, and their acknowledgements."""
        wire = Wire(self, port)
        for begin in range(first, first + count, 16):
            last = min(begin + 16, first + count)
            for number in range(begin, last):
                wire.send({"type_message": 1, "agency": "1", "first": number, "payload": [bet(number)]})
            for number in range(begin, last):
                self.assertEqual(wire.receive().get("next"), number + 1)
        wire.socket.close()

    def test_the_lottery_goes_on_and_the_lines_are_counted(self):
        server, ports = self.server()
        bets = QUEUE_BETS + 1500
        self.send(ports[0], 0, bets)  # with an unread log each is acknowledged all the same
        lost = int(server.read_until(rb"action: log \| result: fail .*lines_lost: (\d+)\n")[1])
        self.assertGreater(lost, 0)
        self.send(ports[0], bets, 1)  # read again, it has everything again
        server.read_until(rb"dni: %d " % (10000000 + bets))
        server.process.send_signal(signal.SIGTERM)
        text = server.read_to_its_end()
        self.assertEqual(server.process.wait(hang_s()), 0)
        self.assertEqual(text.count("lines_lost"), 1)
        for line in text.splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z]+ +action: \w+ \| result: \w+")
        written = text.count("action: apuesta_almacenada |") + text.count("action: apuestas_almacenadas |")
        others = 1 + 1  # an accept_connections may be among what was left out
        self.assertIn(2 * (bets + 1) - written, range(lost - others, lost + 1))
        numbers = [int(number) for number in re.findall(r"apuesta_almacenada .* dni: 1(\d{7}) ", text)]
        self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(numbers[-1:], [bets], "the last bet's line")

    def test_a_signal_ends_the_server(self):
        server, ports = self.server()
        self.send(ports[0], 0, 60)  # more than the pipe takes
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.wait(hang_s()), 0)
        text = server.read_to_its_end()
        self.assertTrue(text.endswith("\n"), text[-200:])

    def test_a_signal_ends_a_server_whose_ledger_waits_for_room(self):
        server, ports = self.server()
        wire = Wire(self, ports[0])
        chunk = {"type_message": 1, "agency": "1", "payload": [bet(0)]}

        def send_all():
            with contextlib.suppress(OSError):  # the server ends in the middle of it
                wire.socket.sendall(frame(chunk) * (QUEUE_BETS + 500))

        sender = threading.Thread(target=send_all, daemon=True)
        sender.start()
        for _ in range(QUEUE_BETS * 8 // 10):  # from here on it waits, or soon will
            wire.receive()
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.wait(hang_s()), 0)
        wire.socket.close()
        sender.join()

    def test_a_signal_ends_the_agency(self):
        self.sample([300], [1])
        server = Server(self, agencies=2, servers=1)
        ports = server.ports
        client = Mute(self, "client", "--id", 1, "--data-dir", "data", "--chunk-size", 1, "--server-address",
                      f"127.0.0.1:{ports[0]}", "--server-consult-address", f"127.0.0.1:{ports[1]}")
        server.wait_for(r"client_finished .*agencia: 1")
        client.process.send_signal(signal.SIGTERM)
        self.assertEqual(client.process.wait(hang_s()), 0)
        self.assertTrue(client.read_to_its_end().endswith("\n"))

    def test_nobody_reads_a_server_that_does_not_start(self):
        os.mkdir(os.path.join(self.folder, "quiniela.db"))
        server = Mute(self, "server", "--store", "quiniela.db", "--server-port", 0, "--consult-server-port", 0)
        self.assertEqual(server.process.wait(hang_s()), 1)
        self.assertIn("action: start_server | result: fail", server.read_to_its_end())


if __name__ == "__main__":
    unittest.main()
