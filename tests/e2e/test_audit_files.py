"""Moving, emptying or deleting the audit log, or killing the server, leaves a log that verifies.

What happened still stands in it, or it says what is missing.
"""
import hashlib
import json
import os
import re
import shutil
import signal
import time
import unittest

from certificates import Authority
from harness import Agency, Server, Wire, not_under_valgrind
from test_verify import Audited


CLOCK_REALTIME_COARSE = 5  # clock_gettime(2)


def the_servers_second():
    """As time(2) has it, some milliseconds later than Python's time()."""
    return int(time.clock_gettime(CLOCK_REALTIME_COARSE))


class Files(Audited):
    def server(self, *flags, agencies=2, **how):
        return Server(self, "--audit-log", "audit.log", *flags, agencies=agencies, servers=1, **how)

    def stop(self, server):
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)

    def read(self, name="audit.log"):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def has(self, event):
        """Whether a whole record of it is there by now: what is being written may be read in part."""
        return re.search(rf'"event":"{event}".*\n', self.text())

    def finish(self, server, agency):
        wire = Wire(self, server.ports[0])
        answer = wire.ask({"type_message": 2, "agency": str(agency), "payload": [f"Ana,Gil,{agency},1990-01-01,7574"]})
        self.assertEqual(answer.kind, "processed")
        wire.socket.close()

    def old(self):
        return os.path.join(self.folder, "audit.log.1")

    def read_lines(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.readlines()

    def write_lines(self, name, lines):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.writelines(lines)


class Moved(Files):
    """While the server runs."""

    def test_a_file_that_is_moved(self):
        server = self.server()
        self.finish(server, 1)
        os.rename(self.path(), self.old())
        self.finish(server, 2)
        server.wait_for(r"action: audit \| result: success .*reason: moved")
        server.wait_for("action: sorteo")
        self.stop(server)
        self.assertEqual([r["event"] for r in self.read("audit.log.1")], ["started", "agency_finished"])
        self.assertEqual(self.events(), ["continued", "agency_finished", "sealed", "drawn", "stopped"])
        self.assertEqual(os.stat(self.path()).st_mode & 0o777, 0o600)
        self.assertIn("7 records", self.verify(file="audit.log.1,audit.log"))
        alone = self.verify()
        self.assertIn("audit.log: goes on from record 2 of an older file, whose last hash was", alone)
        head = self.verify(file="audit.log.1").rsplit(" ", 1)[1].strip()
        self.assertIn(head, alone)
        self.verify("--head", head)
        self.verify("--head", head, file="audit.log.1,audit.log")

    def test_a_signal_has_it_go_on_at_once(self):
        """Nothing more has to happen: the old file can be compressed."""
        server = self.server()
        self.rotate(server, 1)
        self.assertEqual(self.events(), ["continued"])
        self.assertEqual(self.read()[0]["file"], os.path.realpath(self.old()))
        alone = self.verify()
        self.assertRegex(alone, r"goes on from record 1 of an older file, whose last hash was [0-9a-f]{64}; it was left as \S+/audit.log.1\n")
        self.stop(server)

    def rotate(self, server, count):
        """As logrotate does, for the count-th time."""
        for number in range(count, 0, -1):
            if number > 1:
                os.rename(f"{self.path()}.{number - 1}", f"{self.path()}.{number}")
        os.rename(self.path(), self.old())
        server.signal(signal.SIGHUP)
        server.wait_for(r"action: audit \| result: success .*reason: moved", count)

    def test_files_in_a_row_are_one_chain(self):
        server = self.server(agencies=9)
        for count in (1, 2):
            self.finish(server, count)
            self.rotate(server, count)
        self.finish(server, 3)
        self.stop(server)
        files = ["audit.log.2", "audit.log.1", "audit.log"]
        status, printed, errors = self.run_program("verify", "--audit", *files)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("audit.log: 7 records", printed)
        self.assertEqual(self.run_program("verify", *files)[0], 0)
        for wrong, expected in [
                ([files[0], files[2]], r"audit.log: line 1: is record 5, but the file before ends with record 2: .* missing"),
                ([files[1], files[0]], r"audit.log.2: line 1: is record 1, but the file before ends with record 4"),
                ([files[0], files[1], files[1]], r"audit.log.1: line 1: is record 3, but the file before ends with record 4")]:
            with self.subTest(files=wrong):
                status, _, errors = self.run_program("verify", "--audit", *wrong)
                self.assertEqual(status, 1)
                self.assertRegex(errors, expected)

    def test_the_next_start_goes_on_in_the_new_file(self):
        server = self.server()
        self.finish(server, 1)
        second = the_servers_second()
        while the_servers_second() == second:  # what happened before it is in the old file
            time.sleep(0.05)
        os.rename(self.path(), self.old())
        self.finish(server, 2)
        server.wait_for("action: sorteo")
        self.stop(server)
        self.stop(self.server())
        self.assertEqual(self.events()[-3:], ["stopped", "started", "stopped"])  # and nothing once more
        self.assertIn("chain intact", self.verify(file="audit.log.1,audit.log"))

    def test_a_file_that_is_emptied(self):
        server = self.server()
        self.finish(server, 1)
        shutil.copy(self.path(), self.old())  # as logrotate's copytruncate does
        os.truncate(self.path(), 0)
        self.finish(server, 2)
        server.wait_for(r"action: audit \| result: success .*reason: emptied")
        self.stop(server)
        self.assertIn("chain intact", self.verify(file="audit.log.1,audit.log"))
        self.stop(self.server())
        self.assertIn("chain intact", self.verify(file="audit.log.1,audit.log"))

    def test_a_file_that_is_deleted(self):
        server = self.server()
        os.unlink(self.path())
        self.finish(server, 1)
        server.wait_for(r"action: audit \| result: success .*reason: deleted")
        self.stop(server)
        self.assertEqual(self.events(), ["continued", "agency_finished", "stopped"])
        self.assertIn("goes on from record 1 of an older file", self.verify())

    def test_another_file_in_its_place(self):
        server = self.server()
        os.rename(self.path(), self.old())
        with open(self.path(), "w", encoding="utf-8") as file:
            file.write("something else\n")
        self.finish(server, 1)
        server.wait_for(r"WARNING .*action: audit \| result: fail .*another file is in its place; the file that was open stays in use")
        os.unlink(self.path())
        self.finish(server, 2)
        server.signal(signal.SIGHUP)
        server.wait_for(r"action: audit \| result: success .*reason: moved")
        self.stop(server)
        agencies = [r["agency"] for name in ("audit.log.1", "audit.log") for r in self.read(name) if r["event"] == "agency_finished"]
        self.assertEqual(agencies, [1, 2], "expected nothing to be lost")
        self.verify(file="audit.log.1,audit.log")

    def test_what_somebody_else_adds_is_found(self):
        server = self.server()
        with open(self.path(), "a", encoding="utf-8") as file:
            file.write("forged\n")
        self.finish(server, 1)
        server.wait_for(r"action: audit \| result: fail .*somebody else has changed it")
        self.stop(server)
        self.assertIn("line 2", self.verify(status=1))

    def test_files_that_do_not_belong_together(self):
        server = self.server()
        self.finish(server, 1)
        os.rename(self.path(), self.old())
        self.finish(server, 2)
        self.stop(server)
        lines = self.read_lines("audit.log.1")
        self.write_lines("cut.log", lines[:-1])
        self.assertIn("line 1: is record 3, but the file before ends with record 1",
                      self.verify(file="cut.log,audit.log", status=1))
        self.assertIn("line 1: ", self.verify(file="audit.log,audit.log.1", status=1))
        self.assertIn("line 1: ", self.verify(file="audit.log.1,audit.log.1", status=1))

    def test_an_empty_file_and_times_that_run_backwards(self):
        self.write([])
        self.assertIn("audit.log: is empty", self.verify(status=1))
        lines, before = [], "0" * 64
        for number, day in enumerate(("2024-05-02", "2024-05-03", "2021-01-01", "2021-01-02"), 1):
            lines.append(f'{{"n":{number},"at":"{day}T00:00:00Z","event":"x","previous":"{before}"}}\n'.encode())
            before = hashlib.sha256(lines[-1].rstrip()).hexdigest()
        self.write(lines)
        said = self.verify()
        self.assertIn("1 times run backwards, first on line 3: 2021-01-01T00:00:00Z, and 2024-05-03T00:00:00Z before", said)
        self.assertIn("4 records, first 2024-05-02T00:00:00Z, last 2021-01-02T00:00:00Z, 0 recovered, chain intact", said)


class Missing(Files):
    """Killed between the commit and the record: the next start records it, and says that it does."""

    def kill_and_cut(self, *events):
        """A draw that is made, and a log without the records from the first of these events on."""
        server = self.server()
        for agency in (1, 2):
            self.finish(server, agency)
        server.wait_until(lambda: self.has("drawn"))
        server.kill()
        lines = self.read_lines("audit.log")
        names = [json.loads(line)["event"] for line in lines]
        self.write(lines[:names.index(events[0])] if events else lines)

    def check(self, *missing):
        self.stop(self.server())
        records = self.read()
        later = [r["event"] for r in records if r.get("later") == "yes"]
        self.assertEqual(later, ["stopped", *missing])
        events = [r["event"] for r in records]
        for event in ("sealed", "drawn"):
            self.assertEqual(events.count(event), 1)
        self.assertEqual(sorted(r["agency"] for r in records if r["event"] == "agency_finished"), [1, 2])
        for record in records:
            if record.get("later") == "yes" and record["event"] != "stopped":
                self.assertRegex(record["stored_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(next(r for r in records if r["event"] == "drawn")["winners"], 2)
        self.verify()
        self.stop(self.server())
        self.assertEqual(len(self.read()), len(records) + 2)  # nothing twice

    def test_at_each_place(self):
        for missing in ([], ["drawn"], ["sealed", "drawn"], ["agency_finished", "agency_finished", "sealed", "drawn"]):
            with self.subTest(missing=missing):
                self.kill_and_cut(*missing)
                self.check(*missing)
                for name in os.listdir(self.folder):
                    if name.startswith(("quiniela.db", "audit.log")):
                        os.unlink(os.path.join(self.folder, name))

    def test_a_new_file_for_an_old_draw(self):
        self.kill_and_cut()
        os.rename(self.path(), self.old())
        server = self.server()
        server.wait_for(r"action: audit .*recorded_later: 4 \| reason: the audit log is new, and the draw is not")
        self.stop(server)
        self.assertEqual(self.events(), ["started", "agency_finished", "agency_finished", "sealed", "drawn", "stopped"])


class Budgets(Files):
    """A flood of one sort takes no room from another."""

    @not_under_valgrind("it is too slow for a flood")
    def test_strangers_do_not_hide_who_is_not_authorized(self):
        ca = Authority(self.folder + "/ca").issue_server().issue_agency(1)
        self.sample((30,), (1,))
        os.link(f"{self.folder}/data/agency-1.csv", f"{self.folder}/data/agency-2.csv")
        server = self.server(*ca.flags("server"))
        attempts = 25
        for _ in range(attempts):
            for _ in range(40):  # plain HTTP
                wire = Wire(self, server.ports[0])
                wire.socket.sendall(b"GET / HTTP/1.0\r\n\r\n")
                wire.socket.close()
            self.assertEqual(Agency(self, 2, server.ports, *ca.flags("agency-1"), "--poll").wait(), 1)
        self.stop(server)
        refused = [r for r in self.read() if r["event"] == "refused"]
        self.assertEqual(sum(r["reason"] == "not_authorized" for r in refused), attempts)
        suppressed = [r for r in self.read() if r["event"] == "suppressed"]
        self.assertGreater(sum(r["count"] for r in suppressed), 0)
        self.assertNotIn("not_authorized", {r["reason"] for r in suppressed})
        self.verify()

    @not_under_valgrind("it is too slow for a flood")
    def test_what_is_suppressed_is_told_without_another_record(self):
        ca = Authority(self.folder + "/ca").issue_server()
        server = self.server(*ca.flags("server"))
        for _ in range(100):
            wire = Wire(self, server.ports[0])
            wire.socket.sendall(b"GET / HTTP/1.0\r\n\r\n")
            wire.socket.close()
        server.wait_until(lambda: self.has("suppressed"))
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
