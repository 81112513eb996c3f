"""Good messages are accepted in any pieces, bad ones are refused by name, and nothing is stored."""
import json
import os
import re
import shutil
import subprocess
import time
import unittest

from harness import ROOT, STORES, Agency, Server, Story, Wire, frame, golden, until

GOOD = "Ana,Díaz,30904465,1999-03-17,7574"


def chunk(*bets, agency="1", last=False, **fields):
    return {"type_message": 2 if last else 1, "agency": agency, "payload": list(bets), **fields}


def bet(first="Ana", last="Díaz", document="30904465", born="1999-03-17", number="7574"):
    return ",".join((first, last, document, born, number))


class Refusals(Story):
    def setUp(self):
        super().setUp()
        self.server = Server(self, agencies=3)
        self.wire = Wire(self, self.server.ports[0])
        self.other = Wire(self, self.server.ports[0])

    def refused(self, message, code, **fields):
        with self.subTest(message=str(message)[:100]):
            self.wire.socket.sendall(frame(message))
            reply = self.wire.receive()
            self.assertEqual(reply.kind, f"error {code}")
            payload = reply["payload"]
            self.assertTrue(payload["message"])
            self.assertIs(payload["retryable"], code == "gap")
            for name, value in fields.items():
                self.assertEqual(payload.get(name), value)

    def nothing_is_stored_and_the_connection_goes_on(self):
        self.assertEqual(sum(self.stored().values()), 0)
        self.assertEqual(self.wire.ask(chunk(GOOD))["next"], 1)
        self.assertEqual(self.other.ask(chunk(GOOD, agency="2"))["next"], 1)  # and nobody else was disturbed

    def test_messages(self):
        for body in (b"", b"{", b"nonsense", b'{"type_message":1}{}', b"\xff{}", b'{"type_message":1,"agency":"1"'):
            self.refused(body, "bad_json")
        self.refused(b'{"type_message":1,"agency":"1","payload":["A\xff,B,1,2000-01-01,1"]}', "bad_json")
        self.refused([], "bad_message")
        self.refused({}, "bad_message", field="type_message")
        self.refused({**chunk(GOOD), "type_message": "1"}, "bad_message", field="type_message")
        self.refused({**chunk(GOOD), "type_message": 9}, "unknown_type")
        for agency in ("x", "0", 0, "4", -1, "", 10 ** 12):
            self.refused(chunk(GOOD, agency=agency), "unknown_agency", field="agency")
        for agency in (None, 1.5, [1]):
            self.refused(chunk(GOOD, agency=agency), "bad_message", field="agency")
        for payload in (None, "text", {}, 5):
            self.refused({**chunk(), "payload": payload}, "bad_message", field="payload")
        self.refused({"type_message": 1, "agency": "1"}, "bad_message", field="payload")
        self.refused(b'{"type_message":1,"agency":"1","agency":"2","payload":[]}', "bad_message", field="agency")
        for first in (-1, "0", 0.5):
            self.refused(chunk(GOOD, first=first), "bad_message", field="first")
        self.refused({"type_message": 3, "agency": "1", "wait": "no"}, "bad_message", field="wait")
        for name in ("\\ud800", "\\udfb0A", "\\ud83cA"):  # halves of a surrogate pair are no characters
            self.refused(f'{{"type_message":1,"agency":"1","payload":["{bet(first=name)}"]}}'.encode(), "bad_json")
        self.nothing_is_stored_and_the_connection_goes_on()

    def test_golden_messages(self):
        names = [name[:-4] for name in sorted(os.listdir(f"{ROOT}/tests/golden")) if name.startswith("bad-")]
        self.assertGreater(len(names), 20)
        for name in names:
            self.refused(golden(name)[4:], name.split(".")[1])
        self.nothing_is_stored_and_the_connection_goes_on()

    def test_the_log_names_the_chunk_and_the_code(self):
        self.refused(chunk(GOOD, GOOD, bet(born="2023-02-29"), agency="2"), "bad_bet", bet=2, field="nacimiento")
        self.server.wait_for(r"action: apuestas_almacenadas \| result: fail \| agencia: 2 \| cantidad: 3 \| "
                             r"error: bad_bet")
        self.assertEqual(self.server.count("action: apuestas?_almacenadas? .*success"), 0)

    def test_bets(self):
        def bad(text, field):
            self.refused(chunk(GOOD, GOOD, text, GOOD), "bad_bet", bet=2, field=field)
        bad(GOOD.rsplit(",", 1)[0], "numero")
        bad(GOOD + ",x", "numero")
        for name in ("", "A" * 101, "é" * 51, "A\nB", "A\x00B", "A\x7f", "A\x85"):
            bad(bet(first=name), "nombre")
            bad(bet(last=name), "apellido")
        for document in ("", "1" * 17, "1-2", "1 2", "ñ"):
            bad(bet(document=document), "documento")
        for born in ("2023-02-29", "1900-02-29", "2023-13-01", "2023-00-01", "2023-01-00", "2023-04-31", "0000-01-01",
                     "2023-1-1", "20230101", "2023/01/01", ""):
            bad(bet(born=born), "nacimiento")
        for number in ("-1", "+1", "10000", "99999999999999999999", "12a", "1.0", " 1", ""):
            bad(bet(number=number), "numero")
        self.refused(chunk(GOOD, 7), "bad_bet", bet=1, field="payload")
        self.nothing_is_stored_and_the_connection_goes_on()

    def test_the_limits_themselves_are_good(self):
        good = [bet(first="A" * 100, last="é" * 50), bet(document="A" * 16), bet(born="2024-02-29"),
                bet(born="0001-01-01"), bet(number="0"), bet(number="9999"), bet(number="0042"), bet(first='"A" \\')]
        self.assertEqual(self.wire.ask(chunk(*good))["next"], len(good))
        self.assertEqual(sum(self.stored().values()), len(good))

    def test_length(self):
        def padded(length):
            body = json.dumps(chunk(*[GOOD] * 20000, agency="2", first=0)).encode()
            return body[:-1] + b" " * (length - len(body)) + b"}"
        self.assertEqual(self.wire.ask(padded(1 << 20))["next"], 20000)
        for body in (padded((1 << 20) + 1), None):
            wire = Wire(self, self.server.ports[0])
            wire.socket.sendall(frame(body) if body else b"\xff\xff\xff\xff")
            self.assertEqual(wire.receive().code, "bad_frame")
            wire.expect_end()
        self.assertEqual(self.wire.ask(chunk(GOOD))["next"], 1)  # others are undisturbed


