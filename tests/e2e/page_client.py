"""A client written from docs/protocol.md alone, with Python's standard library: what the page leaves out, it does not know.

page_client.py AGENCY FILE BETS CONSULTATIONS, where the last two are lists of HOST:PORT with commas. It says what happens, a
line each, and ends with 0 when it knows its winners, with 1 when the central refuses for good.
"""
import hashlib
import json
import random
import socket
import struct
import sys
import time

CHUNK, AHEAD = 5, 4
CONNECT_S, ANSWER_S, LONGEST_ANSWER_S = 8, 30, 480


class Later(Exception):
    """The central says: not now, or not here."""


class Refused(Exception):
    """The central says: never."""


def say(text):
    print(text, flush=True)


class Connection:
    def __init__(self, address, answer_s):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=CONNECT_S)
        self.socket.settimeout(answer_s)

    def hold(self):
        """From here on only the system notices that the peer has vanished."""
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 8)

    def send(self, kind, agency, **fields):
        body = json.dumps({"type_message": kind, "agency": agency, **fields}).encode("ascii")
        self.socket.sendall(struct.pack(">I", len(body)) + body)

    def receive(self, allowed=None):
        """An answer: an error only with the code that is allowed."""
        length, = struct.unpack(">I", self.exactly(4))
        answer = json.loads(self.exactly(length))
        if answer["type_message"] == 4 and answer["payload"]["code"] != allowed:
            error = answer["payload"]
            raise (Later if error["retryable"] else Refused)(error["code"])
        return answer

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise ConnectionError("closed")
            data += piece
        return data


class Agency:
    def __init__(self, number, bets):
        self.number, self.bets = number, bets
        self.failures, self.answer_s = 0, ANSWER_S
        self.draw, self.acknowledged, self.ended = None, 0, False  # which draw has how many of our bets, and their end

    def is_there_still(self, connection):
        """Whether the draw that acknowledged our bets has them all. A reset is refused; a restored backup has fewer, and gets the rest."""
        connection.send(2 if self.ended else 1, self.number, payload=[], first=self.acknowledged, draw=True, only_draw=self.draw)
        answer = connection.receive(allowed="gap")
        if answer.get("draw") != self.draw:
            raise Refused(f"acknowledged in draw {self.draw!r}, and this is {answer.get('draw')!r}")
        if answer["type_message"] == 4 and not self.draw:
            raise Refused("bets are missing, and the central does not say in which draw")
        self.failures = 0
        return answer["type_message"] == 1

    def compare(self, pieces):
        for piece in pieces:
            bets = self.bets[piece["first"]:piece["first"] + piece["count"]]
            numbers = b"".join(struct.pack("<H", int(bet.rsplit(",", 1)[1])) for bet in bets)
            if hashlib.sha256(numbers + "".join(bet + "\n" for bet in bets).encode()).hexdigest() != piece["digest"]:
                raise Refused(f"other bets are stored from bet {piece['first']} on")

    def what_is_stored(self, connection):
        """How many bets are, all of them compared with ours."""
        asked = 0
        while True:
            connection.send(1, self.number, payload=[], first=0, stored=asked, draw=True)
            answer = connection.receive()
            self.draw = answer.get("draw")
            self.compare(answer.get("stored", []))
            asked = max((piece["first"] + piece["count"] for piece in answer.get("stored", [])), default=answer["next"])
            if asked >= answer["next"]:
                return answer["next"]

    def send_file(self, connection):
        if self.acknowledged and self.is_there_still(connection) and self.ended:
            return
        sent = self.acknowledged = self.what_is_stored(connection)
        waiting, ended = 0, False
        while waiting or not ended:
            while waiting < AHEAD and not ended:
                chunk = self.bets[sent:sent + CHUNK]
                ended = sent + len(chunk) == len(self.bets)
                connection.send(2 if ended else 1, self.number, payload=chunk, first=sent)
                sent, waiting = sent + len(chunk), waiting + 1
            self.acknowledged = connection.receive()["next"]
            say(f"stored {self.acknowledged} of {len(self.bets)}")
            waiting, self.failures, self.answer_s = waiting - 1, 0, ANSWER_S
        self.ended = True

    def ask_winners(self, connection):
        connection.send(3, self.number, returns=True)
        connection.hold()
        say("asked")
        winners = connection.receive()["payload"]
        return winners.split(",") if winners else []

    def until_done(self, work, addresses, when_back=lambda: None):
        while True:
            address = addresses[self.failures % len(addresses)]
            try:
                return work(Connection(address, self.answer_s))
            except (OSError, Later) as error:
                most = min(5, 0.1 * 2 ** self.failures)
                if isinstance(error, TimeoutError):
                    self.answer_s = min(2 * self.answer_s, LONGEST_ANSWER_S)
                say(f"again after at most {most:.1f} s: {error}")
                time.sleep(random.uniform(0, most))
                self.failures += 1
                when_back()


def main(number, path, bets, consultations):
    with open(path, encoding="utf-8") as file:
        agency = Agency(number, file.read().splitlines())

    def send_all():
        agency.until_done(agency.send_file, bets.split(","))

    status, look = 0, send_all
    try:
        try:
            send_all()
        except Refused as error:
            if str(error) != "draw_closed":
                raise
            say(f"refused: {error}")
            status, look = 1, lambda: None  # what is stored stays as it is
        winners = agency.until_done(agency.ask_winners, consultations.split(","), look)
    except Refused as error:
        say(f"refused: {error}")
        return 1
    say("winners: " + " ".join(winners))
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
