"""`SELECT * FROM bets` gives the bets that were sent and that an export writes, wherever they lie.

VIEW_BETS says how many random legal bets (1000 unless told), SEED which ones: VIEW_BETS=1000000 takes some minutes.
"""
import contextlib
import csv
import io
import os
import random
import sqlite3
import time
import unittest

from harness import STORES, Server, Story, Wire
from stores import sql

BETS = int(os.environ.get("VIEW_BETS", 1000))
SEED = int(os.environ.get("SEED", time.time_ns() % 1000000))
AGENCIES = 4
COLUMNS = ["draw", "agency", "bet", "nombre", "apellido", "documento", "nacimiento", "numero"]
SIGNS = ('"', "\\", "'", "[", "]", "{", "}", ":", ";", "|", "$", "%", "/", " ", "=", "+", "-", "@", "#", "null", "\\u0041", '"]', '["',
         "a", "Z", "0", "ñ", "É", "日", "本", "🎰", "\u00a0", "\u2028", "\ufeff", "\u0301", "\U0010fffd")


class Random:
    """Bets as hard as the rules allow."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def name(self):
        text, bytes_max = "", self.chance.choice((1, 2, 5, 12, 100))
        while True:
            more = text + self.chance.choice(SIGNS)
            if len(more.encode()) > bytes_max:
                return text or "x"
            text = more

    def bet(self):
        document = "".join(self.chance.choice("0123456789abcXYZ") for _ in range(self.chance.randint(1, 16)))
        year, month, day = self.chance.randint(1900, 2010), self.chance.randint(1, 12), self.chance.randint(1, 28)
        number = str(self.chance.randint(0, 9999)).zfill(self.chance.randint(1, 4))
        return f"{self.name()},{self.name()},{document},{year}-{month:02}-{day:02},{number}"


class View(Story):
    def view(self):
        """The columns' names, and the rows by agency and bet, as text."""
        query = "SELECT * FROM bets ORDER BY agency, bet"
        if not STORES.in_files:
            lines = list(csv.reader(io.StringIO(sql(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)", self.store()))))
            return lines[0], lines[1:]
        with contextlib.closing(sqlite3.connect(os.path.join(self.folder, "quiniela.db"))) as store:
            cursor = store.execute(query)
            return [column[0] for column in cursor.description], [[str(field) for field in row] for row in cursor]

    def exported(self):
        path = os.path.join(self.folder, "exported.csv")
        status, _, errors = self.run_program("export", "--store", "quiniela.db", "--output", path)
        self.assertEqual((status, errors), (0, ""))
        with open(path, encoding="utf-8", newline="\n") as file:
            return list(csv.reader(file))

    def compare(self, sent):
        columns, rows = self.view()
        self.assertEqual(columns, COLUMNS)
        bets = [[str(agency), *bet.split(",")] for agency in sorted(sent) for bet in sent[agency]]
        where = f"SEED={SEED}, after {len(bets)} bets"
        self.assertEqual(self.exported(), bets, where)
        places = [[str(agency), str(index)] for agency in sorted(sent) for index in range(len(sent[agency]))]
        self.assertEqual([row[1:3] for row in rows], places, where)
        self.assertEqual([row[3:] for row in rows], [[*bet[1:5], str(int(bet[5]))] for bet in bets], where)
        self.assertEqual(len({row[0] for row in rows}), min(len(rows), 1), where)

    def test_it_is_what_was_sent_and_what_is_exported(self):
        given = Random(SEED)
        server = Server(self, agencies=AGENCIES)
        wire = Wire(self, server.ports[0])
        sent, left, until_look = {agency: [] for agency in range(1, AGENCIES + 1)}, BETS, BETS // 3
        while left > 0:
            agency, count = given.chance.randint(1, AGENCIES), min(left, given.chance.choice((1, 1, 2, 7, 30, 200)))
            bets = [given.bet() for _ in range(count)]
            reply = wire.ask({"type_message": 1, "agency": str(agency), "first": len(sent[agency]), "payload": bets})
            self.assertEqual((reply.kind, reply["next"]), ("processed", len(sent[agency]) + count), f"SEED={SEED}: {bets}")
            sent[agency] += bets
            left, until_look = left - count, until_look - count
            if until_look < 0:
                self.compare(sent)
                until_look = BETS // 3
        for agency, bets in sent.items():
            wire.ask({"type_message": 2, "agency": str(agency), "first": len(bets), "payload": []})
            if agency == 1:
                self.compare(sent)  # one is filed, the others are not
        self.compare(sent)


if __name__ == "__main__":
    unittest.main()
