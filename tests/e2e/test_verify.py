"""The audit log records what happened, and any later change to it is found.

Each line has the hash of the one before.
"""
import hashlib
import json
import os
import signal
import unittest

from certificates import Authority
from harness import SERVERS, Agency, Process, Server, Story, Wire, not_under_valgrind
from test_shutdown import waits_in


class Audited(Story):
    def path(self):
        return os.path.join(self.folder, "audit.log")

    def text(self):
        with open(self.path(), encoding="utf-8") as file:
            return file.read()

    def records(self):
        return [json.loads(line) for line in self.text().splitlines()]

    def events(self):
        return [record["event"] for record in self.records()]

    def verify(self, *flags, status=0, file="audit.log"):
        got, printed, errors = self.run_program("verify", "--audit", file, *flags)
        self.assertEqual(got, status, printed + errors)
        return printed + errors

    def play(self, agencies=2):
        """A lottery whose audit log is whole."""
        self.sample((30, 20, 10)[:agencies], (1, 2, 0)[:agencies])
        server = Server(self, "--audit-log", "audit.log", agencies=agencies)
        for agency in [Agency(self, n, server.ports) for n in range(1, agencies + 1)]:
            self.assertEqual(agency.wait(), 0)
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        with open(self.path(), "rb") as file:
            return file.read().splitlines(keepends=True)

    def write(self, lines):
        with open(self.path(), "wb") as file:
            file.writelines(lines)


