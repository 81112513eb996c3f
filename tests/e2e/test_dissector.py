"""Wireshark shows a recorded lottery as it was, and is not broken by captures that are cut or false.

deploy/wireshark/quiniela.lua, asked by tshark. Skipped where there is no tshark.
"""
import contextlib
import json
import os
import random
import re
import resource
import shutil
import ssl
import struct
import subprocess
import unittest

from captures import Capture, Proxy
from certificates import Authority
from harness import ROOT, Agency, Ports, Server, Story, frame, golden, is_sanitized

SCRIPT = os.path.join(ROOT, "deploy/wireshark/quiniela.lua")
BETS_PORT, CONSULT_PORT = 12345, 12346
NAMES = {True: {1: "SEND_CHUNK", 2: "SEND_LAST_CHUNK", 3: "CONSULT_AGENCY_WINNERS"},
         False: {1: "CHUNK_PROCESSED", 2: "INFORM_AGENCY_WINNERS", 3: "WINNERS_NOT_READY", 4: "ERROR"}}
TEXTS = [f"quiniela.{name}" for name in ("bet", "winner", "only_draw", "seal", "draw", "rules", "refuses", "result", "key", "receipt", "error",
                                         "error.message", "error.field")] + ["_ws.expert.message", "_ws.col.Info"]
BETWEEN = "\x1f"  # the fields of a line


def messages(data):
    """The messages of a connection's bytes in one direction."""
    found = []
    while data:
        length = struct.unpack(">I", data[:4])[0]
        found.append(json.loads(data[4:4 + length]))
        data = data[4 + length:]
    return found


def framed(pcap):
    """The same capture as one of an Ethernet, whose frames have 60 bytes or more."""
    made, at = pcap[:20] + struct.pack("<I", 1), 24
    while at < len(pcap):
        length = struct.unpack("<I", pcap[at + 8:at + 12])[0]
        frame_bytes = (bytes(12) + b"\x08\0" + pcap[at + 16:at + 16 + length]).ljust(60, b"\0")
        made += pcap[at:at + 8] + struct.pack("<II", len(frame_bytes), len(frame_bytes)) + frame_bytes
        at += 16 + length
    return made


