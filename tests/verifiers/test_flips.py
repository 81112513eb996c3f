"""No single bit of rules, seal, receipt, proof, approval, result or pulse can be another one unseen.

Quick: one bit in each byte, another from byte to byte; of another verifier, which is started for each (asked.py), in each 31st.
QUINIELA_FLIPS=all: every bit; few: in each 311th, and in three at least.
"""
import functools
import os
import unittest
from unittest import mock

import beacon
import maker
from asked import OTHER, ask
from quiniela_verify import ed25519, openssl, pulse
from quiniela_verify.claims import SOMETHING_IS_FALSE

WHICH = os.environ.get("QUINIELA_FLIPS", "")
ALL = WHICH == "all"
STEP = 311 if WHICH == "few" else 31 if OTHER and not ALL else 1
AT_LEAST = 3


def some(length):
    return range(0, length, min(STEP, max(1, length // AT_LEAST)))


def flips(data):
    for at in some(len(data)):
        for bit in range(8) if ALL else [at % 8]:
            other = bytearray(data)
            other[at] ^= 1 << bit
            yield f"byte {at}, bit {bit}", bytes(other)


class Flips(unittest.TestCase):
    def setUp(self):
        self.draw = maker.Draw()
        for module, name in (ed25519, "verify"), (openssl, "certificate"), (openssl, "public_key"):  # the same again and again
            self.enterContext(mock.patch.object(module, name, functools.cache(getattr(module, name))))

    def refused(self, data, given, but=None):
        """Every flip of the data makes something false; `but` says of which it may make something else."""
        self.assertNotEqual(given(data).status, SOMETHING_IS_FALSE, f"as it is: {given(data).text()}")
        for where, other in flips(data):
            claims = given(other)
            if claims.status != SOMETHING_IS_FALSE and not (but and but(other, claims)):
                self.fail(f"{where} was not refused: {claims.text()}")

    def test_rules(self):
        self.refused(self.draw.rules(), lambda data: ask(rules=[data]))

    def test_seal(self):
        self.refused(self.draw.seal(), lambda data: ask(seals=[data]))

    def test_cosignature(self):
        """A name or id that is flipped is that of somebody else, who proves nothing: the seal is not witnessed any more."""
        self.draw.witnesses = [maker.WITNESS]
        rules, seal = self.draw.rules(), self.draw.seal((maker.WITNESS, 1764104400))

        def not_witnessed(_, claims):
            return not any(state == "ok" and what.startswith(("witness", "seals")) for state, what, _ in claims.list)
        self.refused(seal, lambda data: ask(rules=[rules], seals=[data]), not_witnessed)

    def test_receipt(self):
        self.refused(self.draw.receipt(1), lambda data: ask(receipts=[data]))

    def test_proof(self):
        self.refused(self.draw.proof(5, 1), lambda data: ask(proofs=[data]))

    def test_code(self):
        self.refused(self.draw.code(4, 0), lambda data: ask(codes=[data]))

    def test_approval(self):
        rules, seal = self.draw.rules(), self.draw.seal()
        self.refused(self.draw.approval(7), lambda data: ask(rules=[rules], seals=[seal], approvals=[data]))

    def test_result(self):
        seal = self.draw.seal()
        self.refused(self.draw.result(7), lambda data: ask(seals=[seal], results=[data]))

    def test_seal_json(self):
        seal = self.draw.seal()
        self.refused(self.draw.seal_json(), lambda data: ask(seals=[seal], seal_json=data))

    def test_pulse(self):
        """But for what is not signed, and for hex whose case alone is another."""
        test = beacon.Beacon()
        data = test.pulse("2026-11-25T21:15:00.000Z")
        signed = pulse.read(data)

        def the_same(other, _):
            return pulse.read(other) == signed
        self.refused(data, lambda other: ask(pulse=other, nist_certificate=test.certificate), the_same)


class Shorter(Flips):
    """Neither shorter nor longer."""

    def refused(self, data, given, but=None):
        for other in [*(data[:length] for length in some(len(data))), data + b"\n", data + b"\0", b"\n" + data]:
            claims = given(other)
            if claims.status != SOMETHING_IS_FALSE and not (but and but(other, claims)):
                self.fail(f"{len(other)} bytes of {len(data)} were not refused: {claims.text()}")


if __name__ == "__main__":
    unittest.main()
