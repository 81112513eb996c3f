"""Whether an Ed25519 signature (RFC 8032) is right: by the `cryptography` package where it is installed, otherwise by the `openssl`
command of version 3. Where there is neither, or what there is does not work, Unavailable is raised: then nothing can be said of it. A
signature is called wrong, which accuses whoever is to have signed, only by what finds a right one right."""
import base64
import functools
import os
import re
import subprocess
import tempfile
from typing import Callable, Optional

from .encoding import shown
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
# What pkeyutl has said of either since 1.0; it exits with 1 for a wrong signature, and for whatever it could not do.
_RIGHT, _WRONG = b"Signature Verified Successfully", b"Signature Verification Failure"
# RFC 8032, 7.1, test 2: a key, a message, and a right signature.
_KNOWN = (bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"), b"r", bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))


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
    except InvalidSignature:
        return False
    except Exception as error:  # pylint: disable=broad-except  # of its own, and of the OpenSSL below it: all that is no answer
        raise Unavailable(f"the Python package `cryptography` does not work: {type(error).__name__}: {error}") from None
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


def _run_openssl(command: str, folder: str, public_key: bytes, message: bytes, signature: bytes) -> "subprocess.CompletedProcess[bytes]":
    key, text, sign = (os.path.join(folder, name) for name in ("key", "text", "signature"))
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(_KEY_HEAD + public_key) + b"\n-----END PUBLIC KEY-----\n"
    for path, data in ((key, pem), (text, message), (sign, signature)):
        with open(path, "wb") as file:
            file.write(data)
    return subprocess.run([command, "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", text, "-sigfile", sign],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=_OPENSSL_S, check=False)


def _by_openssl(command: str, public_key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        with tempfile.TemporaryDirectory(prefix="quiniela-") as folder:
            done = _run_openssl(command, folder, public_key, message, signature)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"the `openssl` command does not work: {error}") from None
    if (done.returncode, done.stdout.strip()) == (0, _RIGHT):
        return True
    if (done.returncode, done.stdout.strip()) == (1, _WRONG):
        return False
    said = (done.stdout + done.stderr).split(b"\n", 1)[0]
    raise Unavailable(f"the `openssl` command does not work: it ended with {done.returncode}: {shown(said, 200)}")


def checker() -> Optional[str]:
    """What checks signatures here: "cryptography", "openssl", or None."""
    return "cryptography" if _HAS_CRYPTOGRAPHY else _openssl()


def why_not() -> Optional[str]:
    """Why nothing can be said of a signature here; None where it can, as a right one is found right."""
    try:
        verify(*_KNOWN)
    except Unavailable as reason:
        return str(reason)
    return None


def _check() -> Callable[[bytes, bytes, bytes], bool]:
    if _HAS_CRYPTOGRAPHY:
        return _by_cryptography
    command = _openssl()
    if command is None:
        raise Unavailable("signatures are not checked: neither the Python package `cryptography` nor an `openssl` command of "
                          "version 3 is here")
    return functools.partial(_by_openssl, command)


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes) is that of the key (32 bytes) over the message. Raises Unavailable."""
    if len(public_key) != 32 or len(signature) != 64 or not is_canonical(public_key) or is_of_small_order(public_key):
        return False
    check = _check()
    if check(public_key, message, signature):
        return True
    if not check(*_KNOWN):
        raise Unavailable(f"what checks signatures here, {checker()}, finds a right one wrong")
    return False
