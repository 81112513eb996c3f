"""What the test tools are given: types for argparse, which refuse what is not understood and say why, and a folder's lock.

argparse then prints the usage and ends with 2, before anything has been built, started or deleted.
"""
import argparse
import fcntl
import json
import math
import os
import re
import sys


def understood():
    """Said by a tool once all its arguments are read and good: ends it when a script wanted just that (given.sh)."""
    if os.environ.get("QUINIELA_ONLY_READ"):
        sys.exit(0)


def whole(least=1, most=1_000_000_000):
    """A type: a whole number from `least` to `most`."""
    return _within(int, "a whole number", least, most)


def number(least=0, most=1_000_000_000, above=False):
    """A type: a finite number from `least` to `most`; with `above`, more than `least`."""
    return _within(float, "a number", least, most, above)


def _within(kind, called, least, most, above=False):
    def taken(text):
        try:
            value = kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {called}") from None
        if not math.isfinite(value) or not least <= value <= most or above and value == least:
            raise argparse.ArgumentTypeError(f"{text} is not {'above' if above else 'from'} {least} "
                                             f"{'and at most' if above else 'to'} {most}")
        return value
    return taken


def text(words):
    """A type: what is not empty."""
    if not words:
        raise argparse.ArgumentTypeError("is empty")
    return words


def pattern(text):
    """A type: a regular expression, compiled."""
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a regular expression: {error}") from None


def program(text):
    """A type: the path of a program that can be run, made absolute."""
    if not (os.path.isfile(text) and os.access(text, os.X_OK)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a program")
    return os.path.abspath(text)


def folder(text):
    """A type: a folder that can be written into."""
    if not (os.path.isdir(text) and os.access(text, os.W_OK | os.X_OK)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder that can be written into")
    return text


def presets(root):
    """The names of those of CMakePresets.json that can be tested."""
    with open(os.path.join(root, "CMakePresets.json"), encoding="utf-8") as file:
        return [each["name"] for each in json.load(file)["testPresets"] if not each.get("hidden")]


def alone(path):
    """A lock on the file of that path, until it is closed or the process ends. None while another process has it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    file = open(path, "w", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
