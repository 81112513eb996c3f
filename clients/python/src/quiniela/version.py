"""The version: that of the project, which CMakeLists.txt has."""
import os
import re
from importlib import metadata


def _found() -> str:
    try:
        return metadata.version("quiniela")
    except metadata.PackageNotFoundError:
        pass  # it runs from the source tree
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), *[os.pardir] * 4, "CMakeLists.txt")
    try:
        with open(path, encoding="utf-8") as file:
            match = re.search(r"^project\(quiniela VERSION ([0-9.]+)", file.read(), re.MULTILINE)
    except OSError:
        match = None
    return match[1] if match else "unknown"


__version__ = _found()
