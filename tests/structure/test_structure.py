"""Files that use each other in a circle are found, however they do it, and no others."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
from main import found, shown, wrong_imports  # noqa: E402
from guards import shared  # noqa: E402
from lengths import too_long  # noqa: E402

# Straight: low/tool < low/base < mid/work < high/top. Both low/base.c and mid/work.c have a static function `step`, and
# high/top hands mid/work a table through which it calls up.
STRAIGHT = {
    "CMakeLists.txt": "quiniela_library(low SOURCES tool.c base.c)\nquiniela_library(mid SOURCES work.c PUBLIC low)\n"
                      "quiniela_library(high SOURCES top.c PUBLIC mid) # not low\ntarget_link_libraries(quiniela PRIVATE high)\n",
    "low/tool.h": "#pragma once\nint tool(int value);\n",
    "low/tool.c": '#include "low/tool.h"\nint tool(int value) { return value + 1; }\n',
    "low/base.h": "#pragma once\nint base(int value);\n",
    "low/base.c": '#include "low/base.h"\n#include "low/tool.h"\nstatic int step(int value) { return tool(value); }\n'
                  "int base(int value) { return step(value); }\n",
    "mid/work.h": "#pragma once\nstruct events { int (*done)(int); };\nint work(const struct events *events);\n",
    "mid/work.c": '#include "mid/work.h"\n#include "low/base.h"\n/*\n#include "high/top.h"\n*/\n'
                  "static int step(int value) { return base(value); }\n"
                  "int work(const struct events *events) { return events->done(step(1)); }\n",
    "high/top.h": "#pragma once\nint top(void);\n",
    "high/top.c": '#include "high/top.h"\n#include "mid/work.h"\nstatic int done(int value) { return value; }\n'
                  "static const struct events events = {.done = done};\nint top(void) { return work(&events); }\n",
}


class Tree:
    """A tree of its own, with a build that knows its sources. Whoever makes it removes it."""

    def __init__(self, root, files):
        self.root, self.build = root, os.path.join(root, "build")
        os.makedirs(self.build)
        for path, text in files.items():
            self.write(path, text)
        self.configure()

    def path(self, name):
        return os.path.join(self.root, "src", name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def add(self, name, text):
        with open(self.path(name), "a", encoding="utf-8") as file:
            file.write(text)

    def configure(self):
        sources = os.path.join(self.root, "src")
        files = [os.path.join(folder, name) for folder, _, names in os.walk(sources) for name in names if name.endswith((".c", ".cpp"))]
        with open(os.path.join(self.build, "compile_commands.json"), "w", encoding="utf-8") as file:
            json.dump([{"directory": self.build, "file": name, "command": f"cc -I{sources} -c {name}"} for name in files], file)

    def circles(self):
        """What is found, as it is shown: of files, and of folders."""
        files, folders = found(self.root, self.build)
        return [shown(circle) for circle in files], [shown(circle) for circle in folders]


class Structure(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.tree = Tree(os.path.join(self.folder, "tree"), STRAIGHT)

    def one_circle(self):
        """The lines that show the one circle of files that there is now."""
        files, _ = self.tree.circles()
        self.assertEqual(len(files), 1, f"one circle expected, found:\n{files}")
        return files[0].splitlines()

    def test_straight(self):
        self.assertEqual(self.tree.circles(), ([], []))

    def test_call(self):
        """Declared by hand, within a function, so that no include tells."""
        self.tree.add("low/tool.c", "int again(void);\nint again(void) {\n  int base(int value);\n  return base(1);\n}\n")
        self.assertEqual(self.one_circle(), [
            "circle of 2: low/base -> low/tool -> low/base",
            '  low/base -> low/tool: src/low/base.c:2: #include "low/tool.h"',
            "  low/tool -> low/base: src/low/tool.c:6: again names base"])

    def test_calls_alone(self):
        """Both functions declared by hand: the two lines are those of the calls."""
        self.tree.write("low/one.c", "int two(void);\nint one(void);\nint one(void) { return two(); }\n")
        self.tree.write("low/two.c", "int one(void);\nint two(void);\nint two(void) { return one(); }\n")
        self.tree.configure()
        self.assertEqual(self.one_circle()[1:], ["  low/one -> low/two: src/low/one.c:3: one names two",
                                                 "  low/two -> low/one: src/low/two.c:3: two names one"])

    def test_include(self):
        self.tree.add("low/tool.h", '#  include "low/base.h"\n')
        self.assertEqual(self.one_circle(), [
            "circle of 2: low/base -> low/tool -> low/base",
            '  low/base -> low/tool: src/low/base.c:2: #include "low/tool.h"',
            '  low/tool -> low/base: src/low/tool.h:3: #include "low/base.h"'])

    def test_header_alone(self):
        """A header without a source is a unit, too: one that includes everybody, and that everybody includes, hides who needs whom."""
        self.tree.write("mid/internal.h", '#pragma once\n#include "mid/work.h"\n')
        self.tree.add("mid/work.c", '#include "internal.h"\n')
        self.assertEqual(self.one_circle()[0], "circle of 2: mid/internal -> mid/work -> mid/internal")

    def test_three_across_folders(self):
        self.tree.add("low/base.c", "int up(void);\nint top(void);\nint up(void) { return top(); }\n")
        files, folders = self.tree.circles()
        self.assertEqual(files, ["\n".join([
            "circle of 3: high/top -> mid/work -> low/base -> high/top",
            '  high/top -> mid/work: src/high/top.c:2: #include "mid/work.h"',
            '  mid/work -> low/base: src/mid/work.c:2: #include "low/base.h"',
            "  low/base -> high/top: src/low/base.c:7: up names top"])])
        self.assertEqual([circle.splitlines()[0] for circle in folders], ["circle of 3: high -> mid -> low -> high"])

    def test_folders_alone(self):
        """No two files are in a circle, but their folders are."""
        self.tree.write("low/other.c", "int top(void);\nint other(void);\nint other(void) { return top(); }\n")
        self.tree.configure()
        files, folders = self.tree.circles()
        self.assertEqual((files, [circle.splitlines()[0] for circle in folders]), ([], ["circle of 3: high -> mid -> low -> high"]))

    def test_address(self):
        """A function that is put into a table is named, and so is a table of another file."""
        self.tree.add("low/tool.c", "int base(int value);\nint (*const kept)(int) = base;\n")
        self.assertEqual(self.one_circle()[-1], "  low/tool -> low/base: src/low/tool.c:4: kept names base")
        self.tree.write("low/tool.c", '#include "low/tool.h"\nextern int (*const kept)(int);\n'
                                      "int tool(int value) { return kept(value); }\n")
        self.tree.add("low/base.c", "int (*const kept)(int) = base;\n")
        self.assertEqual(self.one_circle()[-1], "  low/tool -> low/base: src/low/tool.c:3: tool names kept")

    def test_macro_and_inline(self):
        """What a header writes into others: the code of an inline function is the header's, that of a macro belongs to whoever uses it."""
        self.tree.add("low/tool.h", "int base(int value);\n#define CALL() base(1)\n")
        self.assertEqual(self.tree.circles(), ([], []))
        self.tree.add("low/tool.h", "static inline int inlined(void) {\n  return CALL();\n}\n")
        self.assertEqual(self.one_circle()[-1], "  low/tool -> low/base: src/low/tool.h:6: inlined names base")

    def test_cpp(self):
        """Names have C's linkage there, or another one; both are followed."""
        self.tree.write("low/plus.h", '#pragma once\n#ifdef __cplusplus\nextern "C" {\n#endif\nint plus(int);\n'
                                      "#ifdef __cplusplus\n}\n#endif\n")
        self.tree.write("low/plus.cpp", '#include "low/plus.h"\nextern "C" int base(int);\n'
                                        'namespace {\nint step(int value) { return base(value); }\n}\nint plus(int value) { return step(value); }\n')
        self.tree.add("low/base.c", '#include "low/plus.h"\nint more(void);\nint more(void) { return plus(1); }\n')
        self.tree.configure()
        self.assertEqual(self.one_circle()[-1], "  low/plus -> low/base: src/low/plus.cpp:4: step names base")

    def test_kept(self):
        """What was read before is not taken for what is there now."""
        self.assertEqual(self.tree.circles(), ([], []))
        self.tree.add("low/tool.h", "int base(int value);\nstatic inline int inlined(void) { return base(1); }\n")
        self.assertEqual(len(self.one_circle()), 3)
        self.tree.write("low/tool.h", STRAIGHT["low/tool.h"])
        self.assertEqual(self.tree.circles(), ([], []))

    def test_not_built(self):
        self.tree.write("low/forgotten.c", "int forgotten;\n")
        with self.assertRaisesRegex(RuntimeError, "does not compile src/low/forgotten.c"):
            self.tree.circles()
        self.tree.write("low/forgotten.c", "int forgotten = ;\n")
        self.tree.configure()
        with self.assertRaisesRegex(RuntimeError, "low/forgotten.c cannot be parsed"):
            self.tree.circles()

    def test_import(self):
        """A folder that is linked by way of another one is found by the compiler; it has to be named all the same."""
        self.assertEqual(list(wrong_imports(self.tree.root)), [])
        self.tree.add("high/top.c", '#include "low/tool.h"\n')
        self.tree.write("high/deep/in.h", '#include "low/base.h"\n#include "mid/work.h"\n')
        self.tree.write("main.c", '#include "high/top.h"\n#include "mid/work.h"\n')
        self.assertEqual(list(wrong_imports(self.tree.root)), [
            'src/high/deep/in.h:1: #include "low/base.h": src/CMakeLists.txt does not link high with low',
            'src/high/top.c:6: #include "low/tool.h": src/CMakeLists.txt does not link high with low',
            'src/main.c:2: #include "mid/work.h": src/CMakeLists.txt does not link the program with mid'])

    def test_not_configured(self):
        os.remove(os.path.join(self.tree.build, "compile_commands.json"))
        run = subprocess.run([sys.executable, "-B", os.path.join(HERE, "main.py"), "--root", self.tree.root, "--build", self.tree.build],
                             stderr=subprocess.PIPE, text=True)
        self.assertEqual((run.returncode, run.stderr), (
            1, f"script/structure: {self.tree.build} is not configured: cmake --preset dev, or --build FOLDER\n"))

    def test_lengths(self):
        """In any of the folders, committed or not; not in those that git is told to ignore."""
        subprocess.run(["git", "init", "-q", self.tree.root], check=True)
        with open(os.path.join(self.tree.root, ".gitignore"), "w", encoding="utf-8") as file:
            file.write("/build/\nsrc/made.c\n")
        self.tree.write("low/long.c", "\n" * 501)
        self.tree.write("../docs/page.md", "\n" * 500)
        self.tree.write("../docs/pages.md", "\n" * 502)
        self.tree.write("made.c", "\n" * 501)
        self.assertEqual(list(too_long(self.tree.root)), [("docs/pages.md", 502), ("src/low/long.c", 501)])


    def test_guards(self):
        subprocess.run(["git", "init", "-q", self.tree.root], check=True)
        for name, guard in (("one.h", "A_DISK_H"), ("two.h", "A_DISK_H"), ("three.h", "ANOTHER_H")):
            self.tree.write(f"low/{name}", f"// A header.\n#ifndef {guard}\n#define {guard}\n#endif\n")
        self.assertEqual(shared(self.tree.root), [("A_DISK_H", ["src/low/one.h", "src/low/two.h"])])


