"""Gets axe from npm's registry into build/axe/: its version and the SHA-512 of its package are those of package-lock.json.

Without npm, which draws in more than three hundred of Debian's packages. npm_config_registry is obeyed as npm does.
"""
import base64
import hashlib
import io
import json
import os
import sys
import tarfile
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "axe")
AXE = os.path.join(FOLDER, "axe.min.js")
TAKEN_FROM = os.path.join(FOLDER, "integrity")  # of the package that AXE is out of
REGISTRY = "https://registry.npmjs.org"
WAIT_S = 20
BYTES_MAX = 16 << 20


def locked():
    """The version, and npm's word for the package's bytes."""
    with open(os.path.join(HERE, "package-lock.json"), encoding="utf-8") as file:
        package = json.load(file)["packages"]["node_modules/axe-core"]
    return package["version"], package["integrity"]


def is_there(integrity):
    try:
        with open(TAKEN_FROM, encoding="utf-8") as file:
            return os.path.exists(AXE) and file.read() == integrity
    except OSError:
        return False


def fetched(version, integrity):
    """The script, out of a package that is checked."""
    registry = os.environ.get("npm_config_registry", REGISTRY).rstrip("/")
    with urllib.request.urlopen(f"{registry}/axe-core/-/axe-core-{version}.tgz", timeout=WAIT_S) as answer:
        package = answer.read(BYTES_MAX)
    digest = "sha512-" + base64.b64encode(hashlib.sha512(package).digest()).decode()
    if digest != integrity:
        raise ValueError(f"axe-core {version} from {registry} is {digest}, and tests/browser/package-lock.json has {integrity}")
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as files:
        return files.extractfile("package/axe.min.js").read()


def main():
    version, integrity = locked()
    if is_there(integrity):
        return
    script = fetched(version, integrity)
    os.makedirs(FOLDER, exist_ok=True)
    with open(AXE, "wb") as file:
        file.write(script)
    with open(TAKEN_FROM, "w", encoding="utf-8") as file:
        file.write(integrity)


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError, tarfile.TarError) as error:
        sys.exit(f"axe cannot be had: {error}")
