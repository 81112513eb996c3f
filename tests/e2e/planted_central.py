"""A central that signs its draw, in Python: takes the bets of real agencies over TLS, seals them, and tells the number.

It speaks docs/protocol.md, and signs as tests/verifiers/maker.py does, which shares nothing with the program. This one is honest. One
that cheats (cheating.py) overrides the method in which it does. When its agencies have finished it seals, and when all of them have
shown the seal it draws: by two approvers, or by a beacon.
"""
import base64
import json
import os
import socketserver
import ssl
import struct
import sys
import threading

from harness import ROOT, hang_s

sys.path[:0] = [os.path.join(ROOT, "tests", folder) for folder in ("", "verifiers", "witness")]
import maker  # noqa: E402
import planted  # noqa: E402
import received  # noqa: E402
import witness  # noqa: E402

DRAW = "2026-11-25, opened 2026-11-25T08:00:00Z"
PROCESSED, WINNERS, NOT_READY, ERROR = 1, 2, 3, 4
TURNED = 7  # what the drum says


class Handler(socketserver.BaseRequestHandler):
    """Answers one question after the other."""

    def handle(self):
        central = self.server.central
        self.request.settimeout(hang_s())
        try:
            with central.tls.wrap_socket(self.request, server_side=True) as connection:
                while True:
                    body = json.dumps(central.answer(received.message(connection))).encode()
                    connection.sendall(struct.pack(">I", len(body)) + body)
        except (EOFError, OSError):
            pass  # the agency has gone


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads, block_on_close, allow_reuse_address = True, False, True

    def __init__(self, central):
        super().__init__(("127.0.0.1", 0), Handler)
        self.central = central
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


class Central:
    """Its draw is maker's small one. `senders` are the agencies whose programs run; the bets of the others it has already."""

    senders = (1, 3, 4)
    waits_for = senders  # who has to have shown the seal before the number comes
    latecomers = {}  # of agencies that come once the others have their winners, what they have beside the small draw's bets

    def __init__(self, story, authority):
        self.folder = story.folder
        self.changed = threading.Condition()  # guards all that follows
        self.agencies = {**maker.SMALL, **{sender: ("cut", []) for sender in self.senders}}
        self.asked = {}      # how often each agency has asked for its winners
        self.shown = set()   # the agencies that have shown the seal
        self.sealed = None   # the draw that was sealed
        self.number = None
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.minimum_version, self.tls.verify_mode = ssl.TLSVersion.TLSv1_3, ssl.CERT_REQUIRED
        self.tls.load_cert_chain(authority.certificate("server"), authority.key("server"))
        self.tls.load_verify_locations(authority.certificate("ca"))
        self.listeners = [Listener(self), Listener(self)]
        self.ports = tuple(listener.server_address[1] for listener in self.listeners)
        for listener in self.listeners:
            story.addCleanup(listener.server_close)
            story.addCleanup(listener.shutdown)

    # What it is asked

    def answer(self, message):
        agency = int(message["agency"])
        with self.changed:
            reply = self.answer_question(agency, message) if message["type_message"] == 3 else self.answer_chunk(agency, message)
            if message.get("rules"):
                reply["rules"] = b"".join(self.rules_for(agency)).decode()
            if message.get("draw"):
                reply["draw"] = DRAW
            self.changed.notify_all()
        return reply

    def answer_chunk(self, agency, message):
        first, rows = message["first"], message["payload"]
        state, stored = self.agencies[agency]
        if first > len(stored):
            return refuse("gap", len(stored))
        if stored[first:][:len(rows)] != rows[:len(stored) - first]:
            return refuse("conflict", len(stored))
        if not self.takes(agency, first + len(rows) - len(stored)):
            return refuse("draw_closed", len(stored))
        self.agencies[agency] = ("finished" if message["type_message"] == 2 else state, stored[:first] + rows + stored[first + len(rows):])
        reply = {"type_message": PROCESSED, "payload": None, "next": len(self.agencies[agency][1])}
        if message.get("receipt"):
            reply["receipt"] = self.receipt(agency, first, rows)
        if self.sealed is None and all(self.agencies[sender][0] == "finished" for sender in self.senders):
            self.seal()
        return reply

    def answer_question(self, agency, message):
        self.asked[agency] = self.asked.get(agency, 0) + 1
        if message["seal"] is True:
            reply = self.not_drawn(agency)
        else:
            self.shown.add(agency)
            if self.shown.issuperset(self.waits_for) and self.number is None:
                self.draw()
            reply = self.drawn(agency)
        if message.get("key"):
            reply["key"] = maker.b64(self.sealed.key(agency)).decode()
        return reply

    def wait(self, condition):
        self.changed.notify_all()
        if not self.changed.wait_for(condition, hang_s()):
            raise TimeoutError

    def not_drawn(self, agency):
        self.wait(lambda: self.sealed is not None)
        return {"type_message": NOT_READY, "payload": None, "retry_after_ms": 1000, "seal": self.seal_for(agency).decode()}

    def drawn(self, agency):
        self.wait(lambda: self.number is not None)
        return {"type_message": WINNERS, "payload": ",".join(self.winners_for(agency)), "seal": self.seal_for(agency).decode(),
                "result": self.result_for(agency).decode()}

    # What it does. Whoever cheats does it in one of these.

    def makes(self, agencies):
        return maker.Draw(agencies, approvals=2, approvers=[maker.APPROVER, maker.APPROVER_2])

    def records(self):
        """The texts of the rules' records."""
        return [self.makes(self.agencies).rules_text()]

    def records_for(self, agency):
        return self.records()

    def rules_for(self, agency):
        return [maker.note(text, maker.SERVER) for text in self.records_for(agency)]

    def takes(self, agency, more):
        """Whether so many further bets, if any, still take part."""
        return self.sealed is None or more <= 0

    def receipt(self, agency, first, rows):
        """Of a commit in which another agency had a chunk, too."""
        draw, rules = self.makes(self.agencies), self.records_for(agency)[-1]
        entry, other = draw.receipt_entry(agency, first, rows, rules), draw.receipt_entry(5, 0, maker.SMALL[5][1], rules)
        lines = dict(line.split(b" ", 1) for line in draw.receipts(other, entry)[1].splitlines() if line)
        return {"entry": lines[b"entry"].decode(), "index": int(lines[b"index"]), "path": lines[b"path"].decode().split(),
                "note": base64.b64decode(lines[b"note"]).decode()}

    def bets_that_count(self):
        return self.agencies

    def seal(self):
        self.sealed = self.makes(dict(self.bets_that_count()))

    def seal_note(self):
        return self.sealed.seal(rules=self.records()[-1])

    def seal_for(self, agency):
        return self.seal_note()

    def draw(self):
        self.number = TURNED

    def result_number(self):
        return self.number

    def told(self, agency):
        """Pairs of an index and a document, of the bets that it says have won."""
        rows = [row.split(",") for row in self.sealed.agencies[agency][1]]
        return [(index, row[2]) for index, row in enumerate(rows) if int(row[4]) == self.result_number()]

    def winners_for(self, agency):
        return [document for _, document in self.told(agency)]

    def result(self):
        return self.sealed.result(self.result_number(), sum(len(self.told(agency)) for agency in self.sealed.agencies),
                                  text_of(self.seal_note()))

    def result_for(self, agency):
        return self.result()

    def approvals(self):
        return [self.sealed.approval(TURNED, approver, seal=text_of(self.seal_note())) for approver in self.sealed.approvers]

    def later(self):
        """What its store has by then."""
        return self.sealed

    def proof(self):
        """What a bettor gets."""
        return self.sealed.proof(1, 0, self.seal_note())

    # What it publishes

    def before(self):
        """Before the number is known: the seal as it was printed, too, and the auditor's package, whose hash is noted."""
        newest = self.records()[-1]
        return {**{f"rules-{number}.note": note for number, note in enumerate(self.rules_for(None))}, "seal.note": self.seal_note(),
                "printed.seal": self.seal_note(), "seal.json": self.sealed.seal_json(newest), "secret.txt": planted.secret_of(self.sealed),
                "export.csv": self.sealed.export()}

    def after(self):
        """Once it is known."""
        winners = b"".join(b"%d,%d,%s\n" % (agency, index, document.encode()) for agency in sorted(self.sealed.agencies)
                           for index, document in self.told(agency))
        return {"result.note": self.result(), "bet.tlog-proof": self.proof(), "winners.csv": winners,
                "export-after.csv": self.later().export(),
                **{f"approval-{number}.note": note for number, note in enumerate(self.approvals(), 1)}}


