"""What is known of mutants: the list of all of them, and how they ended, kept in build/mutate from run to run."""
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import re

from mutants import Mutant
from operators import mutants_of
from source import Source
from tree import HERE, digest

EQUIVALENT = "tests/mutate/equivalent.txt"


def find(path, name, command):
    return [dataclasses.asdict(mutant) for mutant in mutants_of(Source(path, name, command))]


class Points:
    """All mutants, file by file; found once for each text of a file."""

    def __init__(self, tree, jobs):
        self.tree, self.jobs, self.found = tree, jobs, {}
        self.folder = os.path.join(tree.work, "points")
        os.makedirs(self.folder, exist_ok=True)
        tools = [open(os.path.join(HERE, name), "rb").read() for name in ("source.py", "operators.py", "mutants.py")]
        self.version = digest(*tools)

    def of(self, names):
        commands = self.tree.commands()
        wanted = [name for name in names if name not in self.found]
        missing = [name for name in wanted if not os.path.exists(self.kept(name))]
        with concurrent.futures.ProcessPoolExecutor(self.jobs) as pool:
            made = pool.map(find, [os.path.join(self.tree.path, name) for name in missing], missing,
                            [commands[name][0][1] for name in missing])
            for name, mutants in zip(missing, made):
                with open(self.kept(name) + ".new", "w", encoding="utf-8") as file:
                    json.dump(mutants, file)
                os.replace(self.kept(name) + ".new", self.kept(name))
        for name in wanted:
            with open(self.kept(name), encoding="utf-8") as file:
                self.found[name] = [Mutant(**mutant) for mutant in json.load(file)]
        return [mutant for name in names for mutant in self.found[name]]

    def kept(self, name):
        return os.path.join(self.folder, f"{name.replace('/', '_')}.{digest(self.version, self.tree.read(name))[:16]}.json")


def drawn(mutants, seed):
    """In an order that follows from the seed alone, whatever else there is."""
    return sorted(mutants, key=lambda mutant: hashlib.sha1(f"{seed} {mutant.name()}".encode()).digest())


def equivalents(root):
    """The ids of those that mean the same program: each stands at the beginning of a line, its reason follows."""
    path = os.path.join(root, EQUIVALENT)
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as file:
        return {line[:8] for line in file if re.match(r"[0-9a-f]{8} ", line)}


class Results:
    """One line for each mutant that was tried. Noticed ones stay noticed as long as their file is the same;
    the others are tried again when anything has changed."""

    def __init__(self, tree):
        self.tree, self.path, self.known = tree, os.path.join(tree.work, "results.jsonl"), {}
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                for line in file:
                    try:
                        record = json.loads(line)
                        self.known[record["id"]] = record
                    except (ValueError, TypeError, KeyError):
                        pass  # torn: that one is tried again

    def of(self, mutant, quick=False):
        """None for what is to be tried; with the quick tests alone nobody is known to have survived all."""
        record = self.known.get(mutant.id)
        if record is None:
            return None
        if record["end"] in ("survived", "unreached"):
            return record if record["tree"] == self.tree.hash and quick >= record.get("quick", False) else None
        return record if record["text"] == self.text(mutant.file) else None

    def text(self, name):
        return digest(self.tree.read(name))[:16]

    def add(self, record):
        record.update(tree=self.tree.hash, text=self.text(record["file"]))
        self.known[record["id"]] = record
        with open(self.path, "ab+") as file:
            if file.seek(0, os.SEEK_END) > 0:
                file.seek(-1, os.SEEK_END)
                if file.read() != b"\n":  # the last line is torn
                    file.write(b"\n")
            file.write(json.dumps(record).encode() + b"\n")
