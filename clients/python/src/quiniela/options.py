"""What an agency is told before it begins."""
import re
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import Callable, List, NamedTuple, Optional, Sequence, Union

from .errors import BadSetting

ADDRESSES_MAX = 16


class Address(NamedTuple):
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Event(NamedTuple):
    """Something that has happened, for whoever wants to tell people. `kind` is one of connected, retry, resumed, stored, all_stored,
    draw_closed, waiting, sealed, warning; `stored` how many of the agency's bets are stored, as far as is known."""
    kind: str
    text: str
    stored: int


@dataclass(frozen=True)
class TLS:
    """Files in PEM: the agency's certificate and its key, the authority, and a revocation list of it where there is one."""
    certificate: str
    key: str
    authority: str
    revocations: Optional[str] = None


@dataclass(frozen=True)
class Options:
    """How an agency sends. Raises BadSetting for what cannot be understood.

    agency             its number, from 1 to 10000000
    servers            the central's ports for bets, each HOST:PORT (an IPv6 address in brackets); tried one after the other
    consult            its ports for consultations; empty: the winners are asked for on the port for bets
    chunk_size         bets a message, at most (1 to 20000)
    window             messages that are sent ahead, before they are acknowledged (1 to 16)
    tls                the agency's certificate and what else TLS needs; None: plain text
    central_key        the key of the central's signed draw, NAME+ID+BASE64; what it signs is then checked and kept. With `receipts`
    receipts           the file to keep receipts in, such as agency-3.receipts. What else is signed goes beside it, in agency-3.rules-0,
                       agency-3.seal, agency-3.result and so on
    strict             a file without bets, and a last line without a line end, are refused; otherwise a `warning` tells of them
    on_event           is called with each Event, on the thread of run(), which ends with what it raises
    connect_timeout    seconds for a connection
    answer_timeout     seconds for an answer; after each that does not come, twice as long, up to 16 times
    trust_timeout      seconds for which servers are tried of which none has a good certificate
    random             where the random waits come from
    """
    agency: int
    servers: Sequence[str]
    consult: Sequence[str] = ()
    chunk_size: int = 1000
    window: int = 4
    tls: Optional[TLS] = None
    central_key: Optional[str] = None
    receipts: Optional[str] = None
    strict: bool = False
    on_event: Optional[Callable[[Event], None]] = None
    connect_timeout: float = 8.0
    answer_timeout: float = 30.0
    trust_timeout: float = 60.0
    random: Random = field(default_factory=SystemRandom)

    def __post_init__(self) -> None:
        _check_range("agency", self.agency, 1, 10_000_000)
        _check_range("chunk_size", self.chunk_size, 1, 20_000)
        _check_range("window", self.window, 1, 16)
        for name in ("connect_timeout", "answer_timeout", "trust_timeout"):
            if not 0 < getattr(self, name) <= 3600:
                raise BadSetting(f"{name}: is not from 0 to 3600 seconds")
        if not self.servers:
            raise BadSetting("servers: is empty; give at least one HOST:PORT")
        read_addresses("servers", self.servers)
        read_addresses("consult", self.consult)
        if (self.central_key is None) != (self.receipts is None):
            raise BadSetting("central_key and receipts: give both, or neither")


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadSetting(f"{name}: {value!r} is not a whole number from {least} to {most}")


def read_addresses(name: str, texts: Union[str, Sequence[str]]) -> List[Address]:
    """HOST:PORT each; an IPv6 address stands in brackets."""
    if isinstance(texts, str):
        raise BadSetting(f"{name}: {texts!r} is one text; give a list of them")
    if len(texts) > ADDRESSES_MAX:
        raise BadSetting(f"{name}: has more than {ADDRESSES_MAX} addresses")
    found = []
    for text in texts:
        match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%a-z]+)\]|([^\s:\[\]/,]+)):([0-9]{1,5})", text)
        if not match or not 1 <= int(match[3]) <= 65535:
            raise BadSetting(f'{name}: "{text}" is not HOST:PORT with a port from 1 to 65535; an IPv6 address goes in brackets')
        found.append(Address(match[1] or match[2], int(match[3])))
    return found
