"""A translated page is as old as its source, and has all of its headings and commands."""
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
from translated import faults, pages, renew  # noqa: E402

SOURCE = "# A page\nWords.\n\n```sh\nquiniela client --id 3    # sends it\n```\n\n## More\n\n    quiniela status --store a.db\n"
SPANISH = "# Una página\nPalabras.\n\n```sh\nquiniela client --id 3    # lo envía\n```\n\n## Más\n\n    quiniela status --store a.db\n"


class Translated(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        os.makedirs(f"{self.root}/docs/es")
        self.write("docs/a.md", SOURCE)
        self.translate(SPANISH)

    def write(self, name, text):
        with open(os.path.join(self.root, name), "w", encoding="utf-8") as file:
            file.write(text)

    def translate(self, text):
        self.write("docs/es/a.md", f"<!-- Translated from docs/a.md, SHA-256 {'0' * 64} -->\n{text}")
        renew(self.root, "docs/es/a.md")

    def expect(self, *patterns):
        found = list(faults(self.root))
        self.assertEqual(len(found), len(patterns), found)
        for line, pattern in zip(found, patterns):
            self.assertRegex(line, pattern)

    def test_this_project(self):
        self.assertEqual("\n".join(faults(ROOT)), "")
        self.assertEqual(pages(ROOT), ["README.es.md", "docs/es/agency.md", "docs/es/operations.md", "docs/es/verifiable-draw.md"])

    def test_good(self):
        self.expect()

    def test_old(self):
        self.write("docs/a.md", SOURCE + "More words.\n")
        self.expect(r"^docs/es/a.md: docs/a.md has changed .*git diff .* script/translations --page docs/es/a.md$")
        renew(self.root, "docs/es/a.md")
        self.expect()

    def test_heading(self):
        self.translate(SPANISH.replace("## Más\n", ""))
        self.expect("headings # *, and docs/a.md # ##$")

    def test_command(self):
        self.translate(SPANISH.replace("--id 3", "--id 4"))
        self.expect("quiniela client --id 3$")
        self.translate(SPANISH.replace("a.db", "b.db"))
        self.expect("quiniela status --store a.db$")

    def test_command_of_any_program(self):
        self.write("docs/a.md", SOURCE.replace("quiniela client", "apt-get install -y jq\nquiniela client"))
        self.translate(SPANISH)
        self.expect("apt-get install -y jq$")

    def test_first_line(self):
        self.write("docs/es/b.md", SPANISH)
        self.expect("^docs/es/b.md: its first line")
        with self.assertRaisesRegex(ValueError, "its first line"):
            renew(self.root, "docs/es/b.md")


if __name__ == "__main__":
    unittest.main()
