"""The library as a stranger has it: installed into a folder, and programs that are made with nothing but that."""
import functools
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))

BUILD = os.path.abspath(os.environ.get("QUINIELA_BUILD", os.path.join(ROOT, "build/dev")))
SHARED = os.path.join(BUILD, "lib", "libquiniela.so.0")
ARCHIVE = os.path.join(BUILD, "lib", "libquiniela.a")
HEADER = os.path.join(ROOT, "lib", "quiniela.h")
EXAMPLES = os.path.join(ROOT, "lib", "examples")
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g"]


def run(*arguments, **how):
    """What it prints; an AssertionError with all of what it said if it fails."""
    done = subprocess.run([*map(str, arguments)], capture_output=True, text=True, check=False, **how)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, arguments))}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Installed:
    """Where `cmake --install` has put the two packages' parts."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="quiniela-installed-")  # gone with this object
        self.prefix = os.path.join(self._folder.name, "prefix")
        for component in ("libquiniela0", "libquiniela-dev"):
            run("cmake", "--install", BUILD, "--prefix", self.prefix, "--component", component)
        self.made = os.path.join(self._folder.name, "made")
        os.mkdir(self.made)

    def find(self, name):
        """The path of the one file of that name."""
        found = [os.path.join(folder, name) for folder, _, files in os.walk(self.prefix) if name in files]
        if len(found) != 1:
            raise AssertionError(f"installed are {found} as {name}")
        return found[0]

    @property
    def libraries(self):
        return os.path.dirname(self.find("libquiniela.so.0"))

    def pkg_config(self, *arguments):
        environment = {**os.environ, "PKG_CONFIG_PATH": os.path.dirname(self.find("libquiniela.pc"))}
        return run("pkg-config", *arguments, env=environment).split()

    def make(self, name, source, *flags, static=False, with_libraries=(), compiler="cc"):
        """A program, made as pkg-config says. The shared library is looked for where it is installed."""
        program = os.path.join(self.made, name)
        said = self.pkg_config("--cflags", "--libs", *(["--static"] if static else []), "libquiniela", *with_libraries)
        if static:
            said = [self.find("libquiniela.a") if word == "-lquiniela" else word for word in said]
        run(compiler, *STRICT, *flags, source, "-o", program, *said, f"-Wl,-rpath,{self.libraries}")
        return program

    def make_with_cmake(self, source):
        """The same by find_package: a shared and a static one."""
        build = os.path.join(self.made, "cmake")
        run("cmake", "-S", os.path.join(HERE, "find"), "-B", build, "-G", "Ninja", f"-DSOURCE={source}", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", build)
        return os.path.join(build, "agency_shared"), os.path.join(build, "agency_static")


@functools.cache
def installed():
    """Once for all stories of a process."""
    return Installed()


AGENCY = os.path.join(HERE, "agency.c")
