"""Whether there is what a page names: programs, subcommands, flags. For commands that are not run, and for those in running text."""
import functools
import os
import re
import shlex
import subprocess
import sys

from machine import ROOT

INLINE = re.compile(r"(?<!`)`((?:quiniela|script/\w+|ctest|python3) [^`]+)`(?!`)")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
END = re.compile(r"[;|&<>]+|\$\(|\)")


@functools.cache
def help_of(program, *words):
    done = subprocess.run([program, *words, "--help"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def has_flag(text, flag):
    """Whether it names that flag, whole."""
    return re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", text) is not None


def wrong_in_quiniela(program, words):
    """What is wrong with the words after `quiniela`; None if nothing is. A word that is no name (COMMAND, …) says nothing."""
    if not words or not re.fullmatch(r"[a-z]+|--[a-z]+", words[0]):
        return None
    if words[0].startswith("--"):
        return None if words[0] == "--help" or has_flag(help_of(program) or "", words[0]) else f"quiniela has no {words[0]}"
    shown = help_of(program, words[0])
    if shown is None:
        return f"there is no quiniela {words[0]}"
    if words[0] == "config":
        shown += "".join(help_of(program, side) for side in ("server", "client"))
    flags = [FLAG.match(word)[0] for word in words[1:] if FLAG.match(word)]
    missing = [flag for flag in flags if flag != "--help" and not has_flag(shown, flag)]
    return f"quiniela {words[0]} has no {missing[0]}" if missing else None


@functools.cache
def texts_beside(path):
    """The sources that say which flags a test's program takes."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    names = [name for name in sorted(os.listdir(folder)) if name.endswith((".py", ".c", ".h", ".sh"))]
    found = []
    for name in {path, *(os.path.join(folder, name) for name in names)}:
        if os.path.isfile(name):
            with open(name, encoding="utf-8", errors="replace") as file:
                found.append(file.read())
    return "\n".join(found)


def wrong_in_file(path, words):
    """Of a script or a test in the repository."""
    built = re.match(r"build/\w+/(tests/\w+|bench)/\w+$", path)
    place = os.path.join(ROOT, built[1] if built else path)
    if not os.path.exists(place):
        return f"there is no {path}"
    if path.startswith("verifiers/"):
        texts = help_of(sys.executable, place)
    else:
        texts = script_texts(place) if path.startswith("script/") else texts_beside(place)
    missing = [flag[0] for flag in map(FLAG.match, words) if flag and flag[0] != "--help" and not has_flag(texts or "", flag[0])]
    return f"{path} has no {missing[0]}" if missing else None


@functools.cache
def script_texts(place):
    """A script, and the files of the repository that it names."""
    with open(place, encoding="utf-8") as file:
        text = file.read()
    named = {os.path.join(ROOT, name) for name in re.findall(r"[a-z]\w*(?:/[\w-]+)+(?:\.\w+)?", text)}
    return text + "\n".join(texts_beside(path) for path in sorted(named) if os.path.isfile(path) and path != place)


def wrong_in_ctest(words):
    labels = [words[at + 1] for at, word in enumerate(words[:-1]) if word == "-L"]
    for label in labels:
        if subprocess.run(["grep", "-rqw", "--include=CMakeLists.txt", label, os.path.join(ROOT, "tests")], check=False).returncode != 0:
            return f"no test has the label {label}"
    return None


def wrong_in_words(program, words):
    while words and re.match(r"\w+=", words[0]):
        words = words[1:]
    if not words:
        return None
    if words[0] == "quiniela" or words[0].endswith("/quiniela"):
        return wrong_in_quiniela(program, words[1:])
    if words[0] == "ctest":
        return wrong_in_ctest(words)
    if os.path.basename(words[0]).startswith("python3"):
        at = next((i for i, word in enumerate(words) if word.endswith(".py")), None)
        if at is None:
            return None
        inner = next((i for i in range(at + 1, len(words)) if os.path.basename(words[i]).startswith("python3")), len(words))
        return wrong_in_file(words[at], words[at + 1:inner]) or wrong_in_words(program, words[inner:])
    if re.match(r"(\./)?(script|build|tests|verifiers)/", words[0]):
        return wrong_in_file(words[0].removeprefix("./"), words[1:])
    return None


def wrong_in(program, text):
    """What is wrong with the names of a line of commands."""
    for part in END.split(re.sub(r"\s#.*", "", text.replace("\\\n", ""))):
        try:
            words = shlex.split(part)
        except ValueError:
            words = part.split()
        while words and words[0] in ("do", "then", "else", "if", "!", "nohup", "sudo", "time"):
            words = words[1:]
        wrong = wrong_in_words(program, words)
        if wrong:
            return wrong
    return None


def inline(text):
    """Line and text of each command in running text."""
    is_block = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            is_block = not is_block
        elif not is_block:
            for found in INLINE.findall(line):
                yield number, found
