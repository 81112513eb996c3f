"""The stores of the stories: a file each, or, with QUINIELA_POSTGRES, a schema each of that database.

A story that needs something of its store asks STORES for it: whether it is `in_files` (else the servers reach it over a
socket), and whether several servers may have it (`is_shared`).
"""
import contextlib
import os
import re
import sqlite3
import subprocess

POSTGRES = os.environ.get("QUINIELA_POSTGRES")


def sql(text, address=POSTGRES):
    """What a PostgreSQL answers, without headers."""
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", text], check=True,
                          stdout=subprocess.PIPE, text=True, env={**os.environ, "PGOPTIONS": "-cclient_min_messages=error"}
                          ).stdout.strip()


class Files:
    in_files, is_shared = True, False

    def address(self, _story, name):
        """Of the store that a story calls so."""
        return name

    def environment(self, _story):
        """What programs are told that are not told their store otherwise."""
        return {}

    def ask(self, story, query):
        """The one value that SQL gives about the story's store."""
        with contextlib.closing(sqlite3.connect(os.path.join(story.folder, "quiniela.db"))) as store:
            return str(store.execute(query).fetchone()[0])


class Schemas:
    in_files, is_shared = False, True

    def schema(self, story, name="quiniela.db"):
        return re.sub("[^a-z0-9]", "_", f"{os.path.basename(story.folder)}_{name}")

    def address(self, story, name):
        if name.startswith("postgresql://"):
            return name
        made = vars(story).setdefault("schemas", {})  # by the name of the store
        if name not in made:
            schema = self.schema(story, name)
            sql(f"CREATE SCHEMA {schema}")
            story.addCleanup(sql, f"DROP SCHEMA {schema} CASCADE")
            made[name] = f"{POSTGRES}?options=-csearch_path%3D{schema}"
        return made[name]

    def environment(self, story):
        return {"STORE": story.store()}

    def ask(self, story, query):
        return sql(query, story.store())


STORES = Schemas() if POSTGRES else Files()
