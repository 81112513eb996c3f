"""Of the same texts and files the page and the verifier in Python say the same.

Texts are garbled at random, the same in each run. QUINIELA_TEXTS=N: so many. What the page does not cover (CSV, export,
secret, time stamps, packages) is not asked.
"""
import base64
import os
import random
import unittest

from paging import LISTS, Paged, maker
import asked
import beacon
import test_agree as texts  # that of tests/verifiers
import test_cheats
from quiniela_verify.encoding import Refused

TEXTS = int(os.environ.get("QUINIELA_TEXTS", "4000"))
BATCH = 200
# Whether it takes each of the texts; what each is follows from a letter, as in tests/verifiers/agree.c.
TAKES = """async (key, texts) => {
    const server = await readKey(key);
    const signed = async proof => await isProofSigned(proof, server) || refuse(say`is not signed`);
    const read = {R: readRules, S: data => readSeal(data), A: readApproval, E: readResult, N: readReceiptsNote, r: parseReceipt,
        P: async data => signed(await readProof(data)), C: async data => signed(await parseCode(data)), J: readPulse, V: data => readKey(data),
        B: splitText, 6: data => base64Decode(data), 3: data => base32Decode(data) ?? refuse(say`is no base32`),
        d: data => decimal(data), i: instant, o: nameOf};
    const taken = [];
    for (const [kind, data] of texts) {
        try {
            await read[kind](atob(data));
            taken.push("");
        } catch (refused) {
            taken.push(refused instanceof Refused ? plainText(refused.why) : `a fault: ${refused.stack}`);
        }
    }
    return taken;
}"""


