"""Where an agency's bets come from: its CSV file, which is checked whole before anything is sent, or a list."""
import os
from typing import BinaryIO, Iterable, List, Optional, Sequence, Tuple

from .bets import BET_BYTES_MAX, culprit, fault_of, unquoted
from .encoding import shown
from .errors import BadBets, BadSetting, QuinielaError

_MARK = b"\xef\xbb\xbf"
_LINE_BYTES_MAX = 4 * BET_BYTES_MAX  # a good line may have quotes
_STEP = 1024  # of each so many lines the place in the file is kept
BAD_LINES_MAX = 20

_KINDS = (
    (b"PK\x03\x04", "is a spreadsheet (xlsx, ods) or a zip archive"), (b"\xd0\xcf\x11\xe0", "is an old spreadsheet (xls)"),
    (b"\x1f\x8b", "is compressed with gzip"), (b"%PDF", "is a PDF"), (b"\xff\xfe", "is in UTF-16"), (b"\xfe\xff", "is in UTF-16"),
)
AS_CSV = "save it as CSV in UTF-8, with commas between the fields"


def _looks_like(line: bytes, number: int) -> Optional[str]:
    """What a line that is no bet looks like, and what to do; None where nothing is to be said."""
    for beginning, kind in _KINDS:
        if number == 1 and line.startswith(beginning):
            return f"the file {kind}, not CSV: {AS_CSV}"
    if line.startswith(_MARK):
        joined = "the file begins with two byte order marks:" if number == 1 else "a byte order mark within the file: were two files joined?"
        return f"{joined} delete it, and check that the line before is complete"
    if not line:
        return "an empty line within the file: delete it"
    if b"\0" in line:
        return f"the line has NUL bytes, as text in UTF-16 does: {AS_CSV}"
    for separator, name in ((b";", "semicolons"), (b"\t", "tabs"), (b"|", "vertical bars")):
        if line.count(separator) >= 4 and line.count(b",") < 4:
            return f"{name} between the fields: use commas, and nothing else"
    if number == 1 and line.count(b",") >= 4 and not any(48 <= byte <= 57 for byte in line):
        return "the line looks like a header: delete it, as the file has none"
    if b"\r" in line:
        return "a carriage return within the line: end lines with LF or CR LF"
    return None


class BetsList:
    """Bets that are there already: each a text, or the bytes, `nombre,apellido,documento,nacimiento,numero`, or its five parts.

    Raises BadBets for one that is no bet; its `line` is its place in the list, from 1.
    """

    def __init__(self, bets: Iterable[object], name: str = "the list of bets") -> None:
        self.name = name
        self.warnings: List[str] = []
        self._rows: List[bytes] = []
        for number, bet in enumerate(bets, 1):
            row = self._row(bet)
            fault = fault_of(row)
            if fault:
                raise BadBets(f'{name}: bet {number}: {fault}: "{shown(culprit(row, fault))}"', None, number, fault.field)
            self._rows.append(row)
        self.total = len(self._rows)

    @staticmethod
    def _row(bet: object) -> bytes:
        if isinstance(bet, bytes):
            return bet
        if isinstance(bet, str):
            return bet.encode("utf-8", "surrogatepass")
        if isinstance(bet, (list, tuple)):
            return ",".join(str(part) for part in bet).encode("utf-8", "surrogatepass")
        raise BadBets(f"a bet is a text, bytes, or five parts, and not {type(bet).__name__}")

    def is_at(self, path: str) -> bool:
        """Whether that is the file of these bets."""
        return False

    def rows(self, first: int, count: int) -> Sequence[bytes]:
        """Up to `count` bets from index `first` on."""
        return self._rows[first:first + count]

    def close(self) -> None:
        """Nothing is open."""


