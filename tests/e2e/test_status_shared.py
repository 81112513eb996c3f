"""Of several servers of one draw, all that are on a machine are asked who is silent.

An agency is silent only where none of them has heard of it; what they cannot know is said.
"""
import re
import unittest

from harness import Server, Wire
from standstill import standing_still
from stores import STORES
from test_orders import bet
from test_status import Status


@unittest.skipUnless(STORES.is_shared, "needs a store that several servers share")
class Shared(Status):
    def silent(self, *flags):
        return {one["agency"]: one["heard_at"] for one in self.state(*flags)["server"]["silent"]}

    def sends(self, server, which, agency):
        wire = Wire(self, server.every[which][0])
        self.assert_taken(wire.ask({"type_message": 1, "agency": agency, "first": 0, "payload": [bet(agency)]}), 1)

    def test_whom_none_has_heard_of(self):
        """Each of the two is at work at one of them, and the third at none."""
        server = Server(self, agencies=3, servers=2)
        self.sends(server, 0, 1)
        self.sends(server, 1, 2)
        self.assertEqual(self.next(), ("call_agency", 3))
        state = self.state()
        self.assertEqual((state["server"]["never_heard"], state["asked"], state["no_answer"]), (1, "this_machine", None))
        self.assertEqual({one["pid"] for one in state["servers"]}, {process.pid for process in server.processes})
        self.assertEqual([agency for agency, heard in self.silent().items() if heard is None], [3])
        table = self.table()
        self.assertRegex(table, r"call agency 3, not heard of by the 2 servers here; servers on other machines are not heard")
        self.assertRegex(table, r"\n  others +servers on other machines are not heard here\n")
        self.assertEqual(len(re.findall(r"\n  server +process \d+, for ", table)), 2)

    def test_those_on_other_machines(self):
        """Nobody here knows whether they run: what a start would do is said of none but the first."""
        server = Server(self, "--close-at", "2998-01-01T21:00Z", agencies=2, servers=1)
        self.sends(server, 0, 1)
        elsewhere = {"RUNTIME_DIRECTORY": "/nowhere", "XDG_RUNTIME_DIR": "/nowhere"}
        status, table, errors = self.run_program("status", environment=elsewhere)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("\n  others          servers on other machines are not heard here\n", table)
        self.assertRegex(table, r"next: no server of this draw answers on this machine, .* where none runs start one; .* where none runs a later start")

    def test_one_that_is_named_is_asked_alone(self):
        server = Server(self, agencies=2, servers=2)
        self.sends(server, 0, 1)
        self.sends(server, 1, 2)
        path = f"{self.folder}/quiniela-{server.every[1][0]}.control"
        self.assertEqual(self.next("--control", path), ("call_agency", 1))
        self.assertEqual(self.state("--control", path)["asked"], "named")
        self.assertRegex(self.table("--control", path), "not heard of by this server; other servers were not asked")

    def test_one_that_does_not_answer(self):
        """Its agencies seem silent, so it is said."""
        server = Server(self, agencies=2, servers=2)
        self.sends(server, 0, 1)
        self.sends(server, 1, 2)
        with standing_still(server, server.processes[:1]):
            state = self.state()
        self.assertRegex(state["no_answer"], r"\.control: .*it hangs, or is stopped")
        self.assertIn("A SERVER HERE HAS NOT ANSWERED", state["next"]["text"])
        self.assertEqual([one["pid"] for one in state["servers"]], [server.processes[1].pid])


if __name__ == "__main__":
    unittest.main()
