"""The page computes in a browser what the page of formats says, and takes every bet's proof.

Those of the known files are skipped where the files are not: QUINIELA_DATA.
"""
import base64
import hashlib
import unittest

from paging import Paged, maker

# RFC 8032, 7.1: key, message, signature.
SIGNED = (("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
           "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
          ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
           "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"))
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493


class Vectors(Paged):
    def hex_of(self, expression, data=b""):
        """The bytes that the expression, which has `data`, gives."""
        return self.tab.evaluate(f"(async data => hex({expression}))(atob('{base64.b64encode(data).decode()}'))")

    def test_small(self):
        self.assertEqual(self.hex_of("(await readRules(data)).hash", self.draw.rules()),
                         "df27191671ea15868b37ae8426c72112ed58ce29233ea2c39f5dcc6e194d90cc")
        self.assertEqual(self.hex_of("await sha256(readSeal(data).text)", self.draw.seal()),
                         "bdcfe9494cbb8dd1220a392f46fdbd9940635ecd7250bb0fe9a0643e949ea4be")
        data = self.draw.proof(5, 1)
        self.assertEqual((len(data), hashlib.sha256(data).hexdigest()),
                         (469, "901d0aa289508ae9aede714bb2c55d839b980f99b0f3cedd3281165c88f71c60"))
        self.assertEqual(self.hex_of("(await readProof(data)).entry.root", data),
                         "2f23981ac3f3476c168bbb6db4806b605d0d449c7b6fe7ef2b0ae4232a450b05")
        for agency, (_, rows) in self.draw.agencies.items():
            for index in range(len(rows)):
                said = self.ask(proofs=[self.draw.proof(agency, index)], codes=[self.draw.code(agency, index)])
                self.assertEqual(said.status, 3, said.text())
                self.assertEqual(said.of("not checked"), ["seals"])

    def test_every_size(self):
        """Each bet of an agency of that size, with a witness: nothing is left to check."""
        for size in range(1, 34):
            rows = [f"a,b,{index},2000-01-01,{index}" for index in range(size)]
            draw = maker.Draw({1: ("cut", []), 2: ("finished", rows), 3: ("cut", [])}, witnesses=[maker.WITNESS])
            seal, rules = draw.seal((maker.WITNESS, 1795640460)), draw.rules()
            said = self.ask(rules=[rules], seals=[seal], proofs=[draw.proof(2, index, seal) for index in range(size)],
                            codes=[maker.base32(draw.code(2, index)) for index in range(size)])
            self.assertEqual(said.status, 0, said.text())
            self.assertEqual(len(said.of("ok")), 2 * size + 6)

    def test_the_known_files(self):
        files = {a: maker.known(f"agency-{a}.csv").decode().splitlines() for a in range(1, 6)}
        draw = maker.Draw({a: ("finished", rows) for a, rows in files.items()})
        data = draw.proof(5, 990)
        self.assertEqual(hashlib.sha256(data).hexdigest(), "9e661a066548c1ca69f0e9c45bd3f67b256d8ea80a151d209aafa4c3c518042c")
        self.in_a_claim(self.ask(proofs=[data]), "ok", "bet 990 of agency 5 (finished, 991 bets)")
        blocks = draw.receipts(draw.receipt_entry(5, 0, files[5][:3]), draw.receipt_entry(2, 0, ["Ana,Núñez,30904465,1999-03-17,7574"]))
        self.assertEqual(self.hex_of("(await readReceipt(data)).signed.root", blocks[0].removesuffix(b"\n")),
                         base64.b64decode("m70yQiBTq4bSwxkzjwMHprc6DeFqKToPIQJzazCgKBs=").hex())
        self.in_a_claim(self.ask(receipts=[blocks[0]]), "ok", "1 of agency 5, for bets up to 3")

    def test_the_real_pulse(self):
        pulse, certificate = maker.known("beacon/pulse-1-54610.json"), maker.known("beacon/certificate.pem")
        self.assertEqual(self.hex_of("(await readPulse(data)).output", pulse), maker.OUTPUT.hex())
        signed = self.hex_of("await sha512((await readPulse(data)).message)", pulse)
        self.assertEqual((signed[:8], signed[-4:]), ("cf3df5c0", "7c17"))
        said = self.ask(pulse=pulse, certificate=certificate)
        self.in_a_claim(said, "not checked", "pulse it", "chain 1, index 54610: no rules")
        self.assertFalse(said.of("FALSE"))

    def test_the_number(self):
        seal = self.draw.seal_text()
        rejected = hashlib.sha256((492323).to_bytes(4, "big")).digest()
        for further, number, words in ((maker.OUTPUT, 4346, [0xec81df8a]), (maker.RANDOMNESS, 2528, [0x5b4bed00]),
                                       (maker.OUTPUT + maker.RANDOMNESS, 5654, [0x92aff756]),
                                       (rejected, 5726, [0xfffff413, 0x551d2e2e])):
            found = self.tab.apply("async (seal, further) => deriveNumber(await sha256(atob(seal)), fromHex(further))",
                                   base64.b64encode(seal).decode(), further.hex())
            self.assertEqual((found["number"], found["words"]), (number, words))


