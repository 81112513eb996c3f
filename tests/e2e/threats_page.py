"""What docs/threats.md says of each cheat, and both verifiers asked with the words that stand there."""
import os
import re
import shlex
import subprocess
import sys

from harness import PROGRAM, ROOT

PAGE = os.path.join(ROOT, "docs/threats.md")
IN_PYTHON = [sys.executable, "-S", os.path.join(ROOT, "verifiers", "verify.py")]
SECTION = re.compile(r"^### (.*?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```\n\$ quiniela verify (.*?[^\\])\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
PLAYED = re.compile(r"^## A central that cheats\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
RECOUNT = re.compile(r"^\$ quiniela recount (.*?[^\\])\n", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"\| (.+?) \| (.+?) \| \[(.+?)\]\(#.+?\) \| (.+?) \|")


def read():
    with open(PAGE, encoding="utf-8") as file:
        return file.read()


def words_of(command):
    return shlex.split(command.replace("\\\n", ""))


def sections():
    """Of each heading the words of its command, and the lines that it answers with."""
    for heading, text in SECTION.findall(read()):
        for command, lines in BLOCK.findall(text):
            yield heading, words_of(command), lines.splitlines()


def commands():
    return [(heading, words) for heading, words, _ in sections()]


def played():
    """Of each central that cheats what the agency's program says, the heading of what catches it, and what the recount says."""
    rows = [line for line in PLAYED.search(read())[1].splitlines() if line.startswith("|")][2:]
    return {what: tuple(says) for what, *says in (ROW.fullmatch(row).groups() for row in rows)}


def recounts():
    """The words of the commands of a recount."""
    return [words_of(command) for command in RECOUNT.findall(PLAYED.search(read())[1])]


def is_like(line, shown):
    """`…` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), line) is not None


def subject(line):
    """The claim's state and what it is about."""
    return re.split(r": |…", line)[0]


def run(folder, *words):
    """The exit status and the lines of a program."""
    done = subprocess.run(words, cwd=folder, capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout.decode().splitlines() + done.stderr.decode().splitlines()


def said_by_both(folder, words, command="verify", **values):
    """The same of the program and of the verifier in Python; words such as VKEY stand for their values."""
    words = [values.get(word, word) for word in words]
    return [run(folder, *verifier, *words) for verifier in ([PROGRAM, command], IN_PYTHON)]
