"""An order that the cut-off overtakes, by the database's clock, takes nothing back."""
import unittest

from database import DatabaseStory, chunk
from harness import Process, Wire

CUT_OFF = "2031-05-06T12:00:00Z"
CLOCK = """
CREATE SCHEMA planted;
CREATE TABLE planted.clock (moment TIMESTAMPTZ);
INSERT INTO planted.clock VALUES ('2031-05-06T11:59:00Z');
CREATE FUNCTION planted.clock_timestamp() RETURNS TIMESTAMPTZ VOLATILE LANGUAGE SQL AS 'SELECT moment FROM planted.clock';
"""


class CutOff(DatabaseStory):
    """The database's time is what the story says: its function comes before PostgreSQL's."""

    def setUp(self):
        super().setUp()
        self.sql(CLOCK)
        self.sql(f"ALTER DATABASE {self.database} SET search_path = public, planted, pg_catalog", "postgres")

    def set_time(self, moment):
        self.sql(f"UPDATE planted.clock SET moment = '{moment}'")

    def waits(self):
        return self.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name <> 'psql' AND "
                        f"datname = '{self.database}'") == "1"

    def overtake(self, *order):
        """How the order ends: it waits for the draw, and the cut-off comes meanwhile."""
        server = self.server("--close-at", CUT_OFF, "--number", "manual")
        self.assertEqual(Wire(self, server.ports[0]).ask(chunk(0, 3, first=0)).kind, "processed")
        held = self.holding("SELECT 1 FROM draws FOR UPDATE")
        process = Process(self, [*order, "--store", self.address()])
        server.wait_until(self.waits)
        self.set_time(CUT_OFF)
        held.release()
        return process.wait(), process.log(), "".join(process.errors)

    def assert_closed(self):
        self.assertEqual(self.sql("SELECT state, closes_at FROM draws"), f"sealed|{CUT_OFF}")
        self.assertEqual(self.sql("SELECT DISTINCT ending FROM agencies"), "close")
        self.assert_stored(3)

    def assert_refused(self, *order):
        status, _, errors = self.overtake(*order)
        self.assertEqual(status, 1, errors)
        self.assertRegex(errors, r'draw "1" is sealed')
        self.assert_closed()

    def test_it_is_not_taken_back(self):
        self.assert_refused("change", "--close-at", "none")

    def test_it_is_not_put_off(self):
        self.assert_refused("change", "--close-at", "2031-05-06T13:00:00Z")

    def test_no_agency_is_reset(self):
        self.assert_refused("reset", "--agency", 1, "--yes")

    def test_an_agency_is_cut_off_and_not_ended(self):
        status, log, errors = self.overtake("finish", "--agency", 1, "--yes")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("agency 1 had ended before", log)
        self.assert_closed()


if __name__ == "__main__":
    unittest.main()
