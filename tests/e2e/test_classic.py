"""Clients and centrals that only know the classic messages are served to the end."""
import json
import socket
import struct
import threading
import unittest

from harness import Agency, Server, Story, Wire, golden, hang_s

BETS = ["Tiago Nicolás,Rivera,34407251,2001-08-29,7574", "Ana,Núñez,30904465,1999-03-17,1"]


def classic_frame(kind, agency, payload):
    """The very bytes of the older client: json.dumps with its spaces and \\u escapes."""
    body = json.dumps({"type_message": kind, "agency": agency, "payload": payload}).encode()
    return struct.pack(">I", len(body)) + body


class ClassicClient(Story):
    def test_to_the_end(self):
        server = Server(self, agencies=2)
        connections = [(Wire(self, server.ports[0]), Wire(self, server.ports[1])) for _ in range(2)]
        for agency, (bets, _) in zip(("1", 2), connections):
            self.assertIn(b"\\u00e1", classic_frame(1, agency, BETS))
            bets.socket.sendall(classic_frame(1, agency, BETS))
            self.assertEqual(bets.receive().kind, "processed")
            bets.socket.sendall(classic_frame(1, agency, BETS[:1]))
            self.assertEqual(bets.receive().kind, "processed")
            bets.socket.sendall(classic_frame(2, agency, []))
            reply = bets.receive()
            self.assertEqual((reply.kind, reply["payload"]), ("processed", None))
        for agency, (_, consult) in zip(("1", 2), connections):
            consult.socket.sendall(classic_frame(3, agency, None))
            self.assertEqual(consult.receive(), {"type_message": 2, "payload": "34407251,34407251"})
            consult.expect_end()
        self.assertEqual(self.stored()["2,Ana,Núñez,30904465,1999-03-17,1"], 1)

    def test_the_golden_messages(self):
        server = Server(self, agencies=5)
        bets, consult = Wire(self, server.ports[0]), Wire(self, server.ports[1])
        for name, stored in (("classic-chunk", 2), ("classic-chunk-agency-number", 4), ("classic-last-chunk-empty", 0)):
            bets.socket.sendall(golden(name + ".good"))
            self.assertEqual(bets.receive(), {"type_message": 1, "payload": None, "next": stored}, name)
        bets.socket.sendall(golden("classic-last-chunk.good"))
        reply = bets.receive()
        self.assertEqual(reply.code, "agency_finished")  # agency 5 had said that there are no more
        for agency in (1, 2, 3, 4):
            self.assertEqual(bets.ask({"type_message": 2, "agency": agency, "payload": []}).kind, "processed")
        consult.socket.sendall(golden("classic-consult.good"))
        self.assertEqual(consult.receive(), {"type_message": 2, "payload": "34407251,34407251"})
        consult.expect_end()

    def test_the_consultation_on_the_bets_connection(self):
        server = Server(self, agencies=1)
        wire = Wire(self, server.ports[0])
        wire.socket.sendall(classic_frame(2, "1", BETS))
        self.assertEqual(wire.receive().kind, "processed")
        wire.socket.sendall(classic_frame(3, "1", None))
        self.assertEqual(wire.receive()["payload"], "34407251")


class ClassicCentral:
    """Answers as the older central: without `next`, and without a look at `first`."""

    def __init__(self, story):
        self.stored, self.last, self.most_at_once = [], False, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(hang_s())
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        story.addCleanup(self.listener.close)

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.converse(connection)

    def converse(self, connection):
        data = b""
        connection.settimeout(hang_s())
        while more := connection.recv(65536):
            data += more
            # All that has come is looked at before anything is answered: more than one message would show here.
            messages = []
            while len(data) >= 4 and len(data) >= 4 + struct.unpack(">I", data[:4])[0]:
                length, = struct.unpack(">I", data[:4])
                messages.append(json.loads(data[4:4 + length]))
                data = data[4 + length:]
            self.most_at_once = max(self.most_at_once, len(messages) + bool(messages and data))
            for message in messages:
                if message["type_message"] == 3:
                    answer = {"type_message": 2, "payload": "1,2,3"}
                else:
                    self.stored += message["payload"]
                    self.last = message["type_message"] == 2
                    answer = {"type_message": 1, "payload": None}
                body = json.dumps(answer).encode()
                connection.sendall(struct.pack(">I", len(body)) + body)


class OurClient(Story):
    def test_with_a_classic_central(self):
        self.sample((2500,), (2,))
        central = ClassicCentral(self)
        agency = Agency(self, 1, (central.port, central.port), "--chunk-size", 100, "--window", 8)
        self.assertEqual(agency.winners(), 3)
        self.assertEqual(agency.wait(), 0)
        with open(f"{self.folder}/data/agency-1.csv", encoding="utf-8") as file:
            self.assertEqual(central.stored, [line.rstrip() for line in file])
        self.assertTrue(central.last)
        self.assertEqual(central.most_at_once, 1)
        self.assertEqual(agency.count("apuestas_enviadas"), 25)


if __name__ == "__main__":
    unittest.main()
