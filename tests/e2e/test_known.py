"""An agency skips no bet before it has compared it with what is stored.

Files that begin alike.
"""
import contextlib
import hashlib
import os
import socket
import struct
import threading
import unittest

from harness import SERVERS, Agency, Server, Story, Wire, frame, hang_s


def bet(number, name="Ana"):
    return f"{name},Núñez,{number},1999-03-17,{number % 10000:04}"


def digest(bets):
    """SHA-256 over the packed numbers, 2 bytes each, and the rows."""
    numbers = b"".join(struct.pack("<H", int(each.rsplit(",", 1)[1])) for each in bets)
    return hashlib.sha256(numbers + "".join(each + "\n" for each in bets).encode()).hexdigest()


def piece(bets, first, count):
    return {"first": first, "count": count, "digest": digest(bets[first:first + count])}


class Known(Story):
    def write(self, bets, folder="data", end="\n"):
        os.makedirs(f"{self.folder}/{folder}", exist_ok=True)
        with open(f"{self.folder}/{folder}/agency-1.csv", "w", encoding="utf-8", newline="") as file:
            file.writelines(each + end for each in bets)

    def send(self, port, bets, size, last=False, agency="1"):
        """Sends them in chunks of that size, as somebody else did before."""
        wire = Wire(self, port)
        for first in range(0, len(bets), size):
            is_last = last and first + size >= len(bets)
            reply = wire.ask({"type_message": 2 if is_last else 1, "agency": agency, "first": first,
                              "payload": bets[first:first + size]})
            self.assertEqual((reply.kind, reply["next"]), ("processed", min(first + size, len(bets))))
        return wire

    def refused(self, agency, lines):
        self.assertEqual(agency.wait(), 1, agency.log())
        self.assertIn("read_bets | result: fail | error: conflict", agency.log())
        self.assertIn(f"data/agency-1.csv: {lines}", agency.log())
        self.assertEqual(agency.count("consulta_ganadores"), 0)


class TheList(Known):
    def test_a_first_chunk_that_differs_is_told_by_its_lines(self):
        """The central refuses it before it lists anything: the agency knows which file and lines those are."""
        bets = [bet(number) for number in range(40)]
        server = Server(self, agencies=1)
        self.send(server.ports[0], bets, 10)
        self.write([*bets[:4], "Eva" + bets[4][3:], *bets[5:]])
        agency = Agency(self, 1, server.ports, "--chunk-size", 10)
        self.assertEqual(agency.wait(), 1, agency.log())
        self.assertRegex(agency.log(), r"apuestas_enviadas .*error: conflict .*file: data/agency-1.csv \| lines: 1 to 10 \| hint: another file")

    def test_is_of_the_pieces_as_they_are_stored(self):
        bets = [bet(number) for number in range(40)]
        wire = self.send(Server(self, agencies=1).ports[0], bets[:7], 7)
        for first, end in ((7, 10), (5, 12), (12, 40)):  # of the second only what is new is stored
            wire.ask({"type_message": 1, "agency": "1", "first": first, "payload": bets[first:end]})
        pieces = [piece(bets, *place) for place in ((0, 7), (7, 3), (10, 2), (12, 28))]

        def ask(**fields):
            return wire.ask({"type_message": 1, "agency": "1", "payload": bets[:3], **fields})
        for start, place in ((0, 0), (6, 0), (7, 1), (11, 2), (12, 3), (39, 3)):
            self.assertEqual(ask(first=0, stored=start), {"type_message": 1, "payload": None, "next": 40,
                                                          "stored": pieces[place:]})
        self.assertEqual(ask(first=0, stored=0, payload=[])["stored"], pieces)
        plain = {"type_message": 1, "payload": None, "next": 40}
        for fields in ({"first": 0}, {"first": 0, "stored": None}, {"first": 0, "stored": 40},
                       {"first": 0, "stored": 2 ** 63 - 1}, {"first": 1, "stored": 0, "payload": bets[1:3]},
                       {"first": 0, "stored": 0, "payload": bets}):  # nothing more is stored
            self.assertEqual(ask(**fields), plain, fields)
        self.assertEqual(ask(first=0, stored=0, payload=["Eva" + bets[0][3:]]).code, "conflict")
        self.assertEqual(wire.ask({"type_message": 2, "agency": "1", "first": 0, "stored": 0, "payload": bets[:3]})
                         .code, "conflict")

    def test_has_a_thousand_pieces_at_most(self):
        size, pieces = 10, 1200  # such a chunk is no small one, which would lie in the inbox
        bets = [bet(number, "A" * 100) for number in range(size * pieces)]
        server = Server(self, agencies=1)
        wire = Wire(self, server.ports[0])
        wire.socket.sendall(b"".join(frame({"type_message": 1, "agency": "1", "payload": bets[first:first + size]})
                                     for first in range(0, len(bets), size)))
        for _ in range(pieces):
            self.assertEqual(wire.receive().kind, "processed")
        for start, count in ((0, 1000), (1000, 200)):
            reply = wire.ask({"type_message": 1, "agency": "1", "first": 0, "stored": size * start, "payload": []})
            self.assertEqual(reply["stored"], [piece(bets, place * size, size) for place in range(start, start + count)])
        self.write(bets)
        self.assertEqual(Agency(self, 1, server.ports).wait(), 0)


