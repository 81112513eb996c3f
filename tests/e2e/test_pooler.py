"""Through a pooler, and with synchronous_commit off, what is acknowledged is stored.

Whatever settings those sessions, the role or the database have. Skipped where there is no PgBouncer.
"""
import os
import shutil
import socket
import subprocess
import threading
import unittest

from database import DatabaseStory, chunk
from harness import Agency, Ports, Wire, hang_s, hold_port, until

PGBOUNCER = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
BACKENDS = 3

# Has the database record the settings of each commit of a chunk, after every statement of its transaction.
NOTE = """
    CREATE TABLE made_with (setting TEXT, messages TEXT);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.made_with VALUES
        (current_setting('synchronous_commit'), current_setting('client_min_messages')); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER note AFTER INSERT ON chunks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        EXECUTE FUNCTION note();"""


class Pooler:
    """PgBouncer in transaction mode over three sessions, each transaction in the next one."""

    def __init__(self, story):
        self.port = hold_port()
        users, settings = (os.path.join(story.folder, name) for name in ("users", "pgbouncer.ini"))
        with open(users, "w", encoding="ascii") as file:
            file.write('"postgres" ""\n')
        with open(settings, "w", encoding="ascii") as file:
            file.write(f"[databases]\n* = host=127.0.0.1 port={story.postgres.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
                       f"listen_port = {self.port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {users}\n"
                       f"pool_mode = transaction\ndefault_pool_size = {BACKENDS}\nmin_pool_size = {BACKENDS}\n"
                       "server_round_robin = 1\nserver_login_retry = 1\n")
        os.chmod(story.folder, 0o755)
        self.process = subprocess.Popen([PGBOUNCER, "-q", settings], user=story.postgres.user, stderr=subprocess.PIPE,
                                        text=True)
        story.addCleanup(self.end)
        self.lines = []
        threading.Thread(target=lambda: self.lines.extend(self.process.stderr), daemon=True).start()
        until(self.listens, "the pooler to listen")  # else the first server says that its database is away

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self):
        self.process.kill()
        self.process.wait(hang_s())
        self.process.stderr.close()


