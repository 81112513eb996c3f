"""Signed notes, as C2SP specifies them: a text, and lines of signatures behind an empty line."""
import re
from dataclasses import dataclass, field

from . import ed25519
from .encoding import Form, NAME_BYTES_MAX, Refused, base64_decode, base64_encode, hex_decode, parts, sha256, shown

NOTE_BYTES_MAX = 64 * 1024
SIGNATURES_MAX = 64
DASH = "— ".encode()
ED25519, COSIGNATURE = 1, 4
NAME = re.compile(rb"[!-*,-~]{1,%d}" % NAME_BYTES_MAX)
VKEY = re.compile(rb"(%b)\+([^+]*)\+(.*)" % NAME.pattern, re.DOTALL)
SPACES = re.compile("[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+]")


@dataclass(frozen=True)
class VKey:
    name: bytes
    kind: int
    public_key: bytes
    text: bytes = field(compare=False)

    @property
    def id(self):
        return sha256(self.name + b"\n" + bytes([self.kind]) + self.public_key)[:4]

    def __str__(self):
        return self.name.decode()


def vkey(text, kind=None):
    """Reads NAME+ID+BASE64."""
    match = VKEY.fullmatch(text)
    if not match:
        raise Refused(f'the key "{shown(text)}" is not NAME+ID+BASE64')
    id_, data = hex_decode(match[2], 4), base64_decode(match[3], 33)
    key = VKey(match[1], data[0], data[1:], text)
    if key.kind not in (ED25519, COSIGNATURE):
        raise Refused("the key is of a type other than Ed25519 (1) and cosignature/v1 (4)")
    if kind not in (None, key.kind):
        raise Refused(f"the key's type is not {kind}")
    if id_ != key.id:
        raise Refused("the key has an id that is not its own")
    if not ed25519.is_canonical(key.public_key):
        raise Refused("the key has a public key that is not written as Ed25519 writes it")
    if ed25519.is_of_small_order(key.public_key):
        raise Refused("the key has a public key of a small order, for which anybody can sign")
    return key


@dataclass
class Signature:
    name: bytes
    id: bytes
    payload: bytes
    line: int

    def is_of(self, key):
        return self.name == key.name and self.id == key.id

    def __str__(self):
        return f"{self.name.decode()}+{self.id.hex()}"


class Note:
    def __init__(self, what, data):
        self.what = what
        if len(data) > NOTE_BYTES_MAX:
            raise Refused(f"{what}: has more than {NOTE_BYTES_MAX} bytes")
        cut = data.rfind(b"\n\n")
        if cut < 0:
            raise Refused(f"{what}: has no empty line before signatures")
        self.text = data[:cut + 1]
        _check_text(what, self.text)
        self.signatures = []
        form = Form(what, data[cut + 2:], self.text.count(b"\n") + 1)
        while not form.at_end() or not self.signatures:
            self.signatures.append(_signature(form))
            if len(self.signatures) > SIGNATURES_MAX:
                form.refuse(f"is signature {SIGNATURES_MAX + 1}, and at most {SIGNATURES_MAX} are read")

    def payload(self, key, length):
        """What the key has signed with; None where it has not. A second line of it, or one of another length, is refused."""
        found = [signature for signature in self.signatures if signature.is_of(key)]
        if len(found) > 1:
            raise Refused(f"{self.what}, line {found[1].line}: is a further signature of {key}")
        if found and len(found[0].payload) != length:
            raise Refused(f"{self.what}, line {found[0].line}: the signature of {key} has another length")
        return found[0].payload if found else None

    def is_signed(self, key):
        """Whether the key has signed; refuses a wrong signature of it."""
        if key.kind != ED25519:
            raise Refused(f"{self.what}: {key} is a witness' key, which signs no such note")
        signature = self.payload(key, 64)
        if signature is not None and not ed25519.verify(key.public_key, self.text, signature):
            raise Refused(f"{self.what}: the signature of {key} is wrong")
        return signature is not None

    def check(self, key):
        if not self.is_signed(key):
            raise Refused(f"{self.what}: is not signed by {key}")

    def cosigned(self, key):
        """The time of a witness' cosignature; None where there is none."""
        payload = self.payload(key, 72)
        if payload is None:
            return None
        time = int.from_bytes(payload[:8], "big")
        message = b"cosignature/v1\ntime %d\n" % time + self.text
        if not ed25519.verify(key.public_key, message, payload[8:]):
            raise Refused(f"{self.what}: the cosignature of {key} is wrong")
        return time

    def unknown(self, keys):
        return [signature for signature in self.signatures if not any(signature.is_of(key) for key in keys)]


def _check_text(what, text):
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Refused(f"{what}: is no UTF-8") from None
    for number, line in enumerate(lines, 1):
        if re.search("[\x00-\x1f]", line):
            raise Refused(f"{what}, line {number}: has a control character")


def _signature(form):
    line = form.line()
    if not line.startswith(DASH):
        form.refuse("is no signature: a dash, a name and base64")
    name, text = form.by(parts, line[len(DASH):], 2)
    try:
        is_name = not SPACES.search(name.decode("utf-8"))
    except UnicodeDecodeError:
        is_name = False
    if not is_name:
        form.refuse("has a name that no key has")
    data = form.by(base64_decode, text)
    if len(data) < 5:
        form.refuse("has a signature that is no base64 of an id and more")
    return Signature(name, data[:4], data[4:], form.number)


def signature_line(key, payload):
    """The line of a signature, as it stands in a note."""
    return DASH + key.name + b" " + base64_encode(key.id + payload) + b"\n"
