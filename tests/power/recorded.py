"""What a program did to the files of one folder, as strace saw it, and the disks that a power cut could leave of that: disk.h's
idea, for a program as it is shipped.

A Disk has files and names. A write or truncation is on the disk once the file is synced, a name once the folder is; of what is
not, anything may be there after a cut. A rename is there as a whole, or not at all.
"""
import os
import re
import subprocess
from typing import NamedTuple

CALLS = ("openat", "creat", "write", "writev", "pwrite64", "pwritev", "ftruncate", "truncate", "fallocate", "fsync", "fdatasync",
         "sync_file_range", "unlink", "unlinkat", "link", "linkat", "rename", "renameat", "renameat2")
LINE = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
ARGUMENT = re.compile(r'"((?:\\x..)*)"(\.\.\.)?|\d+<([^>]*)>(?:\(deleted\))?|AT_FDCWD<[^>]*>|([^,\s]+)')


class Damage(NamedTuple):
    name: str
    writes: str     # which of the unsynced ones are there: "none", "all", "each" by itself, "first" so many, "cuts" or "bytes" only
    names: str      # which of the changes of names: "none", "all", "first" so many, "each" by itself, the "last" alone
    sector: int = 0  # so many bytes of a write are there or not; 0: the whole write
    garbage: bool = False  # what is not there of a write may have become anything


DAMAGES = (Damage("nothing unsynced", "none", "none"), Damage("everything", "all", "all"),
           Damage("everything but the names", "all", "none"), Damage("only the names", "none", "all"),
           Damage("everything, of the names the last alone", "all", "last"),
           Damage("the first writes and names", "first", "first"), Damage("the first writes, torn at 512", "first", "all", 512),
           Damage("half of the writes", "each", "first"), Damage("half of the writes, any names", "each", "each"),
           Damage("half of all sectors of 512", "each", "all", 512), Damage("half of all sectors of 4096", "each", "first", 4096),
           Damage("half of all sectors, garbage", "each", "all", 512, True), Damage("garbage, any names", "each", "each", 4096, True),
           Damage("only truncations", "cuts", "all"), Damage("only writes", "bytes", "all"))


class File:
    def __init__(self, synced=b""):
        self.synced, self.changes = synced, []  # (offset, bytes), or (size, None): a truncation

    def whole(self):
        return self.made_of(self.changes)

    def made_of(self, changes):
        data = bytearray(self.synced)
        for place, written in changes:
            if written is None:
                data = data[:place].ljust(place, b"\0")
            else:
                data = data.ljust(place, b"\0")
                data[place:place + len(written)] = written
        return bytes(data)

    def after_cut(self, damage, chance):
        keep = {"none": lambda n, change: False, "all": lambda n, change: True, "each": lambda n, change: chance.random() < 0.5,
                "first": lambda n, change, end=chance.randint(0, len(self.changes)): n < end,
                "cuts": lambda n, change: change[1] is None, "bytes": lambda n, change: change[1] is not None}[damage.writes]
        left = []
        for number, change in enumerate(self.changes):
            if change[1] is None or damage.sector == 0:
                left += [change] if keep(number, change) else []
            elif damage.writes != "first" or keep(number, change):
                left += torn(change, damage, chance)
        return self.made_of(left)


def torn(change, damage, chance):
    """Those sectors of a write that are there."""
    at, written = change
    for begin in range(0, len(written), damage.sector):
        sector = written[begin:begin + damage.sector]
        if chance.random() < 0.5:
            yield at + begin, sector
        elif damage.garbage and chance.random() < 0.5:
            yield at + begin, chance.randbytes(len(sector))


