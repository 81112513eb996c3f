"""A pulse of NIST's beacon (Beacon 2.0, NISTIR 8213 draft), and the certificate that its key is in."""
import hashlib
import json
import math
import re
from dataclasses import dataclass

from . import openssl
from .encoding import Refused, U32_MAX, U64_MAX, sha256, u32, u64

PULSE_BYTES_MAX = CERTIFICATE_BYTES_MAX = 64 * 1024
PULSE_DEPTH_MAX = 64
LIST = ("previous", "hour", "day", "month", "year")
PERIOD_MS = 60000


# From JSON -----------------------------------------------------------------------------------------------

class _Object:
    """An object of JSON. A field that is read must be there, once, and be of its kind; the others may be anything."""

    def __init__(self, pairs):
        self.pairs = pairs

    def take(self, name, kind):
        found = [value for key, value in self.pairs if key == name]
        if len(found) != 1:
            raise Refused(f"the pulse's {name}: is {'given twice' if found else 'missing'}")
        if type(found[0]) is not kind:  # an int is no bool
            raise Refused(f"the pulse's {name}: is of another kind than it must be")
        return found[0]

    def text(self, name):
        text = self.take(name, str).encode("utf-8")
        if len(text) > 256:
            raise Refused(f"the pulse's {name}: is too long")
        return text

    def hex(self, name, most=64):
        text = self.take(name, str)
        if len(text) > 2 * most or len(text) % 2 or not re.fullmatch("[0-9A-Fa-f]*", text):
            raise Refused(f"the pulse's {name}: is no text of hex, or too long")
        return bytes.fromhex(text)

    def number(self, name, most=U32_MAX):
        value = self.take(name, int)
        if not 0 <= value <= most:
            raise Refused(f"the pulse's {name}: is no whole number up to {most}")
        return value


def _no_constant(name):
    raise ValueError(f"{name} is no JSON")


# What not every reader of JSON takes, none does here, be it in a field that nothing reads: they all say the same of a pulse.

def _whole(text):
    value = int(text)
    if not -2**63 <= value <= U64_MAX:
        raise ValueError(f"{text[:20]}… is beyond 64 bits")
    return value


def _fraction(text):
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text[:20]} is too large")
    return value


def _too_deep():
    return Refused(f"the pulse: is deeper than {PULSE_DEPTH_MAX} objects and lists, one in another")


def _check_inside(whole):
    """Raises UnicodeEncodeError for a half of a surrogate pair, Refused for what lies too deep."""
    level, depth = [whole], 0
    while level:
        below, is_open = [], False
        for value in level:
            if isinstance(value, str):
                value.encode("utf-8")
            elif isinstance(value, (_Object, list)):
                is_open = True
                below += value if isinstance(value, list) else [part for pair in value.pairs for part in pair]
        level, depth = below, depth + is_open
        if depth > PULSE_DEPTH_MAX:
            raise _too_deep()


def _load(data):
    if len(data) > PULSE_BYTES_MAX:
        raise Refused(f"the pulse: has more than {PULSE_BYTES_MAX} bytes")
    try:
        whole = json.loads(data.decode("utf-8"), object_pairs_hook=_Object, parse_constant=_no_constant, parse_int=_whole,
                           parse_float=_fraction)
        _check_inside(whole)
    except RecursionError:  # of the decoder, which takes some hundreds
        raise _too_deep() from None
    except ValueError as error:
        raise Refused(f"the pulse: is no JSON: {error}") from None
    if not isinstance(whole, _Object):
        raise Refused('the pulse: there is no "pulse" in it')
    return whole.take("pulse", _Object)


def _lp(data):
    return u32(len(data)) + data


@dataclass
class Pulse:
    cipher_suite: int
    period: int
    certificate_id: bytes
    chain: int
    index: int
    time_stamp: bytes
    message: bytes  # M, what is signed
    signature: bytes
    output: bytes


def _list(pulse):
    values = {}
    for item in pulse.take("listValues", list):
        if not isinstance(item, _Object):
            raise Refused("the pulse's listValues: has one that is no object")
        kind = item.take("type", str)
        if kind not in LIST or kind in values:
            raise Refused("the pulse's listValues: has one twice, or of another type than " + ", ".join(LIST))
        values[kind] = item.hex("value")
    if len(values) != len(LIST):
        raise Refused("the pulse's listValues: is no list of five")
    return b"".join(_lp(values[kind]) for kind in LIST)


