"""How the values of a signed draw are written (docs/verifiable-draw.md): each has one text, and any other is refused."""
import base64
import binascii
import calendar
import hashlib
import hmac
import re
import struct
from typing import Callable, List, Optional, TypeVar

from .errors import NotTrue

U64_MAX = 2**64 - 1
AGENCIES_MAX = 10_000_000
NAME_BYTES_MAX = 100
_INSTANT = re.compile(rb"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z", re.ASCII)
_ORIGIN = re.compile(rb"([a-z0-9.-]+(?:/[A-Za-z0-9._-]+)*)/([A-Za-z0-9._-]{1,64})")
Value = TypeVar("Value")


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def hmac256(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def u64(value: int) -> bytes:
    return struct.pack(">Q", value)


def shown(text: bytes, most: int = 60) -> str:
    """Bytes of somebody else for a message: what is not plain ASCII escaped, and not too long."""
    return repr(bytes(text[:most]))[2:-1] + ("…" if len(text) > most else "")


def printable(text: str) -> str:
    """A text of somebody else for people: what would steer a terminal, or cannot be seen, is escaped."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def decimal(text: bytes, least: int = 0, most: int = U64_MAX) -> int:
    if not re.fullmatch(rb"0|[1-9][0-9]{0,19}", text) or not least <= int(text) <= most:
        raise NotTrue(f'"{shown(text)}" is no decimal number from {least} to {most}')
    return int(text)


def base64_decode(text: bytes, length: Optional[int] = None) -> bytes:
    """The bytes; `length` of them where it is given."""
    try:
        data: Optional[bytes] = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or base64.b64encode(data) != text or length not in (None, len(data)):
        raise NotTrue(f'"{shown(text)}" is no base64' + (f" of {length} bytes" if length is not None else ""))
    return data


def base64_of(length: Optional[int] = None) -> Callable[[bytes], bytes]:
    """A reader of base64 for so many bytes."""
    return lambda text: base64_decode(text, length)


def hex_decode(text: bytes, length: int) -> bytes:
    """Lower case only."""
    if len(text) != 2 * length or not re.fullmatch(rb"[0-9a-f]*", text):
        raise NotTrue(f'"{shown(text)}" is no hex, in lower case, of {length} bytes')
    return bytes.fromhex(text.decode("ascii"))


def instant(text: bytes) -> int:
    """A TIME, as seconds since 1970."""
    match = _INSTANT.fullmatch(text)
    if not match:
        raise NotTrue(f'"{shown(text)}" is no time such as 2026-11-25T21:00:00Z')
    year, month, day, hour, minute, second = map(int, match.groups())
    if (year < 1970 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]
            or hour > 23 or minute > 59 or second > 59):
        raise NotTrue(f'"{shown(text)}" is no time that there is')
    return calendar.timegm((year, month, day, hour, minute, second))


def origin_name(text: bytes) -> bytes:
    """The NAME of an ORIGIN, which is NAME/DRAW."""
    match = _ORIGIN.fullmatch(text)
    if not match or len(match[1]) > NAME_BYTES_MAX:
        raise NotTrue(f'"{shown(text)}" is no origin, NAME/DRAW')
    return match[1]


def origin(text: bytes) -> bytes:
    """The ORIGIN itself, if it is one."""
    origin_name(text)
    return text


def words(text: bytes, count: int) -> List[bytes]:
    """Cuts at each space; refuses another number of words, or an empty one."""
    cut = text.split(b" ")
    if len(cut) != count or b"" in cut:
        raise NotTrue(f'"{shown(text)}" is not {count} words')
    return cut


class Form:
    """A text that is read line by line. Each refusal says which line it is."""

    def __init__(self, what: str, text: bytes, before: int = 0) -> None:
        """`before` lines stand before the text."""
        self.what, self.text, self.at, self.number = what, text, 0, before

    def refused(self, why: str) -> NotTrue:
        return NotTrue(f"{self.what}, line {self.number}: {why}")

    def at_end(self) -> bool:
        return self.at == len(self.text)

    def line(self) -> bytes:
        self.number += 1
        if self.at_end():
            raise self.refused("is missing")
        end = self.text.find(b"\n", self.at)
        if end < 0:
            raise self.refused("does not end in a line end")
        line, self.at = self.text[self.at:end], end + 1
        return line

    def by(self, read: Callable[[bytes], Value], text: bytes) -> Value:
        """What a function reads out of the text, which may refuse it."""
        try:
            return read(text)
        except NotTrue as reason:
            raise self.refused(str(reason)) from None

    def take(self, read: Callable[[bytes], Value]) -> Value:
        return self.by(read, self.line())

    def literal(self, wanted: bytes) -> None:
        line = self.line()
        if line != wanted:
            raise self.refused(f'is "{shown(line)}" instead of "{shown(wanted)}"')

    def value(self, key: bytes, read: Callable[[bytes], Value]) -> Value:
        """What stands behind the key and a space."""
        line = self.line()
        if not line.startswith(key + b" ") or len(line) == len(key) + 1:
            raise self.refused(f'is "{shown(line)}" instead of "{shown(key)} …"')
        return self.by(read, line[len(key) + 1:])

    def next_is(self, key: bytes) -> bool:
        return self.text.startswith(key + b" ", self.at)

    def rest(self) -> bytes:
        rest, self.at = self.text[self.at:], len(self.text)
        return rest

    def end(self) -> None:
        if not self.at_end():
            self.number += 1
            raise self.refused("is one too many")
