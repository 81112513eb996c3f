"""The cheats that docs/threats.md names, planted: for each heading the files of an honest draw, and those that the cheat changes."""
import functools

import beacon
import maker

SMALL = maker.SMALL
ONE = SMALL[1][1]
LATE = "late,b,1,2000-01-01,7"
CLOSE, PULSE = 1795640400, "2026-11-25T21:30:00"
PULSE_AT = CLOSE + 1800
FAR = "9999-11-25T21:%s:00Z"  # a time stamp's time is now, whenever that is: long before this, and after PAST
PAST = "2018-08-30T17:44:00"
CHEATS = {}


def cheat(heading):
    def named(plant):
        CHEATS[heading] = plant
        return plant
    return named


def planted(heading):
    """The honest files and the changed ones: pairs of dicts, from a file's name to its bytes; a package is a dict itself."""
    honest, changed = CHEATS[heading]()
    return honest, {**honest, **changed}


def changed(agency, rows):
    return maker.Draw({**SMALL, agency: (SMALL[agency][0], rows)})


def secret_of(draw):
    return maker.b64(draw.secret) + b"\n"


def files(draw, *cosigned):
    """What there is of a draw before its number is known."""
    seal = draw.seal(*cosigned)
    return {"rules-0.note": draw.rules(), "seal.note": seal, "agency-3.seal": draw.seal(), "printed.seal": draw.seal(),
            "seal.json": draw.seal_json(), "secret.txt": secret_of(draw), "export.csv": draw.export(), "agency-1.csv": draw.csv(1),
            "agency-1.salt-key": maker.b64(draw.key(1)) + b"\n", "agency-1.receipts": draw.receipt(1), "bet.tlog-proof": draw.proof(1, 0)}


HONEST = maker.Draw()


# The central ---------------------------------------------------------------------------------------------

@cheat("A bet is put in after the seal")
def _():
    return files(HONEST), {"bet.tlog-proof": changed(4, [*SMALL[4][1], LATE]).proof(4, 1)}


@cheat("A chunk that was acknowledged is left out")
def _():
    return files(HONEST), {**files(changed(1, ONE[:2])), "agency-1.receipts": HONEST.receipt(1)}


@cheat("Other bets stand in their place")
def _():
    own = {name: data for name, data in files(HONEST).items() if name.startswith("agency-1.")}
    return files(HONEST), {**files(changed(1, ["c,d,1,2000-01-01,1"] * 3)), **own}


@cheat("Two seals")
def _():
    return files(HONEST), {"agency-3.seal": changed(5, []).seal()}


@cheat("Another seal for one agency")
def _():
    other = maker.Draw({**SMALL, 4: ("finished", SMALL[4][1])})
    return files(HONEST), {"bet.tlog-proof": other.proof(4, 0)}


def second(close):
    return HONEST.rules(number=1, before=HONEST.rules_text(), close=close)


@cheat("A fork of the rules")
def _():
    honest = second("2026-11-25T22:01:00Z")
    return ({**files(HONEST), "rules-1.note": honest, "agency-3.rules-1": honest},
            {"agency-3.rules-1": second("2026-11-25T22:02:00Z")})


@cheat("Other rules for one agency")
def _():
    other = HONEST.rules_text(number=1, before=HONEST.rules_text(), close="2026-11-25T22:02:00Z")
    return files(HONEST), {"agency-1.receipts": HONEST.receipt(1, rules=other)}


@cheat("Rules that are changed after the seal")
def _():
    text = HONEST.rules_text(number=1, before=HONEST.rules_text(), close="2026-11-25T22:01:00Z")
    honest = {"rules-0.note": HONEST.rules(), "rules-1.note": maker.note(text, maker.SERVER), "seal.note": HONEST.seal(rules=text),
              "seal.json": HONEST.seal_json(rules=text)}
    return honest, {"rules-1.note": second("2026-11-25T23:00:00Z")}


