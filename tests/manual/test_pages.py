"""The manual pages say of each command and key what the program says, and mandoc finds nothing wrong.

The pages come from the same tables as --help, so it is the generator that is tested here: nothing of --help may be lost on the way.
"""
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from made import ENVIRONMENT, HANG_S, MADE, PROGRAM, ROOT, TEXTS, commands, help_of, options, page, pages, printed  # noqa: E402

GENERATOR = os.path.join(MADE, "quiniela-manual")
PROTOCOL = os.path.join(ROOT, "docs/protocol.md")


def words_of(text):
    return " ".join(text.split())


class Pages(unittest.TestCase):
    """What they say."""

    def test_a_page_a_command(self):
        self.assertEqual(set(pages()), {"quiniela.1", "quiniela.ini.5", "quiniela-client.yaml.5", "quiniela-protocol.7",
                                        *(f"quiniela-{name}.1" for name in commands())})

    def test_the_first_page_lists_all_as_help_does(self):
        overview = printed(PROGRAM, "--help")
        listed = page("quiniela.1").partition("SUBCOMMANDS")[2]
        at = 0
        for line in re.findall(r"^(?:  [a-z]+ +(\S.*)|([A-Z].*):)$", overview.partition("\n\n")[2], re.MULTILINE):
            words = line[0] or line[1]
            self.assertIn(words, listed[at:])
            at = listed.index(words, at)
        for name in commands():
            self.assertIn(f"quiniela-{name}(1)", listed)

    def test_every_option(self):
        for name in commands():
            text, _, environment = page(f"quiniela-{name}.1").partition(" OPTIONS ")[2].partition(" EXIT STATUS ")[0].partition(" ENVIRONMENT ")
            listed = options(name)
            begins = [f"{f'-{option.letter}, ' if option.letter else ''}--{option.flag} {f'{option.value} ' if option.value else ''}" +
                      option.text.replace("`", "") for option in listed]
            for option, beginning, following in zip(listed, begins, [*begins, "-h, --help "][1:], strict=True):
                with self.subTest(command=name, option=option.flag):
                    self.assertIn(beginning, text)
                    said, _, rest = text.partition(beginning)[2].partition(following)
                    text = following + rest
                    self.assertEqual(option.source("default "), (re.findall("The default is ‘(.*?)’", said) or [None])[0])
                    for variable in option.variables():
                        self.assertRegex(environment, rf"(?:^| ){variable} (As --{option.flag}\.|The same\.)")
                        self.assertIn(variable, said.partition("Environment: ")[2])
                    self.assertEqual(option.key(), (re.findall("In the file: ‘(.*?)’", said) or [None])[0])
                    self.assertEqual("may be repeated" in option.sources, "It may be given several times." in said)

    def test_what_a_command_says_of_itself(self):
        for name in commands():
            with self.subTest(command=name):
                text = page(f"quiniela-{name}.1")
                usage, summary = help_of(name).split("\n\n")[:2]
                self.assertIn(words_of(usage.removeprefix("Usage: ")).replace("OPTION", "option", 1), text)
                self.assertIn("DESCRIPTION " + words_of(summary), text)
                for part in help_of(name).split("\n\n")[-3:]:
                    if not re.search(r"^ |:\n|^Usage|wins over", part):
                        self.assertIn(words_of(part).replace("`", ""), text)

    def test_every_key_of_a_file(self):
        for name, owners in (("quiniela.ini.5", ("server",)), ("quiniela-client.yaml.5", ("client", "doctor"))):
            text = page(name).partition(" KEYS ")[2].partition(" FILES ")[0]
            for owner in owners:
                for option in options(owner):
                    if option.key():
                        with self.subTest(page=name, option=option.flag):
                            self.assertRegex(text, rf"(?:^| ){re.escape(option.key())} (\S+ )?{re.escape(option.text.replace('`', ''))}\.")
                            self.assertRegex(text, rf"Option: --{option.flag} of quiniela-\w+\(1\)\.")

    def test_keys_that_only_other_commands_read(self):
        known = {option.key() for option in options("server")}
        text = page("quiniela.ini.5")
        for name in commands():
            for option in options(name):
                if option.key() and "INI" in help_of(name) and option.key() not in known:
                    self.assertIn(f" {option.key()} {option.value} {option.text}", text)

    def test_the_protocol_is_its_page(self):
        """Each word of docs/protocol.md is there, in the same order."""
        with open(PROTOCOL, encoding="utf-8") as file:
            lines = file.read().splitlines()[1:]
        # A table's headings stand before each cell, or nowhere: they are not looked for.
        below = lines[1:] + [""]
        lines = [line for line, next_line in zip(lines, below, strict=True) if not re.match(r"\|[ |:-]+$", line) and not re.match(r"\|[ |:-]+$", next_line)]
        source = re.sub(r"^```.*$|<!--.*?-->", "", "\n".join(lines), flags=re.MULTILINE)
        source = re.sub(r"\]\([^)]*\)", "]", source)
        wanted = re.findall(r"\w+", source)
        there = re.findall(r"\w+", page("quiniela-protocol.7"))
        at = 0
        for number, word in enumerate(wanted):
            try:
                at = there.index(word, at, at + 40) + 1
            except ValueError:
                self.fail(f"after {' '.join(wanted[max(0, number - 12):number])!r} there is no {word!r}, but {' '.join(there[at:at + 12])!r}")


