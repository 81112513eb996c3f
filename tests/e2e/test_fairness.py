"""An agency that keeps resending what is stored does not hold up those that send new bets."""
import os
import socket
import subprocess
import sys
import unittest

from harness import ROOT, Server, Story, Wire, not_under_valgrind

sys.path.insert(0, os.path.join(ROOT, "tests/hostile"))
import resends  # noqa: E402

IS_SLOW = "QUINIELA_HANG_S" in os.environ  # under a sanitizer, say: what comes to a ratio is shown by fewer, too
CONNECTIONS = 100
CHUNKS = 10 if IS_SLOW else 40


@not_under_valgrind("it takes all the time there is")
class Resends(Story):
    def flooded(self, agency, addresses):
        """An honest agency of number 1 beside a flood of resends: each of its chunks waits for few of them."""
        server = Server(self, agencies=2)
        port = server.ports[0]
        wires = {number: Wire(self, port) for number in (1, 2)}
        for number, wire in wires.items():
            wire.socket.sendall(resends.huge_chunk(number))
            self.assertEqual(wire.receive()["next"], resends.BETS)
        flood = subprocess.Popen([sys.executable, "-S", "-B", resends.__file__,
                                  *map(str, (port, CONNECTIONS, agency, addresses))],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(flood.stdout.close)
        self.addCleanup(flood.wait)
        self.addCleanup(flood.kill)
        self.assertEqual(flood.stdout.readline(), "ready\n")
        for number in range(CHUNKS):
            first = resends.BETS + 100 * number
            reply = wires[1].ask({"type_message": 1, "agency": "1", "first": first, "payload": [
                f"Ana,Paz,{bet},1999-03-17,{bet % 10000}" for bet in range(100)]})
            self.assertEqual(reply["next"], first + 100)
        flood.stdin.close()
        # 16 of each connection wait at any moment. The honest agency's next one does not wait for all of those.
        self.assertLess(int(flood.stdout.readline()) / CHUNKS, CONNECTIONS * 16 / 2)

    def test_of_an_agency_of_its_own(self):
        self.flooded(2, 1)

    def test_of_the_honest_agencys_number_from_other_addresses(self):
        self.flooded(1, CONNECTIONS)


@not_under_valgrind("it takes all the time there is")
class Lists(Story):
    """A list of what is stored is a large answer to a small question: few of a loop are made at once."""
    CONNECTIONS = 40
    STRANGERS = 4
    ASKED = 3 if IS_SLOW else 8
    PIECES = 1000
    BETS = ["A" * 100 + "," + "P" * 100 + ",1,1999-03-17,1"] * 6  # a piece: no small chunk, which would lie in the inbox

    def setUp(self):
        super().setUp()
        self.server = Server(self, "--loops", 1, "--send-timeout", "0s", agencies=2)
        self.wire = Wire(self, self.server.ports[0])
        for first in range(self.PIECES):
            self.wire.send({"type_message": 1, "agency": "1", "first": first * len(self.BETS), "payload": self.BETS})
        for _ in range(self.PIECES):
            self.assertEqual(self.wire.receive().kind, "processed")

    def test_whoever_sends_bets_waits_for_few_of_them(self):
        flood = subprocess.Popen([sys.executable, "-S", "-B", resends.__file__,
                                  *map(str, (self.server.ports[0], CONNECTIONS, 1, CONNECTIONS, "lists"))],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(flood.stdout.close)
        self.addCleanup(flood.wait)
        self.addCleanup(flood.kill)
        self.assertEqual(flood.stdout.readline(), "ready\n")
        for number in range(CHUNKS):
            reply = self.wire.ask({"type_message": 1, "agency": "2", "first": number,
                                   "payload": ["Ana,Paz,1,1999-03-17,1"]})
            self.assertEqual(reply["next"], number + 1)
        flood.stdin.close()
        answered = int(flood.stdout.readline())
        self.assertLess((answered - CONNECTIONS // 2) / CHUNKS, 40)

    def test_who_does_not_read_its_lists_keeps_nobody_waiting(self):
        for _ in range(self.STRANGERS):
            Wire(self, self.server.ports[0]).socket.sendall(resends.ask_for_list(1) * self.ASKED * 10)
        for number in range(30 if IS_SLOW else 100):  # by then their buffers are full
            self.assertEqual(len(self.ask_for_list()), self.PIECES, f"pieces of list {number}")

    def ask_for_list(self):
        """What somebody new is told of agency 1."""
        wire = Wire(self, self.server.ports[0])
        wire.socket.sendall(resends.ask_for_list(1))
        return wire.receive()["stored"]

    def test_each_gets_all_that_it_asked_for(self):
        wires = [Wire(self, self.server.ports[0]) for _ in range(self.CONNECTIONS)]
        for number, wire in enumerate(wires):
            wire.socket.sendall(resends.ask_for_list(1) * self.ASKED)
            if number % 2 == 0:
                wire.socket.shutdown(socket.SHUT_WR)  # whoever has no more to say still hears
            elif number % 5 == 0:
                wire.socket.close()  # and whoever is gone keeps nobody waiting
        for wire in wires:
            if wire.socket.fileno() != -1:
                for _ in range(self.ASKED):
                    self.assertEqual(len(wire.receive()["stored"]), self.PIECES)


@not_under_valgrind("it takes all the time there is")
@unittest.skipIf(IS_SLOW, "a sanitizer makes each decoding take a second, and what is shown here is its share of the time")
class Refused(Story):
    """To decode a message of a megabyte takes milliseconds, also when it is refused: they have a part of the time."""
    CONNECTIONS = 60

    def test_whoever_sends_bets_waits_for_few_of_them(self):
        server = Server(self, "--loops", 1, agencies=2)
        flood = subprocess.Popen([sys.executable, "-S", "-B", os.path.join(ROOT, "tests/hostile/refused.py"),
                                  str(server.ports[0]), str(self.CONNECTIONS)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(flood.stdout.close)
        self.addCleanup(flood.wait)
        self.addCleanup(flood.kill)
        self.assertEqual(flood.stdout.readline(), "ready\n")
        wire = Wire(self, server.ports[0])
        for number in range(CHUNKS):
            reply = wire.ask({"type_message": 1, "agency": "2", "first": number,
                              "payload": ["Ana,Paz,1,1999-03-17,1"]})
            self.assertEqual(reply["next"], number + 1)
        flood.stdin.close()
        self.assertLess(int(flood.stdout.readline()) / CHUNKS, self.CONNECTIONS / 4)


class Order(Story):
    def test_answers_keep_their_order_whatever_agencies_they_are_for(self):
        server = Server(self, agencies=40)
        wire = Wire(self, server.ports[0])
        sent = []
        for number in range(400):
            agency = number * 7 % 40 + 1
            if number % 3 == 0:  # what stores nothing, between what does
                wire.send({"type_message": 1, "agency": str(agency), "first": 5, "payload": ["Ana,Paz,1,1999-03-17,1"]})
                sent.append("error gap")
            else:
                wire.send({"type_message": 1, "agency": str(agency), "first": 0, "payload": [
                    "Ana,Paz,1,1999-03-17,1"] * 2})
                sent.append("processed")
        for kind in sent:
            reply = wire.receive()
            self.assertEqual(reply.kind, kind)


if __name__ == "__main__":
    unittest.main()
