"""Makes a whole draw, as a central does, for what checks draws: from bets to every file there can be.

Trees and paths are RFC 6962's definitions as they stand there, so that they have nothing in common with the verifiers'.
"""
import base64
import hashlib
import hmac
import json
import os
import struct
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.abspath(os.environ.get("QUINIELA_DATA", os.path.join(ROOT, "../shared/data")))  # may not be there
sys.path.insert(0, os.path.join(ROOT, "verifiers"))
from quiniela_verify import ed25519  # noqa: E402

ORIGIN = b"lottery.example/central/2026-11-25"
SMALL = {1: ("finished", ["Ana,Núñez,30904465,1999-03-17,7574", 'Ana "la 7",Paz,A1,2000-02-29,0007', "Ana,Paz,A1,2000-02-29,7"]),
         2: ("cut", []), 3: ("finished", []), 4: ("cut", ["a,b,1,2000-01-01,0"]),
         5: ("finished", ["x,y,2,2000-01-01,9999"] * 2)}

# What real beacons gave: NIST's pulse 1-54610, and drand's quicknet 1000.
OUTPUT = bytes.fromhex("274e031530b2c773494ebfd9827df4b20bf83b65bcfc5107b97d7c307713e2ff"
                       "b80c8fd3b7028f457783e88bb07bbd2bc190bc42ba3f56ba2e2f74e04d4e5e98")
RANDOMNESS = bytes.fromhex("fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd")


def known(name):
    """A known file; the test that asks for it is skipped where it is not there."""
    path = os.path.join(DATA, name)
    if not os.path.exists(path):
        raise unittest.SkipTest(f"{path} is not there")
    with open(path, "rb") as file:
        return file.read()


def b64(data):
    return base64.b64encode(data)


def sha256(data):
    return hashlib.sha256(data).digest()


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def base32(data):
    return base64.b32encode(data).rstrip(b"=")


def derived(seal, output):
    """The number of a seal's text and a pulse's output."""
    prk, limit = mac(sha256(seal), output), 2**32 // 10000 * 10000
    for j in range(100):
        word = int.from_bytes(mac(prk, b"quiniela number v1\n" + struct.pack(">I", j))[:4], "big")
        if word < limit:
            return word % 10000
    raise AssertionError("a hundred words in the last 7296 of 4294967296")


# Trees ---------------------------------------------------------------------------------------------------

def leaf(entry):
    return sha256(b"\0" + entry)


def cut(size):
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    k = cut(len(leaves))
    return sha256(b"\1" + root(leaves[:k]) + root(leaves[k:]))


def path(index, leaves):
    if len(leaves) == 1:
        return []
    k = cut(len(leaves))
    if index < k:
        return path(index, leaves[:k]) + [root(leaves[k:])]
    return path(index - k, leaves[k:]) + [root(leaves[:k])]


# Keys ----------------------------------------------------------------------------------------------------

class Key:
    """Signs, from a seed of 32 bytes (RFC 8032)."""

    def __init__(self, name, seed, kind=1):
        self.name, self.kind = name.encode(), kind
        digest = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
        self.prefix, self.public = digest[32:], self._times(self.scalar)
        self.id = sha256(self.name + b"\n" + bytes([kind]) + self.public)[:4]
        self.vkey = self.name + b"+" + self.id.hex().encode() + b"+" + b64(bytes([kind]) + self.public)

    @staticmethod
    def _times(scalar):
        return ed25519._encode(ed25519._multiply(ed25519._table(ed25519.BASE), scalar))  # pylint: disable=protected-access

    def sign(self, message):
        r = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % ed25519.ORDER
        start = self._times(r)
        h = int.from_bytes(hashlib.sha512(start + self.public + message).digest(), "little")
        return start + ((r + h * self.scalar) % ed25519.ORDER).to_bytes(32, "little")

    def line(self, payload):
        return "— ".encode() + self.name + b" " + b64(self.id + payload) + b"\n"

    def cosign(self, text, time):
        return self.line(struct.pack(">Q", time) + self.sign(b"cosignature/v1\ntime %d\n" % time + text))


