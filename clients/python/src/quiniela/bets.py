"""A bet: five parts, joined by commas (docs/protocol.md, "A bet"). Its text is bytes of UTF-8."""
import re
from typing import Iterable, Iterator, List, NamedTuple, Optional, Tuple

from .encoding import sha256

BET_BYTES_MAX = 512
FIELDS = ("nombre", "apellido", "documento", "nacimiento", "numero")
NUMBER_MAX = 9999

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Certainly a bet, if it is ASCII and its date is real: nearly all are.
_PLAIN = re.compile(rb"[ -+\--~]{1,100},[ -+\--~]{1,100},[A-Za-z0-9]{1,16},(\d{4})-(\d\d)-(\d\d),(0*\d{1,4})", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Fault(NamedTuple):
    """What is wrong with a bet, and with which of its parts."""
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


def _is_date(year: int, month: int, day: int) -> bool:
    leap = month == 2 and (year % 4 == 0 and year % 100 != 0 or year % 400 == 0)
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] + leap


def _name_fault(field: str, name: bytes) -> Optional[Fault]:
    if not name:
        return Fault(field, "is empty")
    if len(name) > 100:
        return Fault(field, "is longer than 100 bytes")
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        return Fault(field, "is not UTF-8")
    return Fault(field, "holds a control character") if _CONTROL.search(text) else None


def _document_fault(document: bytes) -> Optional[Fault]:
    if not document:
        return Fault("documento", "is empty")
    if len(document) > 16:
        return Fault("documento", "is longer than 16 characters")
    if not re.fullmatch(rb"[A-Za-z0-9]+", document):
        return Fault("documento", "has other characters than ASCII letters and digits")
    return None


def _date_fault(date: bytes) -> Optional[Fault]:
    match = re.fullmatch(rb"([0-9]{4})-([0-9]{2})-([0-9]{2})", date)
    if not match:
        return Fault("nacimiento", "is not of the form YYYY-MM-DD")
    return None if _is_date(*map(int, match.groups())) else Fault("nacimiento", "is not a real date")


def _number_fault(number: bytes) -> Optional[Fault]:
    if not number:
        return Fault("numero", "is empty")
    if not re.fullmatch(rb"[0-9]+", number):
        return Fault("numero", "has other characters than digits")
    return None if re.fullmatch(rb"0*[0-9]{1,4}", number) else Fault("numero", "is not from 0 to 9999")


def fault_of(row: bytes) -> Optional[Fault]:
    """What is wrong with a bet's text; None for a good one. The first fault, in the order of the parts."""
    plain = _PLAIN.fullmatch(row)
    if plain and len(row) <= BET_BYTES_MAX and _is_date(int(plain[1]), int(plain[2]), int(plain[3])):
        return None
    if len(row) > BET_BYTES_MAX:
        return Fault(FIELDS[0], f"the bet has {len(row)} bytes, more than {BET_BYTES_MAX}")
    parts = row.split(b",")
    if len(parts) != len(FIELDS):
        place = len(parts) if len(parts) < len(FIELDS) else len(FIELDS) - 1
        return Fault(FIELDS[place], f"the bet has {len(parts)} field{'' if len(parts) == 1 else 's'} instead of {len(FIELDS)}")
    return (_name_fault("nombre", parts[0]) or _name_fault("apellido", parts[1]) or _document_fault(parts[2]) or
            _date_fault(parts[3]) or _number_fault(parts[4]))


def culprit(row: bytes, fault: Optional[Fault]) -> bytes:
    """The part that is wrong; the whole text where it has not five parts. A message shows no more: bets are personal data."""
    parts = row.split(b",")
    return parts[FIELDS.index(fault.field)] if fault and len(parts) == len(FIELDS) and len(row) <= BET_BYTES_MAX else row


def number_of(row: bytes) -> int:
    """The number that a good bet is on."""
    return int(row[row.rfind(b",") + 1:])


def document_of(row: bytes) -> str:
    """The document of a good bet."""
    return row.split(b",", 3)[2].decode("ascii")


def winning(rows: Iterable[bytes], number: int, first: int = 0) -> Iterator[Tuple[int, str]]:
    """The good bets that are on the number, in order: each one's index, from that of the `first` row on, and its document."""
    for index, row in enumerate(rows, first):
        if number_of(row) == number:
            yield index, document_of(row)


def digest_of(rows: Iterable[bytes]) -> bytes:
    """The SHA-256 of a piece of good bets, as the protocol's list of what is stored, and receipts, have it."""
    numbers: List[bytes] = []
    texts: List[bytes] = []
    for row in rows:
        numbers.append(number_of(row).to_bytes(2, "little"))
        texts.append(row + b"\n")
    return sha256(b"".join(numbers + texts))


def unquoted(line: bytes) -> Optional[bytes]:
    """A CSV line without its quotes (RFC 4180); None when they are wrong. A quoted part holds no comma, as no part of a bet does."""
    if b'"' not in line:
        return line
    parts = []
    for part in line.split(b","):
        if part.startswith(b'"'):
            inner = part[1:-1]
            if len(part) < 2 or not part.endswith(b'"') or b'"' in inner.replace(b'""', b""):
                return None
            part = inner.replace(b'""', b'"')
        parts.append(part)
    return b",".join(parts)