class WhatHappened(Audited):
    def test_a_lottery(self):
        self.play()
        records = self.records()
        self.assertEqual(self.events(), ["started", "agency_finished", "agency_finished", "sealed", "drawn", "stopped"])
        self.assertEqual(sorted((r["agency"], r["bets"]) for r in records if r["event"] == "agency_finished"),
                         [(1, 30), (2, 20)])
        self.assertEqual([(r["draw"], r["bets"], r["winners"]) for r in records if r["event"] == "drawn"], [("1", 50, 3)])
        self.assertEqual([r["n"] for r in records], [1, 2, 3, 4, 5, 6])
        self.assertEqual(os.stat(self.path()).st_mode & 0o777, 0o600)

    def test_the_hashes_are_those_of_the_lines(self):
        before = "0" * 64
        for line in self.play():
            self.assertEqual(json.loads(line)["previous"], before)
            before = hashlib.sha256(line.rstrip(b"\n")).hexdigest()
        self.assertIn("audit.log: 6 records, first 2", self.verify())
        self.assertIn(f"chain intact, last hash {before}\n", self.verify())

    def test_the_terms_that_hold(self):
        """A start without settings says the defaults; what is stored holds, and is recorded."""
        Server(self, agencies=3).end()
        server = Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, "--audit-log", "audit.log"])
        server.wait_for("action: listen ")
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        self.assertEqual(self.events(), ["started", "terms", "stopped"])
        self.assertEqual([self.records()[1][key] for key in ("agencies", "winning_number")], [3, 7574])

    def test_it_goes_on(self):
        self.play()
        server = Server(self, "--audit-log", "audit.log", agencies=2)
        server.signal(signal.SIGTERM)
        server.wait()
        self.assertEqual(self.events()[6:], ["started", "stopped"])
        self.verify()

    def test_who_came_and_who_was_refused(self):
        ca = Authority(self.folder + "/ca").issue_server().issue_agency(1).issue_agency(2)
        self.sample((30,), (1,))
        os.link(f"{self.folder}/data/agency-1.csv", f"{self.folder}/data/agency-2.csv")
        server = Server(self, "--audit-log", "audit.log", *ca.flags("server"), agencies=2)
        other = Authority(self.folder + "/other").issue_agency(1)
        flags = other.flags("agency-1")
        flags[flags.index("--tls-ca") + 1] = ca.certificate("ca")
        for number, how in ((1, ca.flags("agency-2")), (1, flags), (2, ca.flags("agency-2"))):
            agency = Agency(self, number, server.ports, *how, "--poll")
            if number == 2:
                agency.wait_for("apuestas_enviadas")
            else:
                self.assertEqual(agency.wait(), 1)
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        refused = [record for record in self.records() if record["event"] == "refused"]
        self.assertEqual([record["reason"] for record in refused], ["not_authorized", "unknown_authority"])
        self.assertEqual((refused[0]["agency"], refused[0]["wanted"], refused[0]["ip"]), ("2", 1, "127.0.0.1"))
        connected = [record for record in self.records() if record["event"] == "connected"]
        self.assertEqual({record["agency"] for record in connected}, {"2"})
        self.assertEqual(len({record["serial"] for record in connected}), 1)
        self.verify()

    def test_a_stop_in_the_middle_of_a_handshake_is_no_refusal(self):
        ca = Authority(self.folder + "/ca").issue_server()
        server = Server(self, "--audit-log", "audit.log", *ca.flags("server"), "--loops", 1, agencies=2)
        wire = Wire(self, server.ports[0])
        wire.socket.sendall(b"\x16\x03\x01")
        refused = Wire(self, server.ports[0])  # taken after the one before
        refused.socket.sendall(b"\x16\x03\x01")
        refused.socket.close()
        server.wait_for("cut_off")
        server.signal(signal.SIGTERM)
        self.assertEqual(wire.socket.recv(1), b"")
        wire.socket.close()
        self.assertEqual(server.wait(), 0)
        self.assertEqual(self.events(), ["started", "refused", "stopped"])

    @not_under_valgrind("it is too slow for a flood")
    def test_a_flood_does_not_fill_the_disk(self):
        ca = Authority(self.folder + "/ca").issue_server()
        server = Server(self, "--audit-log", "audit.log", *ca.flags("server"), agencies=2)
        wires = [Wire(self, server.ports[0]) for _ in range(300)]
        for wire in wires:  # at once: of some second there are too many then, however slow the machine is
            wire.socket.close()
        server.wait_until(lambda: "suppressed" in self.text())
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        records = self.records()
        written = sum(1 for record in records if record["event"] == "refused")
        suppressed = sum(record["count"] for record in records if record["event"] == "suppressed")
        self.assertGreater(suppressed, 0)
        self.assertLessEqual(written + suppressed, 300)
        self.verify()

    @unittest.skipIf(SERVERS > 1, "each server has an audit log of its own")
    def test_two_servers_do_not_share_one(self):
        Server(self, "--audit-log", "audit.log", agencies=2)
        status, printed, _ = self.run_program("server", "--audit-log", "audit.log", "--store", "other.db",
                                              "--server-port", 0, "--consult-server-port", 0)
        self.assertNotEqual(status, 0)
        self.assertIn("audit.log: another server writes this file", printed + _)

    def test_no_personal_data_but_what_the_contract_has(self):
        self.sample((30, 1), (1, 0))
        with open(f"{self.folder}/data/agency-1.csv", encoding="utf-8") as file:
            bets = [line.rstrip().split(",") for line in file]
        server = Server(self, "--audit-log", "audit.log", agencies=2)
        agencies = [Agency(self, n, server.ports) for n in (1, 2)]
        for agency in agencies:
            self.assertEqual(agency.wait(), 0)
        server.signal(signal.SIGTERM)
        server.wait()
        with open(self.path(), encoding="utf-8") as file:
            said = file.read() + server.log() + agencies[0].log()
        for bet in bets:
            for text in bet[:4]:  # names, document, birth date
                self.assertNotRegex(said, rf"(?<![\w-]){text}(?![\w-])")


