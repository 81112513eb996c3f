"""A flood of TLS handshakes: as many at once as asked for, each begun and given up when the server has answered with all
that costs it something, and another one in its place.

handshakes.py PORT COUNT prints "ready" when the first is answered, and ends when its standard input does; then it prints
how many the server has answered.
"""
import errno
import select
import socket
import ssl
import sys


def client_hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    engine = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        engine.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


class Flood:
    def __init__(self, port, count):
        self.port, self.hello = port, client_hello()
        self.epoll, self.sockets = select.epoll(), {}
        self.answered = 0
        for _ in range(count):
            self.begin()

    def begin(self):
        peer = socket.socket()
        peer.setblocking(False)
        failure = peer.connect_ex(("127.0.0.1", self.port))
        if failure not in (0, errno.EINPROGRESS):
            raise OSError(failure, "cannot connect")
        self.sockets[peer.fileno()] = peer
        self.epoll.register(peer, select.EPOLLOUT)

    def go_on(self, number, events):
        peer = self.sockets[number]
        try:
            if events & select.EPOLLOUT:
                peer.send(self.hello)
                self.epoll.modify(peer, select.EPOLLIN)
                return
            self.answered += len(peer.recv(65536)) > 0
        except OSError:
            pass  # the server had enough of it
        self.epoll.unregister(number)
        del self.sockets[number]
        peer.close()
        self.begin()

    def step(self):
        for number, events in self.epoll.poll(0.1):
            self.go_on(number, events)


def main():
    port, count = map(int, sys.argv[1:])
    flood = Flood(port, count)
    while flood.answered == 0:
        flood.step()
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        flood.step()
    print(flood.answered, flush=True)


if __name__ == "__main__":
    main()