@unittest.skipIf(PGBOUNCER is None, "SKIPPED: there is no PgBouncer, so no pooler was tested")
class Pooled(DatabaseStory):
    settings = ("wal_writer_delay=10s",)  # what a commit does not wait for is not written soon

    def setUp(self):
        super().setUp()
        self.sql(f"ALTER DATABASE {self.database} SET synchronous_commit = off", "postgres")
        self.pooler = Pooler(self)

    def pooled(self):
        return self.address(port=self.pooler.port)

    def pooled_server(self, agencies=2):
        server = self.server(address=self.pooled(), agencies=agencies)
        server.wait_until(lambda: self.sessions() == str(BACKENDS))
        return server

    def sessions(self):
        """Of the pooler: everybody else asks at the database itself, and is gone, or asks this."""
        return self.sql("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> "
                        f"pg_backend_pid() AND datname = '{self.database}'")

    def test_a_killed_database_has_what_was_acknowledged(self):
        server = self.pooled_server()
        wire = Wire(self, server.ports[0])
        for at in range(0, 3000, 100):
            self.assertEqual(wire.ask(chunk(at, 100, first=at))["next"], at + 100)
        self.postgres.kill()
        self.postgres.start()
        self.assert_stored(3000)

        def stored():
            answer = wire.ask(chunk(3000, 1, first=3000))
            if answer.kind != "processed":
                self.assertEqual(answer.code, "store_failed")
            return answer.kind == "processed" and answer
        self.assertEqual(until(stored, "the pooler to have its database again")["next"], 3001)

    def test_every_commit_waits(self):
        server = self.pooled_server()
        self.sql(NOTE)
        wire = Wire(self, server.ports[0])
        for at in range(2 * BACKENDS):
            self.assertEqual(wire.ask(chunk(at, first=at))["next"], at + 1)
        self.assertEqual(self.sql("SELECT DISTINCT setting, messages FROM made_with"), "on|warning")

    def test_three_servers_play_a_lottery(self):
        self.sample((300, 200, 100), (2, 3, 1))
        servers = [self.pooled_server(agencies=3) for _ in range(3)]
        ports = Ports([server.every[0] for server in servers])
        agencies = [Agency(self, number, ports, "--chunk-size", 7) for number in (1, 2, 3)]
        self.assertEqual([agency.winners() for agency in agencies], [2, 3, 1])
        for server in servers:
            self.assertEqual(server.count("ERROR"), 0, server.log())
        self.assertEqual(self.count(), 600)

    def test_what_others_leave_in_the_sessions(self):
        """Their SETs stay there, and ours leave nothing."""
        server = self.pooled_server()
        wire = Wire(self, server.ports[0])
        before = self.left()

        def all_have_them():  # whichever session the pooler gives
            self.ask("SET search_path = nowhere; SET client_min_messages = error; SET lock_timeout = 1")
            return self.left() == {"off|error|1ms"}
        until(all_have_them, "all sessions to have the settings of others")
        bets = [f"Zoë,Núñez,{n},2000-01-01,{n}" for n in range(2 * BACKENDS)]
        for at, text in enumerate(bets):
            self.assertEqual(wire.ask({"type_message": 1, "agency": "1", "first": at, "payload": [text]})["next"], at + 1)
            self.assertEqual(wire.ask({"type_message": 1, "agency": "1", "first": 0, "payload": bets[:at + 1]})["next"],
                             at + 1)
        self.assert_stored(2 * BACKENDS)
        self.assertEqual(self.sql("SELECT DISTINCT nombre, apellido FROM bets"), "Zoë|Núñez")
        self.assertEqual(before, {"off|notice|0"})
        self.assertEqual(self.left(), {"off|error|1ms"})

    def left(self):
        """What the sessions have: each of them, while the server's looks take some of the pooler's turns."""
        found = {}

        def all_were_asked():
            session, settings = self.ask(
                "SELECT pg_backend_pid(), current_setting('synchronous_commit'), current_setting('client_min_messages'), "
                "current_setting('lock_timeout')").split("|", 1)
            found[session] = settings
            return len(found) == BACKENDS
        until(all_were_asked, f"answers of {BACKENDS} sessions")
        return set(found.values())

    def ask(self, text):
        """The next session."""
        return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-d", self.pooled(), "-c", text], check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()


class Settings(DatabaseStory):
    WORDS = ("off", "local", "remote_write")

    def assert_waits(self, address):
        server = self.server(address=address)
        wire = Wire(self, server.ports[0])
        self.sql("DROP TABLE IF EXISTS made_with CASCADE; DROP FUNCTION IF EXISTS note CASCADE;" + NOTE)
        at = self.count()
        self.assertEqual(wire.ask(chunk(at, first=at))["next"], at + 1)
        self.assertEqual(self.sql("SELECT setting, messages FROM made_with"), "on|warning")
        server.kill()

    def test_the_databases_own(self):
        for word in self.WORDS:
            self.sql(f"ALTER DATABASE {self.database} SET synchronous_commit = {word}", "postgres")
            self.assert_waits(self.address())

    def test_the_roles(self):
        self.addCleanup(self.sql, "ALTER ROLE postgres RESET ALL", "postgres")
        for word in self.WORDS:
            self.sql(f"ALTER ROLE postgres SET synchronous_commit = {word}", "postgres")
            self.assert_waits(self.address())

    def test_the_sessions(self):
        for word in self.WORDS:
            self.assert_waits(self.address(more=f"options='-c synchronous_commit={word} -c client_min_messages=error'"))

    def test_one_that_does_not_stay_is_not_acknowledged(self):
        """It is asked for in the transaction itself."""
        server = self.server()
        self.sql("CREATE FUNCTION hurry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                 "PERFORM set_config('synchronous_commit', 'off', true); RETURN NULL; END $$;"
                 "CREATE TRIGGER hurry AFTER INSERT ON chunks FOR EACH ROW EXECUTE FUNCTION hurry()")
        answer = Wire(self, server.ports[0]).ask(chunk(0, first=0))
        self.assertEqual(answer.kind, "error store_failed")
        server.wait_for(r"action: store \| result: fail .*do not keep what they are set to: synchronous_commit=off")


if __name__ == "__main__":
    unittest.main()
