"""Vectors of a draw that anyone can check: what a client needs of docs/verifiable-draw.md, right ones and wrong ones.

The draw is the small one of that page; tests/verifiers/maker.py, which shares nothing with the program, makes it.
"""
import base64
import os
import struct
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "verifiers"))
import maker  # noqa: E402  pylint: disable=wrong-import-position

DRAW = maker.Draw()
KEY = maker.SERVER.vkey.decode()
OTHER_DRAW = maker.Draw(origin=b"lottery.example/central/2026-11-26")
OTHER_BETS = maker.Draw({**maker.SMALL, 4: ("cut", [])})
OTHER_SERVER = maker.Draw(server=maker.STRANGER)
SEAL = DRAW.seal()
REFUSED = {"refused": True}
# RFC 6962's own code has these.
KNOWN_ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]


def b64(data):
    return base64.b64encode(data).decode()


def case(about, expect, **given):
    """Bytes are texts."""
    given = {name: value.decode() if isinstance(value, bytes) else value for name, value in given.items()}
    return {"is": about, **given, "expect": expect}


def signed_otherwise(note):
    """The note with a bit of its last signature changed."""
    line = note.rstrip(b"\n").rsplit(b" ", 1)
    payload = bytearray(base64.b64decode(line[1]))
    payload[-1] ^= 0x01
    return line[0] + b" " + base64.b64encode(payload) + b"\n"


def signed(text):
    return maker.note(text, maker.SERVER)


def keys():
    server = maker.SERVER
    good = {"name": server.name.decode(), "id": server.id.hex(), "public_key": server.public.hex()}
    name, id_, public = KEY.split("+", 2)
    witness = maker.WITNESS
    return [case("the central's key", {**good, "type": 1}, key=KEY),
            case("a witness' key is of type 4", {"name": witness.name.decode(), "id": witness.id.hex(),
                                                 "public_key": witness.public.hex(), "type": 4}, key=witness.vkey),
            case("an id that is not the key's", REFUSED, key=f"{name}+00000000+{public}"),
            case("an id in capitals", REFUSED, key=f"{name}+{id_.upper()}+{public}"),
            case("another name", REFUSED, key=f"x{KEY}"),
            case("a name with a space", REFUSED, key=maker.PublicKey("a b", server.public).vkey),
            case("without padding", REFUSED, key=f"{name}+{id_}+" + b64(b"\x01" + server.public + b"\0").rstrip("=")),
            case("a type that is none", REFUSED, key=maker.PublicKey(name, server.public, 2).vkey),
            case("a point of a small order, with which anybody can sign", REFUSED, key=maker.PublicKey(name, bytes(32)).vkey),
            case("a line end", REFUSED, key=KEY + "\n")]


def notes():
    text = b"a text\nof two lines\n"
    good, cosigned = signed(text), maker.note(text, maker.STRANGER, maker.SERVER)
    expect = {"text": text.decode()}
    bad = [("another text", good.replace(b"two", b"2")), ("a bit of the signature", signed_otherwise(good)),
           ("nobody's signature", text + b"\n"), ("a stranger's alone", maker.note(text, maker.STRANGER)),
           ("twice by the key", maker.note(text, maker.SERVER, maker.SERVER)),
           ("without the empty line", good.replace(b"\n\n", b"\n")), ("without its last line end", good[:-1]),
           ("a hyphen in place of the dash", good.replace("—".encode(), b"-")),
           ("a line behind the signatures", good + b"more\n"),
           ("carriage returns", good.replace(b"\n", b"\r\n")),
           ("the name of the key with another id", maker.note(text, maker.Key("lottery.example/central", bytes(32))))]
    return [case("signed", expect, note=good, key=KEY),
            case("a stranger has signed, too: ignored", expect, note=cosigned, key=KEY),
            *(case(about, REFUSED, note=note, key=KEY) for about, note in bad)]


def salts():
    return [case("K(a), SALT(a, index), and NONCE of `count` bets from `first` on",
                 {"key": DRAW.key(agency).hex(), "salt": DRAW.salt(agency, index).hex(),
                  "nonce": maker.mac(DRAW.key(agency), b"quiniela receipt v1\n" + struct.pack(">QQ", index, index + 1))[:16].hex()},
                 secret=DRAW.secret.hex(), origin=DRAW.origin, agency=agency, index=index, first=index, count=index + 1)
            for agency, index in ((5, 0), (5, 1), (1, 2), (10_000_000, 2 ** 32))]


def leaves():
    return [case("a bet's leaf", {"text": DRAW.text(a, i).decode(), "leaf": DRAW.leaves(a)[i].hex()}, agency=a, index=i, salt=DRAW.salt(a, i).hex(),
                 row=DRAW.agencies[a][1][i]) for a, i in ((1, 0), (1, 1), (1, 2), (4, 0), (5, 0), (5, 1))]