@cheat("The way to the number is changed")
def _():
    honest = {"rules-0.note": HONEST.rules(), "rules-1.note": second("2026-11-25T22:01:00Z")}
    return honest, {"rules-1.note": maker.Draw(how="fixed").rules(number=1, before=HONEST.rules_text())}


@cheat("Other salts")
def _():
    other = maker.Draw(secret=bytes(32))
    rules = HONEST.rules_text()
    return files(HONEST), {"secret.txt": secret_of(other), "seal.note": other.seal(rules=rules), "seal.json": other.seal_json(rules=rules)}


@cheat("An agency is left out of the tree")
def _():
    fewer = maker.Draw({agency: SMALL[agency] for agency in range(1, 5)})
    return files(HONEST), {"seal.note": fewer.seal(), "seal.json": fewer.seal_json()}


@cheat("A tree with a wrong sum")
def _():
    class More(maker.Draw):
        bets = 7
    return files(HONEST), {"seal.note": More().seal(), "seal.json": More().seal_json()}


TWO = maker.Draw(approvals=2, approvers=[maker.APPROVER, maker.APPROVER_2])


def approved(draw=TWO, number=7):
    return {**files(draw), "approval-1.note": draw.approval(number, maker.APPROVER),
            "approval-2.note": draw.approval(number, maker.APPROVER_2), "result.note": draw.result(number),
            "agency-3.result": draw.result(number)}


@cheat("Another number than was turned")
def _():
    return approved(), {"result.note": TWO.result(7574)}


@cheat("One number for some, another for others")
def _():
    return approved(), {"agency-3.result": TWO.result(7574)}


@cheat("Winners who are none, or winners passed over")
def _():
    return approved(), {"result.note": TWO.result(7, winners=3)}


@functools.cache
def nist():
    return beacon.Beacon()


@functools.cache
def stamps():
    return beacon.Authority()


def by_beacon(seen=PULSE_AT - 60):
    draw = maker.Draw(how="beacon", nist=nist().named(PULSE + "Z"), witnesses=[maker.WITNESS])
    pulse = nist().pulse(PULSE + ".000Z")
    drawn = maker.derived(draw.seal_text(), nist().output)
    return draw, drawn, {**files(draw, (maker.WITNESS, seen)), "pulse.json": pulse, "nist.pem": nist().certificate,
                         "result.note": draw.result(drawn)}


@cheat("The number is known before the seal")
def _():
    return by_beacon()[2], by_beacon(seen=PULSE_AT - 59)[2]


@cheat("A pulse that suits better")
def _():
    return by_beacon()[2], {"pulse.json": nist().pulse("2026-11-25T21:31:00.000Z")}


@cheat("A pulse of one's own")
def _():
    return by_beacon()[2], {"pulse.json": nist().forged(PULSE + ".000Z", beacon.Beacon())}


@cheat("Another number than seal and pulse give")
def _():
    draw, drawn, honest = by_beacon()
    return honest, {"result.note": draw.result((drawn + 1) % 10000)}


# Who can write to the store ------------------------------------------------------------------------------

def stored(draw):
    return files(HONEST), {"export.csv": draw.export()}


@cheat("A bet is added in the store")
def _():
    return stored(changed(1, [*ONE, LATE]))


@cheat("A bet is removed")
def _():
    return stored(changed(1, ONE[:2]))


@cheat("A bet is moved to another agency")
def _():
    return stored(maker.Draw({**SMALL, 4: ("cut", []), 5: ("finished", [*SMALL[5][1], *SMALL[4][1]])}))


@cheat("Two bets change places")
def _():
    return stored(changed(1, [ONE[1], ONE[0], ONE[2]]))


@cheat("One bit of a bet is changed")
def _():
    return stored(changed(1, [*ONE[:2], ONE[2][:-1] + "6"]))


@cheat("The package is exchanged")
def _():
    return {"folder": HONEST}, {"folder": changed(5, [])}


# An agency -----------------------------------------------------------------------------------------------

