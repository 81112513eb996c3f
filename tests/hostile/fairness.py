"""How much a flood of resends slows an honest agency down: how long its 20 chunks of 1000 bets take, four on their way,
alone and beside 400 connections that send resends into a chunk of 49,000 bets; of an agency of their own, and of the
honest agency's number from other addresses. Several programs in turn: fairness.py PROGRAM … [--rounds N].
"""
import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from resends import BETS, frame, huge_chunk

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import given  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
CHUNKS, WINDOW = 20, 4
ROW = "Ana María,Fernández Paz,{:08d},1999-03-17,{}"


class Central:
    def __init__(self, program, files=None):
        limit = ["prlimit", f"--nofile={files}:{files}"] if files else []
        self.folder = tempfile.mkdtemp(prefix="quiniela-")
        self.process = subprocess.Popen([*limit, program, "server", "--agencies", "2", "--store", "quiniela.db", "--server-port",
                                         "0", "--consult-server-port", "0", "--server-ip", "127.0.0.1"],
                                        cwd=self.folder, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if "action: listen" in line:
                self.port = int(line.split(" | port: ")[1].split()[0])
                break
        self.drain = subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=subprocess.DEVNULL)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.drain.wait()
        shutil.rmtree(self.folder)


class Honest:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.first = 0

    def answer(self):
        length = int.from_bytes(self.file.read(4), "big")
        text = self.file.read(length)
        if b'"type_message":1' not in text.replace(b" ", b""):
            raise AssertionError(text)

    def begin(self, data, count):
        self.socket.sendall(data)
        self.answer()
        self.first += count

    def seconds(self):
        """For its chunks, from the first byte to the last acknowledgement."""
        frames = [frame({"type_message": 1, "agency": "1", "first": self.first + 1000 * number,
                         "payload": [ROW.format(bet, bet % 10000) for bet in range(1000)]}) for number in range(CHUNKS)]
        self.first += 1000 * CHUNKS
        begun = time.monotonic()
        for number in range(CHUNKS + WINDOW):
            if number >= WINDOW:
                self.answer()
            if number < CHUNKS:
                self.socket.sendall(frames[number])
        return time.monotonic() - begun


def one_round(program, connections, addresses, agency, samples):
    """The time alone, and beside the flood."""
    central = Central(program)
    try:
        honest, other = Honest(central.port), Honest(central.port)
        honest.begin(huge_chunk(1), BETS)
        other.begin(huge_chunk(2), BETS)
        alone = statistics.median(honest.seconds() for _ in range(2 * samples + 1))
        flood = subprocess.Popen([sys.executable, os.path.join(HERE, "resends.py"),
                                  *map(str, (central.port, connections, agency, addresses))],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        flood.stdout.readline()
        begun = time.monotonic()
        beside = statistics.median(honest.seconds() for _ in range(samples))
        flood.stdin.close()
        answered = int(flood.stdout.readline()) / (time.monotonic() - begun)
        flood.wait()
        return alone, beside, answered
    finally:
        central.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("programs", type=given.program, nargs="+")
    parser.add_argument("--rounds", type=given.whole(), default=3)
    parser.add_argument("--connections", type=given.whole(), default=400)
    parser.add_argument("--samples", type=given.whole(), default=3, help="of each round; of a program that is held up one takes long")
    chosen = parser.parse_args()
    print("| program | flood | alone | beside it | ratio | resends answered a second |\n| --- | --- | --- | --- | --- | --- |")
    for what, addresses, agency in (("of its own agency, from one address", 1, 2),
                                    ("of the honest agency's number, from as many addresses", chosen.connections, 1)):
        rounds = {program: [] for program in chosen.programs}
        for _ in range(chosen.rounds):
            for program in chosen.programs:
                rounds[program].append(one_round(program, chosen.connections, addresses, agency,
                                                 chosen.samples))
        for program, results in rounds.items():
            alone, beside, answered = (statistics.median(values) for values in zip(*results))
            print(f"| `{program}` | {what} | {1000 * alone:.0f} ms | {1000 * beside:.0f} ms | {beside / alone:.1f} "
                  f"| {answered:.0f} |", flush=True)


if __name__ == "__main__":
    main()
