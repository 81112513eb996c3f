"""Includes of folders that src/CMakeLists.txt does not link the including one with, by name. A folder also finds the headers of
those that its own are linked with (PUBLIC), so that such an include compiles."""
import os
import re

from units import Use, shown_path, unit

COMMENT = re.compile(r"#.*")
LIBRARY = re.compile(r"^quiniela_library\((\w+)([^)]*)\)", re.M)
LINKED = re.compile(r"^target_link_libraries\(quiniela ([^)]*)\)", re.M)  # the program: what stands in no folder


def linked(root):
    """The names of what each folder is linked with; "" is the program's own."""
    with open(os.path.join(root, "src", "CMakeLists.txt"), encoding="utf-8") as file:
        text = COMMENT.sub("", file.read())
    found = {match.group(1): set(match.group(2).split()) for match in LIBRARY.finditer(text)}
    found[""] = {name for match in LINKED.finditer(text) for name in match.group(1).split()}
    return found


def folder(path):
    """The one directly below src/, or lib."""
    return path.split(os.sep)[0] if os.sep in path else ""


def imports(sources, root):
    """A Use for each include of a folder's header that is not allowed."""
    links = linked(root)
    for path in sorted(sources.texts):
        for other, line in sources.included[path]:
            if folder(other) not in ("", folder(path), *links.get(folder(path), ())):
                yield Use(unit(path), unit(other), shown_path(path), line, f'#include "{other}"')