class Form(unittest.TestCase):
    """How they are written."""

    def test_lint(self):
        files = [os.path.join(MADE, f"man{name[-1]}", name) for name in pages()]
        found = subprocess.run(["mandoc", "-Tlint", "-Wall", *files], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=HANG_S,
                               check=False).stdout
        # It looks for other pages where the system has its own.
        self.assertEqual([line for line in found.splitlines() if "referenced manual not found" not in line], [])

    def test_references(self):
        """Every page that a page names is one of ours, or the system's."""
        for name in pages():
            with open(os.path.join(MADE, f"man{name[-1]}", name), encoding="utf-8") as file:
                for named, section in re.findall(r"^\.(?:It )?Xr (\S+) (\d)", file.read(), re.MULTILINE):
                    self.assertTrue(f"{named}.{section}" in pages() or (named, section) == ("systemd", "1"), f"{name}: {named}({section})")

    def test_sections(self):
        for name in pages():
            with self.subTest(page=name):
                for section in ("NAME", "DESCRIPTION", "EXAMPLES", "SEE ALSO"):
                    self.assertIn(f" {section} ", page(name))
                if name.endswith(".1"):
                    for section in ("SYNOPSIS", "EXIT STATUS"):
                        self.assertIn(f" {section} ", page(name))

    def test_compressed(self):
        for name in pages():
            path = os.path.join(MADE, f"man{name[-1]}", name)
            with open(path, "rb") as plain, open(path + ".gz", "rb") as compressed:
                packed = compressed.read()
                self.assertEqual(gzip.decompress(packed), plain.read())
            self.assertEqual(packed[3:8], bytes(5), "neither a name nor a time")


class Generator(unittest.TestCase):
    """How they are made."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.texts = os.path.join(self.folder, "texts")
        shutil.copytree(TEXTS, self.texts)

    def make(self, name, epoch="1795600000", protocol=PROTOCOL):
        """Makes everything anew: the exit status, what it says, and the folder."""
        made = os.path.join(self.folder, name)
        os.makedirs(made, exist_ok=True)
        environment = {**ENVIRONMENT, "SOURCE_DATE_EPOCH": epoch}
        if epoch is None:
            del environment["SOURCE_DATE_EPOCH"]
        done = subprocess.run([GENERATOR, self.texts, protocol, made], stderr=subprocess.PIPE, text=True, timeout=HANG_S, check=False,
                              env=environment)
        return done.returncode, done.stderr, made

    def read(self, folder):
        found = {}
        for place, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(place, name), "rb") as file:
                    found[os.path.relpath(os.path.join(place, name), folder)] = file.read()
        return found

    def test_the_same_source_gives_the_same_bytes(self):
        one, other = self.make("one"), self.make("other")
        self.assertEqual((one[:2], other[:2]), ((0, ""), (0, "")))
        self.assertEqual(self.read(one[2]), self.read(other[2]))
        self.assertIn(b"\n.Dd November 25, 2026\n", self.read(one[2])["man1/quiniela.1"])

    def test_a_date_is_needed(self):
        for epoch in (None, "", "yesterday", "-1", "1.5"):
            with self.subTest(epoch=epoch):
                status, said, _ = self.make("made", epoch)
                self.assertEqual((status, said.count("\n")), (1, 1))
                self.assertIn("SOURCE_DATE_EPOCH", said)

    def wrong(self, *says):
        status, said, _ = self.make("made")
        self.assertEqual((status, said.count("\n")), (1, 1), said)
        for words in says:
            self.assertIn(words, said)

    def test_a_command_without_its_text(self):
        os.remove(os.path.join(self.texts, "quiniela-top.mdoc"))
        self.wrong("texts/quiniela-top.mdoc is missing", '"A command" in docs/recipes.md')

    def test_a_text_without_its_command(self):
        shutil.copy(os.path.join(self.texts, "quiniela-top.mdoc"), os.path.join(self.texts, "quiniela-bottom.mdoc"))
        self.wrong("texts/quiniela-bottom.mdoc", "there is no such command")

    def change(self, name, old, new):
        path = os.path.join(self.texts, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    def test_a_section_that_is_missing(self):
        self.change("quiniela-top.mdoc", ".Sh EXAMPLES\n", "")
        self.wrong("quiniela-top.mdoc", '"EXAMPLES" is missing')

    def test_a_section_that_no_page_has(self):
        self.change("quiniela-top.mdoc", ".Sh EXAMPLES\n", ".Sh HINTS\n.Sh EXAMPLES\n")
        self.wrong("quiniela-top.mdoc", '"HINTS"')

    def test_a_protocol_that_is_not_there(self):
        status, said, _ = self.make("made", protocol="nowhere.md")
        self.assertEqual((status, said), (1, "quiniela-manual: nowhere.md: No such file or directory\n"))


if __name__ == "__main__":
    unittest.main()
