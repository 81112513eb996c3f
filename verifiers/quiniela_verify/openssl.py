"""What the `openssl` command does: certificates, and time stamps of RFC 3161."""
import base64
import calendar
import hashlib
import os
import re
import subprocess
import tempfile
import time

from .encoding import Refused

SECONDS_MAX = 60
TOKEN_BYTES_MAX = 64 * 1024


class NotBy(Refused):
    """A time stamp that is one, and not by this authority."""


class Missing(Exception):
    """What an answer would need is not there, such as the `openssl` command: nothing can be said."""


def _run(*arguments, stdin=b""):
    """What the command prints; None when it fails."""
    try:
        done = subprocess.run(["openssl", *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=SECONDS_MAX, check=False, start_new_session=True)  # no terminal to ask for a password
    except FileNotFoundError:
        raise Missing("there is no `openssl` command here") from None
    except subprocess.TimeoutExpired:
        raise Missing(f"openssl {arguments[0]} took more than {SECONDS_MAX} s") from None
    if done.returncode < 0:
        raise Missing(f"openssl {arguments[0]} was ended by signal {-done.returncode}")
    return done.stdout if done.returncode == 0 else None


def certificate(pem):
    """The DER of the text's first certificate."""
    der = _run("x509", "-passin", "pass:", "-inform", "PEM", "-outform", "DER", stdin=pem)
    if not der:
        raise Refused("is no certificate, in PEM")
    return der


def public_key(der):
    """The DER of a certificate's SubjectPublicKeyInfo."""
    pem = _run("x509", "-inform", "DER", "-noout", "-pubkey", stdin=der)
    if not pem:
        raise Refused("is a certificate whose key cannot be read")
    return base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))


# Time stamps ---------------------------------------------------------------------------------------------

def _is_one_value(der):
    """Whether it is one SEQUENCE of DER, whole and with nothing behind it."""
    if len(der) < 2 or der[0] != 0x30:
        return False
    length, head = der[1], 2
    if length & 0x80:
        head += length & 0x7f
        length = int.from_bytes(der[2:head], "big")
    return len(der) == head + length


def _token(folder, der):
    """The path of the token alone: that of an answer, or all there is."""
    given, token = os.path.join(folder, "given"), os.path.join(folder, "token")
    with open(given, "wb") as file:
        file.write(der)
    for form in ((), ("-token_in",)):
        if _run("ts", "-reply", "-in", given, *form, "-token_out", "-out", token) is not None and os.path.getsize(token):
            return token
    raise Refused("the time stamp is neither an answer with a token nor a token (RFC 3161, DER)")


def _field(text, name):
    found = re.findall(rf"^{name}: (.*)$", text, re.MULTILINE)
    if len(found) != 1:
        raise Refused(f"the time stamp has no {name.lower()}, or more than one")
    return found[0]


def _is_of(text, imprint):
    """Whether it is of this hash, and of one that SHA-256 made. The text has it as a dump of its bytes, 16 a line."""
    dump = re.search(r"^Message data:\n((?:    .*\n)*)", text, re.MULTILINE)
    lines = re.findall(r"^    [0-9a-f]{4} - ([0-9a-f]{2}(?:[ -][0-9a-f]{2})*)", dump[1], re.MULTILINE) if dump else []
    return _field(text, "Hash Algorithm") == "sha256" and bytes.fromhex(" ".join(lines).replace("-", " ")) == imprint


def _time(text):
    match = re.fullmatch(r"(\w{3} [ \d]\d \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT", text)
    if not match:
        raise Refused("the time stamp has a time that cannot be read")
    return calendar.timegm(time.strptime(f"{match[1]} {match[2]}", "%b %d %H:%M:%S %Y"))


def read_timestamp(der, imprint):
    """The token of a time stamp and when it says it was made (seconds since 1970), whoever has signed it. Refuses what is none, or is
    not of that SHA-256 (None: of any)."""
    if len(der) > TOKEN_BYTES_MAX or not _is_one_value(der):
        raise Refused("the time stamp is neither an answer with a token nor a token (RFC 3161, DER)")
    with tempfile.TemporaryDirectory(prefix="quiniela-verify-") as folder:
        token = _token(folder, der)
        text = (_run("ts", "-reply", "-in", token, "-token_in", "-token_out", "-text") or b"").decode("utf-8", "replace")
        stamped = _time(_field(text, "Time stamp"))
        if imprint is not None and not _is_of(text, imprint):
            raise Refused("the time stamp is of something else")
        with open(token, "rb") as file:
            return file.read(), stamped


def check_timestamp(token, stamped, imprint, authority):
    """That a token was signed by what the authority, a certificate in DER, had issued for it then."""
    with tempfile.TemporaryDirectory(prefix="quiniela-verify-") as folder:
        given, trusted = os.path.join(folder, "token"), os.path.join(folder, "authority")
        with open(given, "wb") as file:
            file.write(token)
        with open(trusted, "wb") as file:
            body = base64.encodebytes(authority)
            file.write(b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n")
        if _run("ts", "-verify", "-in", given, "-token_in", "-digest", imprint.hex(), "-CAfile", trusted, "-partial_chain",
                "-attime", str(stamped)) is None:
            raise NotBy("the time stamp is not signed by what the authority has issued for it")


def fingerprint(der):
    """What a `tsa` line pins."""
    return hashlib.sha256(der).digest()
