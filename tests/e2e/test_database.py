"""Whatever a PostgreSQL does to its servers, nothing is lost, stored twice or acknowledged too soon.

It loses the connection in the middle of a commit, is away, refuses, is full, cancels the wait for a standby.
"""
import json
import os
import select
import signal
import socket
import struct
import subprocess
import threading
import unittest

from board_client import Board
from database import DatabaseStory, chunk, with_postgres
from harness import Agency, Process, Wire, hang_s, sql, until
from received import exactly

SECRET = "very-secret-word"


# The connection is cut in the middle of a commit


class Cutter:
    """Sits between a server and its database. Once armed, it cuts the next COMMIT's exchange after a number of bytes:
    of those to the database, or of those back."""

    def __init__(self, story, port):
        self.port_behind, self.armed = port, None
        self.listener = socket.create_server(("127.0.0.1", 0))
        story.addCleanup(self.listener.close)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, way, after):
        self.armed = (way, after)

    def was_cut(self):
        return self.armed is None

    def _accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client):
        database = socket.create_connection(("127.0.0.1", self.port_behind))
        pair = (client, database)
        for each in pair:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        cut_back = []  # how many bytes may still come back, once the commit has gone; None: nothing does
        answers = threading.Thread(target=self._answers, args=[pair, cut_back], daemon=True)
        answers.start()
        self._questions(pair, cut_back)
        answers.join()  # before that a closed descriptor's number may be the next connection's, and be ended for it
        for each in pair:
            each.close()

    @staticmethod
    def _end(pair):
        for each in pair:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _questions(self, pair, cut_back):
        """Message by message (PostgreSQL's manual, 55.2): the first has no type."""
        client, database = pair
        try:
            length = exactly(client, 4)
            database.sendall(length + exactly(client, struct.unpack(">I", length)[0] - 4))
            left = None  # of a commit that is to be cut on its way there
            while True:
                head = exactly(client, 5)
                body = exactly(client, struct.unpack(">I", head[1:])[0] - 4)
                message = head + body
                if head[:1] == b"P" and b"\0COMMIT\0" in body and self.armed is not None:
                    (way, after), self.armed = self.armed, None
                    if way == "there":
                        left = after
                    cut_back.append(after if way == "back" else None)
                # A cut beyond the exchange's end (Sync) comes right after it, and not in the next group.
                if left is not None and (left <= len(message) or head[:1] == b"S"):
                    database.sendall(message[:left])
                    break
                left = left - len(message) if left is not None else None
                database.sendall(message)
        except (EOFError, OSError):
            pass
        self._end(pair)

    def _answers(self, pair, cut_back):
        client, database = pair
        try:
            while data := database.recv(65536):
                if cut_back and cut_back[0] is None:
                    continue  # else the commit's answer may come, or not, where all of it has gone there
                if cut_back:
                    client.sendall(data[:cut_back[0]])
                    cut_back[0] -= len(data)
                    if cut_back[0] <= 0:
                        break
                else:
                    client.sendall(data)
        except OSError:
            pass
        self._end(pair)


class CommitCut(DatabaseStory):
    THERE, BACK = 60, 60  # at least the bytes of the exchange: Parse, Bind, Describe, Execute, Sync, and their answers

    def cut_everywhere(self, append):
        cutter = Cutter(self, self.postgres.port)
        server = self.server(address=self.address(port=cutter.port))
        wire = Wire(self, server.ports[0])
        stored = 0
        for way, most in (("there", self.THERE), ("back", self.BACK)):
            for after in range(most + 1):
                message = chunk(stored) if append else chunk(stored, first=stored)
                cutter.arm(way, after)
                answer = wire.ask(message)
                self.assertTrue(cutter.was_cut(), (way, after))
                self.assertEqual((answer.kind, answer.get("next")), ("processed", stored + 1), (way, after))
                stored += 1
        self.assert_stored(stored)
        server.expect("action: apuesta_almacenada ", stored)

    def test_chunks_that_say_where_they_belong(self):
        self.cut_everywhere(append=False)

    def test_chunks_that_are_appended(self):
        self.cut_everywhere(append=True)


# A wait for a standby that is cancelled