class Texts(Paged):
    def check(self, batch):
        """Whether both take each of them."""
        said = self.tab.apply(TAKES, maker.SERVER.vkey.decode(), [(kind, base64.b64encode(data).decode()) for kind, data in batch])
        taken = []
        for (kind, data), why in zip(batch, said, strict=True):
            try:
                texts.READ[kind](data)
                reason = ""
            except Refused as refused:
                reason = str(refused)
            self.assertNotIn("a fault", why)
            self.assertEqual(not why, not reason, f"{kind} {data!r}: the page says {why!r}, and the other {reason!r}")
            taken.append(not why)
        return taken

    def test_garbled_texts(self):
        good = texts.good_ones()
        self.assertTrue(all(self.check([(kind, data) for kind, all_ in good.items() for data in all_])))
        garbler = texts.Garbler(19, [data for all_ in good.values() for data in all_])
        taken = []
        while len(taken) < TEXTS:
            kinds = [garbler.random.choice(list(good)) for _ in range(BATCH)]
            taken += self.check([(kind, garbler.garble(garbler.random.choice(good[kind]))) for kind in kinds])
        self.assertGreater(min(taken.count(True), taken.count(False)), TEXTS // 100, "both should be frequent")

    def test_forms_of_json(self):
        """What one reader of JSON may take otherwise than another."""
        good = texts.good_ones()["J"][0]
        for old, new, taken in ((b'"statusCode": 0', b'"statusCode": 0, "statusCode": 0', False), (b'"cipherSuite": 0', b'"cipherSuite": 0.0', False),
                                (b'"cipherSuite": 0', b'"cipherSuite": -1', False), (b'"cipherSuite": 0', b'"cipherSuite": 0e0', False),
                                (b'"cipherSuite": 0', b'"cipherSuite": false', False), (b'"cipherSuite": 0', b'"cipherSuite": 00', False),
                                (b'"cipherSuite": 0', b'"cipherSuite": "0"', False), (b'"cipherSuite": 0', b'"cipher\\u0053uite": 0', True),
                                (b'"Version 2.0"', b'"Version\\u00202.0"', True), (b'"Version 2.0"', b'"Version\t2.0"', False),
                                (b'"Version 2.0"', b'"Version\\x202.0"', False), (b'"Version 2.0"', b"'Version 2.0'", False),
                                (b'"uri": null', b'"uri": [{"a": 1.5e-3, "a": []}, true]', True), (b'"uri": null', b'"uri": nul', False),
                                (b'"type": "hour"', b'"type": "day"', False), (b'"type": "hour"', b'"type": "week"', False),
                                (b'"chainIndex": 2', b'"chainIndex": 9223372036854775808', False), (b'"pulse"', b'"Pulse"', False),
                                (b'"external": {', b'"external": {"value": "00", ', False), (b"{", b"\xef\xbb\xbf{", False),
                                (b"null", b"[" * 60 + b"]" * 60, True), (b"null", b"[" * 61 + b"]" * 61, False),
                                (b"null", b'{"a":' * 60 + b"1" + b"}" * 60, True), (b"null", b'{"a":' * 61 + b"1" + b"}" * 61, False),
                                (b"{", b"\n\t\r {", True), (b"{", b"{,", False), (b"{", b"[{", False), (b"{", b"/**/{", False)):
            self.assertIn(old, good)
            self.assertEqual(self.check([("J", good.replace(old, new, 1))]), [taken], new)
        for data in good + b" \n", good + b"x", good + good, good.rstrip()[:-1], b"", b"{}", b'{"pulse": []}', b"[" * 400 + b"]" * 400:
            self.check([("J", data)])

    def test_what_no_key_is(self):
        self.assertEqual(set(self.check([("V", maker.PublicKey("x", public).vkey) for public in maker.no_keys()])), {False})
        self.assertEqual(set(self.check([("R", maker.Draw(witnesses=[maker.PublicKey("x", public, 4)]).rules())
                                         for public in maker.no_keys()])), {False})


# Whole answers -------------------------------------------------------------------------------------------

STAMP = "2026-11-25T21:30:00"
IN_PYTHON = {"certificate": "nist_certificate", "sealJson": "seal_json"}
# What the page says in its own words: it has no flags.
OWN_WORDS = "no certificate", "is not known: no ", "is no JSON"


def manual():
    return maker.Draw(witnesses=[maker.WITNESS], approvers=[maker.APPROVER, maker.APPROVER_2], approvals=2)


def of_manual():
    draw = manual()
    rows, seal = maker.SMALL[1][1], draw.seal((maker.WITNESS, 1795640460))
    receipts = draw.receipt(1, 0, rows[:2]) + draw.receipts(draw.receipt_entry(5, 0, ["o,o,1,2000-01-01,1"]),
                                                           draw.receipt_entry(1, 2, rows[2:]))[1]
    return {"rules": [draw.rules()], "seals": [seal, draw.seal()], "proofs": [draw.proof(1, 2, seal)], "codes": [draw.code(1, 1)],
            "receipts": [receipts], "sealJson": draw.seal_json(voided=[(2, 1, 9)]), "approvals": [draw.approval(7), draw.approval(7, maker.APPROVER_2)], "results": [draw.result(7)]}


def of_beacon(nist=None):
    nist = nist or beacon.Beacon()
    draw = maker.Draw(how="beacon", nist=nist.named(STAMP + "Z"), witnesses=[maker.WITNESS])
    pulse = nist.pulse(STAMP + ".000Z")
    return {"rules": [draw.rules()], "seals": [draw.seal((maker.WITNESS, 1795642000))], "pulse": pulse, "certificate": nist.certificate,
            "results": [draw.result(maker.derived(draw.seal_text(), nist.output))]}


class Answers(Paged):
    def check(self, given, words=True):
        """Asks both; `words`: also what they say, and not only of what they say it."""
        other = asked.ask(**{IN_PYTHON.get(name, name): data for name, data in given.items()})
        said = self.ask(**given)
        theirs = [(state, what, why) for state, what, why in other.list if state != "not given"]
        ours = [claim for claim in said.claims if claim[0] != "not given"]
        explained = f"the page:\n{said.text()}\nin Python:\n{other.text()}"
        self.assertEqual([claim[:2] for claim in ours], [claim[:2] for claim in theirs], explained)
        self.assertEqual(said.status, other.status if other.all else 2, explained)
        for (_, _, mine), (_, _, its) in zip(ours, theirs, strict=True):
            if words and not any(word in its for word in OWN_WORDS):
                self.assertEqual(mine, its, explained)
        return said.status

    def test_whole_draws(self):
        for given in of_manual(), of_beacon():
            self.assertEqual(self.check(given), 0)

    def test_parts(self):
        """Each file alone, and all but one."""
        for whole in of_manual(), of_beacon():
            for name, data in whole.items():
                self.check({name: data})
                self.check({other: data for other, data in whole.items() if other != name})

    def test_other_draws(self):
        """Numbers that were fixed, or that nobody approves; a beacon that nobody saw in time; approvers who differ."""
        for draw in maker.Draw(how="fixed"), maker.Draw(approvals=0):
            self.check({"rules": [draw.rules()], "seals": [draw.seal()], "results": [draw.result(7)]})
        beacon_ = of_beacon()
        unseen = maker.Draw(how="beacon", nist=beacon_["rules"][0].split(b"nist ")[1].split(b"\n")[0], witnesses=[maker.WITNESS])
        for seal in unseen.seal(), unseen.seal((maker.WITNESS, 1795642141)):
            self.assertEqual([self.check({**beacon_, "seals": [seal]})], [1])
        self.assertEqual(self.check({**beacon_, "results": [self.beacon_result(beacon_)]}), 1)

    def test_pulses(self):
        """Another time, chain, period or suite than the rules', another certificate, another's signature."""
        nist, other = beacon.Beacon(), beacon.Beacon()
        given, stamp = of_beacon(nist), STAMP + ".000Z"
        for status, change in ((0, {}), (1, {"pulse": nist.pulse("2026-11-25T21:31:00.000Z")}), (1, {"pulse": nist.pulse(STAMP + "Z")}),
                               (1, {"pulse": nist.pulse(stamp, chainIndex=3)}), (1, {"pulse": nist.pulse(stamp, period=30000)}),
                               (1, {"pulse": nist.pulse(stamp, cipherSuite=1)}), (1, {"pulse": nist.forged(stamp, other)}),
                               (1, {"pulse": nist.pulse(stamp, certificateId="00" * 64)}), (1, {"pulse": other.pulse(stamp)}),
                               (1, {"certificate": other.certificate}), (3, {"certificate": None}), (3, {"pulse": None}),
                               (1, {"pulse": nist.pulse(stamp).replace(b"{", b'{"other": ' + b"[" * 500 + b"]" * 500 + b", ", 1)}),
                               (1, {"pulse": nist.pulse(stamp, index=8)})):  # signed, and gives another number
            self.assertEqual(self.check({name: data for name, data in {**given, **change}.items() if data is not None}), status, change)
        elliptic = beacon.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null",
                                  "-subj", "/CN=x")
        der = base64.b64decode(b"".join(nist.certificate.splitlines()[1:-1]))
        longer = b"-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n" % maker.b64(der + b"\0")
        for pem, word in ((b"", "no certificate in PEM"), (longer, "bytes after its end"), (elliptic, "is not the one that the rules name"), (nist.certificate[:-60], "no certificate in PEM"),
                          (nist.certificate.replace(b"\nMII", b"\nMIJ", 1), "the beacon's certificate"), (bytes(70000), "more than")):
            self.in_a_claim(self.ask(**{**given, "certificate": pem}), "FALSE", "nist certificate", word)

    @staticmethod
    def beacon_result(given):
        """A result with another number, signed and of this seal."""
        lines = given["results"][0].split(b"\n\n")[0].split(b"\n")
        number = (int(lines[3].removeprefix(b"number ")) + 1) % 10000
        return maker.note(b"\n".join([*lines[:3], b"number %04d" % number, *lines[4:]]) + b"\n", maker.SERVER)

    def test_approvals(self):
        """Approvers who differ, or who sign two numbers, or twice; strangers; too few; of another seal."""
        given, draw = of_manual(), manual()
        for status, approvals in ((1, [draw.approval(7), draw.approval(8, maker.APPROVER_2)]), (1, [draw.approval(7), draw.approval(8)]),
                                  (1, [draw.approval(7)] * 2), (1, [draw.approval(7, maker.STRANGER)]), (None, [draw.approval(7)]),
                                  (1, [draw.approval(8), draw.approval(8, maker.APPROVER_2)]), (0, [draw.approval(7, *draw.approvers)]),
                                  (1, [draw.approval(7, *draw.approvers, seal=b"another")])):
            self.assertEqual(self.check({**given, "approvals": approvals}), 1 if status is None else status)
            self.check({**given, "approvals": approvals, "results": []})

    def test_approvers_who_differ(self):
        """One of three approves another number than the rest, or each of two another one where one is enough."""
        keys = [maker.APPROVER, maker.APPROVER_2, maker.APPROVER_3]
        for wanted, numbers, results in ((2, (8, 7, 7), {7: 0, 8: 1, 9: 1, None: 0}), (1, (8, 7), {7: 0, 8: 0, 9: 1, None: 3}),
                                         (2, (8, 7), {7: 1, None: 3})):
            draw = maker.Draw(approvals=wanted, approvers=keys)
            given = {"rules": [draw.rules()], "seals": [draw.seal()] * 2,
                     "approvals": [draw.approval(number, key) for number, key in zip(numbers, keys)]}
            for result, status in results.items():
                self.assertEqual(self.check({**given, "results": [] if result is None else [draw.result(result)]}), status, (wanted, result))

    def test_lines_of_signatures(self):
        """A second one of a known key is refused, right or wrong, or of another length; those of others are told."""
        seal, text = self.draw.seal(), self.draw.seal_text()
        right, wrong = maker.SERVER.line(maker.SERVER.sign(text)), maker.SERVER.line(bytes(64))
        stranger = maker.STRANGER.line(maker.STRANGER.sign(text))
        for data, status in ((seal + right, 1), (seal + wrong, 1), (seal + maker.SERVER.line(b"short"), 1), (seal + stranger, 3),
                             (seal + stranger * 2, 3), (text + b"\n" + stranger, 1), (text + b"\n" + wrong, 1), (seal + stranger * 63, 3),
                             (seal + stranger * 64, 1), (text + b"\n" + maker.Key("lottery.example/central", bytes(32)).line(bytes(64)), 1),
                             (seal + maker.WITNESS.cosign(text, 7), 3)):
            self.assertEqual(self.check({"seals": [data]}), status, data)
            self.check({"proofs": [self.draw.proof(5, 1, data)]})
        witnessed = maker.Draw(witnesses=[maker.WITNESS])
        text, cosigned = witnessed.seal_text(), (maker.WITNESS, 2**64 - 1)
        for seal, status in ((witnessed.seal(cosigned), 0), (witnessed.seal(cosigned, cosigned), 1),
                             (witnessed.seal() + maker.WITNESS.line(bytes(72)), 1), (witnessed.seal() + maker.WITNESS.line(bytes(64)), 1)):
            self.assertEqual(self.check({"rules": [witnessed.rules()], "seals": [seal]}), status, seal)

    def test_garbled_files(self):
        randoms = random.Random(17)
        wholes = of_manual(), of_beacon()
        garbler = texts.Garbler(20, [data for whole in wholes for value in whole.values()
                                     for data in (value if isinstance(value, list) else [value])])
        statuses = []
        for _ in range(max(1, TEXTS // 80)):
            given = dict(randoms.choice(wholes))
            name = randoms.choice(list(given))
            if name in LISTS:
                at = randoms.randrange(len(given[name]))
                given[name] = [garbler.garble(data) if place == at else data for place, data in enumerate(given[name])]
            elif name != "certificate":  # the certificate's form is openssl's in Python
                given[name] = garbler.garble(given[name])
            statuses.append(self.check(given, words=False))
        self.assertGreater(min(statuses.count(0), statuses.count(1)), 0, "both should be frequent")


# Cheats --------------------------------------------------------------------------------------------------

COVERED = {"--rules": "rules", "--seal": "seals", "--seal-json": "sealJson", "--proof": "proofs", "--code": "codes", "--receipts": "receipts",
           "--approval": "approvals", "--result": "results", "--pulse": "pulse", "--nist-cert": "certificate"}


class ByThePage(Paged):
    """The flags of a verifier, given to the page."""

    ask_page = classmethod(Paged.ask.__func__)

    def run_it(self, status, *arguments):
        """None where there is a flag that the page has nothing for."""
        given, keys, origin = {}, [], None
        for flag, value in zip(arguments[::2], arguments[1::2], strict=True):
            if flag == "--key":
                keys.append(next(key for key in (maker.SERVER, maker.STRANGER) if key.vkey.decode() == value))
            elif flag == "--origin":
                origin = value.encode()
            elif flag not in COVERED:
                return None
            else:
                with open(os.path.join(self.folder, value), "rb") as file:
                    item = (os.path.basename(value), file.read())
                if COVERED[flag] not in LISTS:
                    given[COVERED[flag]] = item
                elif item not in given.setdefault(COVERED[flag], []):  # the same again is not another copy (intake.js)
                    given[COVERED[flag]].append(item)
        said = self.ask_page(keys, origin, **given)
        self.assertEqual(said.status, status, said.text())
        return said.text()

    def in_any_line(self, said, *words):
        if said is not None:
            super().in_any_line(said, *words)


class Cheats(ByThePage, test_cheats.Central):
    """Whom the verifier in Python catches, the page does, too, where it covers what is asked."""

    ask = test_cheats.Central.ask


class Stored(ByThePage, test_cheats.Stored):
    ask = test_cheats.Stored.ask


if __name__ == "__main__":
    unittest.main()
