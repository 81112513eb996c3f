"""Signed notes and keys, as C2SP specifies them: a text, and lines of signatures behind an empty line."""
import re
from typing import List, NamedTuple, Optional

from . import ed25519
from .encoding import NAME_BYTES_MAX, Form, base64_decode, hex_decode, sha256, shown, words
from .errors import NotTrue

NOTE_BYTES_MAX = 64 * 1024
SIGNATURES_MAX = 64
DASH = "— ".encode()
SIGNS, COSIGNS = 1, 4  # types of keys
_VKEY = re.compile(rb"([!-*,-~]{1,%d})\+([^+]*)\+(.*)" % NAME_BYTES_MAX, re.DOTALL)
_SPACES = re.compile("[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+]")


class VKey(NamedTuple):
    """A public key, whose text is NAME+ID+BASE64."""
    name: bytes
    kind: int
    public_key: bytes
    text: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name + b"\n" + bytes([self.kind]) + self.public_key)[:4]

    def __str__(self) -> str:
        return self.name.decode("ascii")


def read_vkey(text: bytes, kind: int = SIGNS) -> VKey:
    match = _VKEY.fullmatch(text)
    if not match:
        raise NotTrue(f'the key "{shown(text)}" is not NAME+ID+BASE64')
    id_, data = hex_decode(match[2], 4), base64_decode(match[3], 33)
    key = VKey(match[1], data[0], data[1:], text)
    if key.kind != kind:
        raise NotTrue(f"the key's type is {key.kind}, and not {kind}")
    if id_ != key.id:
        raise NotTrue("the key has an id that is not its own")
    if not ed25519.is_canonical(key.public_key):
        raise NotTrue("the key has a public key that is not written as Ed25519 writes it")
    if ed25519.is_of_small_order(key.public_key):
        raise NotTrue("the key has a public key of a small order, for which anybody can sign")
    return key


class Signature(NamedTuple):
    name: bytes
    id: bytes
    payload: bytes
    line: int

    def is_of(self, key: VKey) -> bool:
        return self.name == key.name and self.id == key.id


class Note:
    """A note that was read; no signature of it is checked yet."""

    def __init__(self, what: str, data: bytes) -> None:
        self.what, self.data = what, data
        if len(data) > NOTE_BYTES_MAX:
            raise NotTrue(f"{what}: has more than {NOTE_BYTES_MAX} bytes")
        cut = data.rfind(b"\n\n")
        if cut < 0:
            raise NotTrue(f"{what}: has no empty line before signatures")
        self.text = data[:cut + 1]
        _check_text(what, self.text)
        self.signatures: List[Signature] = []
        form = Form(what, data[cut + 2:], self.text.count(b"\n") + 1)
        while not form.at_end() or not self.signatures:
            self.signatures.append(_read_signature(form))
            if len(self.signatures) > SIGNATURES_MAX:
                raise form.refused(f"is signature {SIGNATURES_MAX + 1}, and at most {SIGNATURES_MAX} are read")

    def is_of(self, key: VKey) -> bool:
        """Whether there is a line of the key, be it right or wrong."""
        return any(signature.is_of(key) for signature in self.signatures)

    def _payload(self, key: VKey, length: int) -> Optional[bytes]:
        """What the key's one line has behind the id; None where there is no line of it."""
        found = [signature for signature in self.signatures if signature.is_of(key)]
        if len(found) > 1:
            raise NotTrue(f"{self.what}, line {found[1].line}: is a further signature of {key}")
        if found and len(found[0].payload) != length:
            raise NotTrue(f"{self.what}, line {found[0].line}: the signature of {key} has another length")
        return found[0].payload if found else None

    def check(self, key: VKey) -> None:
        """Refuses a note that the key has not signed. Raises Unavailable where that cannot be told; what can be told is looked at
        first."""
        signature = self._payload(key, 64)
        if signature is None:
            raise NotTrue(f"{self.what}: is not signed by {key}")
        if not ed25519.verify(key.public_key, self.text, signature):
            raise NotTrue(f"{self.what}: the signature of {key} is wrong")

    def cosigned(self, key: VKey) -> Optional[int]:
        """When a witness says that it has seen this seal, in seconds since 1970; None where there is no line of it. Refuses a wrong one.
        Raises Unavailable."""
        payload = self._payload(key, 72)
        if payload is None:
            return None
        time = int.from_bytes(payload[:8], "big")
        if not ed25519.verify(key.public_key, b"cosignature/v1\ntime %d\n" % time + self.text, payload[8:]):
            raise NotTrue(f"{self.what}: the cosignature of {key} is wrong")
        return time


def _check_text(what: str, text: bytes) -> None:
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise NotTrue(f"{what}: is no UTF-8") from None
    for number, line in enumerate(lines, 1):
        if re.search("[\x00-\x1f]", line):
            raise NotTrue(f"{what}, line {number}: has a control character")


def _name_text(name: bytes) -> Optional[str]:
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _SPACES.search(text) else text


def _read_signature(form: Form) -> Signature:
    line = form.line()
    if not line.startswith(DASH):
        raise form.refused("is no signature: a dash, a name and base64")
    name, text = form.by(lambda rest: words(rest, 2), line[len(DASH):])
    if _name_text(name) is None:
        raise form.refused("has a name that no key has")
    data = form.by(base64_decode, text)
    if len(data) < 5:
        raise form.refused("has a signature that is no base64 of an id and more")
    return Signature(name, data[:4], data[4:], form.number)