class PublicKey:
    """Of which nothing more is known than its 32 bytes."""

    def __init__(self, name, public, kind=1):
        head = name.encode() + b"\n" + bytes([kind])
        self.public = public
        self.vkey = name.encode() + b"+" + sha256(head + public)[:4].hex().encode() + b"+" + b64(bytes([kind]) + public)


def no_keys():
    """Public keys that are none: the y of points of a small order, and each y that is not below the prime, with either sign."""
    prime = 2**255 - 19
    eighth = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826  # of two points whose order is 8
    return [(y | sign << 255).to_bytes(32, "little") for sign in (0, 1)
            for y in (0, 1, prime - 1, eighth, prime - eighth, *range(prime, 2**255))]


def note(text, *keys):
    return text + b"\n" + b"".join(key.line(key.sign(text)) for key in keys)


SERVER = Key("lottery.example/central", bytes(range(0x20)))
APPROVER = Key("inspector.example/garcia", bytes(range(0x20, 0x40)))
APPROVER_2 = Key("notary.example/paz", bytes([7]) * 32)
APPROVER_3 = Key("notary.example/ruiz", bytes([8]) * 32)
WITNESS = Key("witness.example/one", bytes([9]) * 32, kind=4)
STRANGER = Key("stranger.example/x", bytes([11]) * 32)


# A draw --------------------------------------------------------------------------------------------------

