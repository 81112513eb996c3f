"""Gives the package the project's version, which CMakeLists.txt has; within an sdist, the one that it was made with."""
import os
import re

from setuptools import setup

HERE = os.path.dirname(os.path.abspath(__file__))


def version():
    for path, pattern in (("PKG-INFO", r"^Version: (\S+)"), ("../../CMakeLists.txt", r"^project\(quiniela VERSION (\S+)")):
        try:
            with open(os.path.join(HERE, path), encoding="utf-8") as file:
                return re.search(pattern, file.read(), re.MULTILINE)[1]
        except FileNotFoundError:
            continue
    raise SystemExit("setup.py: there is neither PKG-INFO nor the project's CMakeLists.txt, which have the version")


setup(version=version())