class Trees(Paged):
    """As the standard defines them (maker.py)."""

    # Where each path leads; null where it is refused.
    LEAD = """async cases => { const lead = [];
        for (const [path, index, size, leaf] of cases) {
            try { lead.push(hex(await pathRoot(path.map(fromHex), BigInt(index), BigInt(size), fromHex(leaf)))); }
            catch (refused) { lead.push(refused instanceof Refused ? null : String(refused)); }
        }
        return lead; }"""

    def test_paths(self):
        leaves = [maker.leaf(bytes([i])) for i in range(40)]
        cases, wanted = [], []
        for size in range(1, len(leaves) + 1):
            root = maker.root(leaves[:size]).hex()
            for index in range(size):
                path = [hash_.hex() for hash_ in maker.path(index, leaves[:size])]
                cases.append((path, index, size, leaves[index].hex()))
                wanted.append(root)
                for wrong in path[:-1], path[1:], [*path, path[0] if path else root], [root, *path]:
                    if len(wrong) != len(path):
                        cases.append((wrong, index, size, leaves[index].hex()))
                        wanted.append(None)
            cases.append(([], size, size, root))
            wanted.append(None)
        self.assertEqual(self.tab.apply(self.LEAD, cases), wanted)

    def test_roots(self):
        leaves = [maker.leaf(bytes([i])) for i in range(40)]
        found = self.tab.apply("""async leaves => { const tree = new MerkleRoot(), roots = [hex(await tree.hash())];
            for (const leaf of leaves) { await tree.add(fromHex(leaf)); roots.push(hex(await tree.hash())); }
            return roots; }""", [leaf.hex() for leaf in leaves])
        self.assertEqual(found, [maker.root(leaves[:size]).hex() for size in range(len(leaves) + 1)])


class Signatures(Paged):
    def verify(self, key, message, signature):
        return self.tab.apply("(...all) => ed25519Verify(...all.map(fromHex))", key.hex(), message.hex(), signature.hex())

    def test_the_standard(self):
        for key, message, signature in (map(bytes.fromhex, values) for values in SIGNED):
            self.assertTrue(self.verify(key, message, signature))
            self.assertFalse(self.verify(key, message + b"x", signature))

    def test_what_no_key_and_no_signature_is(self):
        key = maker.Key("x", bytes(32))
        good = key.sign(b"m")
        self.assertTrue(self.verify(key.public, b"m", good))
        too_high = good[:32] + (int.from_bytes(good[32:], "little") + ORDER).to_bytes(32, "little")
        self.assertFalse(self.verify(key.public, b"m", too_high), "a second signature that means the same")
        for wrong in good[:-1], good + b"\0", b"":
            self.assertFalse(self.verify(key.public, b"m", wrong))
        self.assertFalse(self.verify((2).to_bytes(32, "little"), b"m", good), "no point of the curve")

    def test_keys_of_a_small_order(self):
        """With each of them something can be made to look signed."""
        base = (4 * pow(5, -1, P) % P).to_bytes(32, "little")
        anything = base + (1).to_bytes(32, "little")  # B = 1·B − h·A, where A is the neutral point
        for public in maker.no_keys():
            self.assertFalse(self.verify(public, b"m", anything), public.hex())


if __name__ == "__main__":
    unittest.main()