def trees():
    entries = [bytes.fromhex(entry) for entry in KNOWN_ENTRIES]
    return [case(f"of {n} entries", {"root": maker.root([maker.leaf(entry) for entry in entries[:n]]).hex()}, entries=KNOWN_ENTRIES[:n])
            for n in range(9)]


def paths():
    found, leaves_ = [], [maker.leaf(bytes.fromhex(entry)) for entry in KNOWN_ENTRIES]

    def add(about, index, size, path, holds, leaf=None):
        found.append(case(about, {"holds": True} if holds else REFUSED, index=index, size=size, leaf=(leaf or leaves_[index]).hex(),
                          path=[hash_.hex() for hash_ in path], root=maker.root(leaves_[:size]).hex()))
    for size in (1, 2, 3, 5, 7, 8):
        for index in range(size):
            add(f"leaf {index} of {size}", index, size, maker.path(index, leaves_[:size]), True)
    good = maker.path(2, leaves_[:7])
    add("another leaf", 2, 7, good, False, leaves_[3])
    add("another index", 3, 7, good, False, leaves_[2])
    add("another size", 2, 6, good, False)
    add("a hash is missing", 2, 7, good[:-1], False)
    add("a hash too many", 2, 7, good + good[:1], False)
    add("another order", 2, 7, good[::-1], False)
    add("beyond the tree", 7, 7, good, False)
    add("a node for a leaf", 0, 2, [], False, maker.root(leaves_[:2]))
    return found


def entries():
    zero = case("entry 0: the draw", {"entry": DRAW.entry_0().decode(), "leaf": maker.leaf(DRAW.entry_0()).hex()}, origin=DRAW.origin,
                rules=maker.sha256(DRAW.rules_text()).hex(), agencies=len(DRAW.agencies), bets=DRAW.bets)
    return [zero] + [case(f"entry {a}", {"entry": DRAW.entry(a).decode(), "leaf": maker.leaf(DRAW.entry(a)).hex()}, origin=DRAW.origin,
                          agency=a, state=state, count=len(rows), rows=rows, salt_key=DRAW.key(a).hex(),
                          root=maker.root(DRAW.leaves(a)).hex()) for a, (state, rows) in sorted(DRAW.agencies.items())]


def rules_says(draw, text, how):
    lines = text.decode().splitlines()
    return {"origin": draw.origin.decode(), "hash": maker.sha256(text).hex(), "record": int(lines[2].split()[0]),
            "agencies": int(lines[3].split()[1]), "close": lines[5].split()[1], "number": how}


def rules():
    text = DRAW.rules_text()
    fixed = maker.Draw(how="fixed", close="-")
    good = [("of a number that people turn", DRAW, text, "manual"), ("of a fixed number, without a close", fixed, fixed.rules_text(), "fixed"),
            ("another record", DRAW, DRAW.rules_text(number=1, before=text, agencies=6), "manual")]
    bad = [("a bit of the signature", signed_otherwise(DRAW.rules())), ("a stranger's", OTHER_SERVER.rules()),
           ("a line is missing", signed(text.replace(b"numbers 10000\n", b""))), ("an unknown line", signed(text + b"more 1\n")),
           ("two lines in another order", signed(text.replace(b"agencies 5\nnumbers 10000\n", b"numbers 10000\nagencies 5\n"))),
           ("a zero before a number", signed(text.replace(b"agencies 5", b"agencies 05"))),
           ("no agency", signed(text.replace(b"agencies 5", b"agencies 0"))),
           ("another range of numbers", signed(text.replace(b"numbers 10000", b"numbers 1000"))),
           ("a day that is not", signed(text.replace(b"2026-11-25T21", b"2026-11-31T21"))),
           ("an origin without a draw", signed(text.replace(DRAW.origin, b"lottery.example")))]
    return [case(about, rules_says(draw, made, how), note=signed(made), key=KEY) for about, draw, made, how in good] \
        + [case(about, REFUSED, note=note, key=KEY) for about, note in bad]


