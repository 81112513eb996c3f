"""An agency that knows several addresses copes with bad ones among them.

An address that must be tried is the only one that could be good while the story waits for that, since the order is
random.
"""
import socket
import threading
import unittest

from harness import Agency, Ports, Process, Server, Story, frame, hang_s, hold_ports

STORE_FAILED = frame({"type_message": 4, "payload": {"code": "store_failed", "message": "no room", "retryable": True}})


class Stranger:
    """Listens, and answers whatever comes with the same bytes, or never."""

    def __init__(self, story, answer=b""):
        self.answer = answer
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.connections = []
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        story.addCleanup(self.close)

    def _listen(self):
        try:
            while True:
                connection, _ = self.socket.accept()
                self.connections.append(connection)
                if self.answer:
                    connection.recv(1)
                    connection.sendall(self.answer)
        except OSError:
            pass  # it is over

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(hang_s())
        for each in [self.socket, *self.connections]:
            each.close()


def dead_ports(count):
    """Pairs of ports where nobody listens."""
    return [tuple(hold_ports()) for _ in range(count)]


class Addresses(Story):
    def wait_for_each(self, agency, what, ports):
        for port in ports:
            agency.wait_for(f"action: {what} .*address: 127.0.0.1:{port} ")

    def test_every_address_is_tried(self):
        self.sample((40, 10), (2, 1))
        every = dead_ports(3)
        agencies = [Agency(self, number, Ports(every)) for number in (1, 2)]
        for agency in agencies:
            self.wait_for_each(agency, "connect", [bets for bets, _ in every])
        Server(self, agencies=2, ports=every[1])
        self.assertEqual([agency.winners() for agency in agencies], [2, 1])
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))

    def test_without_an_address_for_consultations(self):
        self.sample((40,), (2,))
        every = [bets for bets, _ in dead_ports(3)]
        agency = Process(self, ["client", "--id", 1, "--server-address", ", ".join(f"127.0.0.1:{n}" for n in every)])
        self.wait_for_each(agency, "connect", every)
        Server(self, agencies=1, ports=(every[2], 0))
        self.assertEqual(int(agency.wait_for(r"cant_ganadores: (\d+)")[1]), 2)
        self.assertEqual(agency.wait(), 0)

    def test_a_server_that_moves(self):
        self.sample((3000, 10), (2, 1))
        every = dead_ports(2)
        agency = Agency(self, 1, Ports(every), "--chunk-size", 1, "--window", 1)
        for turn in range(4):
            server = Server(self, agencies=2, ports=every[turn % 2])
            agency.wait_for("action: apuestas_enviadas .*success", count=100 * (turn + 1))
            server.kill()
        server = Server(self, agencies=2, ports=every[0])
        agency.wait_for("action: all_bets_stored")
        self.assertEqual(agency.count("cant_ganadores"), 0)
        server.kill()  # on which the agency waits for its winners, or is about to
        Server(self, agencies=2, ports=every[1])
        other = Agency(self, 2, Ports(every))
        self.assertEqual((agency.winners(), other.winners()), (2, 1))
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))
        # It went on from where it was: only what was on its way may have been sent again.
        self.assertLessEqual(agency.count("action: apuestas_enviadas .*success"), 3000 + 1 + 5)

    def test_one_that_accepts_and_never_answers(self):
        self.sample((40,), (2,))
        hole, (bets, consult) = Stranger(self), dead_ports(1)[0]
        agency = Agency(self, 1, Ports([(hole.port, hole.port), (bets, consult)]), "--answer-timeout", "100ms", "--poll")
        agency.wait_for(f"connection .*address: 127.0.0.1:{hole.port} .*no answer within 100 ms")
        self.wait_for_each(agency, "connect", [bets])
        Server(self, agencies=1, ports=(bets, consult))
        self.assertEqual(agency.winners(), 2)
        self.assertEqual(agency.wait(), 0)

    def test_one_whose_store_has_failed(self):
        self.sample((40,), (2,))
        broken, (bets, consult) = Stranger(self, STORE_FAILED), dead_ports(1)[0]
        agency = Agency(self, 1, Ports([(broken.port, broken.port), (bets, consult)]))
        agency.wait_for(f"apuestas_enviadas .*fail .*address: 127.0.0.1:{broken.port} .*error: store_failed")
        self.wait_for_each(agency, "connect", [bets])
        Server(self, agencies=1, ports=(bets, consult))
        self.assertEqual(agency.winners(), 2)
        self.assertEqual(agency.wait(), 0)
        self.assertEqual(self.stored(), self.sent(agencies=(1,)))

    def test_one_whose_error_is_not_known(self):
        self.sample((40,), (2,))
        for name in ("agency_suspended", "none"):
            later = Stranger(self, frame({"type_message": 4, "payload": {"code": name, "message": "ask the office"}}))
            agency = Agency(self, 1, Ports([(later.port, later.port)]))
            end = agency.wait_for("action: end_client_loop .*")[0]
            for text in ("result: fail", "error: unknown", f'"{name}" is not known here', "ask the office"):
                self.assertIn(text, end)
            self.assertNotEqual(agency.wait(), 0)

    def test_consultations_at_a_dead_port(self):
        self.sample((40,), (2,))
        dead, (_, consult) = dead_ports(1)[0], dead_ports(1)[0]
        broken = Stranger(self, STORE_FAILED)
        places = ",".join(f"127.0.0.1:{port}" for port in (dead[0], broken.port, consult))
        server = Server(self, agencies=1)
        agency = Process(self, ["client", "--id", 1, "--server-address", f"127.0.0.1:{server.ports[0]}",
                                "--server-consult-address", places])
        self.wait_for_each(agency, "connect", (dead[0], consult))
        agency.wait_for(f"consulta_ganadores .*fail .*address: 127.0.0.1:{broken.port} .*error: store_failed")
        server.kill()
        Server(self, agencies=1, ports=(0, consult))
        self.assertEqual(int(agency.wait_for(r"cant_ganadores: (\d+)")[1]), 2)

    def test_the_echos_client(self):
        ports = [bets for bets, _ in dead_ports(2)]
        client = Process(self, ["client", "--service", "echo", "--id", 1, "--loop-lapse", "1h", "--loop-period", "10ms",
                                "--server-address", ",".join(f"127.0.0.1:{port}" for port in ports)])
        came_back = "receive_message .*success"
        for port in ports:
            server = Process(self, ["server", "--service", "echo", "--server-port", port])
            client.wait_for(came_back, count=client.count(came_back) + 5)
            server.kill()

    def test_the_config_line_says_them_as_they_are_written(self):
        agency = Process(self, ["client", "--id", 1, "--server-address", "a.invalid:1, b.invalid:2"])
        agency.wait_for(r"action: config .*\| server_address: a.invalid:1, b.invalid:2 \|")


if __name__ == "__main__":
    unittest.main()
