#!/usr/bin/env python3
"""How much strangers can have a server write into its log: bytes a second under each flood, of one program or of
several beside each other, in turn.

    tests/hostile/log_floods.py [--seconds S] NAME=PROGRAM ...
"""
import argparse
import contextlib
import json
import os
import re
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import given  # noqa: E402


def frame(message):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack(">I", len(body)) + body


EMPTY = frame(b"")
BAD_BET = frame({"type_message": 1, "agency": "1", "payload": ["x" * 100]})


class Program:
    def __init__(self, path, folder):
        self.process = subprocess.Popen(
            [path, "server", "--agencies", "2", "--store", os.path.join(folder, "store.db"), "--server-port", "0",
             "--consult-server-port", "0"], env={**os.environ, "SERVER_IP": "127.0.0.1"}, stdout=subprocess.PIPE)
        self.bytes = self.lines = 0
        while True:
            line = self.process.stdout.readline().decode()
            if match := re.search(r"action: listen .* port: (\d+)", line):
                self.port = int(match[1])
                break
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while came := os.read(self.process.stdout.fileno(), 1 << 20):
            self.bytes += len(came)
            self.lines += came.count(b"\n")

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def messages(bytes_):
    def flood(port, until, address):
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5, (address, 0)) as s:
                reader = threading.Thread(target=read_all, args=[s], daemon=True)
                reader.start()
                s.settimeout(1)
                while time.monotonic() < until and reader.is_alive():
                    s.sendall(bytes_ * 200)
    return flood


def read_all(s):
    with contextlib.suppress(OSError, ValueError):
        while s.recv(1 << 16):
            pass


def connections(port, until, address):
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 5, (address, 0)).close()


FLOODS = {"4-byte messages": messages(EMPTY), "chunks with a bad bet": messages(BAD_BET), "connections": connections}


def measure(path, flood, seconds, addresses):
    with tempfile.TemporaryDirectory(prefix="quiniela-") as folder:
        program = Program(path, folder)
        before, lines, begin = program.bytes, program.lines, time.monotonic()
        until = begin + seconds
        floods = [threading.Thread(target=flood, args=[program.port, until, f"127.0.0.{2 + i}"])
                  for i in range(addresses)]
        for each in floods:
            each.start()
        for each in floods:
            each.join()
        passed = time.monotonic() - begin
        result = (program.bytes - before) / passed, (program.lines - lines) / passed
        program.end()
        return result


def named_program(text):
    """A name, and the program that is called so."""
    name, equals, path = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=PROGRAM")
    return name, given.program(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("--seconds", type=given.number(above=True), default=4)
    parser.add_argument("--rounds", type=given.whole(), default=3)
    parser.add_argument("--addresses", type=given.whole(1, 200), default=8, help="of 127.0.0.0/8, a connection at once each")
    parser.add_argument("programs", type=named_program, nargs="+", metavar="NAME=PROGRAM")
    arguments = parser.parse_args()
    programs = dict(arguments.programs)
    print("| flood | " + " | ".join(f"{name}: KiB/s of log | lines/s" for name in programs) + " |")
    print("| --- |" + " --- | --- |" * len(programs))
    for name, flood in FLOODS.items():
        results = {program: [] for program in programs}
        for _ in range(arguments.rounds):
            for program, path in programs.items():
                results[program].append(measure(path, flood, arguments.seconds, arguments.addresses))
        cells = (f"{statistics.median(r[0] for r in each) / 1024:,.0f} | {statistics.median(r[1] for r in each):,.0f}"
                 for each in results.values())
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
