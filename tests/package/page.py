"""The commands of a page that are for a machine with systemd, as they stand there."""
import re

BLOCK = re.compile(r"^<!-- on: systemd -->\n```sh\n(.*?)^```\n(?:\n?```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def blocks(path):
    """(commands, the lines that they print) of each block; a line that begins with … is any number of lines."""
    with open(path, encoding="utf-8") as file:
        return [(block[1], (block[2] or "").splitlines()) for block in BLOCK.finditer(file.read())]


def missing(expected, said):
    """The first line that was to be said, in its turn, and was not; or None."""
    lines = iter(line.rstrip() for line in said.splitlines())
    for line in expected:
        if not line.startswith("…") and line.rstrip() not in lines:
            return line
    return None
