"""Asks the verifier, in this process, about files that are only in memory.

QUINIELA_VERIFIER="/PATH/TO/quiniela verify" asks that one instead, about files in a folder.
"""
import argparse
import io
import itertools
import json
import os
import shlex
import subprocess
import tempfile
import types

import maker
from quiniela_verify import command, files, notes

KEY = notes.vkey(maker.SERVER.vkey)
IDENTITIES = itertools.count()
OTHER = shlex.split(os.environ.get("QUINIELA_VERIFIER", ""))
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # None: where all temporary files are
FLAGS = {"seals": "--seal", "proofs": "--proof", "codes": "--code", "approvals": "--approval", "results": "--result",
         "nist_certificate": "--nist-cert"}  # where it is not the name itself


class Memory(files.File):
    """A file that is none."""

    def __init__(self, data, path="it"):  # pylint: disable=super-init-not-called  # it opens nothing
        self.path, self.stream = path, io.BytesIO(data)
        self.status = types.SimpleNamespace(st_size=len(data), st_dev=0, st_ino=next(IDENTITIES))


def ask(keys=(KEY,), origin=None, agency=None, **given):
    """The claims about what is given: bytes, or lists of bytes."""
    if OTHER:
        return _ask_other(keys, given)
    asked = argparse.Namespace(keys=list(keys), origin=origin, agency=agency, salt_key=None, package=None, manifest_hash=None)
    for name in command.LISTS:
        setattr(asked, name, [Memory(data) for data in given.pop(name, ())])
    for name in command.SINGLE:
        setattr(asked, name, Memory(given.pop(name)) if name in given else None)
    assert not given, f"there is no {given}"
    return command.check(asked).claims


def _ask_other(keys, given):
    """What the other one says, in the same form."""
    words = [word for key in keys for word in ("--key", key.text.decode())]
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        for name, files_given in given.items():
            for data in files_given if isinstance(files_given, list) else [files_given]:
                path = os.path.join(folder, str(len(words)))
                with open(path, "wb") as file:
                    file.write(data)
                words += [FLAGS.get(name, "--" + name.replace("_", "-")), path]
        done = subprocess.run([*OTHER, "--json", *words], capture_output=True, check=False, timeout=60)
    said = done.stdout.decode()
    claims = json.loads(said)["claims"] if said else []
    return types.SimpleNamespace(status=done.returncode, text=lambda: said + done.stderr.decode(),
                                 list=[(claim["state"], claim["what"], claim["why"]) for claim in claims])
