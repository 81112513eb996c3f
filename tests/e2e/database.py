"""A story with a PostgreSQL of its own, and a database of its own in it."""
import os
import unittest

from harness import Server, Story, sql
from holding import Holding
import with_postgres

__unittest = True  # as in harness.py


def bet(number):
    return f"Ana,Paz,{number},2000-01-01,{7574 if number % 10 == 7 else 1}"


def chunk(start, count=1, agency=1, **fields):
    return {"type_message": 1, "agency": str(agency), "payload": [bet(n) for n in range(start, start + count)], **fields}


@unittest.skipIf(with_postgres.programs() is None, "there is no PostgreSQL")
class DatabaseStory(Story):
    settings = ()

    @classmethod
    def setUpClass(cls):
        cls.postgres = with_postgres.Postgres(cls.settings)
        cls.addClassCleanup(cls.postgres.end)

    def address(self, port=None, user="postgres", database=None, more=""):
        return (f"host=127.0.0.1 port={port or self.postgres.port} user={user} dbname={database or self.database} "
                f"sslmode=disable gssencmode=disable {more}")

    def setUp(self):
        super().setUp()
        self.database = os.path.basename(self.folder).replace("-", "_")
        self.sql(f"CREATE DATABASE {self.database}", "postgres")
        self.addCleanup(self.sql, f"DROP DATABASE {self.database} WITH (FORCE)", "postgres")

    def sql(self, text, database=None):
        return sql(text, f"host=127.0.0.1 port={self.postgres.port} user=postgres dbname={database or self.database}")

    def server(self, *flags, address=None, agencies=2):
        return Server(self, *flags, agencies=agencies, store=address or self.address())

    def with_store(self, arguments):
        return arguments

    def holding(self, statement):
        return Holding(self, self.address(), statement)

    def count(self):
        return int(self.sql("SELECT count(*) FROM bets"))

    def assert_stored(self, count):
        """Bets 0 to count - 1 of agency 1, each once and in its place."""
        self.assertEqual(self.count(), count)
        self.assertEqual(self.sql("SELECT count(*) FROM bets WHERE bet <> documento::int"), "0")
