"""The units of src/, a unit being NAME.c or NAME.cpp with its NAME.h, and what each includes."""
import os
import re

CODE = (".c", ".cpp", ".h")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)


class Use:
    """That one unit uses another: the file and the line where it does, and what it says there."""

    def __init__(self, user, used, file, line, words):
        self.user, self.used, self.file, self.line, self.words = user, used, file, line, words

    def __str__(self):
        return f"{self.file}:{self.line}: {self.words}"


class Sources:
    """The C and C++ files under root/src, by their paths below src/: their texts, and the files that each includes."""

    def __init__(self, root):
        self.root = os.path.join(os.path.realpath(root), "src")
        self.texts = {}
        for folder, _, names in os.walk(self.root):
            for name in names:
                if name.endswith(CODE):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        self.texts[os.path.relpath(path, self.root)] = file.read()
        self.included = {path: list(self._included(path)) for path in self.texts}

    def _included(self, path):
        """Pairs: a file that is included, and the line. What is not of src/ is left out."""
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
                    yield Use(unit(path), unit(other), f"src/{path}", line, f'#include "{other}"')


def unit(path):
    return os.path.splitext(path)[0]
