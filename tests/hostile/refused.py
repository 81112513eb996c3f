"""Large messages that are refused, as fast as they are answered.

refused.py PORT COUNT has COUNT connections, each from an address of its own (127.0.1.1, 127.0.1.2 …), send a message of 34,000
good bets and a bad one again and again, prints "ready" when all have been answered once, and ends when its standard
input does; then it prints how many answers came since then. What is cut off comes again.
"""
import select
import socket
import sys

from resends import frame

MESSAGE = frame({"type_message": 1, "agency": "1", "payload": ["a,b,1,2000-01-01,0"] * 34000 + ["x"]})


class Sender:
    def __init__(self, port, number):
        self.address, self.port, self.heard = (f"127.0.{1 + number // 250}.{1 + number % 250}", 0), port, False
        self.connect()

    def connect(self):
        self.socket, self.sent = socket.socket(), 0
        self.socket.bind(self.address)
        self.socket.connect(("127.0.0.1", self.port))
        self.socket.setblocking(False)

    def go_on(self, events):
        """Returns how many answers came."""
        answers = 0
        try:
            if events & select.EPOLLIN:
                data = self.socket.recv(1 << 16)
                answers = data.count(b'"type_message"')
                self.heard = self.heard or answers > 0
                if not data:
                    raise ConnectionError
            if events & select.EPOLLOUT:
                self.sent = (self.sent + self.socket.send(memoryview(MESSAGE)[self.sent:])) % len(MESSAGE)
        except BlockingIOError:
            pass
        except ConnectionError:
            self.socket.close()
            self.connect()
        return answers


def step(senders):
    poll = select.poll()
    by_number = {sender.socket.fileno(): sender for sender in senders}
    for number in by_number:
        poll.register(number, select.POLLIN | select.POLLOUT)
    return sum(by_number[number].go_on(events) for number, events in poll.poll(100))


def main():
    port, count = map(int, sys.argv[1:3])
    senders = [Sender(port, number) for number in range(count)]
    while not all(sender.heard for sender in senders):
        step(senders)
    print("ready", flush=True)
    answered = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        answered += step(senders)
    print(answered, flush=True)


if __name__ == "__main__":
    main()