def rules_chains():
    zero = DRAW.rules_text()
    one = DRAW.rules_text(number=1, before=zero, agencies=6)
    two = DRAW.rules_text(number=2, before=one, agencies=6, close="2026-11-25T22:00:00Z")

    def chain(about, newest, *texts):
        return case(about, REFUSED if newest is None else {"newest": maker.sha256(newest).hex()}, key=KEY,
                    notes=[signed(text).decode() for text in texts])
    return [chain("one record", zero, zero), chain("three records", two, zero, one, two), chain("in any order, one of them twice", two, two, zero, one, zero),
            chain("record 1 is missing", None, zero, two), chain("record 0 is missing", None, one),
            chain("two records 1: a fork", None, zero, one, DRAW.rules_text(number=1, before=zero, agencies=7)),
            chain("two records 0", None, zero, DRAW.rules_text(agencies=6)),
            chain("another draw's", None, zero, OTHER_DRAW.rules_text(number=1, before=zero)),
            chain("another secret", None, zero, maker.Draw(secret=bytes(32)).rules_text(number=1, before=zero)),
            chain("it names another record before it", None, zero, DRAW.rules_text(number=1, before=one))]


def receipt_of(draw, place, *entries_):
    """A receipt as an answer has it, of one of the entries of a commit."""
    lines = dict(line.partition(b" ")[::2] for line in draw.receipts(*entries_)[place].rstrip(b"\n").split(b"\n"))
    return {"entry": lines[b"entry"].decode(), "index": int(lines[b"index"]), "path": lines[b"path"].decode().split(),
            "note": base64.b64decode(lines[b"note"]).decode()}


def receipts():
    rows, later = DRAW.agencies[1][1], DRAW.rules_text(number=1, before=DRAW.rules_text(), agencies=6)
    entry, others = DRAW.receipt_entry(1, 0, rows), [DRAW.receipt_entry(a, 0, DRAW.agencies[a][1]) for a in (4, 5)]
    alone, among = receipt_of(DRAW, 0, entry), receipt_of(DRAW, 1, others[0], entry, others[1])
    good = {"holds": True}

    def of(about, expect, receipt, **changed):
        return case(about, expect, **{"receipt": receipt, "key": KEY, "rules": [DRAW.rules().decode()], "agency": 1, "first": 0, "bets": rows,
                                      **changed})
    return [of("of the only chunk of its commit", good, alone), of("one of three", good, among),
            of("of a chunk in the middle", good, receipt_of(DRAW, 0, DRAW.receipt_entry(1, 1, rows[1:])), first=1, bets=rows[1:]),
            of("of rules that are known, and older", good, alone, rules=[DRAW.rules().decode(), signed(later).decode()]),
            of("of rules that are not known: ask for them", {"unknown_rules": True}, receipt_of(DRAW, 0, DRAW.receipt_entry(1, 0, rows, rules=later))),
            of("of another chunk", REFUSED, alone, bets=rows[:2]), of("of other bets", REFUSED, alone, bets=[rows[0], rows[2], rows[1]]),
            of("of another place", REFUSED, alone, first=3), of("of another agency", REFUSED, alone, agency=2),
            of("of another draw", REFUSED, receipt_of(OTHER_DRAW, 0, OTHER_DRAW.receipt_entry(1, 0, rows, rules=DRAW.rules_text()))),
            of("signed by a stranger", REFUSED, receipt_of(OTHER_SERVER, 0, entry)),
            of("a bit of the signature", REFUSED, {**alone, "note": signed_otherwise(alone["note"].encode()).decode()}),
            of("another index", REFUSED, {**among, "index": 2}), of("a hash is missing", REFUSED, {**among, "path": among["path"][:1]}),
            of("another entry's path", REFUSED, {**among, "path": receipt_of(DRAW, 0, others[0], entry, others[1])["path"]}),
            of("no base64", REFUSED, {**alone, "entry": alone["entry"].replace("=", "")}),
            of("the seal's note in place of the commit's", REFUSED, {**alone, "note": SEAL.decode()})]


def seals():
    text = DRAW.seal_text()
    expect = {"origin": DRAW.origin.decode(), "size": 6, "root": maker.root(DRAW.draw_leaves()).hex(), "hash": maker.sha256(text).hex()}
    bad = [("a bit of the signature", signed_otherwise(SEAL)), ("a stranger's", maker.note(text, maker.STRANGER)),
           ("of another draw", OTHER_DRAW.seal()), ("of another number of agencies", signed(text.replace(b"\n6\n", b"\n7\n"))),
           ("a further line", signed(text + b"more\n")), ("a root that is too short", signed(text.replace(b"FI=\n", b"=\n"))),
           ("a zero before the size", signed(text.replace(b"\n6\n", b"\n06\n")))]
    given = {"key": KEY, "rules": [DRAW.rules().decode()]}
    return [case("the seal", expect, note=SEAL, **given),
            case("with a witness' line", expect, note=DRAW.seal((maker.WITNESS, 1795640500)), **given),
            *(case(about, REFUSED, note=note, **given) for about, note in bad)]