@unittest.skipUnless(shutil.which("tshark"), "there is no tshark")
@unittest.skipIf(is_sanitized(), "it is about tshark, and not about the program")
class Dissector(Story):
    def tshark(self, pcap, *flags):
        """What tshark says of the capture: its lines."""
        path = self.path(self.write("capture.pcap", pcap))
        home = {**os.environ, "HOME": self.folder, "XDG_CONFIG_HOME": self.folder, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["tshark", "-n", "-X", f"lua_script:{SCRIPT}", "-r", path, *flags], env=home, capture_output=True,
                              encoding="utf-8", check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([line for line in (done.stderr + done.stdout).splitlines() if "Lua" in line], [])
        return done.stdout.split("\n")[:-1]  # and not where other characters end a line

    def fields(self, pcap, *names, flags=()):
        """Those of each packet that has a whole message, several in one packet in one value, split by commas."""
        lines = self.tshark(pcap, *flags, "-Y", "quiniela.length", "-T", "fields", "-E", f"separator={BETWEEN}",
                            *(part for name in names for part in ("-e", name)))
        return [dict(zip(names, line.split(BETWEEN))) for line in lines]

    def flat(self, pcap, *names, **how):
        """Each field's values one after the other."""
        rows = self.fields(pcap, *names, **how)
        return {name: [value for row in rows for value in row[name].split(",") if value] for name in names}

    def recorded_lottery(self):
        self.sample((300, 120, 7), (2, 1, 0))
        server, capture = Server(self, agencies=3, servers=1), Capture()
        bets, consult = server.every[0]
        proxies = Proxy(self, capture, bets, BETS_PORT), Proxy(self, capture, consult, CONSULT_PORT)
        ports = Ports([tuple(proxy.port for proxy in proxies)])
        agencies = [Agency(self, number, ports, "--chunk-size", 50) for number in (1, 2, 3)]
        for agency, winners in zip(agencies, (2, 1, 0)):
            self.assertEqual(agency.winners(), winners)
            self.assertEqual(agency.wait(), 0)
        return capture

    def check_whole(self, capture, pcap):
        """Everything that passed is shown, and nothing else."""
        sent = [(to_server, message) for to_server in (True, False) for data in capture.bytes_of(to_server).values()
                for message in messages(data)]
        shown = self.flat(pcap, "quiniela.name", "quiniela.agency", "quiniela.count", "quiniela.next", "quiniela.winners",
                          "_ws.expert.message")
        self.assertEqual(sorted(shown["quiniela.name"]), sorted(NAMES[to][message["type_message"]] for to, message in sent))
        self.assertEqual(sorted(shown["quiniela.agency"]), sorted(message["agency"] for to, message in sent if to))
        self.assertEqual(sum(map(int, shown["quiniela.count"])), 427)
        self.assertEqual(sorted(map(int, shown["quiniela.next"])), sorted(message["next"] for _, message in sent if "next" in message))
        self.assertEqual(sorted(shown["quiniela.winners"]), ["0", "1", "2"])
        self.assertEqual(shown["_ws.expert.message"], [])

    def test_a_recorded_lottery(self):
        capture = self.recorded_lottery()
        whole = capture.pcap()
        self.check_whole(capture, whole)
        self.check_whole(capture, capture.pcap(segment=7))  # no message in one segment
        self.check_every_request_has_its_answer(capture, whole)
        for snap in 43, 60:  # a capture that keeps only the beginning of each packet
            self.tshark(capture.pcap(snap=snap), "-V")
        self.check_filters(whole)

    def check_every_request_has_its_answer(self, capture, pcap):
        requests = sum(len(messages(data)) for data in capture.bytes_of(True).values())
        text = "\n".join(self.tshark(pcap, "-2", "-O", "quiniela"))  # twice, since an answer comes later
        for label in "Response in", "Request in", "Time":
            self.assertEqual(len(re.findall(rf"^    \[{label}: ", text, re.MULTILINE)), requests, label)
        for packet in re.split(r"^Frame ", text, flags=re.MULTILINE)[1:]:
            for answer in re.findall(r"\[Response in: (\d+)\]", packet):
                self.assertGreater(int(answer), int(packet.split(":")[0]))

    def check_filters(self, pcap):
        found = self.tshark(pcap, "-Y", "quiniela.request and quiniela.agency == 2 and quiniela.first == 100 and quiniela.count == 20")
        self.assertEqual(len(found), 1)
        self.assertRegex("\n".join(self.tshark(pcap)), r"QUINIELA \d+ SEND_CHUNK agency=1 first=50 bets=50")

    def test_a_port_that_is_used_again(self):
        """The answers of a connection are not those of one that ended before it, without an answer."""
        chunk, capture = golden("our-chunk.good"), Capture()
        client = capture.client()
        capture.begin(client, BETS_PORT)
        capture.add(client, BETS_PORT, True, chunk)  # packet 2
        capture.begin(client, BETS_PORT)
        capture.add(client, BETS_PORT, True, chunk)
        capture.add(client, BETS_PORT, False, golden("reply-processed"))  # packet 5
        for pcap in capture.pcap(), framed(capture.pcap()):
            rows = self.fields(pcap, "frame.number", "quiniela.response_in", "quiniela.response_to", flags=("-2",))
            self.assertEqual([tuple(row.values()) for row in rows], [("2", "", ""), ("4", "5", ""), ("5", "", "4")])

    def recorded_tls(self, capture, *turns):
        """Adds a session of TLS to the capture, in which turns are (whether to the server, messages): each message a record, and all of a
        turn in one packet. Gives the file of its secrets."""
        authority, secrets = Authority(self.path("ca")).issue_server(), self.path(f"secrets-{capture.next_client}")
        here, there = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        here.load_verify_locations(authority.certificate("ca"))
        here.keylog_filename = secrets
        there.num_tickets = 0  # nothing but the handshake comes before the turns
        there.load_cert_chain(authority.certificate("server"), authority.key("server"))
        up, down, client = ssl.MemoryBIO(), ssl.MemoryBIO(), capture.client()
        ends = {True: here.wrap_bio(down, up, server_hostname="127.0.0.1"), False: there.wrap_bio(up, down, server_side=True)}
        capture.begin(client, BETS_PORT)
        for to_server in (True, False, True, False):
            with contextlib.suppress(ssl.SSLWantReadError):
                ends[to_server].do_handshake()
            self.pass_on(capture, client, to_server, up if to_server else down)
        for to_server, data in turns:
            for message in data:
                ends[to_server].write(message)
            self.pass_on(capture, client, to_server, up if to_server else down)
            with contextlib.suppress(ssl.SSLWantReadError):
                while ends[not to_server].read(1 << 20):
                    pass
        return secrets

    @staticmethod
    def pass_on(capture, client, to_server, pipe):
        """What lies in the pipe goes into the capture, too."""
        data = pipe.read()
        if data:
            capture.add(client, BETS_PORT, to_server, data)
            pipe.write(data)

    def test_records_of_tls_in_one_packet(self):
        """Each question has its own answer, however many are in one packet; and a look at the packet again finds the same."""
        chunk, reply, capture = golden("our-chunk.good"), golden("reply-processed"), Capture()
        secrets = self.recorded_tls(capture, (True, [chunk, chunk]), (False, [reply]), (False, [reply]), (True, [chunk]),
                                    (False, [reply]), (True, [chunk, golden("our-consult.good")]), (False, [reply, golden("reply-winners")]))
        flags = "-2", "-o", f"tls.keylog_file:{secrets}"
        rows = self.fields(capture.pcap(segment=60_000), "frame.number", "quiniela.response_in", "quiniela.response_to", "_ws.col.Info", flags=flags)
        first = int(rows[0]["frame.number"])
        found = [(int(row["frame.number"]) - first, *([int(number) - first for number in row[name].split(",") if number]
                                                      for name in ("quiniela.response_in", "quiniela.response_to"))) for row in rows]
        self.assertEqual(found, [(0, [1, 2], []), (1, [], [0]), (2, [], [0]), (3, [4], []), (4, [], [3]), (5, [6, 6], []), (6, [], [5, 5])])
        self.assertRegex(rows[0]["_ws.col.Info"], "^SEND_CHUNK [^;]*; SEND_CHUNK [^;]*$")

    def test_the_filter_of_questions_without_an_answer(self):
        """As docs/wireshark.md has it: neither answers nor questions that were answered."""
        with open(os.path.join(ROOT, "docs/wireshark.md"), encoding="utf-8") as page:
            wanted = re.search(r"^\| questions without an answer \| `(.*?)`", page.read(), re.MULTILINE)[1]
        capture = Capture()
        answered, held = capture.client(), capture.client()
        capture.add(answered, CONSULT_PORT, True, golden("our-consult.good"))
        capture.add(held, CONSULT_PORT, True, golden("our-consult.good"))  # packet 2
        capture.add(answered, CONSULT_PORT, False, golden("reply-winners"))
        found = self.tshark(capture.pcap(), "-2", "-Y", wanted, "-T", "fields", "-e", "frame.number")
        self.assertEqual(found, ["2"])

    def one_by_one(self, vectors):
        """A capture in which each message has a connection of its own."""
        capture = Capture()
        for vector in vectors:
            capture.add(capture.client(), BETS_PORT, vector["direction"] == "to_central", golden(vector["file"][:-4]))
        return capture.pcap(segment=100_000_000)

    def vectors(self):
        with open(os.path.join(ROOT, "tests/golden/vectors.json"), encoding="utf-8") as file:
            return json.load(file)["messages"]

    def test_every_golden_message(self):
        vectors = [vector for vector in self.vectors() if "refused" not in vector["expect"]]
        names = ("quiniela.type", "quiniela.agency", "quiniela.first", "quiniela.count", "quiniela.next", "quiniela.error", "quiniela.refuses",
                 "quiniela.winners", "quiniela.list_from", "quiniela.retry_after_ms", "quiniela.only_draw")
        rows = self.fields(self.one_by_one(vectors), *names)
        self.assertEqual(len(rows), len(vectors))
        for vector, row in zip(vectors, rows):
            expect = vector["expect"]
            counts = {name: len(expect[key]) for name, key in (("count", "bets"), ("winners", "winners")) if key in expect}
            wanted = {**expect, **counts, "list_from": expect.get("stored") if vector["direction"] == "to_central" else None,
                      "error": expect.get("error", {}).get("code")}
            for name in names:
                value = wanted.get(name.split(".")[1])
                shown = re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\x{ord(match[0]):02x}", "" if value is None else str(value))
                self.assertEqual(row[name], shown, f"{vector['file']}: {name}")

    def test_numbers_are_exact(self):
        """Of 64 bits, which are more than Lua's numbers hold; what is more than those is not shown."""
        numbers, capture = [(1 << 53) + 1, 123456789012345678, (1 << 63) - 1, (1 << 63) + 1, (1 << 64) - 1, 1 << 64, 10 ** 20], Capture()
        for number in numbers:
            capture.add(capture.client(), BETS_PORT, True, frame({"type_message": 1, "agency": 1, "first": number, "stored": number, "payload": []}))
            capture.add(capture.client(), BETS_PORT, False, frame({"type_message": 1, "next": number, "time_ms": number}))
        for name in "quiniela.first", "quiniela.list_from", "quiniela.next", "quiniela.time_ms":
            self.assertEqual(self.flat(capture.pcap(), name)[name], [str(number) for number in numbers[:5]], name)

    def test_what_is_no_json_is_called_malformed(self):
        vectors = [vector for vector in self.vectors() if vector["expect"].get("refused") == "bad_json"
                   and not any(word in vector["file"] for word in ("not-utf8", "surrogate"))]  # which have another ill
        rows = self.fields(self.one_by_one(vectors), "_ws.expert.message")
        self.assertEqual(len(rows), len(vectors))
        for vector, row in zip(vectors, rows):
            self.assertIn("Malformed message", row["_ws.expert.message"], vector["file"])

    def test_out_of_step_is_said_and_nothing_is_waited_for(self):
        capture = Capture()
        for data in (struct.pack(">I", (1 << 20) + 1) + b"x", b"GET / HTTP/1.1\r\n\r\n", golden("our-consult.good") + b"\xff" * 9):
            capture.add(capture.client(), BETS_PORT, True, data)
        rows = self.fields(capture.pcap(), "_ws.expert.message")
        self.assertEqual([row["_ws.expert.message"] for row in rows], ["The length is over the limit"] * 3)

    def test_other_ports_by_decode_as(self):
        capture = Capture()
        client = capture.client()
        capture.add(client, 7000, True, golden("our-chunk.good"))
        capture.add(client, 7000, False, golden("reply-processed"))
        self.assertEqual(self.fields(capture.pcap(), "quiniela.name"), [])
        rows = self.fields(capture.pcap(), "quiniela.name", flags=("-d", "tcp.port==7000,quiniela"))
        self.assertEqual([row["quiniela.name"] for row in rows], ["SEND_CHUNK", "CHUNK_PROCESSED"])

    def test_nothing_from_the_wire_steers_a_terminal(self):
        """Controls, as escapes of JSON and as they are, and what is no UTF-8; none ends the text either."""
        steers = [*range(0x20), 0x7f, *range(0x80, 0xa0), 0x61c, 0x200e, 0x200f, *range(0x2028, 0x202f), *range(0x2066, 0x206a)]
        escaped, plain = "".join(f"\\u{code:04x}" for code in steers), "".join(map(chr, steers[0x20:]))
        bad = [b"\xff", b"\x9b", b"\xc0\x9b", b"\xe0\x82\x9b", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3", b"\xe2\x80", b"\xc3\xa9\x9b", b"\\ud800"]
        capture = Capture()
        for text in [escaped.encode(), plain.encode(), *bad]:
            quoted = b'"<' + text + b'>"'
            for to_server, body in (
                    (True, b'{"type_message":1,"agency":%b,"only_draw":%b,"payload":[%b]}'),
                    (True, b'{"type_message":3,"agency":%b,"seal":%b}'), (False, b'{"type_message":2,"draw":%b,"payload":%b,"rules":%b}'),
                    (False, b'{"type_message":4,"payload":{"code":%b,"message":%b,"field":%b},"refuses":%b}'),
                    (False, b'{"type_message":1,"seal":%b,"result":%b,"key":%b,"receipt":{"note":%b,%b:1}}')):
                body = body.replace(b"%b", quoted)
                capture.add(capture.client(), BETS_PORT, to_server, struct.pack(">I", len(body)) + body)
        for flags in (), ("-O", "quiniela"), ("-T", "fields", *(part for name in TEXTS for part in ("-e", name))):
            lines = self.tshark(capture.pcap(segment=60_000), *flags)
            steering = {char for line in lines for char in line.replace("\t", "") if ord(char) in steers}
            self.assertEqual(steering, set(), flags)
            self.assertNotIn("\ufffd", "".join(lines), flags)
        shown = self.flat(capture.pcap(segment=60_000), "quiniela.error", "quiniela.bet")
        self.assertRegex(shown["quiniela.error"][0], r"^<\\x00\\x01.*\\x1f\\x7f\\u0080.*\\u061c\\u200e.*\\u2069>$")
        self.assertEqual(shown["quiniela.error"][2:], [
            r"<\xff>", r"<\x9b>", r"<\xc0\x9b>", r"<\xe0\x82\x9b>", r"<\ud800>", r"<\xf4\x90\x80\x80>", r"<\xc3>", r"<\xe2\x80>", r"<é\x9b>", r"<\ud800>"])

    def peak_kib(self, *bodies):
        """The most memory that any tshark took so far, after it has looked at these answers; and what it showed of them."""
        capture = Capture()
        for body in bodies:
            capture.add(capture.client(), BETS_PORT, False, struct.pack(">I", len(body)) + body)
        rows = self.fields(capture.pcap(segment=60_000), "quiniela.pieces", "quiniela.name", "_ws.expert.message")
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, rows

    def test_a_long_list_takes_no_memory(self):
        stored = b'{"type_message":1,"next":3,"stored":[%b1]}'
        least, rows = self.peak_kib(stored % b"")
        self.assertEqual(rows[0]["quiniela.pieces"], "1")
        most, rows = self.peak_kib(stored % (b"1," * 900_000), stored % (b"[[]]," * 300_000),
                                   b'{"type_message":1,"next":3,"other":{"in":{%b"0":0}}}' % b"".join(b'"%d":0,' % i for i in range(900)))
        self.assertEqual([row["quiniela.pieces"] for row in rows], ["900001", "300001", ""])
        self.assertLess(most - least, 100 * 1024)

    def test_what_has_too_many_values_is_not_read(self):
        fields = b",".join(b'"%d":0' % i for i in range(1001))
        _, rows = self.peak_kib(b'{"type_message":1,"stored":[%b1]}' % (b"1," * 1_000_000), b'{"type_message":1,"other":{%b}}' % fields)
        self.assertIn("it has more values than are read here", rows[0]["_ws.expert.message"])
        self.assertIn("an object has more fields than are read here", rows[1]["_ws.expert.message"])

    def test_nothing_breaks_it(self):
        """Bytes changed, left out and put in, in the messages and in their lengths."""
        chance, capture = random.Random(19), Capture()
        bodies = [golden(vector["file"][:-4]) for vector in self.vectors() if "bad-deep" not in vector["file"]]
        for data in bodies * 3:
            client, changed = capture.client(), bytearray(data)
            for _ in range(chance.randrange(1, 6)):
                at = chance.randrange(len(changed))
                changed[at:at + chance.randrange(3)] = chance.choice([b"", b"{", b"[", b'"', b"\\", b"\0", b"\xff", b",,", b"\\ud83c", b"9" * 30])
                changed = changed or bytearray(b"\0")
            capture.add(client, BETS_PORT, chance.random() < 0.5, bytes(changed))
        capture.add(capture.client(), BETS_PORT, True, frame({"type_message": 1e400, "agency": [[]], "payload": {}}))
        self.tshark(capture.pcap(), "-V")


if __name__ == "__main__":
    unittest.main()
