"""The package that an auditor takes before the number is known: a folder, and a manifest of what is in it."""
import hashlib
import os
import re

from .claims import harmless
from .encoding import Form, Refused, decimal, hex_decode, origin, parts, sha256
from .files import File, NotThere, Unreadable

MANIFEST = "manifest.txt"
MANIFEST_BYTES_MAX = 256 * 1024
FILES_MAX = 2000
NAMES = re.compile(rb"export\.csv|seal\.json|seal\.note|secret\.txt|audit\.log|(?:rules|audit|token)-(?:0|[1-9]\d{0,3})\."
                   rb"(?:note|log|der)")
ENDS = {b"rules": b".note", b"audit": b".log", b"token": b".der"}
NEEDED = (b"export.csv", b"rules-0.note", b"seal.json", b"seal.note", b"secret.txt")


def _name(text):
    """Refuses any but the names that a package has."""
    numbered = re.fullmatch(rb"(rules|audit|token)-\d+(\.\w+)", text)
    if not NAMES.fullmatch(text) or numbered and ENDS[numbered[1]] != numbered[2]:
        raise Refused("names a file that no package has")
    return text


def read_manifest(data):
    """Its origin, and size and hash by name."""
    form = Form(MANIFEST, data)
    form.literal(b"quiniela package v1")
    origin_ = form.line()
    form.by(origin, origin_)
    files, last = {}, b""
    while not form.at_end():
        size, hash_, name = form.take(parts, 3)
        form.by(_name, name)
        if name <= last:
            form.refuse("is not in the order of the names, or is given twice")
        files[name] = form.by(decimal, size, 0, 2**63 - 1), form.by(hex_decode, hash_, 32)
        last = name
    for name in NEEDED:
        if name not in files:
            raise Refused(f"{MANIFEST}: has no {name.decode()}: the package is incomplete")
    for kind, end in ENDS.items():
        count = sum(name.startswith(kind + b"-") for name in files)
        if any(b"%s-%d%s" % (kind, number, end) not in files for number in range(count)):
            raise Refused(f"{MANIFEST}: one of {kind.decode()}-0{end.decode()}, … is missing")
    return origin_, files


class Package:
    """A package's folder. What is wrong with it is in `faults`; what is there of it is in `files`, by name, all the same: they may
    tell what was changed. Logs are not: there may be many of them, and nothing more is read of them."""

    def __init__(self, path):
        self.path, self.faults, self.files, self.origin, self.manifest_hash, self.count = path, [], {}, None, None, 0
        try:
            self.folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            raise Unreadable(f"{harmless(path)}: {getattr(error, 'strerror', None) or error}") from None

    def close(self):
        for file in self.files.values():
            file.stream.close()
        os.close(self.folder)

    def read(self):
        try:
            with self._open(MANIFEST) as file:
                manifest = file.read(MANIFEST_BYTES_MAX)
            self.manifest_hash = sha256(manifest)
            self.origin, listed = read_manifest(manifest)
            self.count = len(listed)
            self._check_nothing_more(listed)
        except Refused as refused:
            self.faults.append(str(refused))
            return
        for name, (size, hash_) in listed.items():
            try:
                self._take(name.decode(), size, hash_)
            except Refused as refused:
                self.faults.append(f"{name.decode()}: {refused}")

    def _open(self, name):
        try:
            return File(name, self.folder, os.path.join(self.path, name))
        except NotThere as error:
            raise Refused(str(error)) from None

    def _check_nothing_more(self, listed):
        with os.scandir(self.folder) as entries:
            for count, entry in enumerate(entries):
                if count > FILES_MAX:
                    self.faults.append(f"there are more than {FILES_MAX} files")
                    return
                if entry.name != MANIFEST and os.fsencode(entry.name) not in listed:
                    self.faults.append(f"{entry.name}: is not in the manifest")

    def _take(self, name, size, hash_):
        file = self._open(name)
        if name.startswith("audit"):
            with file:
                self._hold(file, size, hash_)
        else:
            self.files[name] = file
            self._hold(file, size, hash_)

    @staticmethod
    def _hold(file, size, hash_):
        """Holds the file against what the manifest says of it."""
        if file.status.st_size != size:
            raise Refused(f"has {file.status.st_size} bytes, and {size} in the manifest")
        found = hashlib.sha256()
        for piece in file.pieces():
            found.update(piece)
        if found.digest() != hash_:
            raise Refused("has another SHA-256 than in the manifest")
