"""Files beside an agency's bets in which it keeps what the central has signed. Each is written once, and is on the disk then."""
import contextlib
import errno
import os
import stat
from typing import BinaryIO, Optional

from .errors import BadSetting, NotBelieved
from .notes import NOTE_BYTES_MAX

_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)  # as on FAT, and where a folder is shared with a virtual machine


class KeptOther(Exception):
    """The file is there, with another text."""


def open_ordinary(path: str, flags: int = os.O_RDONLY) -> BinaryIO:
    """A file, for reading; without a buffer where `flags` say that it is written, too: one that is made is its owner's alone. It waits for nothing: what is no ordinary file,
    such as a pipe, is BadSetting. Raises OSError."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0), 0o600)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadSetting(f"{path}: is no ordinary file")
        return open(descriptor, "r+b", buffering=0) if flags & os.O_RDWR else open(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _give_name(draft: str, path: str) -> None:
    """FileExistsError where there is a file. A file system without links has it looked for: nobody takes the name between the two calls,
    as the agency has locked its receipts."""
    try:
        os.link(draft, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from None
        os.rename(draft, path)


class Kept:
    """The files NAME.* of one agency and one draw, in one folder; NAME is that of the receipts' file, without its end."""

    def __init__(self, receipts: str) -> None:
        folder, name = os.path.split(os.path.abspath(receipts))
        self.prefix = os.path.join(folder, name[:-len(".receipts")] if name.endswith(".receipts") else name)
        self._folder = folder

    def path(self, suffix: str) -> str:
        return f"{self.prefix}.{suffix}"

    def read(self, suffix: str) -> Optional[bytes]:
        """None when it is not there."""
        try:
            with open_ordinary(self.path(suffix)) as file:
                data = file.read(NOTE_BYTES_MAX + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BadSetting(f"{self.path(suffix)}: cannot be read: {error.strerror}") from None
        if len(data) > NOTE_BYTES_MAX:
            raise BadSetting(f"{self.path(suffix)}: has more than {NOTE_BYTES_MAX} bytes")
        return data

    def write(self, suffix: str, data: bytes) -> None:
        """Writes it, whole or not at all, for its owner alone: there are documents of winners, and a key. Nothing changes where it has this
        text already; KeptOther where it has another."""
        path, draft = self.path(suffix), f"{self.path(suffix)}.{os.getpid()}.tmp"
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                with open(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                _give_name(draft, path)
            except FileExistsError:
                if self.read(suffix) != data:
                    raise KeptOther(path) from None
            finally:
                with contextlib.suppress(FileNotFoundError):  # it was renamed
                    os.unlink(draft)
            self.sync()
        except OSError as error:
            raise NotBelieved("system", f"{path}: cannot be kept: {error.strerror}") from None

    def sync(self) -> None:
        """Of the folder, where its file system can."""
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
        finally:
            os.close(descriptor)
