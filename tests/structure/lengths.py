"""Files that are too long to be of one idea."""
import os
import subprocess

LINES_MAX = 500
WRITTEN = "lib/abi/"  # by script/abi
FOLDERS = ("src", "lib", "tests", "script", "docs", "bench", "verifiers", "clients", "packaging", "manual")


def too_long(root):
    """Pairs of a path and its number of lines, for the files of git in these folders, text files all."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *FOLDERS], cwd=root, check=True,
                            stdout=subprocess.PIPE).stdout
    for name in sorted(listed.decode().split("\0")):
        path = os.path.join(root, name)
        if name and not name.startswith(WRITTEN) and os.path.isfile(path):
            with open(path, "rb") as file:
                text = file.read()
            lines = text.count(b"\n")
            if lines > LINES_MAX and b"\0" not in text:
                yield name, lines
