"""Asks the verifier, in this process, about files that are only in memory."""
import argparse
import io
import itertools
import types

import maker
from quiniela_verify import command, files, notes

KEY = notes.vkey(maker.SERVER.vkey)
IDENTITIES = itertools.count()


class Memory(files.File):
    """A file that is none."""

    def __init__(self, data, path="it"):  # pylint: disable=super-init-not-called  # it opens nothing
        self.path, self.stream = path, io.BytesIO(data)
        self.status = types.SimpleNamespace(st_size=len(data), st_dev=0, st_ino=next(IDENTITIES))


def ask(keys=(KEY,), origin=None, agency=None, **given):
    """The claims about what is given: bytes, or lists of bytes."""
    asked = argparse.Namespace(keys=list(keys), origin=origin, agency=agency, salt_key=None, package=None, manifest_hash=None)
    for name in command.LISTS:
        setattr(asked, name, [Memory(data) for data in given.pop(name, ())])
    for name in command.SINGLE:
        setattr(asked, name, Memory(given.pop(name)) if name in given else None)
    assert not given, f"there is no {given}"
    return command.check(asked).claims
