"""How values are written: each has one text, and any other is refused. Texts are bytes."""
import base64
import binascii
import calendar
import hashlib
import hmac
import re
import struct
import time


class Refused(Exception):
    """What was read is not of its form, or is not true. Says why."""


U32_MAX = 2**32 - 1
U64_MAX = 2**64 - 1
INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def sha256(data):
    return hashlib.sha256(data).digest()


def hmac256(key, message):
    return hmac.digest(key, message, "sha256")


def u32(value):
    return struct.pack(">I", value)


def u64(value):
    return struct.pack(">Q", value)


def shown(text, most=60):
    """Bytes for a message: what is not plain ASCII escaped, and not too long."""
    return repr(bytes(text[:most]))[2:-1] + ("…" if len(text) > most else "")


def decimal(text, least=0, most=U64_MAX):
    if not re.fullmatch(rb"0|[1-9][0-9]{0,19}", text) or not least <= int(text) <= most:
        raise Refused(f'"{shown(text)}" is no decimal number from {least} to {most}')
    return int(text)


def base64_encode(data):
    return base64.b64encode(data)


def base64_decode(text, length=None):
    """The bytes; `length` of them where it is given."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or base64.b64encode(data) != text or length not in (None, len(data)):
        raise Refused(f'"{shown(text)}" is no base64' + (f" of {length} bytes" if length is not None else ""))
    return data


def hex_decode(text, length):
    """Lower case only."""
    if len(text) != 2 * length or not re.fullmatch(rb"[0-9a-f]*", text):
        raise Refused(f'"{shown(text)}" is no hex, in lower case, of {length} bytes')
    return bytes.fromhex(text.decode("ascii"))


def base32_decode(text):
    """Upper case, without the padding that other base32 has."""
    try:
        data = base64.b32decode(text + b"=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        data = None
    if data is None or base64.b32encode(data).rstrip(b"=") != text:
        raise Refused("is no base32")
    return data


def instant(text):
    """Seconds since 1970."""
    if not INSTANT.fullmatch(text):
        raise Refused(f'"{shown(text)}" is no time such as 2026-11-25T21:00:00Z')
    parts = [int(part) for part in re.findall(rb"\d+", text)]
    year, month, day, hour, minute, second = parts
    if (year < 1970 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]
            or hour > 23 or minute > 59 or second > 59):
        raise Refused(f'"{shown(text)}" is no time that there is')
    return calendar.timegm((year, month, day, hour, minute, second, 0, 0, 0))


def instant_text(seconds):
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return f"second {seconds}"


# Names ---------------------------------------------------------------------------------------------------

NAME = rb"[a-z0-9.-]+(?:/[A-Za-z0-9._-]+)*"
NAME_BYTES_MAX = 100
ORIGIN = re.compile(rb"(" + NAME + rb")/([A-Za-z0-9._-]{1,64})")
AGENCIES_MAX = 10_000_000


def origin(text):
    """The origin's NAME; refuses what is none."""
    match = ORIGIN.fullmatch(text)
    if not match or len(match[1]) > NAME_BYTES_MAX:
        raise Refused(f'"{shown(text)}" is no origin, NAME/DRAW')
    return match[1]


# Lines ---------------------------------------------------------------------------------------------------

class Form:
    """A text that is read line by line. Each refusal says which line it is."""

    def __init__(self, what, text, before=0):
        """`before` lines are not in the text."""
        self.what, self.text, self.at, self.number = what, text, 0, before

    def refuse(self, why):
        raise Refused(f"{self.what}, line {self.number}: {why}")

    def at_end(self):
        return self.at == len(self.text)

    def line(self):
        self.number += 1
        if self.at_end():
            self.refuse("is missing")
        end = self.text.find(b"\n", self.at)
        if end < 0:
            self.refuse("does not end in a line end")
        line, self.at = self.text[self.at:end], end + 1
        return line

    def take(self, read, *more):
        """Reads the next line by a function that may refuse it."""
        return self.by(read, self.line(), *more)

    def by(self, read, text, *more):
        try:
            return read(text, *more)
        except Refused as refused:
            return self.refuse(str(refused))

    def literal(self, wanted):
        line = self.line()
        if line != wanted:
            self.refuse(f'is "{shown(line)}" instead of "{shown(wanted)}"')

    def value(self, key, read=None, *more):
        """What stands behind the key and a space; read by the function where one is given."""
        line = self.line()
        if not line.startswith(key + b" ") or len(line) == len(key) + 1:
            self.refuse(f'is "{shown(line)}" instead of "{shown(key)} …"')
        value = line[len(key) + 1:]
        return value if read is None else self.by(read, value, *more)

    def next_is(self, key):
        return self.text.startswith(key + b" ", self.at)

    def rest(self):
        rest, self.at = self.text[self.at:], len(self.text)
        return rest

    def end(self):
        if not self.at_end():
            self.number += 1
            self.refuse("is one too many")


def parts(text, count):
    """Cuts at each space; refuses another number of parts, or an empty one."""
    cut = text.split(b" ")
    if len(cut) != count or b"" in cut:
        raise Refused(f'"{shown(text)}" is not {count} words')
    return cut
