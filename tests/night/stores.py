"""The stores of a night: what is in them, read by other code than what wrote it, and how they are backed up and restored."""
import collections
import contextlib
import json
import os
import sqlite3

from agencies import Wrong
from central import HANG_S, must, run

POSTGRES = os.environ.get("QUINIELA_POSTGRES")
DRAW = ("state", "agencies", "number_mode", "winning_number", "closes_at", "closed_at", "sealed_at", "drawn_at", "voided", "rules", "root",
        "forked_at")
BY_ITSELF = ("state", "drawn_at", "root")  # what changes without an order
TABLES = ("draws", "agencies", "winners", "papers")
AGENCY = ("finished_at", "ending", "voidings")


class Look(dict):
    """How the draw is stored: its columns, and `by_agency` with those of agencies, its winners, and its papers by kind and number."""

    def __str__(self):
        agencies = " ".join(f"{number}:{row['ending']}" + f":{row['voidings']}" * bool(row["voidings"])
                            for number, row in sorted(self["by_agency"].items()))
        return " ".join(f"{name}={self[name]}" for name in DRAW) + f" | {agencies} | {sum(map(len, self['winners'].values()))} winners"

    __repr__ = __str__

    def is_same(self, other, is_manual):
        """All that only orders change."""
        free = BY_ITSELF[2:] if is_manual else BY_ITSELF
        return all(self[name] == other[name] for name in DRAW if name not in free)

    def agency(self, number):
        return self["by_agency"].get(number, dict.fromkeys(AGENCY) | {"voidings": 0})


def as_bytes(column):
    """Of PostgreSQL's JSON, or SQLite's own."""
    return bytes.fromhex(column[2:]) if isinstance(column, str) else column


def looked(tables):
    """`tables` has the rows of those tables, as of one moment."""
    if len(tables["draws"]) != 1:
        raise Wrong(f"the store has {len(tables['draws'])} draws")
    look = Look({column: tables["draws"][0][column] for column in DRAW})
    look["by_agency"] = {row["agency"]: {column: row[column] for column in AGENCY} for row in tables["agencies"]}
    look["winners"] = collections.defaultdict(list)
    for row in sorted(tables["winners"], key=lambda row: (row["agency"], row["bet"])):
        look["winners"][row["agency"]].append(row["document"])
    look["root"] = as_bytes(look["root"])
    look["papers"] = {(row["kind"], row["number"]): as_bytes(row["body"]) for row in tables["papers"]}
    look.secret = as_bytes(tables["draws"][0]["secret"])
    return look


def of_each(exported):
    """The bets of an export, in their order, by agency."""
    stored = collections.defaultdict(list)
    for line in exported.splitlines():
        agency, text = line.split(",", 1)
        stored[int(agency)].append(text)
    return stored


class Store:
    """`address` is the store's, `restored` that of where a backup is put; `control(port)` is a server's control socket."""

    def __init__(self, night):
        self.night = night

    def bets(self, address=None, *flags):
        return of_each(must(self.night, "export", "--store", address or self.address, *flags))

    def check(self, address=None):
        must(self.night, "check", "--store", address or self.address)


class SqliteStore(Store):
    def __init__(self, night):
        super().__init__(night)
        self.address = f"{night.folder}/night.db"
        self.restored = f"{night.folder}/elsewhere/night.db"
        os.mkdir(f"{night.folder}/elsewhere")

    def control(self, _port):
        return self.address + ".control"

    def look(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.address}?mode=ro", HANG_S, uri=True, isolation_level=None)) as store:
            store.row_factory = sqlite3.Row
            store.execute("BEGIN")
            return looked({table: store.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES})

    def begin_backup(self, number):
        """A command that backs up, and the path that it makes."""
        path = f"{self.night.folder}/copy-{number}.db"
        return [self.night.program, "backup", "--store", self.address, "--to", path], path

    def restore(self, path):
        """Says first what would come of it, then does it."""
        told, _, errors = run(self.night, "restore", path, "--store", self.restored)
        if told not in (0, 2) or os.path.exists(self.restored):
            raise Wrong(f"restore without --yes ended with {told}: {errors}")
        must(self.night, "restore", path, "--store", self.restored, "--yes")

    def drop(self):
        pass  # it goes with the folder


class PostgresStore(Store):
    """A database of its own."""

    def __init__(self, night):
        super().__init__(night)
        self.name = os.path.basename(night.folder).replace("-", "_")
        self.server = POSTGRES.rpartition("/")[0]
        self.address, self.restored = f"{self.server}/{self.name}", f"{self.server}/{self.name}_restored"
        self.sql(POSTGRES, f"CREATE DATABASE {self.name}")

    def control(self, port):
        return f"{self.night.folder}/quiniela-{port}.control"

    def sql(self, address, text):
        return must(self.night, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", text, program="psql")

    def look(self):
        tables = ", ".join(f"'{table}', coalesce((SELECT json_agg(row) FROM {table} AS row), '[]')" for table in TABLES)
        return looked(json.loads(self.sql(self.address, f"SELECT json_build_object({tables})")))

    def begin_backup(self, number):
        """As docs/backup.md says."""
        path = f"{self.night.folder}/copy-{number}.dump"
        return ["pg_dump", "-Fc", "-f", path, "-d", self.address], path

    def restore(self, path):
        self.sql(POSTGRES, f"CREATE DATABASE {self.name}_restored")
        must(self.night, "--exit-on-error", "--single-transaction", "-d", self.restored, path, program="pg_restore")

    def drop(self):
        for name in self.name, f"{self.name}_restored":
            self.sql(POSTGRES, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
