"""What the central owes for a message, and whether a reply on the wire is that."""
import hashlib
import struct
from dataclasses import dataclass


RETRY_AFTER_MS = 1000
FIELDS = {"unknown_agency": "agency", "agency_finished": "agency", "gap": "first", "conflict": "first"}  # that a refusal names


@dataclass(frozen=True)
class Refusal:
    """`next`, `bet` and one of the fields are told with the code, or none of it where that is None."""
    code: str
    next: int = None
    bet: int = None
    fields: frozenset = frozenset([None])


@dataclass(frozen=True)
class Answer:
    """What the central owes; `kind` is the type_message."""
    kind: int
    next: int = None
    refusals: tuple = ()  # one of them
    text: str = ""
    stored: tuple = None  # the bets that a list has to be of
    listed: int = None


def refusal(code, field=None, at=None):
    return Refusal(code, at, fields=frozenset([field or FIELDS.get(code)]))


def refused(*codes, at=None):
    return Answer(4, refusals=tuple(refusal(code, at=at) for code in codes))


def digest(bets):
    """Of a piece of what is stored."""
    numbers = b"".join(struct.pack("<H", int(bet.rsplit(",", 1)[1])) for bet in bets)
    return hashlib.sha256(numbers + "".join(bet + "\n" for bet in bets).encode()).hexdigest()


def fits_list(reply, answer):
    """Whether the pieces, as many as there are, follow one another from the bet asked for on, and are of what is stored."""
    pieces, at = reply.get("stored"), None
    if answer.stored is None or answer.listed >= len(answer.stored):
        return not pieces
    if not pieces:
        return False
    for piece in pieces:
        end = piece["first"] + piece["count"]
        if (at is None and not piece["first"] <= answer.listed < end) or at not in (None, piece["first"]):
            return False
        if end > len(answer.stored) or piece["digest"] != digest(answer.stored[piece["first"]:end]):
            return False
        at = end
    return len(pieces) <= 1000


def fits(reply, answer):
    """Whether a reply on the wire is the one that is owed."""
    if reply.get("type_message") != answer.kind:
        return False
    if answer.kind == 1:
        return reply["payload"] is None and reply["next"] == answer.next and fits_list(reply, answer)
    if answer.kind == 2:
        return reply["payload"] == answer.text
    if answer.kind == 3:
        return reply["retry_after_ms"] == RETRY_AFTER_MS
    return any(is_refused_so(reply, each) for each in answer.refusals)


def is_refused_so(reply, refusal):
    error = reply["payload"]
    return (error["code"] == refusal.code and error["retryable"] == (refusal.code == "gap") and error["message"] != ""
            and reply.get("next") == refusal.next and error.get("bet") == refusal.bet and error.get("field") in refusal.fields)
