"""Frames and messages (docs/protocol.md): bytes in, values out. Nothing here waits, or knows of sockets."""
import json
import re
import struct
from dataclasses import dataclass, field
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

MESSAGE_BYTES_MAX = 1024 * 1024       # to the central, without its header
REPLY_BYTES_MAX = 64 * 1024 * 1024    # from it
ANSWER_BYTES_MAX = 512 * 1024         # without the documents of its winners
HEADER_BYTES = 4
PIECES_MAX = 1000
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # of a surrogate pair, maybe
_DOCUMENTS = re.compile("(?:[A-Za-z0-9]{1,16}(?:,[A-Za-z0-9]{1,16})*)?")
_WINNERS = re.compile(rb'"payload"\s*:\s*"([A-Za-z0-9,]*)"')
_DIGEST = re.compile("[0-9a-f]{64}")
SEND_CHUNK, SEND_LAST_CHUNK, CONSULT = 1, 2, 3
PROCESSED, WINNERS, NOT_READY, ERROR = 1, 2, 3, 4


class BadReply(Exception):
    """What came is no answer of a central."""


class Piece(NamedTuple):
    """Bets as they came to be stored: how many from which on, and the SHA-256 of them."""
    first: int
    length: int
    digest: bytes


class ReceiptTold(NamedTuple):
    """As it came; all of it is base64 of what it is, but the index and the note."""
    entry: bytes
    place: int
    path: List[bytes]
    note: bytes


@dataclass(frozen=True)
class Reply:
    """An answer. What it does not have is None; `next` is -1 then, as of a central that knows no places. `draw`, `code` and `message` may
    have any characters: show them by encoding.printable()."""
    kind: int
    next: int = -1
    stored: Optional[List[Piece]] = None
    draw: str = ""
    is_unsigned: bool = False          # it says that the draw has no rules
    rules: Optional[bytes] = None
    receipt: Optional[ReceiptTold] = None
    seal: Optional[bytes] = None
    result: Optional[bytes] = None
    key: Optional[bytes] = None
    documents: str = ""
    retry_after_ms: int = 1000
    code: str = ""
    message: str = ""
    retryable: bool = False
    bet: Optional[int] = None
    field: str = field(default="")


def frame(message: Dict[str, Any]) -> bytes:
    """The bytes of a message, all of it ASCII."""
    body = json.dumps(message, separators=(",", ":"), ensure_ascii=True).encode("ascii")
    return struct.pack(">I", len(body)) + body


def bet_bytes(row: bytes) -> int:
    """How many bytes a bet takes in a message, with the comma before it."""
    return len(row) + 3 if row.isascii() and b'"' not in row and b"\\" not in row else len(json.dumps(row.decode("utf-8"))) + 1


def chunk(agency: int, rows: Sequence[bytes], first: Optional[int], last: bool = False, **asks: Any) -> bytes:
    """The frame of a chunk; `asks` are its optional fields, left out where they are None or False. `first` None: an old central's."""
    message: Dict[str, Any] = {"type_message": SEND_LAST_CHUNK if last else SEND_CHUNK, "agency": str(agency),
                               "payload": [row.decode("utf-8") for row in rows]}
    if first is not None:
        message["first"] = first
    message.update({key: value for key, value in asks.items() if value is not None and value is not False})
    return frame(message)


def consultation(agency: int, wait: bool = True, **asks: Any) -> bytes:
    """The frame of the question about the winners."""
    message: Dict[str, Any] = {"type_message": CONSULT, "agency": str(agency), "payload": None}
    if not wait:
        message["wait"] = False
    message.update({key: value for key, value in asks.items() if value is not None and value is not False})
    return frame(message)


class Frames:
    """Bytes as they come, cut into messages."""

    def __init__(self, most: int = REPLY_BYTES_MAX) -> None:
        self._bytes = bytearray()
        self.most = most  # bytes of a message

    def feed(self, data: bytes) -> None:
        self._bytes += data

    def next(self) -> Optional[bytes]:
        """The next whole message; None while there is none. BadReply when its length is more than there can be."""
        if len(self._bytes) < HEADER_BYTES:
            return None
        length, = struct.unpack_from(">I", self._bytes)
        if length > self.most:
            raise BadReply(_stranger(bytes(self._bytes[:8])))
        if len(self._bytes) < HEADER_BYTES + length:
            return None
        message = bytes(self._bytes[HEADER_BYTES:HEADER_BYTES + length])
        del self._bytes[:HEADER_BYTES + length]
        return message


