"""Headers with the same guard: whoever includes both gets one of them."""
import collections
import os
import re
import subprocess

GUARD = re.compile(rb"^#ifndef (\w+)\n#define \1\n", re.MULTILINE)


def shared(root):
    """Pairs of a guard and the headers of git that have it, where these are several."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.h"], cwd=root, check=True,
                            stdout=subprocess.PIPE).stdout
    headers = collections.defaultdict(list)
    for name in sorted(listed.decode().split("\0")):
        path = os.path.join(root, name)
        if name and os.path.isfile(path):
            with open(path, "rb") as file:
                guard = GUARD.search(file.read())
            if guard is not None:
                headers[guard[1].decode()].append(name)
    return [(guard, names) for guard, names in headers.items() if len(names) > 1]