class ByBeacon(Central):
    """A witness sees the seal before the pulse."""

    witnessed_at = planted.PULSE_AT - 600

    def __init__(self, *how):
        self.line = b""
        super().__init__(*how)

    def makes(self, agencies):
        return maker.Draw(agencies, how="beacon", nist=planted.nist().named(planted.PULSE + "Z"), witnesses=[maker.WITNESS])

    def seal(self):
        super().seal()
        self.line = self.cosigned()

    def cosigned(self):
        """By the witness, which has signed nothing else of this draw."""
        at = witness.Witness(self.folder, maker.WITNESS.name.decode(), [maker.SERVER.vkey.decode()], seed=bytes([9]) * 32,
                             clock=lambda: self.witnessed_at)
        return at.add_checkpoint(b"old 0\n\n" + self.sealed.seal())

    def seal_note(self):
        return self.sealed.seal() + self.line

    def draw(self):
        self.pulse = planted.nist().pulse(planted.PULSE + ".000Z")
        self.number = maker.derived(self.sealed.seal_text(), planted.nist().output)

    def approvals(self):
        return []

    def after(self):
        return {**super().after(), "pulse.json": self.pulse, "nist.pem": planted.nist().certificate}


class WithTwoRecords(Central):
    """Of the rules, as the close was put off."""

    def records(self):
        first = super().records()[0]
        return [first, self.makes(self.agencies).rules_text(number=1, before=first, close="2026-11-25T22:01:00Z")]


def text_of(note):
    """The text that a note signs."""
    return note.split(b"\n\n", 1)[0] + b"\n"


def refuse(code, stored):
    return {"type_message": ERROR, "payload": {"code": code, "message": "planted", "retryable": code == "gap"}, "next": stored}
