"""A server that is drained answers what is under way, lets nobody else in, and ends.

Agencies go on elsewhere, or when it is back. Also what a closed terminal does to a server.
"""
import fcntl
import os
import pty
import signal
import socket
import subprocess
import termios
import unittest

from harness import PROGRAM, Agency, Process, Server, Wire, frame, hold_ports, until
from test_control import Orders

BET = "Ana,Paz,30904465,1999-03-17,7574"


def chunk(agency=1, first=None, last=False, bets=1):
    message = {"type_message": 2 if last else 1, "agency": str(agency), "payload": [BET] * bets}
    return message if first is None else {**message, "first": first}


def consultation(agency=1):
    return {"type_message": 3, "agency": str(agency)}


class Drain(Orders):
    def drain(self):
        """Orders it; the command returns when the server has ended."""
        process = Process(self, ["drain", "--control", "control"])
        process.wait_for(r"draining: \d+ connections")
        return process

    def half(self, wire, message):
        """Sends half of a message. The other half is given back."""
        whole = frame(message)
        wire.socket.sendall(whole[:len(whole) // 2])
        return whole[len(whole) // 2:]

    def ends(self, wire):
        wire.expect_end()
        wire.socket.close()  # which the server waits for

    def assert_over(self, server, process):
        self.assertEqual((server.wait(), process.wait()), (0, 0))
        self.assertIn("the server has ended\n", process.log())

    def test_with_nothing_to_do(self):
        server = self.serve()
        self.assert_over(server, self.drain())
        server.expect(r"action: order \| result: success \| order: drain ")
        server.expect(r"action: end_server \| result: success")
        self.assertFalse(os.path.lexists(f"{self.folder}/control"))

    def test_a_chunk_with_first_that_is_on_its_way(self):
        server = self.serve()
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask(chunk(first=0))["next"], 1)
        rest = self.half(wire, chunk(first=1))
        process = self.drain()
        wire.socket.sendall(rest + frame(chunk(first=2)))
        answer = wire.receive()
        self.assertEqual((answer.code, answer.error["retryable"]), ("draining", True))
        self.ends(wire)
        self.assert_over(server, process)
        self.assertEqual(sum(self.stored().values()), 1)

    def test_an_old_clients_chunk_that_is_on_its_way(self):
        """It would take any error for good: so it is stored, and then the connection ends."""
        server = self.serve()
        wire = Wire(self, server.ports[0])
        self.assertEqual(wire.ask(chunk())["next"], 1)
        rest = self.half(wire, chunk())
        process = self.drain()
        wire.socket.sendall(rest + frame(chunk()))
        self.assertEqual(wire.receive()["next"], 2)
        self.ends(wire)
        self.assert_over(server, process)
        self.assertEqual(sum(self.stored().values()), 2)

    def test_many_chunks_on_their_way(self):
        """Each is answered as stored, or not stored at all."""
        server = self.serve()
        wire = Wire(self, server.ports[0])
        wire.socket.sendall(b"".join(frame(chunk(first=bets)) for bets in range(300)))
        server.wait_for("apuestas_almacenadas")
        process = self.drain()
        answers = wire.receive_all()
        wire.socket.close()
        self.assert_over(server, process)
        done = [answer["next"] for answer in answers if answer.kind == "processed"]
        self.assertEqual(done, list(range(1, len(done) + 1)))
        self.assertIn([answer.kind for answer in answers[len(done):]], ([], ["error draining"]))
        self.assertEqual(sum(self.stored().values()), len(done))

    def test_nobody_is_let_in(self):
        server = self.serve()
        wire = Wire(self, server.ports[0])
        server.wait_for("accept_connections")
        rest = self.half(wire, chunk())
        process = self.drain()
        for port in server.every[0]:
            with self.assertRaises(ConnectionError):
                until(lambda port=port: socket.create_connection(("127.0.0.1", port)).close(), "the port to be closed")
        wire.socket.sendall(rest)
        self.assertEqual(wire.receive()["next"], 1)
        self.ends(wire)
        self.assert_over(server, process)

    def test_consultations_that_wait(self):
        server = self.serve()
        modern, old = Wire(self, server.ports[0]), Wire(self, server.ports[0])
        modern.ask(chunk(1, first=0, last=True))
        old.ask(chunk(2, last=True))
        for wire, agency in (modern, 1), (old, 2):
            wire.send(consultation(agency))
            self.assertEqual(wire.ask({"type_message": 9}).code, "unknown_type")
        process = self.drain()
        self.assertEqual(modern.receive().code, "draining")
        for wire in modern, old:
            self.ends(wire)
        self.assert_over(server, process)

    def test_who_says_nothing(self):
        server = self.serve()
        silent, known = Wire(self, server.ports[0]), Wire(self, server.ports[0])
        self.assertEqual(known.ask(chunk(first=0))["next"], 1)
        server.wait_for("accept_connections", 2)
        process = self.drain()
        for wire in silent, known:
            self.ends(wire)
        self.assert_over(server, process)

    def test_our_agency_goes_on_when_the_server_is_back(self):
        ports = hold_ports()
        self.sample((2000,), (3,))
        server = self.serve(agencies=1, ports=ports)
        agency = Agency(self, 1, ports, "--chunk-size", 1, "--window", 1)
        server.wait_for("apuestas_almacenadas", 20)
        process = self.drain()
        self.assert_over(server, process)
        server = self.serve(agencies=1, ports=ports)
        self.assertEqual(agency.winners(), 3)
        self.assertEqual(agency.wait(), 0)
        self.assertEqual(self.stored(), self.sent(agencies=[1]))


class Hangup(Orders):
    """SIGHUP."""

    def run_in_terminal(self):
        """A server whose standard input is a terminal, which it is the leader of. Its log is in a file."""
        main, terminal = pty.openpty()
        log = os.path.join(self.folder, "log")

        def lead():
            os.setsid()
            fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        with open(log, "wb") as output:
            process = subprocess.Popen([PROGRAM, "server", "--server-port", "0", "--consult-server-port", "0"], cwd=self.folder,
                                       stdin=terminal, stdout=output, stderr=output, preexec_fn=lead,
                                       env={**os.environ, "SERVER_IP": "127.0.0.1"})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        os.close(terminal)

        def logged():
            with open(log, encoding="utf-8") as file:
                return file.read()
        return process, main, logged

    def test_its_terminal_is_closed(self):
        process, main, logged = self.run_in_terminal()
        until(lambda: "action: listen" in logged(), "the server to listen")
        process.send_signal(signal.SIGHUP)  # somebody's is a reload
        until(lambda: logged().count("signal: SIGHUP") == 1, "the reload")
        os.close(main)
        self.assertEqual(process.wait(), 0, logged())
        self.assertIn("action: end_server | result: success", logged())

    def test_under_nohup(self):
        """It is ignored, as it was at the start."""
        server = Server(self, "--control", "control", servers=1, prefix=["nohup"])
        server.signal(signal.SIGHUP)
        self.assertEqual(self.control().ask("reload"), {"ok": True})
        server.expect("signal_received", 0)
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)


if __name__ == "__main__":
    unittest.main()
