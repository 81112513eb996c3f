"""SIGTERM and SIGINT end server and client in every state with 0, and close everything that was open."""
import collections
import os
import re
import unittest

from harness import SERVERS, SIGNALS, Agency, Process, Server, Story, Wire, frame, hold_ports

CHUNK = {"type_message": 1, "agency": "1", "payload": ["Ana,Paz,30904465,1999-03-17,7574"]}


LOOPS = 2
# What each server closes: two listeners of each loop, the loop's connections and itself; its ledger, and the store.
OF_SERVERS = {"listener": 2 * LOOPS * SERVERS, "connections": LOOPS * SERVERS, "loop": LOOPS * SERVERS, "ledger": SERVERS,
              "store": SERVERS}


def waits_in(process):
    """The function of the kernel that a process sleeps in."""
    with open(f"/proc/{process.process.pid}/wchan", encoding="ascii") as file:
        return file.read()


class Shutdown(Story):
    def check_ends(self, process, last, *closed):
        """closed: how many resources of each name are closed between the signal and the end; one of these."""
        for name, number in SIGNALS.items():
            with self.subTest(signal=name):
                running = process()
                running.signal(number)
                self.assertEqual(running.wait(), 0)
                ending = [re.sub(r".*?action: ", "", line) for line in running.lines[:-1]]
                ending = ending[ending.index(f"signal_received | result: success | signal: {name}") + 1:]
                self.assertEqual(ending[-1], f"{last} | result: success")
                found = re.findall(r"close_resource \| result: success \| resource: (\w+)", "\n".join(ending))
                self.assertIn(collections.Counter(found), closed, ending)

    def serve(self, **how):
        return Server(self, "--loops", LOOPS, **how)

    def test_server_with_nothing_to_do(self):
        self.check_ends(self.serve, "end_server", OF_SERVERS)

    def test_before_anything_is_begun(self):
        """Where a pipe that nobody writes to is opened, or a file that never ends is read: as long as it is asked to."""
        os.mkfifo(os.path.join(self.folder, "config"))
        os.mkfifo(os.path.join(self.folder, "agency-1.csv"))
        for arguments in (["server", "--config", "config"], ["client", "--id", 1, "--config", "config"],
                          ["client", "--id", 1, "--data-dir", ".", "--server-address", "127.0.0.1:1"]):
            for number in SIGNALS.values():
                with self.subTest(arguments=arguments, signal=number):
                    process = Process(self, arguments)
                    process.wait_until(lambda running=process: "wait_for_partner" in waits_in(running))
                    process.signal(number)
                    self.assertEqual(process.wait(), 0)

    def test_server_in_the_middle_of_a_message(self):
        def half_a_message():
            server = self.serve()
            wire = Wire(self, server.ports[0])
            wire.socket.sendall(frame(CHUNK)[:20])
            server.wait_for("accept_connections")
            return server
        self.check_ends(half_a_message, "end_server", OF_SERVERS)

    def test_server_with_chunks_on_their_way(self):
        def busy():
            server = self.serve()
            wire = Wire(self, server.ports[0])
            wire.socket.sendall(frame(CHUNK) * 50)
            server.wait_for("apuestas_almacenadas")
            return server
        self.check_ends(busy, "end_server", OF_SERVERS)

    def test_what_was_acknowledged_is_stored(self):
        server = Server(self, agencies=1)
        wire = Wire(self, server.ports[0])
        wire.socket.sendall(frame(CHUNK) * 2000)
        acknowledged = wire.receive()["next"]
        server.signal(SIGNALS["SIGTERM"])
        acknowledged = max([acknowledged, *(reply.get("next", 0) for reply in wire.receive_all())])
        self.assertEqual(server.wait(), 0)
        self.assertGreaterEqual(sum(self.stored().values()), acknowledged)

    def test_server_with_held_consultations(self):
        def holding():
            server = self.serve()
            wire = Wire(self, server.ports[1])
            wire.send({"type_message": 3, "agency": "1"})
            server.wait_for("accept_connections")
            return server
        self.check_ends(holding, "end_server", OF_SERVERS)

    def test_server_after_the_draw(self):
        stores = iter(("first.db", "second.db"))

        def drawn():
            server = self.serve(agencies=1, store=next(stores))
            Wire(self, server.ports[0]).ask({**CHUNK, "type_message": 2})
            server.wait_for("sorteo")
            return server
        self.check_ends(drawn, "end_server", OF_SERVERS)

    def test_client_without_a_server(self):
        self.sample((5,), (0,))

        def alone():
            agency = Agency(self, 1, hold_ports())
            agency.wait_for("action: connect .*fail")
            return agency
        self.check_ends(alone, "end_client_loop", {"file": 1}, {"file": 1, "socket": 1})  # it may be just trying again

    def test_client_that_waits_for_the_draw(self):
        self.sample((5,), (0,))
        server = Server(self, agencies=2)

        def waiting():
            agency = Agency(self, 1, server.ports)
            agency.wait_for("action: apuestas_enviadas")
            server.wait_for("client_finished")
            return agency
        self.check_ends(waiting, "end_client_loop", {"file": 1, "socket": 1})

    def test_client_in_the_middle_of_its_bets(self):
        self.sample((50000,), (0,))
        server = Server(self, agencies=2)

        def sending():
            agency = Agency(self, 1, server.ports, "--chunk-size", 1, "--window", 1)  # it takes long for all of them
            agency.wait_for("action: apuestas_enviadas", count=3)
            return agency
        self.check_ends(sending, "end_client_loop", {"file": 1, "socket": 1})
        self.assertEqual(server.count("client_finished"), 0)  # or it was no longer in the middle

    def test_echo_client_between_two_messages(self):
        server = Process(self, ["server", "--service", "echo", "--server-port", 0])
        port = server.wait_for(r"action: listen .* port: (\d+)")[1]

        def between():
            client = Process(self, ["client", "--service", "echo", "--id", 1, "--loop-amount", 5, "--loop-period", "1h",
                                    "--server-address", f"127.0.0.1:{port}"])
            client.wait_for("receive_message .*success")
            return client
        self.check_ends(between, "end_client_loop", {"timers": 1})  # the connection is closed by then


if __name__ == "__main__":
    unittest.main()