def read(data):
    pulse = _load(data)
    external = pulse.take("external", _Object)
    suite, period, certificate = pulse.number("cipherSuite"), pulse.number("period"), pulse.hex("certificateId")
    chain, index = pulse.number("chainIndex", 2**63 - 1), pulse.number("pulseIndex", 2**63 - 1)
    stamp = pulse.text("timeStamp")
    message = (_lp(pulse.text("uri")) + _lp(pulse.text("version")) + u32(suite) + u32(period) + _lp(certificate) + u64(chain)
               + u64(index) + _lp(stamp) + _lp(pulse.hex("localRandomValue")) + _lp(external.hex("sourceId"))
               + u32(external.number("statusCode")) + _lp(external.hex("value")) + _list(pulse)
               + _lp(pulse.hex("precommitmentValue")) + u32(pulse.number("statusCode")))
    signature, output = pulse.hex("signatureValue", 1024), pulse.hex("outputValue")
    if hashlib.sha512(message + signature).digest() != output:
        raise Refused("the pulse has an output that is not its own")
    return Pulse(suite, period, certificate, chain, index, stamp, message, signature, output)


# The certificate -----------------------------------------------------------------------------------------

def _tlv(data, tag):
    """The content of the DER value at the beginning, and what follows it."""
    if len(data) < 2 or data[0] != tag:
        raise Refused("the beacon's certificate: is none of an RSA key")
    length, head = data[1], 2
    if length & 0x80:
        head += length & 0x7f
        length = int.from_bytes(data[2:head], "big")
    if len(data) < head + length:
        raise Refused("the beacon's certificate: is cut off")
    return data[head:head + length], data[head + length:]


RSA = bytes.fromhex("300d06092a864886f70d0101010500")  # AlgorithmIdentifier: rsaEncryption, NULL
SHA512 = bytes.fromhex("3051300d060960864801650304020305000440")  # what a DigestInfo of SHA-512 begins with


@dataclass
class Certificate:
    id: bytes        # SHA-512 of its DER
    key_hash: bytes  # SHA-256 of its SubjectPublicKeyInfo
    modulus: int
    exponent: int

    def verify(self, message, signature):
        """RSASSA-PKCS1-v1_5 with SHA-512, by making what the signature must be and comparing."""
        length = (self.modulus.bit_length() + 7) // 8
        info = SHA512 + hashlib.sha512(message).digest()
        wanted = b"\x00\x01" + b"\xff" * (length - len(info) - 3) + b"\x00" + info
        value = int.from_bytes(signature, "big")
        return (len(signature) == length and len(wanted) == length and value < self.modulus
                and pow(value, self.exponent, self.modulus).to_bytes(length, "big") == wanted)


def read_certificate(pem):
    """The first certificate of the text."""
    if len(pem) > CERTIFICATE_BYTES_MAX:
        raise Refused(f"the beacon's certificate: has more than {CERTIFICATE_BYTES_MAX} bytes")
    der = openssl.certificate(pem)
    key = openssl.public_key(der)
    inside, _ = _tlv(key, 0x30)
    if not inside.startswith(RSA):
        raise Refused("the beacon's certificate: is none of an RSA key")
    bits, _ = _tlv(inside[len(RSA):], 0x03)
    numbers, _ = _tlv(bits[1:], 0x30)
    modulus, rest = _tlv(numbers, 0x02)
    exponent, _ = _tlv(rest, 0x02)
    return Certificate(hashlib.sha512(der).digest(), sha256(key), int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))


def check(pulse, certificate):
    """That the pulse is one of that certificate's key."""
    if pulse.certificate_id != certificate.id:
        raise Refused("the pulse is of another certificate than the one given")
    if not certificate.verify(pulse.message, pulse.signature):
        raise Refused("the pulse's signature is wrong")


def check_named(pulse, named):
    """That it is the one that the rules name."""
    if pulse.cipher_suite != 0 or pulse.period != PERIOD_MS:
        raise Refused(f"the pulse is of another cipher suite than 0, or another period than {PERIOD_MS} ms")
    if pulse.chain != named.chain:
        raise Refused(f"the pulse is of chain {pulse.chain}, and the rules name chain {named.chain}")
    if pulse.time_stamp != named.time_text[:-1] + b".000Z":
        raise Refused(f"the pulse is of another time than {named.time_text.decode()}, which the rules name")
    if pulse.certificate_id != named.certificate_id:
        raise Refused("the pulse is of another certificate than the rules name")
