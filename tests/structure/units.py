"""The units of src/ and lib/, a unit being NAME.c or NAME.cpp with its NAME.h, and what each includes."""
import os
import re

CODE = (".c", ".cpp", ".h")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def file_of(root, path):
    """The file of a path below root, which is src/; or of lib/NAME, which stands beside it."""
    return os.path.join(os.path.dirname(root) if path.startswith("lib" + os.sep) else root, path)


def path_of(root, file):
    """The path of a file, as file_of takes it; None if it is of neither."""
    beside = os.path.dirname(root) + os.sep
    if file.startswith(root + os.sep):
        return file[len(root) + 1:]
    return file[len(beside):] if file.startswith(os.path.join(beside, "lib") + os.sep) else None


def shown_path(path):
    """As people look for it."""
    return path if path.startswith("lib" + os.sep) else f"src/{path}"


class Use:
    """That one unit uses another: the file and the line where it does, and what it says there."""

    def __init__(self, user, used, file, line, words):
        self.user, self.used, self.file, self.line, self.words = user, used, file, line, words

    def __str__(self):
        return f"{self.file}:{self.line}: {self.words}"


class Sources:
    """The C and C++ files under root/src, by their paths below src/, and those of root/lib, as lib/NAME: their texts, and the files
    that each includes."""

    def __init__(self, root):
        self.root = os.path.join(os.path.realpath(root), "src")
        self.texts = {}
        lib = os.path.join(os.path.dirname(self.root), "lib")
        beside = [(lib, [], os.listdir(lib))] if os.path.isdir(lib) else []  # its examples are programs
        for folder, _, names in [*os.walk(self.root), *beside]:
            for name in names:
                if name.endswith(CODE):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        self.texts[path_of(self.root, path)] = file.read()
        self.included = {path: list(self._included(path)) for path in self.texts}

    def _included(self, path):
        """Pairs: a file that is included, and the line. What is of neither folder is left out."""
        text = COMMENT.sub(lambda match: "\n" * match.group().count("\n"), self.texts[path])
        for match in INCLUDE.finditer(text):
            beside = os.path.normpath(os.path.join(os.path.dirname(path), match.group(1)))
            for found in (beside, match.group(1)):
                if found in self.texts:
                    yield found, text.count("\n", 0, match.start()) + 1
                    break

    def all_included(self, path):
        """All files that are read when it is compiled, itself among them."""
        found, left = {path}, [path]
        while left:
            for other, _ in self.included[left.pop()]:
                if other not in found:
                    found.add(other)
                    left.append(other)
        return sorted(found)

    def includes(self):
        """A Use for each include of another unit."""
        for path in sorted(self.texts):
            for other, line in self.included[path]:
                if unit(other) != unit(path):
                    yield Use(unit(path), unit(other), shown_path(path), line, f'#include "{other}"')


def unit(path):
    return os.path.splitext(path)[0]