class Disk:
    def __init__(self, state):
        """Of what after_cut gives."""
        files = {file: File(data) for data, file in state.values()}
        self.synced = {name: files[file] for name, (_, file) in state.items()}
        self.names, self.changes = dict(self.synced), []  # of names: {name: File or None}, all at once

    def rename(self, change):
        self.changes.append(change)
        self.put(self.names, change)

    @staticmethod
    def put(names, change):
        for name, file in change.items():
            if file is None:
                names.pop(name, None)
            else:
                names[name] = file

    def apply(self, happening):
        what, *rest = happening
        if what == "create":
            self.rename({rest[0]: File()})
        elif what == "change":
            self.names[rest[0]].changes.append(tuple(rest[1:]))
        elif what == "sync" and rest[0] == "":
            self.synced, self.changes = dict(self.names), []
        elif what == "sync":
            file = self.names[rest[0]]
            file.synced, file.changes = file.whole(), []
        elif what == "unlink":
            self.rename({rest[0]: None})
        elif what == "link":
            self.rename({rest[1]: self.names[rest[0]]})
        else:
            self.rename({rest[1]: self.names[rest[0]], rest[0]: None})

    def after_cut(self, damage, chance):
        """{name: (bytes, file)}: names with the same file are names of one file."""
        keep = {"none": lambda n: False, "all": lambda n: True, "each": lambda n: chance.random() < 0.5,
                "last": lambda n: n == len(self.changes) - 1,
                "first": lambda n, end=chance.randint(0, len(self.changes)): n < end}[damage.names]
        names = dict(self.synced)
        for number, change in enumerate(self.changes):
            if keep(number):
                self.put(names, change)
        contents = {id(file): file.after_cut(damage, chance) for file in names.values()}
        return {name: (contents[id(file)], id(file)) for name, file in names.items()}


def write_out(state, folder):
    """Makes the files of a disk as after_cut gives it."""
    made = {}
    for name, (data, file) in state.items():
        path = os.path.join(folder, name)
        if file in made:
            os.link(made[file], path)
        else:
            with open(path, "wb") as new:
                new.write(data)
            made[file] = path


def text_of(escaped):
    return bytes.fromhex(escaped.replace("\\x", ""))


def happenings(trace, folder, names):
    """What happened to the folder, in order, out of what strace wrote; `names` were in it before."""
    found, names = [], set(names)
    with open(trace, encoding="ascii") as lines:
        for line in lines:
            match = LINE.match(line)
            if match is None and "unfinished" in line:
                raise RuntimeError(f"two threads at once, which this cannot follow: {line[:200]}")
            if match is not None and int(match[3]) >= 0:
                found += happening(match[1], arguments_of(match[2]), int(match[3]), folder, names)
    return found


def arguments_of(text):
    """Texts as bytes, files as their paths, and anything else as it stands there."""
    arguments = []
    for match in ARGUMENT.finditer(text):
        string, cut, path, word = match.groups()
        if cut:
            raise RuntimeError(f"strace has cut a text short: {text[:200]}")
        if string is not None:
            arguments.append(text_of(string))
        elif path is not None:  # no file of the folder, once it is deleted
            arguments.append(b"" if match[0].endswith(")") else text_of(path))
        elif word is not None:
            arguments.append(word)
    return arguments


def happening(call, arguments, result, folder, names):
    def name_of(path):
        path = path.decode(errors="replace")
        if path.endswith("-shm"):  # SQLite's shared memory: nothing that has to outlive a cut
            return None
        return "" if path == folder else os.path.basename(path) if os.path.dirname(path) == folder else None

    first = name_of(arguments[0])
    if call == "openat":
        if first is not None and first not in names and "O_CREAT" in arguments[1]:
            names.add(first)
            yield "create", first
        if first is not None and "O_TRUNC" in arguments[1]:
            yield "change", first, 0, None
    elif first is None:
        return
    elif call == "pwrite64":
        yield "change", first, int(arguments[3]), arguments[1][:result]
    elif call == "ftruncate":
        yield "change", first, int(arguments[1]), None
    elif call in ("fsync", "fdatasync"):
        yield "sync", first
    elif call == "unlink":
        names.discard(first)
        yield "unlink", first
    elif call in ("link", "rename"):
        names.add(name_of(arguments[1]))
        if call == "rename":
            names.discard(first)
        yield call, first, name_of(arguments[1])
    else:
        raise RuntimeError(f"{call} of {first}, which this cannot follow")


def record(command, folder, trace, environment):
    """Runs the command under strace: its exit status, what it printed, and what happened to the folder."""
    names = os.listdir(folder)
    done = subprocess.run(["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "100000000", "-o", trace, "-e", "signal=none",
                           "-e", "trace=" + ",".join(CALLS), *command],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=environment)
    return done.returncode, done.stdout, happenings(trace, folder, names)
