"""A PostgreSQL at port 5432 with a database and a user quiniela, until it is killed."""
import os
import signal
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TESTS)
import with_postgres  # noqa: E402

postgres = with_postgres.Postgres(("port=5432",))
for words in (["createuser", "-h", "127.0.0.1", "-U", "postgres", "--createdb", "quiniela"],
              ["createdb", "-h", "127.0.0.1", "-U", "postgres", "-O", "quiniela", "quiniela"]):
    postgres._run(*words)  # pylint: disable=protected-access
print("ready", flush=True)
signal.pause()