class BetsFile:
    """An agency's CSV file: one bet a line, no header, fields with or without quotes, LF or CR LF.

    It is read whole when it is opened. Raises BadSetting for one that cannot be opened, and otherwise BadBets, which names the file and the first bad line; its text
    lists up to 20, and how many there are.
    The file must not change from then on: rows() raises BadBets (`conflict`) when it has.
    """

    def __init__(self, path: str, strict: bool = False) -> None:
        """With `strict` a file without bets, and a last line without a line end, are refused; otherwise `warnings` tells of them."""
        self.name = path
        self.warnings: List[str] = []
        self._strict = strict
        self._file = self._open(path)
        try:
            self._status = self._identity()
            self._places: List[int] = []  # of lines 1, 1 + _STEP, …
            self.total = self._check()
            self._next, self._file_at = -1, 0  # the index of the next bet, where the file stands
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        self._file.close()

    def is_at(self, path: str) -> bool:
        """Whether that is this file, whatever its name."""
        try:
            return os.path.samestat(os.stat(path), os.fstat(self._file.fileno()))
        except OSError:
            return False

    # Opening

    @staticmethod
    def _open(path: str) -> BinaryIO:
        try:
            if not os.path.isfile(path) and os.path.exists(path):
                raise BadSetting(f"{path}: is no ordinary file, so it cannot be checked before it is sent: write it to one first")
            return open(path, "rb")
        except OSError as error:
            raise BadSetting(f"{path}: cannot be opened: {error.strerror}") from None

    def _identity(self) -> Tuple[int, int, int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    def _check_unchanged(self) -> None:
        """A file that was deleted counts as unchanged: it can still be read."""
        try:
            status = os.stat(self.name)
            is_same = (status.st_dev, status.st_ino) == self._status[:2]
        except OSError:
            is_same = True
        if not is_same or self._identity() != self._status:
            raise BadBets(f"{self.name}: has changed, or another file has taken its place, since it was opened; start again",
                          self.name, code="conflict")

    # Lines

    def _line(self) -> bytes:
        """The next line with its end; b"" at the end of the file. Of one that is far too long only its beginning, without an end."""
        try:
            line = self._file.readline(_LINE_BYTES_MAX)
            rest = line
            while len(rest) == _LINE_BYTES_MAX and not rest.endswith(b"\n"):
                rest = self._file.readline(_LINE_BYTES_MAX)
        except OSError as error:
            raise QuinielaError("system", f"{self.name}: cannot be read: {error.strerror}") from None
        return line

    @staticmethod
    def _text(line: bytes) -> bytes:
        """Without its end."""
        text = line[:-1] if line.endswith(b"\n") else line
        return text[:-1] if text.endswith(b"\r") else text

    def _fault(self, line: bytes, number: int) -> Optional[BadBets]:
        text = self._text(line)
        row = unquoted(text)
        fault = fault_of(row) if row is not None else None
        if row is not None and fault is None and not text.startswith(_MARK):
            return None
        looks = _looks_like(text, number)
        reason = looks or (str(fault) if fault else "the quotes are wrong")
        what = text if looks or row is None else culprit(row, fault)
        return BadBets(f'{self.name}:{number}: {reason}: "{shown(what)}"', self.name, number, fault.field if fault else None)

    def _check(self) -> int:
        bad: List[BadBets] = []
        count = bad_count = number = 0
        empty = 0  # lines that are skipped, if nothing follows
        line = last = b""
        if self._file.read(len(_MARK)) != _MARK:
            self._file.seek(0)
        place = self._file.tell()
        for line in iter(self._line, b""):
            number += 1
            if self._text(line):
                if empty:
                    first = number - empty
                    bad.append(BadBets(f"{self.name}:{first}: an empty line within the file: delete it", self.name, first))
                    bad_count, empty = bad_count + 1, 0
                fault = self._fault(line, number)
                if fault:
                    bad_count += 1
                    if len(bad) < BAD_LINES_MAX:
                        bad.append(fault)
                if (number - 1) % _STEP == 0:
                    self._places.append(place)
                count, last = number, line
            else:
                empty += 1
                if (number - 1) % _STEP == 0:
                    self._places.append(place)
            place = self._file.tell()
        self._check_end(last, count)
        if bad:
            raise self._all_bad(bad, bad_count)
        self._check_unchanged()
        return count

    def _check_end(self, last: bytes, count: int) -> None:
        said = None
        if count == 0:
            said = f"{self.name}: has no bets: the agency would end without any"
        elif not last.endswith(b"\n"):
            said = f'{self.name}:{count}: the last line has no line end, and may have been cut short: "{shown(last)}"'
        if said and self._strict:
            raise BadBets(said, self.name, count or None)
        if said:
            self.warnings.append(said)

    @staticmethod
    def _all_bad(bad: List[BadBets], count: int) -> BadBets:
        text = "\n".join(str(each) for each in bad)
        if count > 1:
            text += f"\n{count} lines are bad" + (f", of which these are the first {len(bad)}" if count > len(bad) else "")
        return BadBets(text, bad[0].path, bad[0].line, bad[0].field)

    # Reading

    def _go_to(self, index: int) -> None:
        if index != self._next:
            self._file.seek(self._places[index // _STEP])
            for _ in range(index % _STEP):
                self._line()
        else:
            self._file.seek(self._file_at)

    def rows(self, first: int, count: int) -> Sequence[bytes]:
        """Up to `count` bets from index `first` on, without quotes and line ends."""
        found: List[bytes] = []
        if first < self.total:
            self._go_to(first)
            for _ in range(min(count, self.total - first)):
                row = unquoted(self._text(self._line()))
                if row is None or fault_of(row):
                    break  # the file has changed
                found.append(row)
            self._next, self._file_at = first + len(found), self._file.tell()
        self._check_unchanged()
        if len(found) < min(count, max(0, self.total - first)):
            raise BadBets(f"{self.name}: has changed since it was opened; start again", self.name, code="conflict")
        return found
