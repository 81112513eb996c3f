"""TLS 1.3 by the `ssl` module: this agency's certificate, the authority, and what a failure means."""
import socket
import ssl
from typing import Optional, Union

from .errors import BadSetting
from .options import TLS
from .purpose import is_for_servers

# The alerts with which a central says that it does not accept this agency (docs/protocol.md, "TLS").
_REFUSALS = ("BAD_CERTIFICATE", "UNSUPPORTED_CERTIFICATE", "CERTIFICATE_REVOKED", "CERTIFICATE_EXPIRED", "CERTIFICATE_UNKNOWN",
             "UNKNOWN_CA", "ACCESS_DENIED", "CERTIFICATE_REQUIRED")


def make_context(tls: Optional[TLS]) -> Optional[ssl.SSLContext]:
    """Raises BadSetting, naming the file that cannot be used. None for plain text."""
    if tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # which requires a certificate, and checks the name
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.hostname_checks_common_name = False
    path = tls.authority
    try:
        context.load_verify_locations(cafile=tls.authority)
        if tls.revocations is not None:
            path = tls.revocations
            context.load_verify_locations(cafile=tls.revocations)
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        path = f"{tls.certificate}, {tls.key}"
        context.load_cert_chain(tls.certificate, tls.key, password=_no_password)
    except (OSError, ValueError) as error:
        raise BadSetting(f"{path}: cannot be used for TLS: {getattr(error, 'strerror', None) or error}") from None
    return context


def _no_password() -> bytes:
    raise ValueError("the key has a password")


def check_purpose(connection: "Union[ssl.SSLSocket, ssl.SSLObject]") -> None:
    """Once the handshake is done: raises SSLCertVerificationError where the server's certificate is not said to be for servers."""
    if not is_for_servers(connection.getpeercert(binary_form=True) or b""):
        error = ssl.SSLCertVerificationError("wrong purpose")
        error.verify_message = "its extended key usage does not name serverAuth"
        raise error


def is_refusal(error: BaseException) -> bool:
    """Whether it is the central's word, once the handshake is verified, that it does not accept this agency."""
    reason = getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else None
    return isinstance(reason, str) and "ALERT" in reason and reason.endswith(_REFUSALS)


def say(error: BaseException) -> str:
    """Why a connection has failed, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        reason = error.reason or str(error)
        return "the server speaks no TLS" if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE") else f"TLS: {reason}"
    if isinstance(error, (TimeoutError, socket.timeout)) and not getattr(error, "errno", None):  # which are one from Python 3.10 on
        return "no connection in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
