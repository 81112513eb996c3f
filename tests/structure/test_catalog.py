"""Every text of client and doctor is translated, and one that is missing or wrong is found."""
import os
import re
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "po"))
import catalog  # noqa: E402

SOURCE = '''
static const char check[] = N_("clock");
error_set(error, ERROR_SYSTEM, "%s: has %" PRIu64 " bets", path, bets);
error_set(error, ERROR_SYSTEM, "%s: %s", path, why);
findings_add(findings, FINDING_WRONG, check, "Try again", "it is late");
'''
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
GOOD = {"clock": "reloj", "%s: has %<PRIu64> bets": "%s: tiene %<PRIu64> apuestas", "Try again": "Otra vez", "it is late": "es tarde"}


class Tree(unittest.TestCase):
    def test_every_text_is_translated(self):
        self.assertEqual(list(catalog.faults(ROOT)), [])


class Found(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        os.mkdir(f"{self.root}/po")
        self.write("po/sources.txt", "*.c\n")
        self.write("one.c", SOURCE)
        self.translate(GOOD)
        catalog.write(self.root)

    def write(self, name, text):
        with open(os.path.join(self.root, name), "w", encoding="utf-8") as file:
            file.write(text)

    def translate(self, texts, flags=""):
        c_format = "#, c-format\n"
        self.write("po/es.po", "\n".join([HEAD, *(f'{flags}{c_format if "%" in text else ""}msgid "{text}"\nmsgstr "{said}"\n'
                                                  for text, said in texts.items())]))

    def expect(self, *patterns):
        found = list(catalog.faults(self.root))
        self.assertEqual(len(found), len(patterns), found)
        for line, pattern in zip(found, patterns):
            self.assertRegex(line, pattern)

    def test_good(self):
        self.expect()
        with open(f"{self.root}/po/quiniela.pot", encoding="utf-8") as file:
            self.assertEqual(len(re.findall("^msgid", file.read(), re.MULTILINE)), 1 + len(GOOD), "not what has no words")

    def test_new_in_the_source(self):
        self.write("two.c", 'error_set(error, ERROR_SYSTEM, "it is new");\n')
        self.expect("^po/quiniela.pot: the sources have other texts", '"it is new" is missing')
        catalog.write(self.root)
        self.expect('^po/es.po: "it is new" is not translated')

    def test_not_marked_beside_marked_ones(self):
        table = 'static const struct kind kinds[] = {{\';\', "%s"},\n{\'|\', N_("it is "\n"late")}, {"gz", N_("clock")}};\n'
        self.translate({**GOOD, "a b": "c"})
        self.write("two.c", table % "a b")
        catalog.write(self.root)
        self.expect('^two.c:1: "a b" stands beside texts in N_')
        self.write("two.c", table % "xz")
        self.expect()

    def test_missing(self):
        self.translate({**GOOD, "clock": ""})
        self.expect('"clock" is not translated')
        self.translate({text: said for text, said in GOOD.items() if text != "Try again"})
        self.expect('"Try again" is missing')

    def test_fuzzy(self):
        self.translate({"clock": "reloj"}, "#, fuzzy\n")
        self.expect('"clock" is fuzzy', *3 * ["is missing"])

    def test_other_format(self):
        self.translate({**GOOD, "%s: has %<PRIu64> bets": "%s: tiene apuestas"})
        self.expect("msgfmt .*number of format specifications")
        self.translate({**GOOD, "%s: has %<PRIu64> bets": "%<PRIu64>: tiene %s apuestas"})
        self.expect("msgfmt .*format specifications .* are not the same")

    def test_no_such_source(self):
        self.write("po/sources.txt", "*.c\nthree/*.c\n")
        with self.assertRaisesRegex(RuntimeError, "three/.*there is no such source"):
            list(catalog.faults(self.root))


if __name__ == "__main__":
    unittest.main()
