"""Links in pages lead somewhere, every page is found from the README, and every source in its list."""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
from pages import anchors, broken_links, broken_words, misnamed_sources, said_twice, unreached  # noqa: E402


class Pages(unittest.TestCase):
    """The pages of this project."""

    def test_links(self):
        self.assertEqual("\n".join(broken_links(ROOT)), "")

    def test_nothing_stands_twice(self):
        self.assertEqual("\n".join(said_twice(ROOT)), "")

    def test_words(self):
        """What messages and comments say: see docs/store.md."""
        self.assertEqual("\n".join(broken_words(ROOT)), "")

    def test_found(self):
        self.assertEqual(unreached(ROOT), [])

    def test_sources(self):
        self.assertEqual("\n".join(misnamed_sources(ROOT)), "")


class Planted(unittest.TestCase):
    """Each kind of fault is found, and nothing else."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write("README.md", "# One\n[a](docs/a.md#two-words), [here](#one), [out](https://example.org/#x)\n")
        self.write("docs/a.md", '# A\n## Two `words`!\n## Again\n## Again\n<a id="old"></a>\n[b](#again-1), [c](#old), [up](../src/one.c)\n'
                                "```\n# [no](heading.md)\n```\n`[no](link.md)`\n")
        self.write("src/one.c", '// docs/a.md\nchar *text = "see \\"Two "\n    "words\\" in docs/b.md";\n')
        self.write("docs/b.md", "# B\n## Two words\n[a](a.md)\n")

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def test_nothing(self):
        self.assertEqual([*broken_links(self.root), *broken_words(self.root)], [])

    def test_anchors(self):
        self.assertEqual(anchors("# A `b`, c-d_e: [f](g)\n```\n# h\n```\n# É\n"), {"a-b-c-d_e-f", "é"})

    def test_links(self):
        self.write("docs/b.md", "# B\n[x](gone.md) [y](a.md#gone) [z](#a)\n")
        self.assertEqual(list(broken_links(self.root)), [
            "docs/b.md:2: gone.md: there is no such file", "docs/b.md:2: a.md#gone: there is no such heading",
            "docs/b.md:2: #a: there is no such heading"])

    def test_twice(self):
        self.write("docs/b.md", "# B\na b c d\n| a b c d |\n```\na b c d\n```\nx a b\nc d e a b c\n")
        self.assertEqual(list(said_twice(self.root, 4)), ["docs/b.md:7: stands in line 2, too: a b c d"])
        self.assertEqual(list(said_twice(self.root, 5)), [])

    def test_words(self):
        self.write("docs/b.md", "# B\n## Two word\n")
        self.write("script/tool", "# see docs/c.md\n")
        self.assertEqual(list(broken_words(self.root)), ["script/tool: docs/c.md: there is no such page",
                                                         "src/one.c: docs/b.md has no heading 'Two words'"])

    def test_found(self):
        self.assertEqual(unreached(self.root), ["docs/b.md"])
        self.write("docs/a.md", "[b](b.md#b)\n")
        self.assertEqual(unreached(self.root), [])

    def test_sources(self):
        for name in "one/a.c", "one/a.h", "one/b.h", "two/x.cpp", "two/in/y.c", "two/z_check.c":
            self.write(f"src/{name}", "")
        page = "## one/, two/\n| `one/a`, `b.h` | c |\n| `two/x`, `in/y` | `c` |\n| `two/…_check` | c |\n"
        self.write("docs/list.md", page)
        self.assertEqual(list(misnamed_sources(self.root, "docs/list.md")), [])
        self.write("docs/list.md", page.replace("`two/x`", "`one/b`, `two/a`").replace("…_check", "…_checks"))
        self.assertEqual(list(misnamed_sources(self.root, "docs/list.md")), [
            "docs/list.md:3: two/a: there is no such source", "docs/list.md: one/b stands in the lines 2, 3",
            "docs/list.md: two/x is not there", "docs/list.md: two/z_check is not there"])


if __name__ == "__main__":
    unittest.main()
