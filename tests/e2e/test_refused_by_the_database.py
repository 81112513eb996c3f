"""A request that the database rejects is refused alone, a database not in UTF-8, at the start.

It breaks a rule of the tables, whoever sends at the same time.
"""
import unittest

from database import DatabaseStory, chunk
from harness import Process, Wire


class Refused(DatabaseStory):
    def test_a_database_of_another_encoding(self):
        for encoding in ("LATIN1", "SQL_ASCII"):
            with self.subTest(encoding=encoding):
                name = f"{self.database}_{encoding.lower()}"
                self.sql(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0", "postgres")
                self.addCleanup(self.sql, f"DROP DATABASE {name} WITH (FORCE)", "postgres")
                server = Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, "--store",
                                        self.address(database=name)])
                self.assertEqual(server.wait(), 1, server.log())
                server.wait_for(f"action: start_server .*the database's encoding is {encoding}, and bets need UTF8: make "
                                "another with CREATE DATABASE")
                self.assertEqual(self.sql("SELECT to_regclass('quiniela_schema')::text", name), "")

    def forbid(self):
        """A rule of the operator's (SQLSTATE 23514), and a value that the database cannot take (class 22)."""
        self.sql("ALTER TABLE chunks ADD CHECK (rows NOT LIKE '%Ivo%');"
                 "CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.rows LIKE '%Eva%' THEN "
                 "RAISE EXCEPTION USING ERRCODE = '22021'; END IF; RETURN NEW; END $$;"
                 "CREATE TRIGGER judge BEFORE INSERT ON chunks FOR EACH ROW EXECUTE FUNCTION judge()")

    def at_once(self, server, messages):
        """The answers to these, each sent on a connection of its own, which the server decides on in one group."""
        first = Wire(self, server.ports[0])
        held = self.holding("LOCK TABLE chunks IN SHARE MODE")
        first.send(chunk(0, first=0, agency=9))
        server.wait_until(lambda: self.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                                           f"datname = '{self.database}'") == "1")
        wires = [Wire(self, server.ports[0]) for _ in messages]
        for wire, message in zip(wires, messages):
            wire.send(message)
            wire.send({"type_message": 3, "agency": "1", "wait": False})
        held.release()
        self.assertEqual(first.receive().kind, "processed")
        answers = [wire.receive() for wire in wires]
        for wire in wires:
            self.assertEqual(wire.receive().kind, "not_ready")
        return answers

    def test_a_request_is_refused_alone(self):
        server = self.server(agencies=9)
        self.forbid()
        messages = [chunk(0, 3, first=0, agency=agency) for agency in range(1, 9)]
        messages[2]["payload"][1] = "Ivo,Paz,1,2000-01-01,1"
        messages[6]["payload"][2] = "Eva,Paz,1,2000-01-01,1"
        answers = self.at_once(server, messages)
        for number, answer in enumerate(answers):
            with self.subTest(number=number):
                if number in (2, 6):
                    self.assertEqual(answer.kind, "error bad_message", answer)
                    self.assertFalse(answer.error["retryable"])
                else:
                    self.assertEqual(answer, {"type_message": 1, "payload": None, "next": 3})
        self.assertEqual(self.count(), 1 + 6 * 3)
        server.expect("result: fail", 2)
        self.assertEqual(Wire(self, server.ports[0]).ask(chunk(0, 3, first=0, agency=3))["next"], 3)  # a better one
        status, output, errors = self.run_program("check", "--store", self.address())
        self.assertEqual((status, errors), (0, ""), output)


if __name__ == "__main__":
    unittest.main()
