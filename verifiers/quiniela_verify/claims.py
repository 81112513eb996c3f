"""What is said in the end: one claim a line, and what follows from all of them."""
import contextlib
import json
import unicodedata

from .encoding import Refused
from .openssl import Missing

OK, FALSE, NOT_CHECKED, NOT_GIVEN, NOTE = "ok", "FALSE", "not checked", "not given", "note"
ALL_HOLD, SOMETHING_IS_FALSE, WRONG_USE, NOT_ALL_CHECKED = 0, 1, 2, 3
SHOWN_MAX = 200


def _harmless(character):
    """What a terminal or a reader could be misled by is shown as its number: controls, format and bidirectional characters, spaces
    that are none, bytes that are no UTF-8, and what Unicode does not know."""
    code = ord(character)
    if 0xdc80 <= code <= 0xdcff:
        return f"\\x{code - 0xdc00:02x}"
    if character == " " or unicodedata.category(character)[0] not in "CZ":
        return character
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def harmless(text, most=SHOWN_MAX):
    """Text, or bytes, of somebody else, as it may be shown."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    kept = text[:most]
    if not (kept.isascii() and kept.isprintable()):
        kept = "".join(map(_harmless, kept))
    return kept + ("…" if len(text) > most else "")


class Claims:
    def __init__(self):
        self.list = []  # (state, what, why)

    def add(self, state, what, why):
        self.list.append((state, harmless(what), harmless(why, 1000)))

    def ok(self, what, why):
        self.add(OK, what, why)

    def false(self, what, why):
        self.add(FALSE, what, why)

    def not_checked(self, what, why):
        self.add(NOT_CHECKED, what, why)

    def not_given(self, what, why):
        self.add(NOT_GIVEN, what, why)

    def note(self, what, why):
        self.add(NOTE, what, why)

    @contextlib.contextmanager
    def about(self, what):
        """Whatever is refused within makes the claim false; what could not be looked at, not checked."""
        try:
            yield
        except Refused as refused:
            self.false(what, str(refused))
        except Missing as missing:
            self.not_checked(what, str(missing))

    def count(self, *states):
        return sum(claim[0] in states for claim in self.list)

    @property
    def all(self):
        return self.count(OK, FALSE, NOT_CHECKED)

    @property
    def status(self):
        if self.count(FALSE):
            return SOMETHING_IS_FALSE
        return NOT_ALL_CHECKED if self.count(NOT_CHECKED) else ALL_HOLD

    def text(self):
        lines = [f"{state:<11}  {what}: {why}" for state, what, why in self.list]
        return "\n".join([*lines, "", self._summary()]) + "\n"

    def _summary(self):
        if self.status == SOMETHING_IS_FALSE:
            return f"FALSE: {self.count(FALSE)} of {self.all} claims."
        if self.status == NOT_ALL_CHECKED:
            return f"Nothing is false, but {self.count(NOT_CHECKED)} of {self.all} claims were not checked."
        return f"Every claim holds ({self.all})."

    def json(self, origin):
        listed = [{"state": state.lower(), "what": what, "why": why} for state, what, why in self.list]
        return json.dumps({"exit": self.status, "origin": origin, "claims": listed}, separators=(",", ":")) + "\n"
