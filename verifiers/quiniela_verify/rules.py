"""The rules of a draw: one record, and what a later one may change."""
from dataclasses import dataclass

from .encoding import AGENCIES_MAX, Form, Refused, U64_MAX, base64_decode, decimal, hex_decode, instant, origin, parts, sha256
from .notes import COSIGNATURE, ED25519, Note, VKey, vkey

NUMBERS = 10000
CLOSE_LEAD_S = 15 * 60
HOWS = (b"beacon", b"manual", b"fixed")


@dataclass
class Pulse:
    chain: int
    time: int
    time_text: bytes
    certificate_id: bytes
    key_hash: bytes


@dataclass
class Rules:
    note: Note
    hash: bytes
    origin: bytes
    number: int
    before: bytes | None
    agencies: int
    close: int | None
    how: str
    pulse: Pulse | None
    approvals: int
    approvers: list
    witnesses: list
    authorities: list
    secret: bytes
    key: VKey


def read(data):
    note = Note("the rules", data)
    form = Form("the rules", note.text)
    form.literal(b"quiniela rules v1")
    origin_ = form.line()
    name = form.by(origin, origin_)
    number, before = form.take(_record)
    agencies = form.value(b"agencies", decimal, 1, AGENCIES_MAX)
    form.value(b"numbers", decimal, NUMBERS, NUMBERS)
    close = form.value(b"close", lambda text: None if text == b"-" else instant(text))
    how = form.value(b"number", _how)
    pulse = _pulse(form, close) if how == "beacon" else None
    approvals, approvers = _approvals(form) if how == "manual" else (0, [])
    witnesses = _keys(form, b"witness", COSIGNATURE)
    authorities = _authorities(form)
    if how == "beacon" and not witnesses and not authorities:
        form.refuse("no witness and no tsa follows, and a beacon's number needs one")
    secret = form.value(b"secret", base64_decode, 32)
    key = form.value(b"key", vkey, ED25519)
    if key.name != name:
        form.refuse("key: has another name than the origin")
    for other in approvers + witnesses:
        if other.public_key == key.public_key:
            form.refuse(f"key: is that of {other}, too")
    form.end()
    return Rules(note, sha256(note.text), origin_, number, before, agencies, close, how, pulse, approvals, approvers, witnesses,
                 authorities, secret, key)


def _record(line):
    number, before = parts(line, 2)
    value = decimal(number)
    if value == 0:
        if before != b"-":
            raise Refused("record 0 names one before it")
        return 0, None
    return value, base64_decode(before, 32)


def _how(text):
    if text not in HOWS:
        raise Refused("number: is none of beacon, manual, fixed")
    return text.decode()


def _pulse(form, close):
    chain, time, certificate, key = form.value(b"nist", parts, 4)
    pulse = Pulse(form.by(decimal, chain, 0, U64_MAX), form.by(instant, time), time, form.by(hex_decode, certificate, 64),
                  form.by(base64_decode, key, 32))
    if pulse.time % 60:
        form.refuse("nist: the pulse's time is not a whole minute")
    if close is None or close + CLOSE_LEAD_S > pulse.time:
        form.refuse("nist: the close is not at least 15 minutes before the pulse")
    return pulse


def _keys(form, word, kind):
    """Lines that begin with the word, sorted by bytes, no public key twice."""
    keys, last = [], b""
    while form.next_is(word):
        key = form.value(word, vkey, kind)
        if key.text <= last:
            form.refuse(f"{word.decode()}: does not come after the one before in the order of bytes")
        if any(other.public_key == key.public_key for other in keys):
            form.refuse(f"{word.decode()}: has a public key that an other has")
        keys.append(key)
        last = key.text
    return keys


def _approvals(form):
    if not form.next_is(b"approvals"):
        return 0, []
    approvals = form.value(b"approvals", decimal, 1, 2**32 - 1)
    approvers = _keys(form, b"approver", ED25519)
    if approvals > len(approvers):
        form.refuse(f"{approvals} approvals are wanted, and there are {len(approvers)} approvers")
    return approvals, approvers


def _authorities(form):
    found = []
    while form.next_is(b"tsa"):
        authority = form.value(b"tsa", hex_decode, 32)
        if found and authority <= found[-1]:
            form.refuse("tsa: does not come after the one before in the order of bytes")
        found.append(authority)
    return found


# Several records -----------------------------------------------------------------------------------------

def newest(records):
    """The last of the chain that the records are, in any order. Copies of one are no fork; refuses a fork, a gap, a graft."""
    by_number = {}
    for record in records:
        other = by_number.setdefault(record.number, record)
        if other.hash != record.hash:
            raise Refused(f"the rules' record {record.number} is there twice, and they differ: a fork of the rules")
    for number in range(len(by_number)):
        if number not in by_number:
            raise Refused(f"the rules' record {number} is missing")
        if number > 0:
            _check_next(by_number[number - 1], by_number[number])
    return by_number[len(by_number) - 1]


def _check_next(before, after):
    def refuse(why):
        raise Refused(f"the rules' record {after.number} {why}")
    if after.origin != before.origin:
        refuse("is another draw's")
    if after.before != before.hash:
        refuse("does not name the one before: a fork of the rules")
    if (after.how, after.approvals, after.approvers) != (before.how, before.approvals, before.approvers):
        refuse("changes how the number comes, or who approves it")
    if before.pulse and (after.pulse.chain, after.pulse.certificate_id, after.pulse.key_hash) != (
            before.pulse.chain, before.pulse.certificate_id, before.pulse.key_hash):
        refuse("changes the pulse, and not only its time")
    if before.pulse and after.pulse.time < before.pulse.time:
        refuse("changes the pulse to an earlier one")
    if (after.witnesses, after.authorities) != (before.witnesses, before.authorities):
        refuse("changes the witnesses or the time-stamping authorities")
    if (after.secret, after.key) != (before.secret, before.key):
        refuse("changes the secret or the key")
