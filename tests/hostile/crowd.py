"""A crowd that does no work: silent connections, and slow ones that send a byte of a message a second.

crowd.py PORT SILENT SLOW prints "ready" when all are connected, and ends when its standard input does. A slow one that
the server has closed comes again.
"""
import resource
import select
import socket
import struct
import sys

HEADER = struct.pack(">I", 1 << 20)


def connect(port, number):
    """From several loopback addresses, as one has only so many ports."""
    peer = socket.socket()
    peer.bind((f"127.0.1.{1 + number // 5000}", 0))
    peer.connect(("127.0.0.1", port))
    return peer


def drip(slow, port):
    """One byte each; returns how many had been closed."""
    closed = 0
    for number, peer in enumerate(slow):
        try:
            peer.send(b" ")
        except OSError:
            peer.close()
            slow[number] = connect(port, number)
            slow[number].sendall(HEADER)
            closed += 1
    return closed


def main():
    port, silent_count, slow_count = map(int, sys.argv[1:])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    silent = [connect(port, number) for number in range(silent_count)]
    slow = [connect(port, number) for number in range(slow_count)]
    for peer in slow:
        peer.sendall(HEADER)
    print("ready", flush=True)
    closed = 0
    while not select.select([sys.stdin], [], [], 1)[0]:
        closed += drip(slow, port)
    print(f"{len(silent)} silent, {len(slow)} slow, {closed} closed by the server meanwhile", flush=True)


if __name__ == "__main__":
    main()
