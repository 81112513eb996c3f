"""No single bit of what the page checks can be another one unseen, nor a byte be missing or added.

Every bit of the small proof; of the others one bit in each byte, another from byte to byte. QUINIELA_FLIPS=all: all.
"""
import base64
import json
import os
import unittest

from paging import Paged, maker
import beacon

ALL = os.environ.get("QUINIELA_FLIPS") == "all"

# Checks the data with each of its bits flipped, cut off at each length, and with a byte more; gives what was not refused.
# `given` is what is asked besides; `kind` is the list, or the name, that the data is.
FLIP = """async (given, kind, data, every) => {
    const asked = await given(), bytes = arrayOf(atob(data)), left = [];
    const ask = async (bytes, where) => {
        const file = {name: "it", data: bytesOf(bytes)}, single = kind === "pulse" || kind === "sealJson";
        const known = await check({...asked, [kind]: single ? file : [...asked[kind] ?? [], file]});
        const seals = known.claims.list.some(claim => claim.state === OK && /^(seals|witness)/.test(claim.what.key));
        if (known.claims.status !== SOMETHING_IS_FALSE) left.push([where, bytesOf(bytes), known.claims.status, seals]);
    };
    await ask(bytes, "as it is");
    for (let at = 0; at < bytes.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
            if (every || bit === at % 8) {
                const other = bytes.slice();
                other[at] ^= 1 << bit;
                await ask(other, `byte ${at}, bit ${bit}`);
            }
        }
    }
    for (let length = 0; length < bytes.length; length++) await ask(bytes.slice(0, length), `${length} bytes`);
    for (const more of ["\\n", "\\0", "x"]) {
        await ask(arrayOf(bytesOf(bytes) + more), "a byte more");
        await ask(arrayOf(more + bytesOf(bytes)), "a byte before");
    }
    return left.map(([where, bytes, ...more]) => [where, btoa(bytes), ...more]);
}"""


class Flips(Paged):
    def left(self, kind, data, every=ALL, **given):
        """What was not refused but the data as it is."""
        def listed(name, texts):
            return f"{name}: [{', '.join(self._given(text) for text in texts)}]"
        known = [listed(name, value) if isinstance(value, list) else f"{name}: {self._given(value)}" for name, value in given.items()]
        asked = f"async () => ({{keys: [await readKey({json.dumps(maker.SERVER.vkey.decode())}, ED25519)], {', '.join(known)}}})"
        found = self.tab.evaluate(f"({FLIP})({asked}, {json.dumps(kind)}, '{base64.b64encode(data).decode()}', {json.dumps(every)})")
        self.assertEqual(found[:1] and found[0][0], "as it is", f"it was refused as it is; others: {found[:1]}")
        return [(where, base64.b64decode(other), seals) for where, other, _, seals in found[1:]]

    @staticmethod
    def _given(data):
        return f"{{name: 'given', data: atob('{base64.b64encode(data).decode()}')}}"

    def refused(self, *arguments, **given):
        self.assertEqual(self.left(*arguments, **given), [])

    def test_proof(self):
        self.refused("proofs", self.draw.proof(5, 1), True)

    def test_code(self):
        self.refused("codes", self.draw.code(4, 0))

    def test_code_as_text(self):
        """Its line may end in a line end."""
        left = self.left("codes", maker.base32(self.draw.code(4, 0)))
        self.assertEqual({where for where, _, _ in left} - {"a byte more", "a byte before"}, set())
        self.assertEqual([other[-1:] for where, other, _ in left if where == "a byte more"], [b"\n"])
        self.assertEqual([other for where, other, _ in left if where == "a byte before"], [])

    def test_rules(self):
        self.refused("rules", self.draw.rules())

    def test_seal(self):
        self.refused("seals", self.draw.seal())

    def test_cosignature(self):
        """A name or id that is flipped is that of somebody else, who proves nothing: the seal is not witnessed any more."""
        self.draw.witnesses = [maker.WITNESS]
        for where, _, seals in self.left("seals", self.draw.seal((maker.WITNESS, 1764104400)), rules=[self.draw.rules()]):
            self.assertFalse(seals, where)

    def test_receipt(self):
        self.refused("receipts", self.draw.receipt(1))

    def test_approval(self):
        self.refused("approvals", self.draw.approval(7), rules=[self.draw.rules()], seals=[self.draw.seal()])

    def test_result(self):
        self.refused("results", self.draw.result(7), seals=[self.draw.seal()])

    def test_seal_json(self):
        self.refused("sealJson", self.draw.seal_json(voided=[(2, 1, 9)]), seals=[self.draw.seal()])

    def test_pulse(self):
        """But for what is not signed, and for hex whose case alone is another."""
        test = beacon.Beacon()
        data = test.pulse("2026-11-25T21:15:00.000Z")
        signed = self._read(data)
        for where, other, _ in self.left("pulse", data, certificate=test.certificate):
            self.assertEqual(self._read(other), signed, where)

    def _read(self, data):
        """What of a pulse is signed."""
        return self.tab.evaluate(f"readPulse(atob('{base64.b64encode(data).decode()}')).then(pulse => hex(pulse.message + pulse.output))")


if __name__ == "__main__":
    unittest.main()
