"""The Python package is built offline, twice the same, works as installed, and its types hold."""
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
SYSTEM = "/usr/bin/python3"  # which has Debian's setuptools
PATHS = {"PATH": "/usr/bin:/bin", "SOURCE_DATE_EPOCH": "1700000000"}


def run(*command, **how):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120, **how)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}:\n{done.stdout}")
    return done.stdout


class Package(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="quiniela-")
        self.addCleanup(shutil.rmtree, self.folder)

    def build(self, name):
        """The folder with a wheel and an sdist, made of a copy of the sources."""
        project = os.path.join(self.folder, name, "clients", "python")
        shutil.copytree(os.path.join(ROOT, "clients", "python"), project, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        shutil.copy(os.path.join(ROOT, "CMakeLists.txt"), os.path.join(self.folder, name))
        out = os.path.join(self.folder, name, "dist")
        run(SYSTEM, "-m", "build", "--no-isolation", "--outdir", out, project, env=PATHS)
        return out

    def test_wheel_and_sdist(self):
        with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
            version = re.search(r"VERSION ([0-9.]+)", file.read().split("project(", 1)[1])[1]
        made = []
        for name in ("one", "two"):
            out = self.build(name)
            self.assertEqual(sorted(os.listdir(out)), [f"quiniela-{version}-py3-none-any.whl", f"quiniela-{version}.tar.gz"])
            with open(os.path.join(out, f"quiniela-{version}-py3-none-any.whl"), "rb") as file:
                made.append((file.read(), self.contents(os.path.join(out, f"quiniela-{version}.tar.gz"))))
        self.assertEqual(*made)
        out = os.path.join(self.folder, "one", "dist")
        self.check_wheel(os.path.join(out, f"quiniela-{version}-py3-none-any.whl"), version)
        run(SYSTEM, "-m", "tarfile", "-e", os.path.join(out, f"quiniela-{version}.tar.gz"), os.path.join(self.folder, "unpacked"))
        again = os.path.join(self.folder, "again")
        run(SYSTEM, "-m", "build", "--no-isolation", "--wheel", "--outdir", again,
            os.path.join(self.folder, "unpacked", f"quiniela-{version}"), env=PATHS)
        self.check_wheel(os.path.join(again, f"quiniela-{version}-py3-none-any.whl"), version)

    @staticmethod
    def contents(sdist):
        """What is in it, by name."""
        with tarfile.open(sdist) as archive:
            return {each.name: archive.extractfile(each).read() for each in archive if each.isfile()}

    def check_wheel(self, wheel, version):
        """It has every source, and works where it is unpacked."""
        site = tempfile.mkdtemp(dir=self.folder)
        run(SYSTEM, "-m", "zipfile", "-e", wheel, site)
        sources = os.path.join(ROOT, "clients", "python", "src", "quiniela")
        self.assertEqual(sorted(name for name in os.listdir(os.path.join(site, "quiniela"))),
                         sorted(name for name in os.listdir(sources) if name.endswith(".py") or name == "py.typed"))
        found = run(SYSTEM, "-m", "quiniela", "--version", env={**PATHS, "PYTHONPATH": site})
        self.assertEqual(found.strip(), version)

    def test_types(self):
        run("/usr/bin/mypy", "--strict", "--python-version", "3.9", "--cache-dir", os.path.join(self.folder, "cache"),
            os.path.join(ROOT, "clients", "python", "src", "quiniela"))


if __name__ == "__main__":
    lacking = [name for name in ("/usr/bin/mypy", "/usr/lib/python3/dist-packages/build", "/usr/lib/python3/dist-packages/setuptools",
                                 "/usr/lib/python3/dist-packages/wheel") if not os.path.exists(name)]
    if lacking:
        print(f"SKIPPED: {', '.join(lacking)} is not here; script/bootstrap installs it")
        sys.exit(77)
    unittest.main()
