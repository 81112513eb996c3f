"""The client in Python takes of a signed draw what the vectors have it take, and refuses all the rest."""
import json
import os
import shutil
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(ROOT, "clients", "python", "src"))
from quiniela import BetsList, NotBelieved, bets, ed25519, merkle, notes, records, rules, salts, wire  # noqa: E402
from quiniela.errors import NotTrue  # noqa: E402
from quiniela.proof import read_proof  # noqa: E402
from quiniela.promises import Promises, TryAgain  # noqa: E402

def close_of(record):
    return "-" if record.close is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.close))


ABOUT = {"format", "how", "draw"}  # what is no section
OF_A_RECORD = {"origin": lambda record: record.origin.decode(), "hash": lambda record: record.hash.hex(), "record": lambda record: record.number,
               "agencies": lambda record: record.agencies, "number": lambda record: record.how, "close": close_of}
OF_A_SEAL = {"origin": lambda seal: seal.origin.decode(), "size": lambda seal: seal.size, "root": lambda seal: seal.root.hex(),
             "hash": lambda seal: seal.hash.hex()}


def said(of, found):
    return {name: read(found) for name, read in of.items()}


def hashes(texts):
    return [bytes.fromhex(text) for text in texts]


def encoded(texts):
    return [text.encode() for text in texts]


def signed(note, each):
    """The note, if the vector's key has signed it."""
    note.check(notes.read_vkey(each["key"].encode()))
    return note


class Draw(unittest.TestCase):
    """Each section has a method of its name, which gives what the vector is to expect, or refuses it as the client does."""

    def promises(self, each, **kept):
        """What an agency holds its central to, with what it has already."""
        folder = tempfile.mkdtemp(prefix="quiniela-")
        self.addCleanup(shutil.rmtree, folder)
        promises = Promises(each.get("agency", 1), each["key"], os.path.join(folder, "a.receipts"), False)
        self.addCleanup(promises.close)
        for name, value in kept.items():
            setattr(promises, name, value)
        return promises

    def keys(self, each):
        key = notes.read_vkey(each["key"].encode(), each["expect"].get("type", notes.SIGNS))
        return {"name": key.name.decode(), "id": key.id.hex(), "public_key": key.public_key.hex(), "type": key.kind}

    def notes(self, each):
        return {"text": signed(notes.Note("the note", each["note"].encode()), each).text.decode()}

    def rules(self, each):
        record = rules.read_rules(each["note"].encode())
        signed(record.note, each)
        return said(OF_A_RECORD, record)

    def rules_chains(self, each):
        chain = [rules.read_rules(note) for note in encoded(each["notes"])]
        for record in chain:
            signed(record.note, each)
        return {"newest": rules.newest(chain).hash.hex()}

    def receipts(self, each):
        promises = self.promises(each, rules=[rules.read_rules(note) for note in encoded(each["rules"])])
        reply = wire.read_reply(json.dumps({"type_message": 1, "payload": None, "receipt": each["receipt"]}).encode())
        rows = encoded(each["bets"])

        def take(has_rules):
            promises.take_receipt(reply, each["first"], len(rows), bets.digest_of(rows), has_rules)
        try:
            take(False)
        except TryAgain:
            self.assertRaises(NotBelieved, take, True)  # once the rules are told with it
            return {"unknown_rules": True}
        self.assertGreater(os.path.getsize(promises.receipts.path), 0)
        return {"holds": True}

    def seals(self, each):
        promises = self.promises(each, rules=[rules.read_rules(note) for note in encoded(each["rules"])])
        self.assertTrue(promises.take_seal(wire.Reply(wire.NOT_READY, seal=each["note"].encode())))
        return said(OF_A_SEAL, records.read_seal(promises.seal))

    def second_seals(self, each):
        promises = self.promises(each, seal=each["kept"].encode())
        try:
            self.assertFalse(promises.take_seal(wire.Reply(wire.NOT_READY, seal=each["note"].encode())))
        except NotBelieved as error:
            self.assertIn("sealed this draw twice", str(error))
            return {"is_same": False}
        return {"is_same": True}

    def results(self, each):
        result = self.promises(each, seal=each["seal"].encode())._check_result(each["note"].encode())  # pylint: disable=protected-access
        return {"number": result.number, "winners": result.winners}

    def winners(self, each):
        rows = BetsList(each["bets"]).rows(0, len(each["bets"]))
        return {"winners": [document for _, document in bets.winning(rows, each["number"])]}

    def salts(self, each):
        key = salts.salt_key(bytes.fromhex(each["secret"]), each["origin"].encode(), each["agency"])
        return {"key": key.hex(), "salt": salts.salt(key, each["index"]).hex(), "nonce": salts.nonce(key, each["first"], each["count"]).hex()}

    def leaves(self, each):
        text = salts.bet_text(each["agency"], each["index"], each["row"].encode())
        return {"text": text.decode(), "leaf": salts.bet_leaf(bytes.fromhex(each["salt"]), text).hex()}

    def trees(self, each):
        root = merkle.Root()
        for entry in hashes(each["entries"]):
            root.add(merkle.leaf(entry))
        return {"root": root.hash().hex()}

    def paths(self, each):
        root = merkle.path_root(hashes(each["path"]), each["index"], each["size"], bytes.fromhex(each["leaf"]))
        if root.hex() != each["root"]:
            raise NotTrue("it leads to another root")
        return {"holds": True}

    def entries(self, each):
        if "agency" in each:
            tree = records.AgencyTree(each["agency"], bytes.fromhex(each["salt_key"]))
            for row in encoded(each["rows"]):
                tree.add(row)
            self.assertEqual(tree.root.hash().hex(), each["root"])
            text = records.Entry(each["agency"], each["state"].encode(), tree.root.count, tree.root.hash()).text(each["origin"].encode())
        else:
            text = records.draw_entry(each["origin"].encode(), bytes.fromhex(each["rules"]), each["agencies"], each["bets"])
        return {"entry": text.decode(), "leaf": merkle.leaf(text).hex()}

    def proofs(self, each):
        proof = read_proof(each["proof"].encode())
        signed(proof.seal.note, each)
        if proof.seal.origin.decode() != each["origin"]:
            raise NotTrue("is of another draw")
        return {"agency": proof.entry.agency, "index": proof.index, "row": proof.row.decode(), "state": proof.entry.state.decode(),
                "count": proof.entry.count, "number": bets.number_of(proof.row)}

    def numbers(self, each):
        return {"number": records.number_of(bytes.fromhex(each["seal"]), bytes.fromhex(each["output"]))}

    def test_each_section(self):
        with open(os.path.join(ROOT, "tests", "golden", "draw", "vectors.json"), encoding="utf-8") as file:
            vectors = json.load(file)
        for section in vectors.keys() - ABOUT:
            self.assertTrue(vectors[section] and hasattr(self, section), f"nobody runs the vectors of {section}")
            for each in vectors[section]:
                with self.subTest(section, each=each["is"]):
                    try:
                        found = getattr(self, section)(each)
                    except (NotTrue, NotBelieved):
                        found = {"refused": True}
                    self.assertEqual(found, each["expect"])


if __name__ == "__main__":
    if ed25519.checker() is None:
        print("SKIPPED: neither the package cryptography nor openssl 3 is here to check signatures")
        sys.exit(77)
    unittest.main()
