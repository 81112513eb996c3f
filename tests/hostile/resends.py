"""Resends into a huge chunk, as fast as they are answered: small messages that ask for a look at what is stored.

resends.py PORT COUNT AGENCY ADDRESSES has COUNT connections, from that many addresses 127.0.1.1, 127.0.1.2 …, send chunks
of one bet for the place `first: 48999` of the agency, prints "ready" when all have been answered, and ends when its
standard input does; then it prints how many answers came. With a fifth argument, "lists", each message asks for the
list of what is stored instead.
"""
import json
import resource
import select
import socket
import struct
import sys

AT_ONCE = 64
BETS = 49000


def frame(message):
    body = json.dumps(message, separators=(",", ":")).encode()
    return struct.pack(">I", len(body)) + body


def huge_chunk(agency):
    """What the resends go into: as many bets as a message takes."""
    return frame({"type_message": 1, "agency": str(agency), "payload": ["a,b,1,2000-01-01,0"] * BETS, "first": 0})


def resend(agency):
    return frame({"type_message": 1, "agency": str(agency), "payload": ["a,b,2,2000-01-01,0"], "first": BETS - 1})


def ask_for_list(agency):
    return frame({"type_message": 1, "agency": str(agency), "payload": [], "first": 0, "stored": 0})


class Flood:
    def __init__(self, port, count, addresses, message):
        self.data, self.epoll, self.answered = message * AT_ONCE, select.epoll(), 0
        self.sockets, self.heard = {}, set()
        for number in range(count):
            source = number % addresses
            peer = socket.socket()
            peer.bind((f"127.0.{1 + source // 250}.{1 + source % 250}", 0))
            peer.connect(("127.0.0.1", port))
            peer.setblocking(False)
            self.sockets[peer.fileno()] = peer
            self.epoll.register(peer, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)

    def go_on(self, number, events):
        peer = self.sockets[number]
        try:
            if events & select.EPOLLIN:
                data = peer.recv(1 << 20)
                self.answered += data.count(b'"type_message"')
                self.heard.add(number)
            peer.send(self.data)
        except BlockingIOError:
            pass

    def step(self):
        for number, events in self.epoll.poll(0.1):
            self.go_on(number, events)


def main():
    port, count, agency, addresses = map(int, sys.argv[1:5])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    flood = Flood(port, count, addresses, ask_for_list(agency) if sys.argv[5:] == ["lists"] else resend(agency))
    while len(flood.heard) < count // 2:
        flood.step()
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        flood.step()
    print(flood.answered, flush=True)


if __name__ == "__main__":
    main()
