"""Whether a certificate says that it is for servers. The `ssl` module refuses one that is for something else, but takes one that names no
purpose at all, with which an agency could pose as the central."""
from typing import Iterator, Tuple

# RFC 5280: 4.1 is how a certificate is laid out, 4.2.1.12 the extension. X.690 has the tags.
_SEQUENCE, _OBJECT, _OCTETS, _EXTENSIONS = 0x30, 0x06, 0x04, 0xA3
_EXTENDED_KEY_USAGE = bytes.fromhex("551d25")
_SERVER_AUTH = bytes.fromhex("2b06010505070301")


def _elements(data: bytes) -> Iterator[Tuple[int, bytes]]:
    """Tag and contents of each. Raises ValueError where it is no DER."""
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise ValueError("an element is cut off")
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at:at + size], "big"), at + size
        if at + length > len(data):
            raise ValueError("an element is cut off")
        yield tag, data[at:at + length]
        at += length


def _inner(data: bytes, wanted: int) -> bytes:
    """The contents of the first element with that tag; empty where there is none."""
    return next((contents for tag, contents in _elements(data) if tag == wanted), b"")


def is_for_servers(certificate: bytes) -> bool:
    """Whether its extended key usage names serverAuth. The certificate is DER, and has been verified."""
    try:
        signed = _inner(_inner(certificate, _SEQUENCE), _SEQUENCE)
        for _, extension in _elements(_inner(_inner(signed, _EXTENSIONS), _SEQUENCE)):
            if _inner(extension, _OBJECT) == _EXTENDED_KEY_USAGE:
                uses = _inner(_inner(extension, _OCTETS), _SEQUENCE)
                return (_OBJECT, _SERVER_AUTH) in _elements(uses)
    except ValueError:
        pass
    return False
