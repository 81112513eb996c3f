"""The rules of a draw: one record, and what a later one may change (docs/verifiable-draw.md, "The rules")."""
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from .encoding import (AGENCIES_MAX, Form, base64_decode, base64_of, decimal, hex_decode, instant, origin, origin_name, sha256, words)
from .errors import Differs, NotTrue
from .notes import COSIGNS, DASH, SIGNS, Note, VKey, read_vkey

CLOSE_LEAD_S = 15 * 60
_HOWS = (b"beacon", b"manual", b"fixed")


class Pulse(NamedTuple):
    chain: int
    time: int
    certificate_id: bytes
    key_hash: bytes


class Rules(NamedTuple):
    note: Note
    origin: bytes
    number: int  # of the record
    before: Optional[bytes]
    agencies: int
    close: Optional[int]
    how: str
    pulse: Optional[Pulse]
    approvals: int
    approvers: List[VKey]
    witnesses: List[VKey]
    authorities: List[bytes]
    secret: bytes
    key: VKey

    @property
    def hash(self) -> bytes:
        return sha256(self.note.text)


def read_rules(data: bytes) -> Rules:
    note = Note("the rules", data)
    form = Form("the rules", note.text)
    form.literal(b"quiniela rules v1")
    origin_ = form.take(origin)
    number, before = form.take(_record)
    agencies = form.value(b"agencies", lambda text: decimal(text, 1, AGENCIES_MAX))
    form.value(b"numbers", lambda text: decimal(text, 10000, 10000))
    close = form.value(b"close", lambda text: None if text == b"-" else instant(text))
    how = form.value(b"number", _how)
    pulse = _pulse(form, close) if how == "beacon" else None
    approvals, approvers = _approvals(form) if how == "manual" else (0, [])
    witnesses = _keys(form, b"witness", COSIGNS)
    authorities = _authorities(form)
    if how == "beacon" and not witnesses and not authorities:
        raise form.refused("no witness and no tsa follows, and a beacon's number needs one")
    secret = form.value(b"secret", base64_of(32))
    key = form.value(b"key", lambda text: read_vkey(text, SIGNS))
    if key.name != origin_name(origin_):
        raise form.refused("key: has another name than the origin")
    for other in approvers + witnesses:
        if other.public_key == key.public_key:
            raise form.refused(f"key: is that of {other}, too")
    form.end()
    return Rules(note, origin_, number, before, agencies, close, how, pulse, approvals, approvers, witnesses, authorities, secret, key)


def _record(line: bytes) -> Tuple[int, Optional[bytes]]:
    number, before = words(line, 2)
    value = decimal(number)
    if value > 0:
        return value, base64_decode(before, 32)
    if before != b"-":
        raise NotTrue("record 0 names one before it")
    return 0, None


def _how(text: bytes) -> str:
    if text not in _HOWS:
        raise NotTrue("number: is none of beacon, manual, fixed")
    return text.decode("ascii")


def _pulse(form: Form, close: Optional[int]) -> Pulse:
    chain, time, certificate, key = form.value(b"nist", lambda text: words(text, 4))
    pulse = Pulse(form.by(decimal, chain), form.by(instant, time), form.by(lambda text: hex_decode(text, 64), certificate),
                  form.by(base64_of(32), key))
    if pulse.time % 60:
        raise form.refused("nist: the pulse's time is not a whole minute")
    if close is None or close + CLOSE_LEAD_S > pulse.time:
        raise form.refused("nist: the close is not at least 15 minutes before the pulse")
    return pulse


def _keys(form: Form, word: bytes, kind: int) -> List[VKey]:
    """Lines that begin with the word, sorted by bytes, no public key twice."""
    keys: List[VKey] = []
    while form.next_is(word):
        key = form.value(word, lambda text: read_vkey(text, kind))
        if keys and key.text <= keys[-1].text:
            raise form.refused(f"{word.decode()}: does not come after the one before in the order of bytes")
        if any(other.public_key == key.public_key for other in keys):
            raise form.refused(f"{word.decode()}: has a public key that another has")
        keys.append(key)
    return keys


def _approvals(form: Form) -> Tuple[int, List[VKey]]:
    if not form.next_is(b"approvals"):
        return 0, []
    approvals = form.value(b"approvals", lambda text: decimal(text, 1, 2**32 - 1))
    approvers = _keys(form, b"approver", SIGNS)
    if approvals > len(approvers):
        raise form.refused(f"{approvals} approvals are wanted, and there are {len(approvers)} approvers")
    return approvals, approvers


def _authorities(form: Form) -> List[bytes]:
    found: List[bytes] = []
    while form.next_is(b"tsa"):
        authority = form.value(b"tsa", lambda text: hex_decode(text, 32))
        if found and authority <= found[-1]:
            raise form.refused("tsa: does not come after the one before in the order of bytes")
        found.append(authority)
    return found


# Several records -----------------------------------------------------------------------------------------

def split_notes(data: bytes) -> List[bytes]:
    """Notes that stand one behind the other: a note's text has no empty line, and each line behind that begins with a dash."""
    notes = []
    while data:
        at = data.find(b"\n\n")
        at = len(data) if at < 0 else at + 2
        while data.startswith(DASH, at):
            end = data.find(b"\n", at)
            at = len(data) if end < 0 else end + 1
        notes.append(data[:at])
        data = data[at:]
    return notes


def check_next(before: Rules, after: Rules) -> None:
    """Refuses a record that may not come after the other."""
    def pulse(rules: Rules) -> object:
        return rules.pulse and (rules.pulse.chain, rules.pulse.certificate_id, rules.pulse.key_hash)
    kept = (
        (after.number == before.number + 1, "has not the number that comes next"),
        (after.origin == before.origin, "is another draw's"),
        (after.before == before.hash, "does not name the one before: a fork of the rules"),
        ((after.how, after.approvals, after.approvers) == (before.how, before.approvals, before.approvers),
         "changes how the number comes, or who approves it"),
        (pulse(after) == pulse(before), "changes the pulse, and not only its time"),
        (not (before.pulse and after.pulse) or after.pulse.time >= before.pulse.time, "changes the pulse to an earlier one"),
        ((after.witnesses, after.authorities) == (before.witnesses, before.authorities),
         "changes the witnesses or the time-stamping authorities"),
        ((after.secret, after.key) == (before.secret, before.key), "changes the secret or the key"),
    )
    for holds, why in kept:
        if not holds:
            text, colon, accuses = why.partition(":")
            raise Differs(f"the rules' record {after.number} {text}", colon + accuses)


def newest(records: Sequence[Rules]) -> Rules:
    """The last of the chain that the records are, in any order. Copies of one are no fork; refuses a fork, a gap, a graft."""
    by_number: Dict[int, Rules] = {}
    for record in records:
        other = by_number.setdefault(record.number, record)
        if other.hash != record.hash:
            raise Differs(f"the rules' record {record.number} is there twice, and they differ", ": a fork of the rules")
    for number in range(len(by_number)):
        if number not in by_number:
            raise NotTrue(f"the rules' record {number} is missing")
        if number > 0:
            check_next(by_number[number - 1], by_number[number])
    return by_number[len(by_number) - 1]
