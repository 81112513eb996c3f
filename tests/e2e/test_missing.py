"""A missing chunk is reported by whoever needs it, and the rest is never taken for the whole."""
import contextlib
import os
import sqlite3
import unittest

from harness import STORES, Server, Story, Wire

EACH, BETS = 30, 90
NAMES = "A" * 100 + "," + "P" * 100  # so long that a chunk is no small one, which would lie in the inbox


def chunk(first, kind=1, agency=1, count=EACH):
    return {"type_message": kind, "agency": str(agency), "first": first,
            "payload": [f"{NAMES},{n},2000-01-01,{7574 if n == 7 else 1}" for n in range(first, first + count)]}


@unittest.skipUnless(STORES.in_files, "it takes a row out of SQLite's file; the functions are the same")
class Missing(Story):
    MISSING = "the store is damaged: of agency 1 the bets from 30 to 59 are missing"

    def start(self):
        server = Server(self, "--audit-log", "audit.log", agencies=2)
        return server, Wire(self, server.ports[0])

    def lose_a_row(self):
        server, wire = self.start()
        for first in range(0, BETS, EACH):
            self.assertEqual(wire.ask(chunk(first, kind=2 if first + EACH == BETS else 1))["next"], first + EACH)
        server.kill()
        with contextlib.closing(sqlite3.connect(os.path.join(self.folder, "quiniela.db"))) as store:
            self.assertEqual(store.execute("DELETE FROM chunks WHERE first = 30").rowcount, 1)
            store.commit()

    def test_the_readers(self):
        self.lose_a_row()
        path = os.path.join(self.folder, "bets.csv")
        status, printed, errors = self.run_program("export", "--store", "quiniela.db", "--output", path)
        self.assertEqual((status, printed.strip()), (1, ""))
        self.assertIn(self.MISSING, errors)
        self.assertFalse(os.path.exists(path), "a failed export left a file")
        status, printed, errors = self.run_program("check", "--store", "quiniela.db")
        self.assertEqual(status, 1)
        self.assertIn(self.MISSING, printed)
        self.assertIn("good: 2 chunks with 60 bets | winners: 0 | damages: 1", printed)
        self.assertIn("it is damaged", errors)
        status, printed, errors = self.run_program("status", "--store", "quiniela.db")  # what the agencies' rows say
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(printed, r"bets +90\n")
        status, printed, errors = self.run_program("verify", "--audit", "audit.log")  # which holds no bets
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("chain intact", printed)

    def test_the_server(self):
        """It starts, as it reads no bets then; it acknowledges none that is gone, and makes no draw without it."""
        self.lose_a_row()
        server, wire = self.start()
        self.assertIn("finished: 1 of 2 | bets: 90", server.wait_for("action: open_draw.*")[0])
        for first in (0, 60):
            self.assertEqual(wire.ask(chunk(first))["next"], BETS)
        for first, count in ((30, 30), (40, 1), (0, 90), (29, 2), (59, 2)):
            reply = wire.ask(chunk(first, count=count))
            self.assertEqual((reply.code, reply.error["retryable"]), ("store_failed", True), reply)
            self.assertRegex(reply.error["message"],
                             "the store is damaged: of agency 1 the bets from [345][09] to [345][09] are missing")
        server.wait_for(r"ERROR +action: store \| result: fail \| error: store_failed \| message: " + self.MISSING)
        self.assertEqual(wire.ask(chunk(0, kind=2, agency=2, count=0))["next"], 0)
        server.wait_for(r"action: sorteo \| result: fail \| error: store_failed \| message: " + self.MISSING)
        self.assertEqual(server.count("action: sorteo .* success"), 0)
        self.assertEqual(self.ask_store("SELECT count(*) FROM winners"), "0")


if __name__ == "__main__":
    unittest.main()