class Resends(Story):
    def setUp(self):
        super().setUp()
        self.server = Server(self, agencies=2)
        self.wire = Wire(self, self.server.ports[0])
        self.bets = [bet(document=str(number)) for number in range(30)]

    def send(self, first, end, **fields):
        return self.wire.ask(chunk(*self.bets[first:end], first=first, **fields))

    def stored_documents(self):
        return sorted(int(line.split(",")[3]) for line in self.stored().elements())

    def test_the_time_for_who_asks(self):
        for message, kind in ((chunk(GOOD, first=0), "processed"), (chunk(first=0, stored=0), "processed"),
                              (chunk(GOOD, first=5), "error gap"), (chunk(agency="9", first=0), "error unknown_agency")):
            self.assertNotIn("time_ms", self.wire.ask(message))
            self.assertNotIn("time_ms", self.wire.ask({**message, "time": False}))
            before = time.time() * 1000 - 1
            answer = self.wire.ask({**message, "time": True})
            self.assertEqual(answer.kind, kind)
            self.assertTrue(before <= answer["time_ms"] <= time.time() * 1000 + 1, answer)
        self.assertEqual(self.wire.ask(chunk(GOOD, first=0, time="yes")).error["field"], "time")

    def test_the_same_bets_in_any_pieces(self):
        for first, end, stored in ((0, 10, 10), (0, 10, 10), (3, 7, 10), (5, 15, 15), (0, 20, 20), (20, 20, 20)):
            self.assertEqual(self.send(first, end)["next"], stored)
        self.assertEqual(self.stored_documents(), list(range(20)))

    def test_a_gap_and_other_bets_are_refused(self):
        self.assertEqual(self.send(0, 10)["next"], 10)
        gap = self.send(11, 12)
        self.assertEqual((gap.code, gap["next"]), ("gap", 10))
        other = self.wire.ask(chunk(bet(document="999"), self.bets[6], first=5))
        self.assertEqual((other.code, other["next"]), ("conflict", 10))
        self.assertEqual(self.stored_documents(), list(range(10)))

    def test_the_last_chunk(self):
        self.send(0, 10)
        early = self.send(0, 5, last=True)
        self.assertEqual(early.code, "conflict")
        for first in (10, 10, 5, 0):
            self.assertEqual(self.send(first, 20, last=True)["next"], 20)
        self.assertEqual(self.send(20, 20, last=True)["next"], 20)
        self.assertEqual(self.send(0, 10)["next"], 20)
        for message in (chunk(GOOD), chunk(GOOD, last=True), chunk(GOOD, first=20), chunk(*self.bets[19:21], first=19)):
            self.assertEqual(self.wire.ask(message).code, "agency_finished")
        self.assertEqual(self.stored_documents(), list(range(20)))
        self.server.expect("client_finished")