class Found(Audited):
    """Whatever is done to it, with the number of the line."""

    def check(self, lines, number, reason=""):
        self.write(lines)
        said = self.verify(status=1)
        self.assertIn(f"audit.log: line {number}: {reason}", said)
        with open(self.path(), "rb") as file:
            before = file.read()
        status, printed, errors = self.run_program("server", "--audit-log", "audit.log", "--server-port", 0,
                                                   "--consult-server-port", 0)
        self.assertEqual(status, 2, printed + errors)
        self.assertIn(f"audit.log: line {number}: ", printed.splitlines()[-1])
        with open(self.path(), "rb") as file:
            self.assertEqual(file.read(), before)

    def test_a_change(self):
        lines = self.play()
        changed = lines[:]
        changed[1] = lines[1].replace(b'"agency":', b'"Agency":')
        self.check(changed, 3, "does not continue the line before")
        changed = lines[:]
        changed[2] = lines[2].replace(b'"n":3', b'"n":4')
        self.check(changed, 3, "is not record 3")
        changed = lines[:]
        changed[2] = lines[2][:-10] + b"0000000" + lines[2][-3:]
        self.check(changed, 3)

    def test_a_line_that_is_gone_or_at_another_place_or_put_in(self):
        lines = self.play()
        self.check(lines[1:], 1, "is not record 1")
        self.check(lines[:2] + lines[3:], 3, "is not record 3")
        self.check(lines[:1] + [lines[2], lines[1]] + lines[3:], 2)
        self.check(lines[:2] + lines[1:], 3)
        self.check(lines[:2] + [b"nothing\n"] + lines[2:], 3, "is not record 3")
        self.check(lines[:2] + [b"\n"] + lines[2:], 3, "is empty")
        forged = lines[2].replace(b'"event":"', b'"event":"recovered","torn":7,"was":"')
        self.check(lines[:2] + [b"nothing\n", forged] + lines[3:], 4)
        self.check(lines[:2] + [forged] + lines[3:], 3, "reports a fragment that is not there")

    def test_an_end_that_was_cut_off(self):
        lines = self.play()
        head = self.verify().rsplit(" ", 1)[1].strip()
        self.verify("--head", head)
        self.write(lines[:-1])
        self.verify()
        self.assertIn("no line has the hash " + head, self.verify("--head", head, status=1))

    def test_a_crash_in_the_middle_of_a_line(self):
        lines = self.play()
        for left in (1, 40, len(lines[-1]) - 2, len(lines[-1]) - 1):
            with self.subTest(left=left):
                self.write([*lines[:-1], lines[-1][:left]])
                self.assertIn("line 6: has no newline", self.verify(status=1))
                server = Server(self, "--audit-log", "audit.log", agencies=2)
                server.signal(signal.SIGTERM)
                server.wait()
                torn = left < len(lines[-1]) - 1
                said = self.verify()  # with `started` and `stopped`; for the record that was torn `recovered`, and it again
                self.assertIn(f"{8 + torn} records", said)
                self.assertIn(f", {int(torn)} recovered, chain intact", said)
                with open(self.path(), "rb") as file:
                    after = file.read().splitlines(keepends=True)
                if torn:
                    self.assertEqual(json.loads(after[6])["torn"], left)
                    self.write([*after[:5], b"x" * left + b"\n", *after[6:]])
                    self.assertIn("line 7: does not continue", self.verify(status=1))

    def test_what_is_no_file(self):
        self.assertIn("nowhere: No such file or directory", self.verify(file="nowhere", status=1))
        self.assertIn("--audit: is missing", self.run_program("verify")[2])
        self.assertIn("is not a hash", self.verify("--head", "abc", status=2))

    def test_a_pipe(self):
        """Its writer takes as long as it takes: a log comes from a slow disk, or another machine."""
        self.play()
        os.mkfifo(os.path.join(self.folder, "pipe"))
        process = Process(self, ["verify", "--audit", "pipe"])
        process.wait_until(lambda: "wait_for_partner" in waits_in(process))
        with open(os.path.join(self.folder, "pipe"), "w", encoding="utf-8") as pipe:
            process.wait_until(lambda: "pipe_read" in waits_in(process))
            pipe.write(self.text())
        self.assertEqual(process.wait(), 0)
        self.assertIn("chain intact", process.log())

    def test_what_never_ends(self):
        """It fills no memory, and ends: neither what is verified, nor what a server is to go on with."""
        self.assertIn("line 1: is longer than", self.verify(file="/dev/zero", status=1))
        os.mkfifo(os.path.join(self.folder, "pipe"))
        os.symlink("/dev/zero", os.path.join(self.folder, "endless"))
        for name in ("endless", "pipe"):
            status, log, errors = self.run_program("server", "--server-port", 0, "--consult-server-port", 0, "--audit-log",
                                                   name)
            self.assertEqual(status, 2, log + errors)
            self.assertIn("is not a regular file: an audit log is read back", log.splitlines()[-1])


