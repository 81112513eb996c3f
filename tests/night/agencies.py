"""Agencies of a night, each on connections of its own, which note what is acknowledged, and what they are told.

They go on at another server, or later, when one is killed, as the protocol has it: from what is acknowledged.
"""
import collections
import json
import random
import socket
import struct
import threading
import time

import received

CALM_S = 0.005  # before an agency comes again
PATIENCE_S = 300  # of a connection: whoever has finished first waits for the draw, to which the whole night leads
NUMBERS = (7, 42, 7574)  # in the bets: any of them may be the winning one


class Wrong(Exception):
    """The night did not go as it must."""


def bet(agency, place, life, chance):
    """Each text once: a bet that is stored twice, or in another's place, is seen."""
    return f"Ana,Paz,{agency:02}{life}{place:05},1999-03-17,{chance.choice(NUMBERS):04}"


def winning(bets, number):
    return [text.split(",")[2] for text in bets if int(text.split(",")[4]) == number]


class Agency(threading.Thread):
    """Sends so many of its bets as it may; one that `is_slack` always has more."""

    def __init__(self, number, size, seed, ports, is_slack=False, promises=None):
        super().__init__(daemon=True)
        self.number, self.ports, self.is_slack = number, ports, is_slack
        self.promises = promises  # promises.py: it asks for what proves a signed draw; None: it does not
        self.chance = random.Random(seed * 1000 + number)
        self.chunk, self.window = self.chance.choice((1, 3, 7)), self.chance.choice((1, 2, 4))
        self.changed = threading.Condition()
        self.may = 0  # so many bets; more than there are: the last chunk, too
        # A further one after each reset: its bets, how many of them are acknowledged, and just before each was sent first.
        self.lives, self.acknowledged, self.begun = [], [], []
        self.finished = False
        self.end = None  # how many are stored, once it is told that no more are taken
        self.winners, self.failure, self.stopping = None, None, False
        self.port = None  # where it is connected
        self.consults_at = None  # the port, until it has looked at what it was told there
        self.latest = 0.0  # of what is acknowledged: when the newest bet was sent for the first time
        self.begin_anew(size)

    # What the operator does

    def begin_anew(self, size):
        """With other bets, after a reset."""
        with self.changed:
            self.acknowledged.append(0)
            self.begun.append([])
            self.lives.append([bet(self.number, place, len(self.lives), self.chance) for place in range(size)])  # it is seen now

    def allow(self, bets):
        with self.changed:
            self.may = max(self.may, bets)
            self.changed.notify_all()

    def stop(self):
        with self.changed:
            self.stopping = True
            self.changed.notify_all()

    # What it does itself

    def run(self):
        try:
            while not self.stopping and not self.finished and self.end is None:
                self._connected(0, self._send_all)
            while not self.stopping and self.end is not None and not self.finished:
                self._connected(0, self._send_again)
            while not self.stopping and self.winners is None:
                self._connected(1, self._consult)
        except Exception as failure:  # pylint: disable=broad-except
            self.failure = f"agency {self.number} at the port {self.port}: {type(failure).__name__}: {failure}"

    def _connected(self, which, talk):
        try:
            self.port = self.chance.choice(self.ports)[which]
            with socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) as self.socket:
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                talk()
        except TimeoutError:
            raise Wrong(f"no answer for {PATIENCE_S} s") from None
        except (OSError, EOFError):
            time.sleep(CALM_S)  # the server is away

    def _send(self, message):
        if self.promises:
            message |= {"seal": self.promises.wanted()} if message["type_message"] == 3 else {"rules": True, "receipt": True}
        body = json.dumps({"agency": str(self.number), **message}).encode()
        self.socket.sendall(struct.pack(">I", len(body)) + body)

    def _may_send(self, at, waits):
        """Whether there is a chunk to send from there on; waits a moment for leave."""
        with self.changed:
            return self.changed.wait_for(lambda: self.stopping or self.may > at, 0.05 if waits else 0) and not self.stopping

    def _send_all(self):
        """One life, on one connection."""
        life, sent = len(self.lives) - 1, collections.deque()
        bets, last = self.lives[life], False
        at = self.acknowledged[life] if life == 0 else 0  # since a reset a connection shows first which bets it goes on from
        while not self.stopping and not self.finished and self.end is None and life == len(self.lives) - 1:
            while len(sent) < self.window and not last and self._may_send(at, not sent):
                end = min(at + self.chunk, self.may, len(bets))
                last = end == len(bets) and self.may > len(bets) and not self.is_slack
                self.begun[life] += [time.time()] * (end - len(self.begun[life]))
                sent.append((life, at, end, last))
                self._send({"type_message": 2 if last else 1, "first": at, "payload": bets[at:end]})
                at = end
                if self.is_slack and at == len(bets):
                    time.sleep(CALM_S)
                    bets.append(bet(self.number, at, life, self.chance))
            if sent:
                self._take(received.message(self.socket), *sent.popleft())

    def _take(self, reply, life, at, end, last):
        if reply["type_message"] == 1:
            if reply["next"] < end:
                raise Wrong(f"to the bets up to {end} the answer was {reply}")
            if self.promises:
                self.promises.take(reply, at, self.lives[life][at:end])
            if end > self.acknowledged[life]:
                self.acknowledged[life], self.latest = end, self.begun[life][end - 1]
            self.finished = self.finished or last
            return
        error = reply["payload"]
        if reply["type_message"] != 4 or error["retryable"] or error["code"] == "agency_reset":
            raise EOFError(f"to be sent again: {reply}")
        if error["code"] != "draw_closed":
            raise Wrong(f"to the bets up to {end} the answer was {reply}")
        if not self.acknowledged[life] <= reply["next"] < end + last:
            raise Wrong(f"{self.acknowledged[life]} bets are acknowledged, and to those up to {end} the answer was {reply}")
        self.end = reply["next"]

    def _send_again(self):
        """What is stored is acknowledged, as often as it comes; and then it has no more."""
        for kind, first, payload in (1, 0, self.lives[-1][:self.end]), (2, self.end, []):
            self._send({"type_message": kind, "first": first, "payload": payload})
            reply = received.message(self.socket)
            if reply["type_message"] == 4 and reply["payload"]["retryable"]:
                raise EOFError(f"to be sent again: {reply}")
            if reply["type_message"] != 1 or reply["next"] != self.end:
                raise Wrong(f"{self.end} bets are stored, and to the same, sent again, the answer was {reply}")
            if self.promises:
                self.promises.take(reply, first, payload)
        self.finished = True

    def _consult(self):
        self.consults_at = self.port
        try:
            self._ask_for_winners()
        finally:
            self.consults_at = None

    def _ask_for_winners(self):
        self._send({"type_message": 3})
        reply = received.message(self.socket)
        if reply["type_message"] == 3 and self.promises and self.promises.seal is None:
            self.promises.take_seal(reply["seal"], self.port)
            return  # and consults with it
        if reply["type_message"] != 2:
            raise Wrong(f"to the consultation the answer was {reply}")
        if self.promises:
            self.promises.take_seal(reply["seal"], self.port)
            self.promises.take_result(reply["result"], self.port)
        self.winners = reply["payload"].split(",") if reply["payload"] else []