@cheat("A bet that was left out, it says")
def _():
    class Forger(maker.Draw):
        server = maker.Key("lottery.example/central", bytes([3]) * 32)
    forger = Forger()
    forger.server = Forger.server
    return files(HONEST), {"agency-1.receipts": forger.receipt(1, 3, [LATE])}


@cheat("Another file than it sent")
def _():
    return files(HONEST), {"agency-1.csv": changed(1, [*ONE[:2], ONE[2][:-1] + "6"]).csv(1)}


# Approvers -----------------------------------------------------------------------------------------------

@cheat("One approver signs two numbers")
def _():
    return approved(), {"approval-2.note": TWO.approval(8, maker.APPROVER)}


@cheat("One signs, where the rules ask for two")
def _():
    both = TWO.approval(7, maker.APPROVER, maker.APPROVER_2)
    return {**approved(), "approval-1.note": both}, {"approval-1.note": TWO.approval(7, maker.APPROVER)}


@cheat("One approver counts twice")
def _():
    return approved(), {"approval-2.note": TWO.approval(7, maker.APPROVER)}


@cheat("Somebody signs who is none")
def _():
    return approved(), {"approval-1.note": TWO.approval(7, maker.STRANGER)}


@cheat("An approval of another seal")
def _():
    return approved(), {"approval-1.note": TWO.approval(7, maker.APPROVER, seal=changed(5, []).seal_text())}


# Beacons, time stamps, witnesses -------------------------------------------------------------------------

def stamped(at=FAR % "30", close=FAR % "00"):
    draw = maker.Draw(how="beacon", nist=nist().named(at), tsas=[stamps().fingerprint], close=close)
    return {**files(draw), "pulse.json": nist().pulse(at[:-1] + ".000Z"), "nist.pem": nist().certificate,
            "token.tsr": stamps().stamp(draw.seal_text())[0], "tsa.pem": stamps().certificate}


@cheat("A time stamp of something else")
def _():
    return stamped(), {"token.tsr": stamps().stamp(HONEST.seal_text())[0]}


@cheat("A time stamp by an authority of one's own")
def _():
    own, honest = beacon.Authority(), stamped()
    text = honest["seal.note"].split(b"\n\n")[0] + b"\n"
    return honest, {"token.tsr": own.stamp(text)[0], "tsa.pem": own.certificate}


@cheat("A time stamp that came too late")
def _():
    return stamped(), stamped(PAST + "Z", "2018-08-30T17:00:00Z")


@cheat("A cosignature that is dated back")
def _():
    draw, _, honest = by_beacon(seen=PULSE_AT + 600)
    witness = maker.WITNESS
    signed = witness.sign(b"cosignature/v1\ntime %d\n" % (PULSE_AT + 600) + draw.seal_text())
    return by_beacon()[2], {**honest, "seal.note": draw.seal() + witness.line((PULSE_AT - 600).to_bytes(8, "big") + signed)}


@cheat("A witness that signs two seals")
def _():
    draw, other = (maker.Draw({**SMALL, 5: ("finished", rows)}, witnesses=[maker.WITNESS]) for rows in (SMALL[5][1], []))
    honest = files(draw, (maker.WITNESS, CLOSE + 60))
    return {**honest, "agency-3.seal": honest["seal.note"]}, {"agency-3.seal": other.seal((maker.WITNESS, CLOSE + 61))}


# A bettor, or anybody else -------------------------------------------------------------------------------

@cheat("A proof for another number")
def _():
    proof = HONEST.proof(1, 0)
    return files(HONEST), {"bet.tlog-proof": proof.replace(b",7574\n", b",0007\n")}


@cheat("A proof from another draw")
def _():
    return files(HONEST), {"bet.tlog-proof": maker.Draw(origin=b"lottery.example/central/2026-11-26").proof(1, 0)}


@cheat("Everything, under another key")
def _():
    own = maker.Draw(server=maker.Key("lottery.example/central", bytes([3]) * 32))
    return files(HONEST), files(own)
