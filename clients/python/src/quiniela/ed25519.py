"""Whether an Ed25519 signature (RFC 8032) is right: by the `cryptography` package where it is installed, otherwise by the `openssl`
command of version 3. Where there is neither, Unavailable is raised: then nothing can be said of it."""
import base64
import functools
import os
import re
import subprocess
import tempfile
from typing import Optional

from .errors import Unavailable

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    _HAS_CRYPTOGRAPHY = True
except ImportError:
    _HAS_CRYPTOGRAPHY = False

_P = 2**255 - 19
# The y of each point whose order is 1, 2, 4 or 8: whose key this is, anything can be made to look signed.
_SMALL_ORDER = frozenset((0, 1, _P - 1, 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7,
                          0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826))
_KEY_HEAD = bytes.fromhex("302a300506032b6570032100")  # the DER of a SubjectPublicKeyInfo, up to the key (RFC 8410)
_OPENSSL_S = 30


def _y(public_key: bytes) -> int:
    return int.from_bytes(public_key, "little") & (2**255 - 1)


def is_canonical(public_key: bytes) -> bool:
    """Whether it is written as RFC 8032, 5.1.2 writes it."""
    return _y(public_key) < _P


def is_of_small_order(public_key: bytes) -> bool:
    return _y(public_key) in _SMALL_ORDER


def _by_cryptography(public_key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@functools.lru_cache(maxsize=None)
def _openssl() -> Optional[str]:
    """The command; None when there is none that can check Ed25519."""
    try:
        done = subprocess.run(["openssl", "version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                              timeout=_OPENSSL_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(rb"OpenSSL (\d+)\.", done.stdout)
    return "openssl" if match and int(match[1]) >= 3 else None


def _by_openssl(command: str, public_key: bytes, message: bytes, signature: bytes) -> bool:
    with tempfile.TemporaryDirectory(prefix="quiniela-") as folder:
        key, text, sign = (os.path.join(folder, name) for name in ("key", "text", "signature"))
        pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(_KEY_HEAD + public_key) + b"\n-----END PUBLIC KEY-----\n"
        for path, data in ((key, pem), (text, message), (sign, signature)):
            with open(path, "wb") as file:
                file.write(data)
        try:
            done = subprocess.run([command, "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", text, "-sigfile", sign],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_OPENSSL_S,
                                  check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(f"the `openssl` command does not work: {error}") from None
    return done.returncode == 0 and b"Signature Verified Successfully" in done.stdout


def checker() -> Optional[str]:
    """What checks signatures here: "cryptography", "openssl", or None."""
    return "cryptography" if _HAS_CRYPTOGRAPHY else _openssl()


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes) is that of the key (32 bytes) over the message. Raises Unavailable."""
    if len(public_key) != 32 or len(signature) != 64 or not is_canonical(public_key) or is_of_small_order(public_key):
        return False
    if _HAS_CRYPTOGRAPHY:
        return _by_cryptography(public_key, message, signature)
    command = _openssl()
    if command is None:
        raise Unavailable("signatures are not checked: neither the Python package `cryptography` nor an `openssl` command of "
                          "version 3 is here")
    return _by_openssl(command, public_key, message, signature)