class Draw:
    def __init__(self, agencies=None, how="manual", approvals=1, approvers=(APPROVER,), witnesses=(), tsas=(), nist=None,
                 close="2026-11-25T21:00:00Z", origin=ORIGIN, secret=bytes(range(0x40, 0x60)), server=SERVER):
        self.agencies = agencies or SMALL
        self.how, self.approvals, self.approvers, self.witnesses, self.tsas = how, approvals, approvers, witnesses, tsas
        self.nist, self.close, self.origin, self.secret, self.server = nist, close, origin, secret, server
        self._leaves = {}

    # Rules

    def rules_text(self, number=0, before=None, **changes):
        value = {"agencies": len(self.agencies), "close": self.close, "nist": self.nist, **changes}
        lines = [b"quiniela rules v1", self.origin, b"%d %s" % (number, b64(sha256(before)) if before else b"-"),
                 b"agencies %d" % value["agencies"], b"numbers 10000", b"close " + value["close"].encode(),
                 b"number " + self.how.encode()]
        lines += [b"nist " + value["nist"]] if self.how == "beacon" else []
        if self.how == "manual" and self.approvals:
            lines += [b"approvals %d" % self.approvals, *sorted(b"approver " + key.vkey for key in self.approvers)]
        lines += sorted(b"witness " + key.vkey for key in self.witnesses) + sorted(b"tsa " + tsa.hex().encode() for tsa in self.tsas)
        lines += [b"secret " + b64(sha256(b"quiniela secret v1\n" + self.secret)), b"key " + self.server.vkey]
        return b"\n".join(lines) + b"\n"

    def rules(self, *more_keys, **changes):
        return note(self.rules_text(**changes), self.server, *more_keys)

    # Trees

    def key(self, agency):
        return mac(self.secret, b"quiniela agency key v1\n" + self.origin + b"\n%d" % agency)

    def salt(self, agency, index):
        return mac(self.key(agency), b"quiniela salt v1\n" + struct.pack(">Q", index))[:16]

    def text(self, agency, index):
        return b"%d,%d," % (agency, index) + self.agencies[agency][1][index].encode()

    def leaves(self, agency):
        if agency not in self._leaves:
            key, rows = self.key(agency), self.agencies[agency][1]
            salts = [mac(key, b"quiniela salt v1\n" + struct.pack(">Q", i))[:16] for i in range(len(rows))]
            self._leaves[agency] = [leaf(salts[i] + self.text(agency, i)) for i in range(len(rows))]
        return self._leaves[agency]

    def entry(self, agency):
        state, rows = self.agencies[agency]
        return b"quiniela agency v1\n%s\n%d %s %d %s\n" % (self.origin, agency, state.encode(), len(rows),
                                                           b64(root(self.leaves(agency))))

    def entry_file(self, agency, seal=None):
        """As `quiniela prove --entry` writes it."""
        lines = [b"c2sp.org/tlog-proof@v1", b"index %d" % agency, *map(b64, path(agency, self.draw_leaves())), b""]
        return self.entry(agency) + b"\n" + b"\n".join(lines) + b"\n" + (seal or self.seal())

    @property
    def bets(self):
        return sum(len(rows) for _, rows in self.agencies.values())

    def entry_0(self, rules=None):
        return b"quiniela draw v1\n%s\nrules %s\nagencies %d\nbets %d\n" % (
            self.origin, b64(sha256(rules or self.rules_text())), len(self.agencies), self.bets)

    def draw_leaves(self, rules=None):
        return [leaf(self.entry_0(rules))] + [leaf(self.entry(agency)) for agency in sorted(self.agencies)]

    def seal_text(self, rules=None):
        return b"%s\n%d\n%s\n" % (self.origin, len(self.agencies) + 1, b64(root(self.draw_leaves(rules))))

    def seal(self, *cosigned, rules=None):
        """`cosigned`: pairs of a witness and a time."""
        text = self.seal_text(rules)
        return note(text, self.server) + b"".join(witness.cosign(text, time) for witness, time in cosigned)

    def seal_json(self, rules=None, voided=()):
        lines = []
        for agency, (state, rows) in sorted(self.agencies.items()):
            if rows:
                lines.append({"agency": agency, "state": state, "count": len(rows),
                              "root": b64(root(self.leaves(agency))).decode()})
            elif lines and "agencies" in lines[-1] and lines[-1]["state"] == state:
                lines[-1]["agencies"][1] = agency
            else:
                lines.append({"agencies": [agency, agency], "state": state})
        voided = [{"agency": agency, "reset": reset, "count": count} for agency, reset, count in voided]

        def listed(values):
            return "".join(json.dumps(value, separators=(",", ":")) + (",\n" if i < len(values) else "\n")
                           for i, value in enumerate(values, 1))
        newest, whole = b64(sha256(rules or self.rules_text())).decode(), b64(root(self.draw_leaves(rules))).decode()
        return (f'{{"format":"quiniela seal v1",\n"origin":"{self.origin.decode()}",\n"rules":"{newest}",\n'
                f'"agencies":{len(self.agencies)},\n"bets":{self.bets},\n"root":"{whole}",\n"entries":[\n{listed(lines)}],\n'
                f'"voided":[\n{listed(voided)}]}}\n').encode()

    # Proofs

    def proof(self, agency, index, seal=None):
        state, rows = self.agencies[agency]
        lines = [b"quiniela proof v1", b"salt " + b64(self.salt(agency, index)), b"state " + state.encode(),
                 b"count %d" % len(rows),
                 self.text(agency, index), *map(b64, path(index, self.leaves(agency))), b"", b"c2sp.org/tlog-proof@v1",
                 b"index %d" % agency, *map(b64, path(agency, self.draw_leaves())), b""]
        return b"\n".join(lines) + b"\n" + (seal or self.seal())

    def code(self, agency, index):
        state, rows = self.agencies[agency]
        text = self.text(agency, index)
        return b"".join([
            b"\x01", bytes([len(self.origin)]), self.origin, struct.pack(">II", len(self.agencies), agency),
            bytes([state == "finished"]), struct.pack(">QQ", len(rows), index), self.salt(agency, index),
                         struct.pack(">H", len(text)),
            text, *path(index, self.leaves(agency)), *path(agency, self.draw_leaves()), bytes([len(self.server.name)]),
            self.server.name, self.server.id, self.server.sign(self.seal_text())])

    # Receipts

    def receipt_entry(self, agency, first, rows, rules=None):
        numbers = b"".join(struct.pack("<H", int(row.rsplit(",", 1)[1])) for row in rows)
        digest = sha256(numbers + b"".join(row.encode() + b"\n" for row in rows))
        nonce = mac(self.key(agency), b"quiniela receipt v1\n" + struct.pack(">QQ", first, len(rows)))[:16]
        return b"quiniela receipt v1\n%s\nrules %s\n%d %d %d %s\n%s\n" % (
            self.origin, b64(sha256(rules or self.rules_text())), agency, first, len(rows), b64(digest), b64(nonce))

    def receipts(self, *entries, time="2026-11-25T20:00:00Z"):
        """The blocks of the entries of one commit, one for each."""
        leaves = [leaf(entry) for entry in entries]
        text = b"quiniela receipts v1\n%s\n%d\n%s\ntime %s\n" % (self.origin, len(entries), b64(root(leaves)), time.encode())
        signed = b64(note(text, self.server))
        return [b"entry %s\nindex %d\npath%s\nnote %s\n\n" % (
            b64(entry), i, b"".join(b" " + b64(hash_) for hash_ in path(i, leaves)), signed) for i, entry in enumerate(entries)]

    def receipt(self, agency, first=0, rows=None, **more):
        rows = self.agencies[agency][1] if rows is None else rows
        return self.receipts(self.receipt_entry(agency, first, rows, **more))[0]

    # The number

    def approval(self, number, *keys, seal=None):
        text = b"quiniela approval v1\n%s\nseal %s\nnumber %04d\n" % (self.origin, b64(sha256(seal or self.seal_text())), number)
        return note(text, *(keys or (APPROVER,)))

    def result(self, number, winners=None, seal=None):
        if winners is None:
            winners = sum(int(row.rsplit(",", 1)[1]) == number for _, rows in self.agencies.values() for row in rows)
        text = b"quiniela result v1\n%s\nseal %s\nnumber %04d\nwinners %d\n" % (
            self.origin, b64(sha256(seal or self.seal_text())), number, winners)
        return note(text, self.server)

    # Files

    @staticmethod
    def _line(row):
        fields = ['"' + field.replace('"', '""') + '"' if '"' in field else field for field in row.split(",")]
        return ",".join(fields).encode()

    def csv(self, agency, end=b"\r\n"):
        return b"".join(self._line(row) + end for row in self.agencies[agency][1])

    def export(self):
        return b"".join(b"%d,%s\n" % (agency, self._line(row)) for agency,
                        (_, rows) in sorted(self.agencies.items()) for row in rows)

    def winners(self, number):
        """As `quiniela winners --csv` writes them."""
        return b"".join(b"%d,%d,%s\n" % (agency, index, row.split(",")[2].encode()) for agency, (_, rows) in sorted(self.agencies.items())
                        for index, row in enumerate(rows) if int(row.rsplit(",", 1)[1]) == number)

    def package(self, folder, **changed):
        """Writes a package, whose files may be other ones than the draw's; returns the manifest's SHA-256 in hex."""
        files = {"export.csv": self.export(), "rules-0.note": self.rules(), "seal.json": self.seal_json(), "seal.note": self.seal(),
                 "secret.txt": b64(self.secret) + b"\n", "audit.log": b"{}\n", **changed}
        lines = [b"%d %s %s" % (len(data), sha256(data).hex().encode(), name.encode()) for name, data in sorted(files.items())]
        files["manifest.txt"] = b"quiniela package v1\n" + self.origin + b"\n" + b"\n".join(lines) + b"\n"
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        return sha256(files["manifest.txt"]).hex()