class Standby(DatabaseStory):
    def set_standbys(self, names):
        self.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'", "postgres")
        self.sql("SELECT pg_reload_conf()", "postgres")
        if names:
            until(self.commits_wait, f"commits to wait for {names}")

    def commits_wait(self):
        """Whether the setting has reached everybody who looks at it: then a commit of ours waits, until it is cancelled."""
        probe = subprocess.Popen(["psql", "-X", "-q", self.address(), "-c", "CREATE TABLE IF NOT EXISTS probe ()", "-c",
                                  "COMMENT ON TABLE probe IS 'probed'"], stderr=subprocess.DEVNULL)
        waited = False
        while probe.poll() is None:
            waited |= "t" in self.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND "
                                      f"application_name = 'psql' AND datname = '{self.database}'")
        return waited

    def wait_for_standby(self, count=1):
        """The backends that wait for a standby, or for one that does, once there are so many."""
        def waiting():
            found = self.sql("SELECT pid FROM pg_stat_activity WHERE wait_event IN ('SyncRep', 'transactionid') AND "
                             f"backend_type = 'client backend' AND datname = '{self.database}'").split()
            return found if len(found) >= count else None
        return until(waiting, f"{count} to wait for a standby", 0.05)

    def test_nothing_is_acknowledged_that_no_standby_has(self):
        one, other = self.server(), self.server()
        wires = [Wire(self, server.ports[0]) for server in (one, other)]
        self.addCleanup(self.set_standbys, "")
        self.set_standbys("nobody")
        wires[0].send(chunk(0, first=0))
        waiting = self.wait_for_standby()
        self.sql(f"SELECT pg_cancel_backend({waiting[0]})")
        answer = wires[0].receive()  # the commit has succeeded, with a warning: now everybody can read the bet
        self.assertEqual(answer.kind, "error store_failed")
        self.assertTrue(answer.error["retryable"])
        self.assertEqual(self.count(), 1)
        for wire in wires:  # also the server that only reads that it is there says nothing
            wire.send(chunk(0, first=0))
        self.wait_for_standby(count=2)
        for wire in wires:
            wire.socket.setblocking(False)
            self.assertRaises(BlockingIOError, wire.socket.recv, 1)
            wire.socket.setblocking(True)
            wire.socket.settimeout(hang_s())
        self.set_standbys("")
        for wire in wires:
            self.assertEqual(wire.receive()["next"], 1)
        self.assert_stored(1)

    def test_a_chunk_that_is_known_waits_for_the_standby_too(self):
        """It is sent again to a server that knows it already, and has nothing to read: what it knows, the standby may not have.
        So with the agency's end."""
        server = self.server()
        wire = Wire(self, server.ports[0])
        known = chunk(0, 3, first=0), chunk(3, 0, first=3, type_message=2)
        self.assertEqual([wire.ask(message)["next"] for message in known], [3, 3])
        self.addCleanup(self.set_standbys, "")
        for again in known:
            self.set_standbys("nobody")
            wire.send(again)
            until(lambda again=again: self.waits_unanswered(wire, again), "the server to wait for its standby")
            self.set_standbys("")
            self.assertEqual(wire.receive()["next"], 3)

    def waits_unanswered(self, wire, message):
        self.assertEqual(select.select([wire.socket], [], [], 0)[0], [], f"{message} was answered, and no standby has it")
        return self.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name <> 'psql' AND "
                        f"backend_type = 'client backend' AND datname = '{self.database}'")

    def test_a_signal_ends_the_wait(self):
        server = self.server()
        wire = Wire(self, server.ports[0])
        self.addCleanup(self.set_standbys, "")
        self.set_standbys("nobody")
        wire.send(chunk(0, first=0))
        self.wait_for_standby()
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        self.assertNotIn("processed", [message.kind for message in wire.receive_all()])


# A database that is not there, or will not


