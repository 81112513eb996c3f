"""Our agencies work with the original central, which reads messages in pieces of 8064 bytes.

It decodes each piece by itself: a character that lay in two of them would end it for everybody.
"""
import collections
import json
import os
import re
import socket
import struct
import threading
import unittest

from harness import KNOWN_DATA, Agency, Story, hang_s
from received import exactly

PIECE = 8064
WINNING = "7574"


class OriginalCentral:
    """Two ports, a thread for each connection, the classic messages only. What ends it is in `failures`."""

    def __init__(self, story, agencies):
        self.agencies = agencies
        self.bets, self.finished, self.failures = collections.defaultdict(list), set(), []
        self.drawn = threading.Condition()
        self.listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.ports = tuple(listener.getsockname()[1] for listener in self.listeners)
        for listener in self.listeners:
            story.addCleanup(listener.close)
            story.addCleanup(listener.shutdown, socket.SHUT_RDWR)
            threading.Thread(target=self.serve, args=[listener], daemon=True).start()

    def serve(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.converse, args=[connection], daemon=True).start()

    def converse(self, connection):
        connection.settimeout(hang_s())
        with connection:
            try:
                while True:
                    answer = json.dumps(self.answer(self.receive(connection))).encode()
                    connection.sendall(struct.pack(">I", len(answer)) + answer)
            except (UnicodeDecodeError, ValueError) as failure:
                self.failures.append(str(failure))
            except (EOFError, OSError):
                pass

    @staticmethod
    def receive(connection):
        left, text = struct.unpack(">I", exactly(connection, 4))[0], ""
        while left > 0:
            piece = exactly(connection, min(PIECE, left))
            text += piece.decode("utf-8")
            left -= len(piece)
        return json.loads(text)

    def answer(self, message):
        agency = message["agency"]
        if message["type_message"] == 3:
            with self.drawn:
                self.drawn.wait_for(lambda: len(self.finished) == self.agencies, hang_s())
            fields = (bet.split(",") for bet in self.bets[agency])
            return {"type_message": 2, "payload": ",".join(bet[2] for bet in fields if bet[4] == WINNING)}
        self.bets[agency] += message["payload"]
        if message["type_message"] == 2:
            with self.drawn:
                self.finished.add(agency)
                self.drawn.notify_all()
        return {"type_message": 1, "payload": None}


class OurAgencies(Story):
    def play(self, data, winners):
        central = OriginalCentral(self, len(winners))
        agencies = [Agency(self, number, central.ports, "--chunk-size", 1000, data=data)
                    for number in range(1, len(winners) + 1)]
        for agency in agencies:
            agency.wait_until(lambda agency=agency: central.failures or agency.count("consulta_ganadores .*success"))
            self.assertEqual(central.failures, [])
        self.assertEqual([agency.winners() for agency in agencies], list(winners))
        self.assertEqual([agency.wait() for agency in agencies], [0] * len(winners))
        for number in range(1, len(winners) + 1):
            with open(os.path.join(self.folder, data, f"agency-{number}.csv"), encoding="utf-8") as file:
                self.assertEqual(central.bets[str(number)], [line.rstrip("\r\n") for line in file])

    def test_names_of_accents_alone(self):
        """Whatever is in front of a name, one of its characters lies on every border."""
        os.mkdir(f"{self.folder}/data")
        for agency, letter in enumerate("áñ€🎰", 1):
            with open(f"{self.folder}/data/agency-{agency}.csv", "w", encoding="utf-8") as file:
                name = letter * (100 // len(letter.encode()))
                file.writelines(f"{name},{name},{number},1999-03-17,{number + 7574 - 1500}\n" for number in range(2000))
        self.play("data", (1, 1, 1, 1))

    def test_the_known_data_where_it_is_at_hand(self):
        if not os.path.isdir(KNOWN_DATA):
            self.skipTest(f"the known data is not at {KNOWN_DATA}")
        with open(os.path.join(KNOWN_DATA, "agency-1.csv"), encoding="utf-8") as file:
            self.assertRegex(file.read(), re.compile("[^\x00-\x7f]"))  # else it shows nothing
        self.play(KNOWN_DATA, (2, 3, 3, 2, 0))


if __name__ == "__main__":
    unittest.main()
