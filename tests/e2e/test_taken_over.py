"""Servers set up for different numbers of agencies acknowledge no bet that their draw leaves out.

Whatever the order in which their statements meet; and a server that runs takes over what another one has stored.
"""
import unittest

from database import DatabaseStory, chunk
from harness import Process, Wire

# Bets of agency 3 wait while somebody holds the lock: as they are added, or in the commit, after every statement.
WAIT = """
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::int); RETURN NULL; END $$;
    CREATE TRIGGER adding AFTER INSERT ON chunks FOR EACH ROW WHEN (NEW.agency = 3) EXECUTE FUNCTION wait(1);
    CREATE CONSTRAINT TRIGGER committing AFTER INSERT ON chunks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.agency = 3) EXECUTE FUNCTION wait(2);"""


def end(agency):
    return {"type_message": 2, "agency": str(agency), "first": 0, "payload": [f"Ana,Paz,{agency}7,2000-01-01,7574"]}


class TakenOver(DatabaseStory):
    ON_PURPOSE = {"CHANGE": "yes"}

    def finish_one_and_two(self):
        """Server A waits for three agencies, and two have finished."""
        self.one = self.server(agencies=3)
        self.wire = Wire(self, self.one.ports[0])
        for agency in (1, 2):
            self.assertEqual(self.wire.ask(end(agency)).kind, "processed")

    def start(self, agencies, **environment):
        """Another server, which may not get as far as listening."""
        return Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, "--agencies", agencies,
                              "--store", self.address()], environment=environment)

    def wait_for_lock(self, query):
        self.one.wait_until(lambda: self.sql(
            f"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '{query}' AND datname = "
            f"'{self.database}'") != "0")


    def test_what_comes_before_the_other_seals_is_not_acknowledged_into_nothing(self):
        """A's bet is on its way while B reads which agencies have sent: it is stored after B's seal, or not at all."""
        self.finish_one_and_two()
        self.sql(WAIT)
        held = self.holding("SELECT pg_advisory_lock(1)")
        self.wire.send(chunk(0, first=0, agency=3))
        self.wait_for_lock("INSERT INTO chunks%")
        other = self.start(2, **self.ON_PURPOSE)
        other.wait_for("action: listen ")
        held.release()
        answer = self.wire.receive()
        self.assertEqual(answer.kind, "error unknown_agency",
                         self.one.log())
        self.assertEqual(self.count(), 2)
        self.one.wait_until(lambda: self.sql("SELECT state FROM draws") == "drawn")
        self.check_whole()

    def test_what_is_acknowledged_is_not_left_out(self):
        """A's commit is under way when B reads: B waits for it, and sees that agency 3 has sent."""
        self.finish_one_and_two()
        self.sql(WAIT)
        held = self.holding("SELECT pg_advisory_lock(2)")
        self.wire.send(chunk(0, first=0, agency=3))
        self.wait_for_lock("COMMIT%")
        other = self.start(2, **self.ON_PURPOSE)
        self.wait_for_lock("%FROM draws%FOR UPDATE%")
        held.release()
        self.assertEqual(self.wire.receive(), {"type_message": 1, "payload": None, "next": 1})
        self.assertEqual(other.wait(), 2)
        other.wait_for("AGENCIES is 2, but agency 3 has sent to draw .* already: start with 3 or more")
        self.assertEqual(self.sql("SELECT state, agencies FROM draws"), "open|3")
        self.assertEqual(self.wire.ask({**end(3), "first": 1})["next"], 2)
        self.one.wait_for("action: sorteo .*success")
        self.check_whole()

    def test_a_running_server_takes_over_what_is_sealed(self):
        """Its held consultations are answered, those of the agency that is left out with an error, and it goes on."""
        self.finish_one_and_two()
        waiting = [Wire(self, self.one.ports[1]) for _ in range(3)]
        for agency, wire in enumerate(waiting, 1):
            wire.send({"type_message": 3, "agency": str(agency)})
        self.start(2, **self.ON_PURPOSE).wait_for("action: listen ")
        for agency, wire in enumerate(waiting[:2], 1):
            self.assertEqual(wire.receive(), {"type_message": 2, "payload": f"{agency}7"})
        self.assertEqual(waiting[2].receive().code, "unknown_agency")
        for agency in (1, 2):
            asked = self.wire.ask({"type_message": 3, "agency": str(agency)})
            self.assertEqual(asked, {"type_message": 2, "payload": f"{agency}7"})
        self.assertEqual(self.one.count("ERROR"), 0)
        self.check_whole()

    def test_a_running_server_takes_more_agencies_over(self):
        one = self.server(agencies=2)
        wire = Wire(self, one.ports[0])
        for agency in (1, 2):  # the second is the last for the one, and not for the other
            if agency == 2:
                self.start(4).wait_for("action: listen ")
                self.assertEqual(wire.ask(chunk(0, first=0, agency=4))["next"], 1)  # nobody refuses by a guess
            self.assertEqual(wire.ask(end(agency)).kind, "processed")
        self.assertEqual(wire.ask({"type_message": 3, "agency": "5"}).code, "unknown_agency")
        self.assertEqual(self.sql("SELECT state, agencies, finished FROM draws"), "open|4|2")
        self.assertEqual(wire.ask(end(3)).kind, "processed")
        self.assertEqual(wire.ask({**end(4), "first": 1}).kind, "processed")
        self.assertEqual(wire.ask({"type_message": 3, "agency": "4"}), {"type_message": 2, "payload": "47"})
        self.check_whole()

    def check_whole(self):
        status, output, errors = self.run_program("check", "--store", self.address())
        self.assertEqual((status, errors), (0, ""), output)


if __name__ == "__main__":
    unittest.main()