class Away(DatabaseStory):
    def wrong_start(self, address, says, hides=None):
        server = Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, "--store", address])
        self.assertEqual(server.wait(), 1, server.log())
        line, = (line for line in server.lines if line and "action: start_server | result: fail" in line)
        for text in says:
            self.assertIn(text, line)
        if hides is not None:
            self.assertNotIn(hides, server.log() + "".join(server.errors))

    def test_it_is_waited_for(self):
        self.postgres.stop()
        server = Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, "--store", self.address()])
        try:
            server.wait_for(r"action: store \| result: fail \| error: store_away .*Connection refused")
        finally:
            self.postgres.start()
        server.wait_for("action: listen ")

    def test_a_signal_ends_the_waiting(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes connections, and says nothing
            for port in (silent.getsockname()[1], 1):
                server = Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, "--store",
                                        self.address(port=port)])
                server.wait_for("action: config")
                server.signal(signal.SIGTERM)
                self.assertEqual(server.wait(), 0, server.log())
                server.wait_for("action: signal_received .*SIGTERM")
                server.wait_for("action: end_server .*success")

    def test_a_wrong_user_password_or_database(self):
        with open(os.path.join(self.postgres.data, "pg_hba.conf"), "r+", encoding="utf-8") as file:
            rules = file.read()
            file.seek(0)
            file.write(f"host all guarded 127.0.0.1/32 scram-sha-256\n{rules}")
        self.sql("SELECT pg_reload_conf()")
        self.sql("CREATE ROLE guarded LOGIN PASSWORD 'another'")
        self.addCleanup(self.sql, "DROP ROLE guarded", "postgres")
        self.wrong_start(self.address(user="guarded", more=f"password={SECRET}"),
                         ["password authentication failed", "guarded"], hides=SECRET)
        self.wrong_start(self.address(user="guarded"), ["no password supplied"])
        self.wrong_start(self.address(user="nobody_we_know"), ["nobody_we_know"])
        self.wrong_start(self.address(database="nowhere"), ["nowhere", "does not exist"])

    def test_tables_of_another_version(self):
        self.server().signal(signal.SIGTERM)
        self.sql("UPDATE quiniela_schema SET version = 99")
        self.wrong_start(self.address(), ["version 99", "version 5"])
        self.assertEqual(self.sql("SELECT version FROM quiniela_schema"), "99")

    def test_a_database_that_takes_no_changes(self):
        self.sql(f"ALTER DATABASE {self.database} SET default_transaction_read_only = on")
        server = Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, "--store", self.address()])
        server.wait_for(r"action: store \| result: fail .*read-only")
        self.sql(f"ALTER DATABASE {self.database} RESET ALL", "postgres")
        server.wait_for("action: listen ")

    def test_readers_want_the_host_that_leads(self):
        follower = with_postgres.Postgres(("default_transaction_read_only=on",))
        self.addCleanup(follower.end)
        sql(f"CREATE DATABASE {self.database}", follower.address() + "?options=-cdefault_transaction_read_only%3Doff")
        self.server().signal(signal.SIGTERM)
        both = self.address().replace("host=127.0.0.1 port=", f"host=127.0.0.1,127.0.0.1 port={follower.port},")
        status, output, errors = self.run_program("status", "--store", both)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("Draw 1: open", output)
        self.sql(f"ALTER DATABASE {self.database} SET default_transaction_read_only = on", "postgres")
        status, _, errors = self.run_program("status", "--store", both)  # nobody leads: the first will do
        self.assertEqual(status, 1)
        self.assertIn("not a quiniela store", errors)

    def test_status_says_what_the_server_counted(self):
        """Nobody can read it, but the server knows more or less how the draw stands."""
        server = self.server()
        self.assertEqual(Wire(self, server.ports[0]).ask(chunk(0, 3, first=0))["next"], 3)
        self.postgres.kill()
        self.addCleanup(self.postgres.start)
        table = self.run_program("status", "--store", self.address())[1]
        self.assertRegex(table, r"; this is what the server counted at \S+Z, and what it has stored since\n")
        self.assertRegex(table, r"\n  bets +3, with those counted at \S+Z\n")
        self.assertRegex(table, r"\n  missing +2 of the agencies; which ones only the database knows\n")
        status, _, errors = self.run_program("finish", "--store", self.address(), "--agency", "2", "--yes")
        self.assertEqual(status, 1)
        self.assertTrue(errors.endswith("quiniela finish: nobody knows whether it is stored: give the order again, it is done once\n"), errors)
        status, printed, errors = self.run_program("status", "--store", self.address(), "--json")
        self.assertEqual((status, errors), (0, ""))
        state = json.loads(printed)
        self.assertEqual((state["state"], state["agencies"], state["finished"], state["by_agency"]), ("open", 2, 0, None))
        self.assertEqual((state["bets"], state["counted_at"][-1:]), (3, "Z"))
        self.assertEqual((state["more_missing"], state["next"]["do"]), (True, "mend_store"))
        self.assertEqual(state["server"]["pid"], server.process.pid)

    def test_an_address_that_is_none(self):
        status, log, errors = self.run_program("server", "--store", f"postgresql://a:{SECRET}@[b/c")
        self.assertEqual(status, 2)
        self.assertIn("--store", errors)
        self.assertNotIn(SECRET, log + errors)

    def test_the_password_is_shown_nowhere(self):
        for address in (self.address(more=f"password={SECRET}"),
                        f"postgresql://postgres:{SECRET}@127.0.0.1:{self.postgres.port}/{self.database}"):
            for flags in (["--store", address], [f"--store={address}"], [f"--stor={address}"]):
                server = Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, *flags])
                server.wait_for("action: listen ")
                with open(f"/proc/{server.process.pid}/cmdline", encoding="utf-8") as file:
                    self.assertNotIn(SECRET, file.read())
                server.signal(signal.SIGTERM)
                server.wait()
                self.assertNotIn(SECRET, server.log())
            for command in ("status", "check", "export"):
                status, output, errors = self.run_program(command, "--store", address)
                self.assertEqual((status, errors), (0, ""))
                self.assertNotIn(SECRET, output)
            self.sql("UPDATE quiniela_schema SET version = 99")
            self.assertNotIn(SECRET, "".join(map(str, self.run_program("status", "--store", address))))
            self.sql("UPDATE quiniela_schema SET version = 5")