class Forged(Audited):
    """Chains that are made here, by what docs/security.md says alone: nobody who writes them wrong verifies them right."""

    class Chain:
        def __init__(self):
            self.lines, self.records, self.hash = [], 0, "0" * 64

        def record(self, event, **fields):
            self.records += 1
            line = json.dumps({"n": self.records, "at": f"2026-11-25T10:00:{self.records:02}Z", "event": event, **fields,
                               "previous": self.hash}, separators=(",", ":")).encode()
            self.lines.append(line)
            self.hash = hashlib.sha256(line).hexdigest()

        def torn(self, part):
            self.lines.append(part)
            self.hash = hashlib.sha256(self.hash.encode() + part).hexdigest()

    def chain(self, *parts):
        """Two records, fragments of lines, the record that reports them, and one more."""
        chain = self.Chain()
        chain.record("started", draw="1")
        chain.record("agency_finished", draw="1", agency=1, bets=30)
        for part in parts:
            chain.torn(part)
        if parts:
            chain.record("recovered", torn=sum(map(len, parts)))
        chain.record("stopped")
        return chain

    TORN = ((), (b'{"n":3,"at":"2026-11-2',), (b'{"n":3,"at":"2026-1', b'{"n":3,"at":"2026-11-25T10:00:03Z","event":"re'))

    def save(self, lines):
        self.write([line + b"\n" for line in lines])

    def test_a_chain_that_is_right(self):
        for parts in self.TORN:
            with self.subTest(parts=parts):
                chain = self.chain(*parts)
                self.save(chain.lines)
                self.assertIn(f"{chain.records} records", said := self.verify("--head", chain.hash))
                self.assertIn(f"{bool(parts):d} recovered, chain intact", said)

    def assert_found(self, chain, number, at, message):
        """Changes one byte of a line, and expects the message."""
        line = chain.lines[number]
        self.save([*chain.lines[:number], line[:at] + (b"1" if line[at:at + 1] != b"1" else b"2") + line[at + 1:],
                   *chain.lines[number + 1:]])
        with self.subTest(line=number + 1, of=len(chain.lines), byte=at):
            self.assertRegex(self.verify(status=1), r"audit\.log: line " + message)

    def test_a_change_before_a_torn_line(self):
        """And of the part itself, and of each record that stands before another."""
        for parts in self.TORN:
            chain = self.chain(*parts)
            for number, line in enumerate(chain.lines[:-1]):
                # A fragment has no hash of its own: the record after all fragments has it.
                found = number + 2 if line.endswith(b'"}') and not (parts and number == 1) else 3 + len(parts)
                place = line.find(b":00:0") + 5 if b":00:0" in line else len(line) // 2  # in its time
                self.assert_found(chain, number, place, f"{found}: does not continue the line before")

    def test_a_digit_of_a_hash(self):
        """The first, the middle and the last: each counts."""
        for parts in self.TORN[:2]:
            chain = self.chain(*parts)
            for at in (-66, -34, -3):
                number = len(chain.lines) - 2
                self.assert_found(chain, number, at, f"{number + 1}: does not continue the line before")


if __name__ == "__main__":
    unittest.main()
