"""Floods of the board's HTTP port: many connections that are silent, slow, read nothing, or ask as fast as they can.

board_floods.py KIND PORT COUNT prints "ready" when each has been connected once, and ends when its standard input does, with a
line of what it has done. Whom the server has closed comes again: who asks at once, the others with the next turn.
"""
import argparse
import collections
import os
import resource
import select
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import given  # noqa: E402

TURN_S = 1  # in which each of the slow ones says a little more
ADDRESS_CONNECTIONS = 5000  # of one address, which has only so many ports


def get(path, version="1.1"):
    return f"GET {path} HTTP/{version}\r\nHost: localhost\r\n\r\n".encode()


# What each says at once, what it says in each turn after that, and whether it reads, and asks again after each answer.
Kind = collections.namedtuple("Kind", ("first", "later", "reads"), defaults=(b"", False))
KINDS = {
    "silent": Kind(b""),
    "bytes": Kind(b"G", b"E"),
    "heads": Kind(get("/api/v1/draw")[:-2], b"X-Slow: 1\r\n"),
    "answers": Kind(get("/verify.html") * 8),
    "streams": Kind(get("/api/v1/events")),
    "requests": Kind(get("/api/v1/draw"), reads=True),
    "scrapes": Kind(get("/metrics"), reads=True),
    "lists": Kind(get("/api/v1/agencies?limit=10000"), reads=True),
    "comers": Kind(get("/livez", "1.0"), reads=True),  # each request on a connection of its own
}


class Flood:
    def __init__(self, kind, port, count):
        self.kind, self.port, self.did = kind, port, collections.Counter()
        self.epoll = select.epoll()
        self.peers, self.numbers = {}, {}  # by descriptor
        self.away = list(range(count))  # those that are to come
        self.come()

    def come(self):
        numbers, self.away = self.away, []
        for number in numbers:
            peer = socket.socket()
            peer.setblocking(False)
            if not self.kind.reads:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            try:
                peer.bind((f"127.0.1.{1 + number // ADDRESS_CONNECTIONS}", 0))
                peer.connect_ex(("127.0.0.1", self.port))
            except OSError:  # all of its ports were used not long ago
                peer.close()
                self.away.append(number)
                continue
            self.peers[peer.fileno()], self.numbers[peer.fileno()] = peer, number
            self.epoll.register(peer, select.EPOLLOUT)

    def serve(self, timeout):
        """Looks at those that have been connected, answered or closed."""
        for descriptor, events in self.epoll.poll(timeout):
            peer = self.peers[descriptor]
            try:
                if events & (select.EPOLLHUP | select.EPOLLERR):
                    raise ConnectionError
                if events & select.EPOLLOUT:
                    self.did["connections"] += 1
                    peer.send(self.kind.first)
                    self.epoll.modify(peer, select.EPOLLIN if self.kind.reads else select.EPOLLRDHUP)
                else:
                    self.read(peer)
            except BlockingIOError:
                pass
            except OSError:
                self.leave(descriptor)

    def read(self, peer):
        came = peer.recv(1 << 16) if self.kind.reads else b""
        if not came:
            raise ConnectionError
        answers = came.count(b"HTTP/1.")
        self.did["answers"] += answers
        if answers and self.kind.first.find(b"HTTP/1.0") < 0:
            peer.send(self.kind.first)

    def leave(self, descriptor):
        """The system forgets a descriptor that is closed, the epoll, too."""
        self.peers.pop(descriptor).close()
        self.away.append(self.numbers.pop(descriptor))
        self.did["ends"] += 1

    def turn(self):
        for descriptor, peer in list(self.peers.items()):
            try:
                if self.kind.later:
                    peer.send(self.kind.later)
            except BlockingIOError:
                pass
            except OSError:
                self.leave(descriptor)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("port", type=given.whole(1, 65535))
    parser.add_argument("count", type=given.whole(1, 100_000))
    chosen = parser.parse_args()
    given.understood()
    return chosen


def main():
    chosen = arguments()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    flood, said, before = Flood(KINDS[chosen.kind], chosen.port, chosen.count), False, -1
    while not select.select([sys.stdin], [], [], 0)[0]:
        end = time.monotonic() + TURN_S
        while (left := end - time.monotonic()) > 0:
            flood.serve(left)
            if flood.kind.reads:
                flood.come()
        if not said and (flood.did["connections"] >= chosen.count or flood.did["connections"] == before):  # no more are let in
            print("ready", flush=True)
            said = True
        before = flood.did["connections"]
        flood.turn()
        flood.come()
    print(", ".join(f"{count} {what}" for what, count in flood.did.items()), flush=True)


if __name__ == "__main__":
    main()
