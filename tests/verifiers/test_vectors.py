"""The verifier in Python computes what the specification's vectors and the standards say.

Those of the known files are skipped where the files are not: QUINIELA_DATA.
"""
import hashlib
import os
import subprocess
import tempfile
import unittest

import maker
from quiniela_verify import bets, ed25519, encoding, merkle, notes, number, proof, pulse, records, rules


class Small(unittest.TestCase):
    """Made by the tests' own maker, and read by the verifier."""

    def setUp(self):
        self.draw = maker.Draw()

    def test_key(self):
        self.assertEqual(maker.SERVER.vkey, b"lottery.example/central+ceca6345+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
        self.assertEqual(notes.vkey(maker.SERVER.vkey).name, b"lottery.example/central")

    def test_rules(self):
        record = rules.read(self.draw.rules())
        record.note.check(record.key)
        self.assertEqual(record.hash.hex(), "df27191671ea15868b37ae8426c72112ed58ce29233ea2c39f5dcc6e194d90cc")

    def test_salts_leaves_roots(self):
        key = bets.agency_key(self.draw.secret, self.draw.origin, 5)
        self.assertEqual(key.hex(), "3f0863d1a58c1cd8bd22a23fa19dd57e1c440ff2e459b05b21f20a093da7f127")
        self.assertEqual([bets.salt(key, i).hex() for i in (0, 1)],
                         ["5a354996e482f0452e414b50d4d440a3", "580a3bf9e7b3160f6da5969499e577f9"])
        leaves = [merkle.leaf(bets.salt(key, i) + self.draw.text(5, i)).hex() for i in (0, 1)]
        self.assertEqual(leaves, ["24e4edc0e5799cc484f9f0082a93736d3394a99fcbe941d2a2910a3199041384",
                                  "44d6af5bb31803a9ad67869e64fa2c2abf41ccb1c57f6348685d8e400b2d884f"])
        self.assertEqual(self.root(1), "d7d71ddb4135c3aa2fb5a4cc6326c5711890d12e0645bf8f87b95282dc09a26a")
        self.assertEqual(self.root(5), "2f23981ac3f3476c168bbb6db4806b605d0d449c7b6fe7ef2b0ae4232a450b05")

    def root(self, agency):
        tree = bets.AgencyTree(agency, bets.agency_key(self.draw.secret, self.draw.origin, agency))
        for row in self.draw.agencies[agency][1]:
            tree.add(row.encode())
        return tree.root.hash().hex()

    def test_seal(self):
        data = self.draw.seal()
        self.assertEqual(data, (
            "lottery.example/central/2026-11-25\n6\nAJ4ecKAKW/OwfG03nwYIrXCyVWtaMQgQZBI+MSEA6FI=\n\n— lottery.example/central "
            "zspjRV8TeXHZm08921eys9ZygIDQZOPLLxQfRIrjNdYra/ruhpTRpjWEeuNe4hTsnJfugqZGceiINZKCuMA474/f1Qo=\n").encode())
        seal = records.read_seal(data)
        seal.note.check(notes.vkey(maker.SERVER.vkey))
        self.assertEqual(seal.hash.hex(), "bdcfe9494cbb8dd1220a392f46fdbd9940635ecd7250bb0fe9a0643e949ea4be")

    def test_proof(self):
        data = self.draw.proof(5, 1)
        self.assertEqual((len(data), hashlib.sha256(data).hexdigest()),
                         (469, "901d0aa289508ae9aede714bb2c55d839b980f99b0f3cedd3281165c88f71c60"))
        self.assertTrue(proof.read_text(data).is_signed(notes.vkey(maker.SERVER.vkey)))

    def test_number(self):
        seal = hashlib.sha256(self.draw.seal_text()).digest()
        for further, expected, word in ((maker.OUTPUT, 4346, 0xec81df8a), (maker.RANDOMNESS, 2528, 0x5b4bed00),
                                        (maker.OUTPUT + maker.RANDOMNESS, 5654, 0x92aff756)):
            self.assertEqual(number.derive(seal, further), (expected, [word]))
        rejected = hashlib.sha256((492323).to_bytes(4, "big")).digest()
        self.assertEqual(number.derive(seal, rejected), (5726, [0xfffff413, 0x551d2e2e]))


class KnownFiles(unittest.TestCase):
    """agency-1.csv to agency-5.csv, all finished."""

    @classmethod
    def setUpClass(cls):
        files = {a: maker.known(f"agency-{a}.csv").decode().splitlines() for a in range(1, 6)}
        cls.draw = maker.Draw({a: ("finished", rows) for a, rows in files.items()})

    def test_seal(self):
        tree = bets.AgencyTree(5, self.draw.key(5))
        for row in self.draw.agencies[5][1]:
            tree.add(row.encode())
        self.assertEqual(tree.root.count, 991)
        self.assertEqual(tree.root.hash().hex(), "664f142e104d1c5033d987a1d0ee27bde94156e45b82c9c56a4040798489ab7d")
        seal = records.read_seal(self.draw.seal())
        self.assertEqual(maker.b64(seal.root), b"PgKiILwNJJyewgxCkxPFwDsAVzfv4O+368rO2jP9P+M=")
        self.assertEqual(seal.hash.hex(), "24d3acb03e1af4fa09bb14369183b24cd502139432740b9a3092b6aacf59376f")

    def test_proof(self):
        data = self.draw.proof(5, 990)
        self.assertEqual((len(data), hashlib.sha256(data).hexdigest()),
                         (813, "9e661a066548c1ca69f0e9c45bd3f67b256d8ea80a151d209aafa4c3c518042c"))
        self.assertTrue(proof.read_text(data).is_signed(notes.vkey(maker.SERVER.vkey)))

    def test_receipts(self):
        rows = self.draw.agencies[5][1][:3]
        self.assertEqual(bets.digest([row.encode() for row in rows]).hex(),
                         "56689f763986dd8e018fe27862a593a39c956e08d90bc463a985532cfe6fd9f8")
        blocks = self.draw.receipts(self.draw.receipt_entry(5, 0, rows),
                                    self.draw.receipt_entry(2, 0, ["Ana,Núñez,30904465,1999-03-17,7574"]))
        for block in blocks:
            receipt = records.read_receipt(block.removesuffix(b"\n"))
            self.assertEqual(maker.b64(receipt.signed.root), b"m70yQiBTq4bSwxkzjwMHprc6DeFqKToPIQJzazCgKBs=")


class RealPulse(unittest.TestCase):
    def test_it(self):
        found = pulse.read(maker.known("beacon/pulse-1-54610.json"))
        certificate = pulse.read_certificate(maker.known("beacon/certificate.pem"))
        pulse.check(found, certificate)
        signed = hashlib.sha512(found.message).hexdigest()
        self.assertEqual((len(found.message), signed[:8], signed[-4:]), (813, "cf3df5c0", "7c17"))
        self.assertEqual((found.chain, found.index, found.output), (1, 54610, maker.OUTPUT))


class Ed25519(unittest.TestCase):
    """RFC 8032, 7.1, and what `openssl` says."""

    SEEDS = {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60": (
                 "", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
             "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb": (
                 "72", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
             "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7": (
                 "af82", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                 "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")}

    def test_the_standard(self):
        for seed, (message, public, signature) in self.SEEDS.items():
            key, message = maker.Key("x", bytes.fromhex(seed)), bytes.fromhex(message)
            self.assertEqual((key.public.hex(), key.sign(message).hex()), (public, signature))
            self.assertTrue(ed25519.verify(key.public, message, bytes.fromhex(signature)))

    def test_openssl_says_the_same(self):
        head = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of Ed25519
        with tempfile.TemporaryDirectory() as folder:
            paths = {name: os.path.join(folder, name) for name in ("key", "message", "signature")}

            def by_openssl(public, message, signature):
                for name, data in ("key", head + public), ("message", message), ("signature", signature):
                    with open(paths[name], "wb") as file:
                        file.write(data)
                return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey",
                                       paths["key"], "-in",
                                       paths["message"], "-sigfile", paths["signature"]], check=False,
                                      capture_output=True).returncode == 0
            for number_ in range(12):
                key, message = maker.Key("x", bytes([number_]) * 32), os.urandom(number_ + 1)
                good = key.sign(message)
                bad = bytearray(good)
                bad[number_ * 5] ^= 1 << number_ % 8
                for signature, expected in (good, True), (bytes(bad), False):
                    self.assertEqual(by_openssl(key.public, message, signature), expected)
                    self.assertEqual(ed25519.verify(key.public, message, signature), expected)

    def test_what_no_key_and_no_signature_is(self):
        key = maker.Key("x", bytes(32))
        good = key.sign(b"m")
        too_high = good[:32] + (int.from_bytes(good[32:], "little") + ed25519.ORDER).to_bytes(32, "little")
        self.assertTrue(ed25519.verify(key.public, b"m", good))
        self.assertFalse(ed25519.verify(key.public, b"m", too_high), "a second signature that means the same")
        self.assertFalse(ed25519.verify(key.public, b"m", good + b"\0"))
        self.assertFalse(ed25519.verify((2).to_bytes(32, "little"), b"m", good), "no point of the curve")

    def test_what_no_key_is(self):
        """For a point of a small order anybody can sign: of every eighth message at least."""
        one = (1).to_bytes(32, "little")
        self.assertEqual(len(set(maker.no_keys())), 48)
        for public in maker.no_keys():
            for message in range(16):
                self.assertFalse(ed25519.verify(public, bytes([message]), ed25519.BASE + one), public.hex())
            for kind in 1, 4:
                self.assertRaisesRegex(encoding.Refused, "the key has a public key", notes.vkey, maker.PublicKey("x", public, kind).vkey)
        good = maker.Key("x", bytes(32))
        self.assertEqual(notes.vkey(maker.PublicKey("x", good.public).vkey).public_key, good.public)


class Trees(unittest.TestCase):
    def test_as_the_standard_defines_them(self):
        leaves = [merkle.leaf(bytes([i])) for i in range(70)]
        tree = merkle.Root()
        for size in range(71):
            self.assertEqual(tree.hash(), maker.root(leaves[:size]), f"{size} leaves")
            for i in range(size):
                path = maker.path(i, leaves[:size])
                self.assertEqual(merkle.path_root(path, i, size, leaves[i]), tree.hash(), f"leaf {i} of {size}")
                for wrong in path[:-1] if path else [path], [*path, path[0] if path else leaves[0]]:
                    if len(wrong) != len(path):
                        self.assertRaises(encoding.Refused, merkle.path_root, wrong, i, size, leaves[i])
            if size < 70:
                tree.add(leaves[size])

    def test_the_known_ones(self):
        """Those that RFC 6962's own code has: of these eight entries."""
        entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        tree = merkle.Root()
        self.assertEqual(tree.hash().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        for entry in entries:
            tree.add(merkle.leaf(bytes.fromhex(entry)))
        self.assertEqual(tree.hash().hex(), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")


if __name__ == "__main__":
    unittest.main()
