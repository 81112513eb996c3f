"""Makes the programs that have a mutant in them: compiles the one source and links it with what is built already.

Nothing is planted in a tree: a mutant is compiled from a copy in the worker's folder, and its object stands on the linker's line
before the libraries, so that it is taken instead of the one there.
"""
import os
import re
import shlex
import shutil
import subprocess

COMPILE_S = 120


class NotAProgram(Exception):
    """The mutant does not compile."""


class Parts:
    """What all workers know of the build: how each source is compiled, how each program is linked."""

    def __init__(self, tree, programs):
        self.tree, self.programs = tree, programs
        self.compiled = tree.commands()
        self.links, self.included = {}, {}

    def link(self, program):
        if program not in self.links:
            done = subprocess.run(["ninja", "-C", self.tree.dev, "-t", "commands", "-s", program], check=True,
                                  capture_output=True, text=True)
            line = done.stdout.strip().splitlines()[-1]
            self.links[program] = shlex.split(re.sub(r"^: && (.*) && :$", r"\1", line))
        return self.links[program]

    def has(self, program, name):
        return name in self.programs.get(program, [])

    def direct(self, program, name):
        """The object of that source, or of one that includes it, that stands on the program's own line, and its source."""
        objects = [word for word in self.link(program) if word.endswith(".o")]
        for source, entries in self.compiled.items():
            for made, _ in entries:
                if made in objects and (source == name or name in self.included_by(source)):
                    return made, source
        return None, name

    def included_by(self, source):
        """The sources (not headers) that a test's source includes."""
        if source not in self.included:
            self.included[source] = []
            if source.startswith("tests/"):
                found = re.findall(rb'^#include "(\w+/\w+\.c)"', self.tree.read(source), re.M)
                self.included[source] = ["src/" + name.decode() for name in found]
        return self.included[source]


class Workshop:
    def __init__(self, parts, number):
        self.parts = parts
        self.folder = os.path.join(parts.tree.work, f"worker-{number}")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.originals = {}

    def plant(self, mutant):
        """Compiles it as its library has it. False when the object is the same as without it."""
        self.mutant, self.text = mutant, self.parts.tree.read(mutant.file)
        self.made = {}
        made = next(made for made, _ in self.parts.compiled[mutant.file] if not made.startswith("tests/"))
        self.library_object = made
        planted = self.compile(made, mutant.file, mutant.apply(self.text))
        key = (made, mutant.file)
        if key not in self.originals:
            with open(self.compile(made, mutant.file, self.text, "original"), "rb") as file:
                self.originals[key] = file.read()
        with open(planted, "rb") as file:
            return file.read() != self.originals[key]

    def compile(self, made, source, text, kind="planted"):
        """The object that `made` is to be replaced with; a source that includes the mutant's finds that first."""
        tree, name = self.parts.tree, self.mutant.file
        folder = os.path.join(self.folder, kind)
        copy = os.path.join(folder, name)
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        with open(copy, "wb") as file:
            file.write(f'#line 1 "{os.path.join(tree.path, name)}"\n'.encode() + text)
        command = next(command for other, command in self.parts.compiled[source] if other == made)
        words = [word for word in shlex.split(command) if word != "-Werror"]
        if os.path.basename(words[0]) == "ccache":
            words = words[1:]
        target = os.path.join(folder, made.replace("/", "_"))
        words[words.index("-o") + 1] = target
        if source == name:
            words[words.index("-c") + 1] = copy
        else:
            words[1:1] = ["-I", os.path.join(folder, "src")]
        try:
            done = subprocess.run([*words, "-w", "-g0"], cwd=tree.dev, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, timeout=COMPILE_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise NotAProgram from error
        if done.returncode != 0:
            raise NotAProgram
        return target

    def program(self, program):
        """The path of the program with the mutant in it, or of the one as it is when the source is not in it."""
        if program not in self.made:
            self.made[program] = self.link(program)
        return self.made[program]

    def link(self, program):
        parts, dev = self.parts, self.parts.tree.dev
        if not parts.has(program, self.mutant.file):
            return os.path.join(dev, program)
        words = list(parts.link(program))
        made, source = parts.direct(program, self.mutant.file)
        if made:
            words[words.index(made)] = self.compile(made, source, self.mutant.apply(self.text))
        else:
            first = next(i for i, word in enumerate(words) if word.endswith(".a"))
            words.insert(first, os.path.join(self.folder, "planted", self.library_object.replace("/", "_")))
        target = os.path.join(self.folder, "build", program)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        words[words.index("-o") + 1] = target
        done = subprocess.run(words, cwd=dev, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program} cannot be linked with {self.mutant.id} in {self.mutant.file}:\n{done.stderr[-2000:]}")
        return target

    def replaced(self, word):
        """The same word of a test's command, with the mutant's program for the built one."""
        program = os.path.relpath(word, self.parts.tree.dev) if word.startswith(self.parts.tree.dev + "/") else None
        return self.program(program) if program in self.parts.programs else word