def _stranger(data: bytes) -> str:
    if data.startswith(b"HTTP"):
        return "the other side speaks HTTP, and is no central"
    if data[:1] in (b"\x15", b"\x16") and data[1:2] == b"\x03":
        return "the other side speaks TLS: the agency needs its certificate, its key and the authority"
    return "what came is no message of a central"


# Answers -------------------------------------------------------------------------------------------------

def _whole(value: Any, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise BadReply(f"{what}: is no whole number")
    return value


def _text(message: Dict[str, Any], key: str) -> Optional[bytes]:
    value = message.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadReply(f"{key}: is no text")
    return value.encode("utf-8")


def _pieces(value: Any) -> Optional[List[Piece]]:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > PIECES_MAX:
        raise BadReply("stored: is no list of pieces")
    pieces = []
    for each in value:
        if not isinstance(each, dict) or not isinstance(each.get("digest"), str) or not _DIGEST.fullmatch(each["digest"]):
            raise BadReply("stored: has what is no piece")
        count = _whole(each.get("count"), "stored: count")
        if count == 0:
            raise BadReply("stored: has a piece without bets")
        pieces.append(Piece(_whole(each.get("first"), "stored: first"), count, bytes.fromhex(each["digest"])))
    return pieces


def _receipt(value: Any) -> Optional[ReceiptTold]:
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("path"), list) or len(value["path"]) > 64:
        raise BadReply("receipt: is none")
    texts = [value.get("entry"), value.get("note"), *value["path"]]
    if not all(isinstance(text, str) for text in texts):
        raise BadReply("receipt: has what is no text")
    data = [text.encode("utf-8") for text in texts]
    return ReceiptTold(data[0], _whole(value.get("index"), "receipt: index"), data[2:], data[1])


def _check_length(message: bytes) -> None:
    """A long message is one text of documents: anything else would take many times its length to be read."""
    if len(message) > ANSWER_BYTES_MAX:
        winners = _WINNERS.search(message)
        if len(message) - (len(winners[1]) if winners else 0) > ANSWER_BYTES_MAX:
            raise BadReply("the central's answer is too long")


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _no_pair_twice(pairs: Any) -> Dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadReply("a field is there twice")
    return found


def _parse(message: bytes) -> Dict[str, Any]:
    _check_length(message)
    try:
        value = json.loads(message.decode("utf-8"), object_pairs_hook=_no_pair_twice, parse_constant=_no_constant)
        if _HALF.search(message):
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # half of a surrogate pair is no text: UnicodeEncodeError
    except (ValueError, RecursionError):
        raise BadReply("the central's answer does not parse as JSON") from None
    if not isinstance(value, dict):
        raise BadReply("the central's answer is no object")
    return value


def read_reply(message: bytes) -> Reply:
    """Reads an answer. BadReply when it is none; what is not known in it is ignored."""
    value = _parse(message)
    kind = value.get("type_message")
    if not isinstance(kind, int) or isinstance(kind, bool) or kind not in (PROCESSED, WINNERS, NOT_READY, ERROR):
        raise BadReply("type_message: is not 1, 2, 3 or 4")
    for key in "next", "retry_after_ms", "time_ms":
        if value.get(key) is not None:
            _whole(value[key], key)
    draw = value.get("draw")
    if draw is not None and not isinstance(draw, str):
        raise BadReply("draw: is no text")
    common: Dict[str, Any] = {
        "kind": kind, "next": -1 if value.get("next") is None else value["next"],
        "stored": _pieces(value.get("stored")), "draw": draw or "", "is_unsigned": "rules" in value and value["rules"] is None,
        "receipt": _receipt(value.get("receipt"))}
    common.update({key: _text(value, key) for key in ("rules", "seal", "result", "key")})
    payload = value.get("payload")
    if kind == WINNERS:
        if not isinstance(payload, str) or not _DOCUMENTS.fullmatch(payload):
            raise BadReply("payload: is no list of documents")
        common["documents"] = payload
    elif kind == NOT_READY and value.get("retry_after_ms") is not None:
        common["retry_after_ms"] = value["retry_after_ms"]
    elif kind == ERROR:
        common.update(_error(payload))
    return Reply(**common)


def _error(payload: Any) -> Dict[str, Any]:
    if not isinstance(payload, dict) or not isinstance(payload.get("code"), str):
        raise BadReply("payload: is no error")
    bet, field_ = payload.get("bet"), payload.get("field")
    message = payload.get("message")
    return {"code": payload["code"], "message": message if isinstance(message, str) else "", "retryable": payload.get("retryable") is True,
            "bet": None if bet is None else _whole(bet, "bet"), "field": field_ if isinstance(field_, str) else ""}