def second_seals():
    given = {"kept": SEAL, "key": KEY}
    return [case("the same", {"is_same": True}, note=SEAL, **given),
            case("the same, and a witness has signed, too", {"is_same": True}, note=DRAW.seal((maker.WITNESS, 1795640500)), **given),
            case("another one, rightly signed: keep both, and stop", {"is_same": False}, note=OTHER_BETS.seal(rules=DRAW.rules_text()), **given),
            case("one that is not rightly signed says nothing", REFUSED, note=signed_otherwise(OTHER_BETS.seal(rules=DRAW.rules_text())), **given)]


def results():
    given, good = {"key": KEY, "seal": SEAL}, DRAW.result(9999)
    bad = [("of another seal", DRAW.result(9999, seal=OTHER_BETS.seal_text())), ("of another draw", OTHER_DRAW.result(9999)),
           ("a bit of the signature", signed_otherwise(good)), ("a stranger's", maker.note(good.split(b"\n\n")[0] + b"\n", maker.STRANGER)),
           ("three digits", signed(good.split(b"\n\n")[0].replace(b"9999", b"999") + b"\n")),
           ("five digits", signed(good.split(b"\n\n")[0].replace(b"9999", b"10000") + b"\n")),
           ("an approval in its place", DRAW.approval(9999, maker.SERVER))]
    return [case("9999 has won twice", {"number": 9999, "winners": 2}, note=good, **given),
            case("0007 has won twice: as 7, too", {"number": 7, "winners": 2}, note=DRAW.result(7), **given),
            case("nobody has won", {"number": 1234, "winners": 0}, note=DRAW.result(1234), **given),
            *(case(about, REFUSED, note=note, **given) for about, note in bad)]


def winners():
    one, five = DRAW.agencies[1][1], DRAW.agencies[5][1]
    return [case("none", {"winners": []}, bets=one, number=1), case("in the order of the bets", {"winners": ["A1", "A1"]}, bets=one, number=7),
            case("a number with zeros is the same number", {"winners": ["B2"]}, bets=["a,b,B2,2000-01-01,0000042"], number=42),
            case("one that has won twice", {"winners": ["2", "2"]}, bets=five, number=9999)]


def proofs():
    given, good = {"key": KEY, "origin": DRAW.origin}, DRAW.proof(5, 1)

    def says(agency, index):
        state, rows = DRAW.agencies[agency]
        return {"agency": agency, "index": index, "row": rows[index], "state": state, "count": len(rows), "number": int(rows[index].rsplit(",", 1)[1])}
    bad = [("another number", good.replace(b"9999\n", b"9998\n", 1)), ("another index", good.replace(b"5,1,x", b"5,0,x")),
           ("another agency", good.replace(b"5,1,x", b"4,1,x").replace(b"index 5", b"index 4")),
           ("another state", good.replace(b"finished", b"cut")), ("another count", good.replace(b"count 2", b"count 3")),
           ("another salt", good.replace(b64(DRAW.salt(5, 1)).encode(), b64(DRAW.salt(5, 0)).encode())),
           ("a bit of the seal's signature", signed_otherwise(good)), ("another seal", DRAW.proof(5, 1, seal=OTHER_BETS.seal())),
           ("another draw's", OTHER_DRAW.proof(5, 1)), ("a stranger's", OTHER_SERVER.proof(5, 1)),
           ("a zero before an index", good.replace(b"5,1,x", b"5,01,x")), ("without its last line end", good[:-1])]
    return [*(case(f"bet {i} of agency {a}", says(a, i), proof=DRAW.proof(a, i), **given) for a, i in ((5, 1), (1, 0), (1, 2), (4, 0))),
            *(case(about, REFUSED, proof=proof, **given) for about, proof in bad)]


def numbers():
    seal = maker.sha256(DRAW.seal_text())
    rejected = maker.sha256((492323).to_bytes(4, "big"))
    return [case("of a pulse of NIST's", {"number": 4346}, seal=seal.hex(), output=maker.OUTPUT.hex()),
            case("whose first word is too high", {"number": 5726}, seal=seal.hex(), output=rejected.hex())]


def sections():
    given = {"origin": DRAW.origin.decode(), "key": KEY, "secret": DRAW.secret.hex(), "rules": DRAW.rules().decode(), "seal": SEAL.decode(),
             "agencies": [{"agency": a, "state": state, "bets": rows} for a, (state, rows) in sorted(DRAW.agencies.items())]}
    return {"draw": [given], "keys": keys(), "notes": notes(), "rules": rules(), "rules_chains": rules_chains(), "receipts": receipts(),
            "seals": seals(), "second_seals": second_seals(), "results": results(), "winners": winners(), "salts": salts(),
            "leaves": leaves(), "trees": trees(), "paths": paths(), "entries": entries(), "proofs": proofs(), "numbers": numbers()}
