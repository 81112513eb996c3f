"""`SELECT * FROM bets` gives the bets that were sent and that an export writes, wherever they lie.

VIEW_BETS says how many random legal bets (1000 unless told), SEED which ones: VIEW_BETS=1000000 takes some minutes.
"""
import contextlib
import csv
import os
import random
import sqlite3
import subprocess
import time
import unittest

from harness import PROGRAM, STORES, Server, Story, Wire

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
    @contextlib.contextmanager
    def view(self):
        """The columns' names, and the rows by agency and bet, as text, one at a time."""
        query = "SELECT * FROM bets ORDER BY agency, bet"
        if STORES.in_files:
            with contextlib.closing(sqlite3.connect(os.path.join(self.folder, "quiniela.db"))) as store:
                cursor = store.execute(query)
                yield [column[0] for column in cursor.description], ([str(field) for field in row] for row in cursor)
            return
        with subprocess.Popen(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.store(), "-c",
                               f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"],
                              stdout=subprocess.PIPE, encoding="utf-8") as psql:
            rows = csv.reader(psql.stdout)
            yield next(rows), rows
        self.assertEqual(psql.returncode, 0)

    @contextlib.contextmanager
    def exported(self):
        path = os.path.join(self.folder, "exported.csv")
        self.assertEqual(subprocess.run([PROGRAM, "export", "--store", self.store(), "--output", path], check=False,
                                        cwd=self.folder).returncode, 0)
        with open(path, encoding="utf-8", newline="\n") as file:
            yield csv.reader(file)

    def compare(self, sent):
        where = f"SEED={SEED}, after {sum(map(len, sent.values()))} bets"
        draws = set()
        with self.view() as (columns, rows), self.exported() as exported:
            self.assertEqual(columns, COLUMNS)
            for agency in sorted(sent):
                for index, bet in enumerate(sent[agency]):
                    fields, row = bet.split(","), next(rows, None)
                    self.assertEqual(next(exported, None), [str(agency), *fields], where)
                    self.assertIsNotNone(row, where)
                    draws.add(row[0])
                    self.assertEqual(row[1:], [str(agency), str(index), *fields[:4], str(int(fields[4]))], where)
            self.assertEqual((next(rows, None), next(exported, None)), (None, None), where)
        self.assertEqual(len(draws), 1, where)

    def send(self, wire, agency, count):
        bets = [self.given.bet() for _ in range(count)]
        place = len(self.sent[agency])
        reply = wire.ask({"type_message": 1, "agency": str(agency), "first": place, "payload": bets})
        self.assertEqual((reply.kind, reply["next"]), ("processed", place + count), f"SEED={SEED}: {bets}")
        self.sent[agency] += bets
        return count

    def in_each_form(self):
        """Bets that wait in the inbox, bets that were filed together, and a chunk that is too large for it."""
        if STORES.in_files:
            forms = [STORES.ask(self, f"SELECT group_concat(count) FROM (SELECT count FROM chunks WHERE agency = {agency} ORDER BY first)")
                     for agency in self.sent]
            self.assertEqual(forms, ["2,60"] * AGENCIES)
            self.assertEqual(STORES.ask(self, "SELECT count(*) FROM inbox WHERE lines LIKE '_,62,%'"), str(AGENCIES))

    def test_it_is_what_was_sent_and_what_is_exported(self):
        self.given, self.sent = Random(SEED), {agency: [] for agency in range(1, AGENCIES + 1)}
        server = Server(self, agencies=AGENCIES)
        wire = Wire(self, server.ports[0])
        left = BETS - sum(self.send(wire, agency, count) for agency in self.sent for count in (1, 1, 60, 1))
        self.in_each_form()
        self.compare(self.sent)
        until_look = BETS // 2
        while left > 0:
            count = self.send(wire, self.given.chance.randint(1, AGENCIES), min(left, self.given.chance.choice((1, 1, 2, 7, 30, 200))))
            left, until_look = left - count, until_look - count
            if until_look < 0:
                self.compare(self.sent)
                until_look = BETS
        for agency, bets in self.sent.items():
            wire.ask({"type_message": 2, "agency": str(agency), "first": len(bets), "payload": []})
            if agency == 1:
                self.compare(self.sent)  # one is filed, the others are not
        self.compare(self.sent)


if __name__ == "__main__":
    unittest.main()
