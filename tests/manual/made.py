"""What the build has made: the program, its manual pages, and what their tests ask of them.

QUINIELA names the program, QUINIELA_MANUAL the folder with what quiniela-manual has made.
"""
import functools
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("QUINIELA", os.path.join(ROOT, "build/release/quiniela")))
MADE = os.path.abspath(os.environ.get("QUINIELA_MANUAL", os.path.join(os.path.dirname(PROGRAM), "manual")))
TEXTS = os.path.join(ROOT, "manual")
HANG_S = 300
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith(("CLI_", "SERVER_", "MANPATH"))}


def printed(*command, **more):
    more.setdefault("env", {**os.environ, "LC_ALL": "C"})  # in English, whatever this machine speaks
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", timeout=HANG_S, check=True, **more).stdout


def commands():
    """The subcommands, as --help lists them."""
    return re.findall(r"^  ([a-z]+) +\S", printed(PROGRAM, "--help"), re.MULTILINE)


@functools.cache
def help_of(command):
    return printed(PROGRAM, command, "--help")


class Option:
    """An option, as --help shows it."""

    def __init__(self, letter, flag, value, words):
        self.letter, self.flag, self.value = letter, flag, value
        last = [part for part in re.findall(r"\(([^()]*)\)$", words)
                if re.match(r"default |environment |file |may be repeated", part)]
        self.text = words[:-len(last[0]) - 2].strip() if last else words
        self.sources = last[0].split("; ") if last else []

    def source(self, begins):
        """What the source that begins so names; None: there is none."""
        return next((source[len(begins):] for source in self.sources if source.startswith(begins)), None)

    def variables(self):
        named = self.source("environment and file ") or self.source("environment ") or ""
        return named.split(" or ") if named else []

    def key(self):
        return self.source("environment and file ") or self.source("file ")


def options(command):
    """The options of a command but --help, as --help shows them."""
    found = []
    for line in help_of(command).splitlines():
        first = re.match(r"  (?:-(\w), |    )--([\w-]+)(?: ([^ ]+))?(?:  +(.*))?$", line)
        if first:
            found.append([*first.groups()])
        elif found and re.match(r" {8,}\S", line):
            found[-1][3] = f"{found[-1][3] or ''} {line.strip()}".strip()
    return [Option(letter, flag, value, words) for letter, flag, value, words in found if flag != "help"]


@functools.cache
def page(name):
    """A page as a terminal shows it, in one line, without what makes it bold."""
    section = name.rpartition(".")[2]
    text = printed("mandoc", "-Tutf8", "-O", "width=1000", os.path.join(MADE, f"man{section}", name))
    return " ".join(re.sub(".\b", "", text).split())


def pages():
    return sorted(name for section in "157" for name in os.listdir(os.path.join(MADE, f"man{section}")) if not name.endswith(".gz"))