class TheSecondClient(Known):
    def setUp(self):
        super().setUp()
        self.server = Server(self, agencies=1)
        self.bets = [bet(number) for number in range(4000)]

    def other(self, *places):
        return [bet(number, "Eva") if number in places else each for number, each in enumerate(self.bets)]

    def test_with_a_file_that_begins_alike_and_is_as_long(self):
        self.write(self.bets)
        self.assertEqual(Agency(self, 1, self.server.ports, "--chunk-size", 1000).wait(), 0)
        self.write(self.other(1500))
        self.refused(Agency(self, 1, self.server.ports, "--chunk-size", 1000), "lines 1001 to 2000 are not the bets")
        self.write(self.other(3999), end="\r\n")
        self.refused(Agency(self, 1, self.server.ports, "--chunk-size", 600), "lines 3001 to 4000 are not the bets")
        self.assertEqual(sum(self.stored().values()), 4000)

    def test_with_the_same_file_in_other_pieces(self):
        self.send(self.server.ports[0], self.bets, 700, last=True)
        self.write(self.bets, end="\r\n")
        for size in (1, 333, 1000, 3999):
            agency = Agency(self, 1, self.server.ports, "--chunk-size", size)
            self.assertEqual(agency.wait(), 0)
            self.assertEqual((agency.winners(), agency.count(" result: fail ")), (0, 0))
        self.assertEqual(sum(self.stored().values()), 4000)

    def test_with_a_file_that_was_replaced_in_between(self):
        self.send(self.server.ports[0], self.bets[:3000], 1000)
        self.write(self.other(2999))
        self.refused(Agency(self, 1, self.server.ports), "lines 2001 to 3000 are not the bets")
        self.write(self.bets[:2500])
        self.refused(Agency(self, 1, self.server.ports), "has 2500 bets, but 3000")
        self.write(self.bets[:1500])
        self.refused(Agency(self, 1, self.server.ports), "has 1500 bets, but 2000")
        self.assertEqual(sum(self.stored().values()), 3000)
        self.write(self.other(3000))  # which nobody has seen yet
        self.assertEqual(Agency(self, 1, self.server.ports).wait(), 0)
        self.assertEqual(sum(self.stored().values()), 4000)

    def test_at_the_same_time(self):
        self.write(self.bets)
        self.write(self.other(3999), folder="other")
        agencies = [Agency(self, 1, self.server.ports, "--chunk-size", 50, "--window", 1, data=data)
                    for data in ("data", "other")]
        self.assertEqual(sorted(agency.wait() for agency in agencies), [0, 1])
        self.assertEqual(sum(self.stored().values()), 4000)

    def test_that_comes_back_when_the_other_has_sent_more(self):
        """It had its first chunk acknowledged, lost its connection, and finds the rest stored: by somebody else."""
        proxy = OneAnswer(self, self.server.ports[0])
        self.write(self.other(3500))
        agency = Agency(self, 1, (proxy.port, self.server.ports[1]), "--window", 1)  # so that no more was sent
        agency.wait_for("action: connection .* result: fail")
        self.send(self.server.ports[0], self.bets, 1000, last=True)
        proxy.go_on()
        self.refused(agency, "lines 3001 to 4000 are not the bets")


class OneAnswer:
    """Passes one answer on and breaks off; then takes nobody, and from go_on on everybody."""

    def __init__(self, story, port):
        self.server_port, self.going_on = port, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        story.addCleanup(self.listener.close)
        story.addCleanup(self.listener.shutdown, socket.SHUT_RDWR)
        threading.Thread(target=self.serve, daemon=True).start()

    def go_on(self):
        self.going_on.set()

    def serve(self):
        one_answer = True
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if not one_answer and not self.going_on.is_set():
                client.close()
                continue
            threading.Thread(target=self.converse, args=[client, one_answer], daemon=True).start()
            one_answer = False

    def converse(self, client, one_answer):
        with client, socket.create_connection(("127.0.0.1", self.server_port), timeout=hang_s()) as server:
            up = threading.Thread(target=self.copy, args=[client, server], daemon=True)
            up.start()
            self.copy(server, client, once=one_answer)
            for end in (client, server):
                with contextlib.suppress(OSError):  # it may be shut down already
                    end.shutdown(socket.SHUT_RDWR)
            up.join(hang_s())

    @staticmethod
    def copy(source, target, once=False):
        try:
            while data := source.recv(65536):
                if once:  # what its receiver says next goes nowhere
                    source.shutdown(socket.SHUT_RDWR)
                target.sendall(data)
                if once:
                    return
        except OSError:
            pass


@unittest.skipIf(SERVERS > 1, "has no central of ours")
class AnOlderCentral(Known):
    def test_is_believed_with_a_warning(self):
        bets = [bet(number) for number in range(3000)]
        self.write(bets)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(hang_s())
            agency = Agency(self, 1, (listener.getsockname()[1],) * 2, "--window", 1)
            connection, _ = listener.accept()
            wire = Wire.__new__(Wire)
            wire.story = self
            wire.socket = connection
            with connection:
                message = wire.receive()
                self.assertEqual((message["first"], message["stored"], len(message["payload"])), (0, 1000, 1000))
                wire.send({"type_message": 1, "payload": None, "next": 2500})
                message = wire.receive()
                self.assertEqual((message["type_message"], message["first"], message["payload"]), (2, 2500, bets[2500:]))
                self.assertNotIn("stored", message)
                agency.wait_for("compare_stored .* result: fail .* is believed")


if __name__ == "__main__":
    unittest.main()