class Planted(unittest.TestCase):
    """In a copy of the whole tree: the circle that is planted is found, and nothing else."""

    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        self.build = os.path.join(self.root, "build")
        folders = ("src", "lib")
        for folder in folders:
            shutil.copytree(os.path.join(ROOT, folder), os.path.join(self.root, folder))
        for folder in (*(os.path.join("src", name) for name in os.listdir(os.path.join(self.root, "src"))), "lib"):
            if os.path.isdir(os.path.join(self.root, folder)):
                self.view(folder, os.path.basename(folder), os.path.basename(folder))
        self.view("lib/quiniela.h", "quiniela", "quiniela.h")
        theirs = os.environ["QUINIELA_BUILD"]
        with open(os.path.join(theirs, "compile_commands.json"), encoding="utf-8") as file:
            commands = file.read().replace(theirs, self.build)
        for folder in folders:
            commands = commands.replace(os.path.join(ROOT, folder), os.path.join(self.root, folder))
        with open(os.path.join(self.build, "compile_commands.json"), "w", encoding="utf-8") as file:
            file.write(commands)
        if os.path.exists(os.path.join(theirs, "structure.json")):  # what has been read need not be read again
            shutil.copy(os.path.join(theirs, "structure.json"), self.build)

    def view(self, path, folder, name):
        """As the build has it (src/CMakeLists.txt)."""
        os.makedirs(os.path.join(self.build, "include", folder))
        os.symlink(os.path.join(self.root, path), os.path.join(self.build, "include", folder, name))

    def circles(self):
        return {shown(circle) for circle in found(self.root, self.build)[0]}

    def test_planted_import(self):
        """The compiler finds it: service is linked with ledger, and that is with store."""
        self.assertEqual(list(wrong_imports(self.root)), [])
        for name in ("src/service/echo.c", "lib/options.c"):
            path = os.path.join(self.root, name)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            with open(path, "w", encoding="utf-8") as file:
                file.write('#include "store/store.h"\n' + text)
        self.assertEqual(list(wrong_imports(self.root)), [
            'lib/options.c:1: #include "store/store.h": src/CMakeLists.txt does not link lib with store',
            'src/service/echo.c:1: #include "store/store.h": src/CMakeLists.txt does not link service with store'])

    def test_planted(self):
        before = self.circles()
        path = os.path.join(self.root, "src", "base", "clock.c")
        with open(path, encoding="utf-8") as file:
            lines = len(file.readlines())
        with open(path, "a", encoding="utf-8") as file:
            file.write('#include "base/log.h"\n')
        new = self.circles() - before
        planted = f'  base/clock -> base/log: src/base/clock.c:{lines + 1}: #include "base/log.h"'
        self.assertTrue(any(circle.startswith(f"circle of 2: base/clock -> base/log -> base/clock\n{planted}\n") for circle in new),
                        f"a circle of base/clock and base/log expected, found:\n{new}")
        self.assertEqual([circle for circle in new if planted not in circle], [], "found, but not planted")


if __name__ == "__main__":
    unittest.main()
