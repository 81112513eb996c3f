"""Files: each is regular and has a limit, or is read as a stream."""
import errno
import os
import resource
import stat

from .claims import harmless
from .encoding import Form, Refused, base64_decode, shown
from .records import read_receipt

SMALL_BYTES_MAX = 64 * 1024
LINE_BYTES_MAX = 128 * 1024
SECRET_BYTES_MAX = 256
RECEIPTS_BYTES_MAX = 1024**3


class Unreadable(Exception):
    """A file that cannot be read at all: by this reader, now."""


class NotThere(Unreadable):
    """…by anybody: it is not there, is a link where none is followed, or is no regular file."""


NOT_THERE = {errno.ENOENT: None, errno.ENOTDIR: None, errno.ELOOP: "is a link", errno.ENXIO: "is no regular file"}  # a socket


class File:
    """A file that is open for reading. Whoever can change it while it is read changes what is read."""

    def __init__(self, path, folder=None, name=None):
        """With `folder`, a descriptor, `path` is a file of it, and no link is followed."""
        self.path = name or path
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | (os.O_NOFOLLOW if folder is not None else 0)
        try:
            descriptor = os.open(path, flags, dir_fd=folder)
        except (OSError, ValueError) as error:
            code = getattr(error, "errno", None)
            why = NOT_THERE.get(code) if folder is not None else None
            raise (NotThere if code in NOT_THERE else Unreadable)(f"{harmless(self.path)}: {why or why_of(error)}") from None
        self.status = os.fstat(descriptor)
        if not stat.S_ISREG(self.status.st_mode):
            os.close(descriptor)
            raise NotThere(f"{harmless(self.path)}: is no regular file")
        self.stream = os.fdopen(descriptor, "rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()

    @property
    def identity(self):
        return self.status.st_dev, self.status.st_ino

    def read(self, most=SMALL_BYTES_MAX):
        """All of it, from its beginning. Refused beyond the limit."""
        data = self._do(self._from_start, most + 1)
        if len(data) > most:
            raise Refused(f"has more than {most} bytes")
        return data

    def _from_start(self, length):
        self.stream.seek(0)
        return self.stream.read(length)

    def _do(self, function, *arguments):
        try:
            return function(*arguments)
        except OSError as error:
            raise Unreadable(f"{harmless(self.path)}: {why_of(error)}") from None

    def pieces(self, length=1024 * 1024):
        piece = self._do(self._from_start, length)
        while piece:
            yield piece
            piece = self._do(self.stream.read, length)

    def lines(self, most=LINE_BYTES_MAX, start=0):
        """The lines from an offset on, with their ends; the last one may lack it."""
        self._do(self.stream.seek, start)
        while line := self._do(self.stream.readline, most + 1):
            if len(line) > most:
                raise Refused(f"has a line of more than {most} bytes")
            yield line

    def check_size(self, most):
        if self.status.st_size > most:
            raise Refused(f"has more than {most} bytes")


def why_of(error):
    """What an error of the system says of itself. A run out of files says nothing of the file."""
    code = getattr(error, "errno", None)
    limit = f": this process may have {resource.getrlimit(resource.RLIMIT_NOFILE)[0]}; raise that limit (ulimit -n)"
    return (os.strerror(code) if code else str(error)).lower() + (limit if code == errno.EMFILE else "")


def read_secret(file):
    """S or K(a): one line."""
    form = Form("the secret", file.read(SECRET_BYTES_MAX))
    secret = form.take(base64_decode, 32)
    form.end()
    return secret


def receipts(file, most=RECEIPTS_BYTES_MAX):
    """Each receipt of a file, its blocks ended by an empty line. The signatures are not checked."""
    file.check_size(most)
    block, number = [], 0
    for number, line in enumerate(file.lines(), 1):
        if line != b"\n":
            block.append(line)
            if len(block) > 4:
                raise Refused(f"line {number}: is one too many of a receipt")
            continue
        try:
            yield read_receipt(b"".join(block))
        except Refused as refused:
            raise Refused(f"the receipt that ends in line {number}: {refused}") from None
        block = []
    if block or number == 0:
        raise Refused(f"line {number + 1}: the last receipt is cut off" if block else "is empty")


# CSV -----------------------------------------------------------------------------------------------------

CSV_LINE_BYTES_MAX = 2048
MARK = b"\xef\xbb\xbf"


def _unquoted_field(line, at):
    """A field that begins at a quote, without its quotes, and where it ends; None when the quotes are wrong."""
    out, at = bytearray(), at + 1
    while True:
        end = line.find(b'"', at)
        if end < 0 or b"," in line[at:end]:
            return None
        out += line[at:end]
        if line[end + 1:end + 2] != b'"':
            return (bytes(out), end + 1) if end + 1 == len(line) or line[end + 1:end + 2] == b"," else None
        out += b'"'
        at = end + 2


def unquote(line):
    """The line as it is stored: its fields without their quotes (RFC 4180)."""
    if b'"' not in line:
        return line
    fields, at = [], 0
    while True:
        if line[at:at + 1] == b'"':
            found = _unquoted_field(line, at)
            if found is None:
                raise Refused(f'"{shown(line)}" has wrong quotes')
            field, at = found
        else:
            end = line.find(b",", at)
            end = len(line) if end < 0 else end
            field, at = line[at:end], end
        fields.append(field)
        if at == len(line):
            return b",".join(fields)
        at += 1


def csv_rows(file, start=0, mark=True):
    """Pairs of each line's offset and the line as it is stored. With `mark` a byte order mark is skipped, and lines at the end
    may be empty, as an agency's file is read."""
    offset, empty = start, False
    for line in file.lines(CSV_LINE_BYTES_MAX, start):
        begin, offset = offset, offset + len(line)
        line = line[:-1] if line.endswith(b"\n") else line
        line = line[:-1] if line.endswith(b"\r") else line
        if mark and begin == 0 and line.startswith(MARK):
            line = line[len(MARK):]
        if empty and line or not line and not mark:
            raise Refused("has an empty line before others")
        empty = not line
        if line:
            yield begin, unquote(line)
