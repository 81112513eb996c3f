"""Asks a verifier about files, as it is started from a command line.

QUINIELA_VERIFIER="/PATH/TO/quiniela verify" asks that one instead of the one in Python. Of its words only the states count then:
the two have the same flags, states and exit statuses.
"""
import contextlib
import io
import os
import shlex
import subprocess
import sys
import tempfile
import unittest

import maker
from quiniela_verify import command


OTHER = shlex.split(os.environ.get("QUINIELA_VERIFIER", ""))
STATES = "ok", "FALSE", "not checked", "not given", "note"


class Asking(unittest.TestCase):
    PROCESS = False

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.draw = maker.Draw()

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def ask(self, status, *flags, key=maker.SERVER, **files):
        """The lines that it prints; a file's name begins with its flag's: seal_json, seal_2."""
        arguments = ["--key", key.vkey.decode()] if key else []
        for name, data in files.items():
            arguments += ["--" + name.rstrip("_0123456789").replace("_", "-"), self.write(name, data)]
        return self.run_it(status, *arguments, *flags)

    def run_it(self, status, *arguments):
        """What it says, to either output; as a process of its own or, which is quicker, in this one."""
        got, said = self.in_a_process(*arguments) if self.PROCESS or OTHER else self.in_this_one(*arguments)
        self.assertEqual(got, status, f"the exit status; it said:\n{said}")
        self.assertNotIn("Traceback", said)
        return said.replace(self.folder + "/", "")

    def in_a_process(self, *arguments):
        verifier = OTHER or [sys.executable, "-S", os.path.join(maker.ROOT, "verifiers", "verify.py")]
        done = subprocess.run([*verifier, *arguments], cwd=self.folder, capture_output=True, check=False, timeout=60)
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    def in_this_one(self, *arguments):
        printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                status = command.main(arguments)
            except SystemExit as end:
                status = end.code
        return status, printed.buffer.getvalue().decode()

    def in_any_line(self, said, *words):
        """That some line has all of the words, the first of which may be its state."""
        if OTHER and words[0] not in STATES:
            return
        words = words[:1] if OTHER else words
        for line in said.splitlines():
            if all(word in line for word in words[1:]) and (line.startswith(words[0]) if words[0] in STATES else words[0] in line):
                return
        self.fail(f"no line has {words}:\n{said}")
