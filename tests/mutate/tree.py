"""A copy of the sources, in build/mutate/tree, and what is built of it. The work tree itself is never changed.

dev      as the tests are built for work on the code, without debug information: mutants are linked with its parts
counted  notes which blocks run (reach.c)

In place there is no copy: dev is build/dev, which script/test has just built, so that there is one build less to wait for.
"""
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import ctest_list  # noqa: E402
from ctest_list import Described  # noqa: E402

LABELS = {"mutate", "structure"}  # of tests that say nothing of what the program does
TRACED = "-O0 -g1 -fsanitize-coverage=trace-pc"


class OutOfTime(Exception):
    pass


class Failed(Exception):
    """A command failed that is needed; the text has what it said."""


class Test(Described):
    def __init__(self, found, python):
        super().__init__(found)
        self.command = [sys.executable if word == python or re.search(r"/python3(\.\d+)?$", word) else word
                        for word in self.command]

    def words(self):
        return [*self.command, *self.environment.values()]


class Tree:
    def __init__(self, root, in_place=False):
        self.root, self.in_place = root, in_place
        self.left = lambda: float("inf")  # seconds that are left to try mutants
        self.builds_s, self.built_s = float("inf"), 0  # seconds that all builds may take, and have taken
        self.work = os.path.join(root, "build/mutate")
        self.path = root if in_place else os.path.join(self.work, "tree")
        self.dev = os.path.join(root, "build/dev") if in_place else os.path.join(self.work, "dev")
        self.counted = os.path.join(self.work, "counted_in_place" if in_place else "counted")
        os.makedirs(self.work if in_place else self.path, exist_ok=True)

    def copy(self, changes=True):
        """Brings the copy up to date; what has not changed keeps its time. Unless `changes`, it is only looked at."""
        listed = subprocess.run(["git", "-C", self.root, "ls-files", "-zco", "--exclude-standard"], check=True,
                                capture_output=True).stdout.decode().split("\0")
        wanted = {name for name in listed if name and os.path.isfile(os.path.join(self.root if changes else self.path, name))}
        if changes and not self.in_place:
            self.bring_up_to_date(wanted)
        names = sorted(name for name in wanted if name.startswith(("src/", "lib/", "tests/", "cmake/", "CMake")))
        self.sources = [name for name in names if re.match(r"src/.*\.(c|cpp)$", name)]
        self.hash = digest(*(self.read(name) for name in names))

    def bring_up_to_date(self, wanted):
        for folder, folders, files in os.walk(self.path):
            if folder == self.path and "build" in folders:
                folders.remove("build")  # what tests keep there
            for name in files:
                path = os.path.join(folder, name)
                if os.path.relpath(path, self.path) not in wanted:
                    os.unlink(path)
        for name in wanted:
            copy_changed(os.path.join(self.root, name), os.path.join(self.path, name))

    def read(self, name):
        with open(os.path.join(self.path, name), "rb") as file:
            return file.read()

    def build(self, which, jobs, compiles=True):
        """Without compiling it is known how that would be done."""
        start = time.monotonic()
        try:
            if not (self.in_place and which == "dev"):
                self.configure(which)
            if compiles:
                run(["ninja", "-C", {"dev": self.dev, "counted": self.counted}[which], "-j", str(jobs)], self.builds_s - self.built_s)
        finally:
            self.built_s += time.monotonic() - start

    def configure(self, which):
        folder = {"dev": self.dev, "counted": self.counted}[which]
        options = {"CMAKE_BUILD_TYPE": "Debug", "BUILD_TESTING": "ON"}
        if which == "dev":
            options.update({f"CMAKE_{language}_FLAGS_DEBUG": "-Og" for language in ("C", "CXX")})
        else:
            options.update({f"CMAKE_{language}_FLAGS_DEBUG": TRACED for language in ("C", "CXX")})
            for kind, definition in (("EXE", []), ("MODULE", ["-DREACH_NOTHING"]), ("SHARED", ["-DREACH_NOTHING"])):
                linked = os.path.join(self.work, f"reach_{kind.lower()}.o")
                run(["cc", "-O2", "-fPIC", "-D_GNU_SOURCE", *definition, "-c", os.path.join(HERE, "reach.c"), "-o", linked])
                options[f"CMAKE_{kind}_LINKER_FLAGS"] = linked
        if shutil.which("ccache"):
            options.update({f"CMAKE_{language}_COMPILER_LAUNCHER": "ccache" for language in ("C", "CXX")})
        run(["cmake", "-S", self.path, "-B", folder, "-G", "Ninja", *(f"-D{k}={v}" for k, v in options.items())], self.builds_s - self.built_s)

    def is_built(self):
        return os.path.exists(os.path.join(self.dev, "compile_commands.json"))

    def tests(self, folder):
        """All of them, as ctest knows them."""
        found = ctest_list.told(run(["ctest", "--test-dir", folder, *ctest_list.ASK]))
        python = shutil.which("python3")
        tests = [Test(test, python) for test in found if test.get("command")]
        return {test.name: test for test in tests if not LABELS.intersection(test.labels)}

    def commands(self):
        """How each source is compiled: file -> [(object, command)]."""
        with open(os.path.join(self.dev, "compile_commands.json"), encoding="utf-8") as file:
            entries = json.load(file)
        found = {}
        for entry in entries:
            words = shlex.split(entry["command"])
            name = os.path.relpath(entry["file"], self.path)
            found.setdefault(name, []).append((words[words.index("-o") + 1], entry["command"]))
        return found


def run(command, seconds=float("inf")):
    """Runs it and gives back what it printed; what it printed is shown when it fails."""
    limit = None if seconds == float("inf") else max(seconds, 0.1)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            said, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.terminate()  # ninja ends what it has started
            raise OutOfTime from None
        except BaseException:  # somebody wants an end
            process.terminate()
            raise
    if process.returncode != 0:
        raise Failed(f"{shlex.join(command)} failed:\n{said.decode(errors='replace')[-4000:]}")
    return said


def copy_changed(source, target):
    with open(source, "rb") as file:
        text = file.read()
    try:
        with open(target, "rb") as file:
            if file.read() == text and os.stat(source).st_mode == os.stat(target).st_mode:
                return
    except OSError:
        os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(source, target)
    shutil.copymode(source, target)


def digest(*parts):
    whole = hashlib.sha1()
    for part in parts:
        whole.update(part if isinstance(part, bytes) else str(part).encode())
        whole.update(b"\0")
    return whole.hexdigest()