class Lotteries(DatabaseStory):
    SIZES, WINNERS = (3000, 2000), (3, 2)

    def play(self, trouble, *flags):
        """A lottery, in the middle of which there is trouble."""
        self.sample(self.SIZES, self.WINNERS)
        server = self.server()
        agencies = [Agency(self, number, server.ports, "--chunk-size", 5, *flags) for number in (1, 2)]
        server.wait_for("action: apuestas_almacenadas ", count=300)
        trouble(server)
        self.assertEqual([agency.winners() for agency in agencies], list(self.WINNERS))
        path = os.path.join(self.folder, "stored.csv")
        self.run_program("export", "--store", self.address(), "--output", path)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(sorted(file.read().splitlines()), sorted(self.sent(agencies=(1, 2)).elements()))
        server.expect("action: sorteo .*success")

    def test_the_database_is_killed_and_comes_back(self):
        def trouble(_):
            self.postgres.kill()
            self.postgres.start()
        self.play(trouble)

    def test_every_connection_is_ended_again_and_again(self):
        def trouble(server):
            for count in range(350, 800, 50):
                self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quiniela' "
                         f"AND datname = '{self.database}'")
                server.wait_for("action: apuestas_almacenadas ", count=count)
        self.play(trouble)

    def test_a_full_disk(self):
        if os.geteuid() != 0:
            self.skipTest("only root mounts a small disk")
        disk = os.path.join(self.folder, "disk")
        os.mkdir(disk)
        os.chmod(self.folder, 0o755)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=777", "tmpfs", disk], check=False)
        if mounted.returncode != 0:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=False)
        place = os.path.join(disk, "space")
        os.mkdir(place)
        subprocess.run(["chown", "postgres", place], check=True)
        space = f"space_{self.database}"
        self.sql(f"CREATE TABLESPACE {space} LOCATION '{place}'", "postgres")
        for statement in (f"CREATE DATABASE {self.database}", f"DROP TABLESPACE {space}",
                          f"DROP DATABASE {self.database} WITH (FORCE)"):  # the last one first
            self.addCleanup(self.sql, statement, "postgres")
        self.sql(f"ALTER DATABASE {self.database} SET default_tablespace = {space}", "postgres")
        server = self.server("--http-port", 0)
        board = Board(self, server)
        wire = Wire(self, server.ports[0])
        stored, refused = 0, None
        with open(os.path.join(disk, "ballast"), "wb") as file:
            file.write(bytes(16 << 20))
        while refused is None:
            answer = wire.ask(chunk(stored, 1000, first=stored))
            if answer.kind == "processed":
                stored += 1000
            else:
                refused = answer["payload"]
        self.assertEqual((refused["code"], refused["retryable"]), ("store_failed", True))
        server.wait_for(r"action: store \| result: fail .*No space left on device")
        self.assert_stored(stored)
        for count in 2, 3:  # it tries by itself, and is not ready between two trials
            server.wait_for(r"action: store \| result: fail .*No space left on device", count=count)
            self.assertRegex(board.get("/readyz", 503), "store: nothing can be stored: .*full")
        self.assertEqual(server.count(r"action: store \| result: success"), 0)
        os.unlink(os.path.join(disk, "ballast"))
        until(lambda: board.ask("/readyz")[::2] == (200, b"ok\n"), "the server to be ready again")
        self.assert_stored(stored)
        self.assertEqual(wire.ask(chunk(stored, 1000, first=stored))["next"], stored + 1000)
        self.assert_stored(stored + 1000)


if __name__ == "__main__":
    unittest.main()