class Pieces(Story):
    def test_byte_by_byte(self):
        server = Server(self)
        wire = Wire(self, server.ports[0])
        for byte in frame(chunk(GOOD)):
            wire.socket.send(bytes((byte,)))
        self.assertEqual(wire.receive()["next"], 1)

    def test_all_at_once_and_answered_in_order(self):
        server = Server(self)
        wire = Wire(self, server.ports[0])
        bad = frame(chunk("bad"))
        wire.socket.sendall(b"".join(frame(chunk(GOOD)) + (bad if n % 3 == 0 else b"") for n in range(60)))
        for number in range(60):
            self.assertEqual(wire.receive().get("next"), number + 1)
            if number % 3 == 0:
                self.assertEqual(wire.receive().code, "bad_bet")


@unittest.skipUnless(STORES.in_files, "strace sees what goes to the database, too")
class Writes(Story):
    """No single write to a socket carries more than 8064 bytes; a longer message goes out in several."""
    MOST = 8064

    def setUp(self):
        super().setUp()
        if not shutil.which("strace") or subprocess.run(["strace", "-o", "/dev/null", "true"], check=False,
                                                        stderr=subprocess.DEVNULL).returncode:
            self.skipTest("strace is not here, or may not trace")

    def traced(self, name):
        """How to run a program under strace, with -D as its child, so that ending the program ends both."""
        return {"prefix": ("strace", "-D", "-f", "-y", "-v", "-s", "0", "-e", "signal=none", "-e",
                           "trace=write,writev,sendto,sendmsg,sendmmsg,sendfile", "-o", f"{self.folder}/{name}"),
                # The search for leaks cannot run in a program that is traced.
                "environment": {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}}

    def check(self, name, at_least):
        """Every write to a socket asked for no more than the limit, and together they carried `at_least`."""
        carried = 0
        with open(f"{self.folder}/{name}", encoding="utf-8") as file:
            for line in file:
                if not re.search(r" (write|writev|send\w+)\(\d+<(socket|TCP)", line) or "AF_NETLINK" in line:
                    continue  # to a file, or to the kernel
                lengths = re.findall(r"iov_len=(\d+)", line) or re.findall(r'""\.*, (\d+)', line)
                self.assertTrue(lengths, line)
                self.assertLessEqual(sum(map(int, lengths)), self.MOST, line)
                result = re.search(r"= (\d+)$", line)
                # Of a call that another thread's came between, the result stands on a line of its own.
                carried += int(result[1]) if result else sum(map(int, lengths)) if "unfinished" in line else 0
        self.assertGreaterEqual(carried, at_least)

    def test_an_agencys_and_the_centrals(self):
        winners = 4000  # a reply of more than four writes
        self.sample((5000,), (winners,))
        server = Server(self, "--once", agencies=1, **self.traced("server.trace"))
        agency = Agency(self, 1, server.ports, **self.traced("agency.trace"))
        self.assertEqual(agency.winners(), winners)
        self.assertEqual((agency.wait(), server.wait()), (0, 0))
        self.check("agency.trace", os.path.getsize(f"{self.folder}/data/agency-1.csv"))
        self.check("server.trace", winners * 8)


