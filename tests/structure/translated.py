"""Pages in other languages: whether each is as old as its source, and has its headings and its commands."""
import glob
import hashlib
import os
import re

FIRST = re.compile(r"<!-- Translated from (\S+), SHA-256 ([0-9a-f]{64}) -->\n")
COMMENT = re.compile(r"\s+#.*$|^#.*$")


def pages(root):
    return sorted(glob.glob("*.es.md", root_dir=root) + glob.glob("docs/es/*.md", root_dir=root))


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8") as file:
        return file.read()


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def outline(text):
    """The levels of its headings, and its commands without their comments: lines of blocks that are fenced or indented."""
    levels, commands, fence = [], [], None
    for line in text.splitlines():
        mark = re.match(r"```(\w*)$", line)
        if mark:
            fence = (mark[1] or "none") if fence is None else None
        elif fence in ("none", "sh") or fence is None and line.startswith("    "):
            command = COMMENT.sub("", line).strip()
            if fence == "sh" and command or re.match(r"(quiniela|script/)", command):
                commands.append(re.sub(r" +", " ", command))
        elif fence is None and re.match("#+ ", line):
            levels.append(line.split(" ")[0])
    return levels, commands


def faults(root):
    """A line for each thing that is wrong with a translated page."""
    for page in pages(root):
        text = read(root, page)
        first = FIRST.match(text)
        if not first or not os.path.isfile(os.path.join(root, first[1])):
            yield f"{page}: its first line is not <!-- Translated from SOURCE, SHA-256 HEX -->"
            continue
        source = read(root, first[1])
        if sha256(source) != first[2]:
            yield (f"{page}: {first[1]} has changed since it was translated. What has: git diff $(git log -1 --format=%H -- {page}) -- "
                   f"{first[1]}. Translate that, then: script/translations --page {page}")
            continue
        (levels, commands), (own_levels, own_commands) = outline(source), outline(text)
        if levels != own_levels:
            yield f"{page}: it has the headings {' '.join(own_levels)}, and {first[1]} {' '.join(levels)}"
        for command in commands:
            if command not in own_commands:
                yield f"{page}: a command of {first[1]} is missing, or another: {command}"


def renew(root, page):
    """Notes that the page is a translation of its source as it is now. ValueError."""
    text = read(root, page)
    first = FIRST.match(text)
    if not first:
        raise ValueError(f"{page}: its first line is not <!-- Translated from SOURCE, SHA-256 HEX -->")
    with open(os.path.join(root, page), "w", encoding="utf-8") as file:
        file.write(text.replace(first[2], sha256(read(root, first[1])), 1))
