"""What can go wrong, as exceptions. All of them are QuinielaError."""
from typing import Optional


class QuinielaError(Exception):
    """Something of this package has failed. `code` is one word, for programs; the text is for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class BadSetting(QuinielaError):
    """An option cannot be understood, or does not go with another; a file it names cannot be used; or the files kept beside the bets are
    of another draw."""

    def __init__(self, text: str) -> None:
        super().__init__("bad_setting", text)


class BadBets(QuinielaError):
    """The agency's bets are not as they must be. `path` and `line` (from 1) say where, `field` which part; each may be None."""

    def __init__(self, text: str, path: Optional[str] = None, line: Optional[int] = None, field: Optional[str] = None,
                 code: str = "bad_bet") -> None:
        super().__init__(code, text)
        self.path, self.line, self.field = path, line, field


class Refused(QuinielaError):
    """The central refuses for good; `code` is the protocol's (docs/protocol.md, "Errors")."""


class NotBelieved(QuinielaError):
    """What the central has signed is not so, or cannot be kept: false_claim, bad_form, not_signed, other_key, other_draw, system."""


class NotTrue(Exception):
    """A text of a signed draw is not of its form, or what it says is not so. Says why; of this package's own checks."""


class Differs(NotTrue):
    """Two texts that are to be signed do not go together: false only where both signatures were checked, as anybody can write such a text.
    `bare` is the text without what it accuses of."""

    def __init__(self, text: str, accuses: str = "") -> None:
        super().__init__(text + accuses)
        self.bare = text


class Unavailable(Exception):
    """There is nothing on this machine that checks Ed25519 signatures, neither `cryptography` nor an `openssl` of version 3; or it does
    not work. Nothing is said of the signature."""