class Consultations(Story):
    def winners(self, wire, agency):
        """What is told without holding the question; not at once where another server has made the draw."""
        def told():
            reply = wire.ask({"type_message": 3, "agency": agency, "wait": False})
            return reply["type_message"] != 3 and [reply["payload"]]
        return until(told, f"agency {agency}'s winners", 0.2)[0]

    def test_held_or_not_ready_and_each_its_own(self):
        server = Server(self, agencies=2)
        held = [Wire(self, server.ports[1]) for _ in range(2)]
        for agency, wire in enumerate(held, 1):
            wire.send({"type_message": 3, "agency": str(agency), "payload": None})
        asking = Wire(self, server.ports[1])
        for _ in range(3):
            reply = asking.ask({"type_message": 3, "agency": "1", "wait": False})
            self.assertEqual(reply.kind, "not_ready")
            self.assertGreater(reply["retry_after_ms"], 0)
        bets = Wire(self, server.ports[0])
        bets.ask(chunk(bet(document="11"), bet(document="12"), bet(document="13", number="1"), last=True))
        self.assertEqual(bets.ask(chunk(bet(document="22"), agency="2", last=True)).kind, "processed")
        for wire, winners in zip(held, ("11,12", "22")):
            self.assertEqual(wire.receive(), {"type_message": 2, "payload": winners})
            wire.expect_end()
        self.assertEqual(self.winners(asking, "1"), "11,12")
        for _ in range(2):  # on the bets' connection too, as often as asked
            self.assertEqual(bets.ask({"type_message": 3, "agency": 2})["payload"], "22")

    def test_holding_has_a_cap_and_those_who_hold_are_seen_to_go(self):
        server = Server(self, agencies=17)
        wire = Wire(self, server.ports[0])
        for agency in range(1, 17):
            wire.send({"type_message": 3, "agency": str(agency)})
        self.assertEqual(wire.ask({"type_message": 3, "agency": "17"}).code, "bad_message")
        # The connection still takes bets, and what it waits for comes.
        for agency in range(1, 18):
            self.assertEqual(wire.ask(chunk(GOOD, last=True, agency=str(agency))).kind, "processed")
        self.assertEqual([wire.receive()["payload"] for _ in range(16)], ["30904465"] * 16)

    def test_the_port_of_consultations_takes_nothing_else(self):
        server = Server(self)
        wire = Wire(self, server.ports[1])
        self.assertEqual(wire.ask(chunk(GOOD)).code, "bad_message")
        self.assertEqual(wire.ask({"type_message": 3, "agency": "1", "wait": False}).kind, "not_ready")
        self.assertEqual(sum(self.stored().values()), 0)

    def test_who_waits_and_goes_away_disturbs_nobody(self):
        self.sample((3, 3), (1, 1))
        server = Server(self, agencies=2)
        for _ in range(20):
            wire = Wire(self, server.ports[1])
            wire.send({"type_message": 3, "agency": "1"})
            wire.socket.close()
        agencies = [Agency(self, n, server.ports) for n in (1, 2)]
        self.assertEqual([agency.winners() for agency in agencies], [1, 1])


if __name__ == "__main__":
    unittest.main()
