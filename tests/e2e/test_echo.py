"""What goes in up to a newline comes back unchanged."""
import re
import socket
import unittest

from harness import Process, Story, Wire, hang_s

LINE_BYTES_MAX = 1 << 20


class Echo(Story):
    def setUp(self):
        super().setUp()
        self.server = Process(self, ["server", "--service", "echo", "--server-port", 0])
        self.port = int(self.server.wait_for(r"action: listen .* port: (\d+)")[1])

    def whole(self, wire):
        data = b""
        while more := wire.socket.recv(65536):
            data += more
        return data

    def test_lines_of_any_length_and_half_a_line_at_the_end(self):
        wire = Wire(self, self.port)
        text = b"PING\n\n" + b"x" * 300000 + b"\n\x00\xff binary\r\nhalf"
        wire.socket.sendall(text)
        wire.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(self.whole(wire), text)
        wire = Wire(self, self.port)
        wire.socket.sendall(b"x")  # the shortest half
        wire.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(self.whole(wire), b"x")

    def test_who_came_and_what_it_said_is_logged(self):
        wire = Wire(self, self.port)
        self.server.wait_for(r"action: accept_connections \| result: success \| ip: 127\.0\.0\.1$")
        wire.socket.sendall(b"PING\n" + b"y" * 300 + b"\nhalf")
        wire.socket.shutdown(socket.SHUT_WR)
        for said in ("PING", "y" * 200, "half"):
            self.server.wait_for(rf"action: receive_message \| result: success \| msg: {said}$")

    def test_a_line_over_the_cap(self):
        wire = Wire(self, self.port)
        longest = b"x" * (LINE_BYTES_MAX - 1) + b"\n"
        wire.socket.sendall(longest)
        self.assertEqual(wire._exactly(len(longest)), longest)
        wire.socket.sendall(b"x" * (LINE_BYTES_MAX + 1))
        wire.expect_end()
        self.server.wait_for("action: receive_message .*fail .*longer than")
        other = Wire(self, self.port)
        other.socket.sendall(b"PING\n")
        self.assertEqual(other._exactly(5), b"PING\n")

    def test_many_at_once(self):
        wires = [Wire(self, self.port) for _ in range(400)]
        for number, wire in enumerate(wires):
            wire.socket.sendall(f"[{number}".encode())
        for wire in wires:
            wire.socket.sendall(b"]\n")
        for number, wire in enumerate(wires):
            self.assertEqual(wire._exactly(len(f"[{number}]\n")), f"[{number}]\n".encode())

    def client(self, *flags):
        client = Process(self, ["client", "--service", "echo", "--id", 1, "--server-address",
                                f"127.0.0.1:{self.port}", *flags])
        self.assertEqual(client.wait(), 0)
        return client

    def test_the_clients_loop(self):
        client = self.client("--loop-amount", 3, "--loop-period", "1ms")
        messages = re.findall(r"receive_message \| result: success \| client_id: 1 \| msg: (.*)", client.log())
        self.assertEqual(messages, [f"[CLIENT 1] Message N°{n}" for n in (1, 2, 3)])
        self.assertRegex(client.lines[-2], r"action: loop_finished \| result: success \| client_id: 1$")

    def test_the_lapse_ends_the_loop(self):
        client = self.client("--loop-lapse", "50ms", "--loop-period", "1h")
        self.assertEqual(client.count("action: loop_finished"), 1)

    def test_a_loop_with_a_wrong_message_fails_in_its_last_line(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        listener.settimeout(hang_s())
        client = Process(self, ["client", "--service", "echo", "--id", 1, "--loop-amount", 1, "--server-address",
                                f"127.0.0.1:{listener.getsockname()[1]}"])
        connection, _ = listener.accept()
        self.addCleanup(connection.close)
        connection.sendall("[CLIENT 2] Message N°1\n".encode())
        self.assertEqual(client.wait(), 1)
        self.assertRegex(client.lines[-2], r"ERROR    action: loop_finished \| result: fail \| error: bad_message \| "
                                           r"message: message 1 came back different$")

    def test_a_loop_that_would_never_end_or_has_nowhere_to_go_is_not_begun(self):
        for flags, said in ((["--server-address", f"127.0.0.1:{self.port}"], "CLI_LOOP_AMOUNT: is missing"),
                            (["--server-address", "nowhere", "--loop-amount", "1"], "nowhere")):
            status, _, errors = self.run_program("client", "--service", "echo", "--id", 1, *flags)
            self.assertEqual(status, 2)
            self.assertIn(said, errors)


if __name__ == "__main__":
    unittest.main()
