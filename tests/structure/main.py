"""Finds files of src/ and lib/ that use each other in a circle, wrong imports, headers with the same guard, and files that are too long:
script/structure

A file here is NAME.c with its NAME.h. It uses another when it includes its header, or names one of its functions or variables,
called or not. A function that is reached through a pointer is no use: whoever was handed the pointer does not know it.
Neither may folders use each other in a circle. Each circle is printed with what makes it, a line a step. An import is wrong when
src/CMakeLists.txt does not name the other folder among those that the including one is linked with. The exit status is 0 when
there is no circle, no wrong import, no guard of two headers, and no file that is too long; else 1.
"""
import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests")]
import given  # noqa: E402
from circles import Graph  # noqa: E402
from guards import shared  # noqa: E402
from imports import folder as top, imports  # noqa: E402
from lengths import LINES_MAX, too_long  # noqa: E402
from units import Sources, Use  # noqa: E402

SHOWN = 20  # circles, of one that has many ways


def folder(unit):
    return os.path.dirname(unit) or unit


def shown(circle):
    steps = [f"  {use.user} -> {use.used}: {use}" for use in circle]
    return "\n".join([f"circle of {len(circle)}: {' -> '.join([use.user for use in circle] + [circle[0].user])}", *steps])


def found(root, build):
    """The circles of files, and those of folders."""
    from names import names  # pylint: disable=import-outside-toplevel  # libclang may be missing before the arguments are read
    sources = Sources(root)
    uses = [*sources.includes(), *names(sources, build)]
    folders = [Use(folder(use.user), folder(use.used), use.file, use.line, use.words) for use in uses
               if folder(use.user) != folder(use.used)]
    return Graph(uses).circles(), Graph(folders).circles()


def wrong_imports(root):
    """What is said of each."""
    for use in imports(Sources(root), root):
        yield f"{use}: src/CMakeLists.txt does not link {top(use.user) or 'the program'} with {top(use.used)}"


def main():
    parser = argparse.ArgumentParser(prog="script/structure", description=__doc__, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "dev"), metavar="FOLDER",
                        help="where the tree is configured (default: build/dev)")
    parser.add_argument("--all", action="store_true", help="show all of them, however many there are")
    options = parser.parse_args()
    given.understood()
    try:
        if not os.path.exists(os.path.join(options.build, "compile_commands.json")):
            raise RuntimeError(f"{options.build} is not configured: cmake --preset dev, or --build FOLDER")
        files, folders = found(options.root, options.build)
        wrong = list(wrong_imports(options.root))
    except (OSError, RuntimeError) as error:
        print(f"script/structure: {error}", file=sys.stderr)
        return 1
    faults = [f"{name} has {lines} lines, more than {LINES_MAX}" for name, lines in too_long(options.root)]
    faults += [f"{guard} guards {' and '.join(names)}" for guard, names in shared(options.root)]
    faults += wrong
    faults += [shown(circle) for circle in files + folders]
    more = len(faults) - SHOWN
    if more > 0 and not options.all:
        faults[SHOWN:] = [f"and {more} more: --all shows them"]
    print("\n".join(faults) or "no circle, no wrong import, and no file too long", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
