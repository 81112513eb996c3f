#!/usr/bin/env python3
"""Writes the samples of one format of the store: make.py FORMAT PROGRAM, with a program that still writes that format.

samples/FORMAT-drawn.db.gz has one draw, which is drawn; FORMAT-open.db.gz has two, one of them open: agency 1 has finished,
agency 2 has not, agency 3 has sent nothing. FORMAT.sql.gz is a PostgreSQL with both. Beside them is what each draw exports.
FORMAT-ordered.db.gz and FORMAT-ordered.sql.gz, of a format from 4 on, have three draws in which every column of what operators
order says something: one that was changed, closed and drawn by hand, one that waits for its number, and one that is erased.
They are made once, when the format is left behind, and are then kept as they are.
"""
import gzip
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import with_postgres  # noqa: E402

SAMPLES = os.path.join(HERE, "samples")
OPEN_DRAW = "noche's 2"
NAMES = ["Ana,Paz", "Zoë \"Zo\",Núñez", "O'Brien,D\\'Arc", "José,Ñandú", "李,小龍", " a , b "]


def bet(number, winner_every):
    return f"{NAMES[number % len(NAMES)]},{number},1999-03-{1 + number % 28:02},{7574 if number % winner_every == 3 else number % 10000}"


class Agency:
    """One agency of a running server, by its raw messages."""

    def __init__(self, number, port):
        self.number = number
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.first = 0

    def ask(self, message):
        body = json.dumps(message).encode()
        self.socket.sendall(struct.pack(">I", len(body)) + body)
        length, = struct.unpack(">I", self.socket.recv(4, socket.MSG_WAITALL))
        return json.loads(self.socket.recv(length, socket.MSG_WAITALL))

    def send(self, count, winner_every, last=False):
        payload = [bet(self.first + n, winner_every) for n in range(count)]
        answer = self.ask({"type_message": 2 if last else 1, "agency": str(self.number), "payload": payload, "first": self.first})
        assert answer["type_message"] == 1, answer
        self.first += count


def play(program, store, draw, agencies, *more):
    """One run of a server: `agencies` is called with its two ports."""
    with subprocess.Popen([program, "server", "--agencies", "3", "--store", store, "--draw", draw, "--server-port", "0",
                           "--consult-server-port", "0", *more], stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "SERVER_IP": "127.0.0.1"}) as server:
        try:
            for line in server.stdout:
                if found := re.search(r"action: listen .* port: (\d+) \| consult_port: (\d+)", line):
                    break
            else:
                raise RuntimeError("the server did not start")
            agencies(int(found[1]), int(found[2]))
        finally:
            server.terminate()
            server.communicate()


def whole_draw(port, consult_port):
    for number, sizes in ((1, (1, 40, 300, 0)), (2, (7,)), (3, (0,))):
        agency = Agency(number, port)
        for place, size in enumerate(sizes):
            agency.send(size, 20 * number, last=place + 1 == len(sizes))
    answer = Agency(1, consult_port).ask({"type_message": 3, "agency": "1", "payload": None, "wait": True})
    assert len(answer["payload"]) > 3, answer


def open_draw(port, _consult_port):
    Agency(1, port).send(12, 5, last=True)
    agency = Agency(2, port)
    for size in (1, 1, 1, 250, 1):
        agency.send(size, 7)


def ordered_draws(program, store, control):
    """Operators' orders. `control` is the path of the server's socket."""
    def order(word, *arguments):
        subprocess.run([program, word, "--store", store, "--draw", "ordered", "--control", control, "--yes", *arguments], check=True,
                       stdout=subprocess.DEVNULL)

    def by_order(port, consult_port):
        Agency(1, port).send(30, 7)
        order("reset", "--agency", "1")
        Agency(1, port).send(12, 5, last=True)
        for number, count in ((2, 9), (3, 5)):
            Agency(number, port).send(count, 7)
        order("finish", "--agency", "2")
        order("change", "--agencies", "4")
        order("close")
        order("draw", "--number", "0007")
        answer = Agency(1, consult_port).ask({"type_message": 3, "agency": "1", "payload": None, "wait": True})
        assert answer["payload"] == "7", answer

    def until_sealed(port, _consult_port):
        for number in (1, 2, 3):
            Agency(number, port).send(number, 7, last=True)

    by_hand = ("--control", control, "--number", "manual")
    play(program, store, "ordered", by_order, *by_hand, "--close-at", "2126-12-22T21:00-03:00")
    play(program, store, "waiting", until_sealed, *by_hand)
    play(program, store, "erased", whole_draw)
    subprocess.run([program, "erase", "--store", store, "--draw", "erased", "--yes"], check=True, stdout=subprocess.DEVNULL)


def dump_to(name, postgres):
    dump = subprocess.run(["pg_dump", "--no-owner", "-d", postgres.address()], check=True, stdout=subprocess.PIPE)
    lines = [line for line in dump.stdout.splitlines(True) if not line.startswith((b"--", b"\\restrict", b"\\unrestrict", b"\n"))]
    zip_to(name, b"".join(lines))


def make_ordered(version, program, folder):
    store, control = os.path.join(folder, "ordered.db"), os.path.join(folder, "control")
    ordered_draws(program, store, control)
    with open(store, "rb") as file:
        zip_to(f"{version}-ordered.db.gz", file.read())
    export_to(f"{version}-ordered.csv", program, store, "ordered")
    postgres = with_postgres.Postgres()
    try:
        ordered_draws(program, postgres.address(), control)
        dump_to(f"{version}-ordered.sql.gz", postgres)
    finally:
        postgres.end()


def zip_to(name, data):
    with open(os.path.join(SAMPLES, name), "wb") as file:
        file.write(gzip.compress(data, mtime=0))


def export_to(name, program, store, draw):
    with open(os.path.join(SAMPLES, name), "wb") as file:
        subprocess.run([program, "export", "--store", store, "--draw", draw], check=True, stdout=file)


def make(version, program):
    os.makedirs(SAMPLES, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="quiniela-samples-")
    postgres = with_postgres.Postgres()
    try:
        for kind, draws in (("drawn", {"1": whole_draw}), ("open", {"1": whole_draw, OPEN_DRAW: open_draw})):
            store = os.path.join(folder, kind + ".db")
            for draw, agencies in draws.items():
                play(program, store, draw, agencies)
            with open(store, "rb") as file:
                zip_to(f"{version}-{kind}.db.gz", file.read())
        export_to(f"{version}-drawn.csv", program, store, "1")
        export_to(f"{version}-open.csv", program, store, OPEN_DRAW)
        for draw, agencies in draws.items():
            play(program, postgres.address(), draw, agencies)
        dump_to(f"{version}.sql.gz", postgres)
        if int(version) >= 4:
            make_ordered(version, program, folder)
    finally:
        postgres.end()
        shutil.rmtree(folder)


if __name__ == "__main__":
    make(sys.argv[1], os.path.abspath(sys.argv[2]))
