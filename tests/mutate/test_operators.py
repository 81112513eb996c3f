"""Each kind of planted mistake is found where it can be made, and keeps its name."""
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from mutants import squeeze  # noqa: E402
from operators import mutants_of  # noqa: E402
from source import Source  # noqa: E402

SMALL = """
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 8, PAUSE_MS = 100 };

bool log_event(int level, const char *text);
bool opens(int place, int other);
bool is_open(int place);
void shut(int place);
static char kept[ROOM + 3];

// a comment: if (a < b) shut(1);
%s
"""


class Operators(unittest.TestCase):
    def mutants(self, function, name="small.c"):
        """(operator, before, after) of all that are found in the function."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(SMALL % function)
            self.source = Source(path, name, "cc -D_GNU_SOURCE -std=c17 -c " + path)
            self.found = mutants_of(self.source)
        return [(m.operator, squeeze(m.before), squeeze(m.after)) for m in self.found if m.function]

    def holds(self, function, *expected):
        found = self.mutants(function)
        for mutant in expected:
            self.assertIn(mutant, found)
        return found

    def test_a_comparison_changes_its_edge(self):
        self.holds("int f(int a, int b) { return (a < b) + (a >= b) + (a == b); }",
                   ("edge", "a < b", "a <= b"), ("edge", "a >= b", "a > b"), ("edge", "a == b", "a != b"))

    def test_a_condition_is_turned_round(self):
        found = self.holds("""int f(int a) {
            if (a < 2) { shut(a); }
            while (is_open(a)) { a++; }
            for (int i = 0; i < a; i++) { shut(i); }
            do { a--; } while (a > 7);
            if (a == 3) { return 1; }
            return a > 9 ? a : 0; }""", *[("negate", text, f"!({text})") for text in (
                "a < 2", "is_open(a)", "i < a", "a > 7", "a > 9")])
        self.assertNotIn(("negate", "a == 3", "!(a == 3)"), found, "this is what its edge does, too")

    def test_what_means_the_same_by_its_kind_stays(self):
        found = self.mutants("""void *f(const char *a, const char *b) {
            if (strcmp(a, b) == 0 || !strcmp(a, b)) { return 0; } return strcmp(a, b) < 0 ? calloc(1, ROOM) : 0; }""")
        exchanged = [before for operator, before, _ in found if operator == "arguments"]
        self.assertEqual(exchanged, ["a, b"], "only where the order counts")
        self.assertIn(("constant", "1", "0"), found)
        self.assertNotIn(("constant", "1", "2"), found, "more room changes nothing")

    def test_brackets_in_texts_and_comments_are_none(self):
        self.holds("""void f(int a) { if (a > ')' /* ( */) { shut(a); }
            for (int i = 0; i < a /* ; */; shut(";"[0])) { a--; } }""",
                   ("negate", "a > ')' /* ( */", "!(a > ')' /* ( */)"), ("negate", "i < a /* ; */", "!(i < a /* ; */)"))

    def test_a_constant_is_one_more_or_less(self):
        self.holds("unsigned f(void) { bool b = true; return b ? 0x10u : 0; }", ("constant", "true", "false"),
                   ("constant", "0x10u", "0x11u"), ("constant", "0x10u", "0xfu"), ("constant", "0", "1"),
                   ("constant", "0", "(-1)"))
        named = [(m.mention, m.after) for m in self.found if not m.function]
        self.assertEqual(named, [("ROOM", "9"), ("ROOM", "7")], "sizes of arrays, and times, stay")

    def test_a_statement_is_left_out(self):
        found = self.holds("int f(int a) { a = 3; shut(a); if (a) { return 4; } (void)opens(a, 1); return a; }",
                           ("leave out", "a = 3", ""), ("leave out", "shut(a)", ""), ("leave out", "return 4", ""),
                           ("leave out", "(void)opens(a, 1)", ""))
        self.assertNotIn(("leave out", "return a", ""), found, "what a function gives back at its end stays")
        self.holds("void g(void) { shut(1); return; }", ("leave out", "return", ""))

    def test_arguments_of_one_type_change_places(self):
        found = self.holds("void f(int a, char *s) { (void)opens(a, 1 + a); memcpy(s, kept, 3); }",
                           ("arguments", "a, 1 + a", "1 + a, a"), ("arguments", "s, kept", "kept, s"))
        self.assertEqual(len([m for m in found if m[0] == "arguments"]), 2, found)

    def test_calls_change_places(self):
        found = self.holds("void f(int a) { shut(a); /* and */ shut(2); a = 1; shut(3); }",
                           ("calls", "shut(a); /* and */ shut(2)", "shut(2); /* and */ shut(a)"))
        self.assertEqual(len([m for m in found if m[0] == "calls"]), 1, found)

    def test_and_becomes_or(self):
        self.holds("bool f(bool a, bool b, bool c) { return a && b || c; }",
                   ("logic", "a && b", "((a) || (b))"), ("logic", "a && b || c", "((a && b) && (c))"))

    def test_an_error_is_ignored(self):
        found = self.holds("int f(int a) { if (!opens(a, 1) || memcmp(kept, kept, 1) != 0) { return 1; } return !is_open(a); }",
                           ("ignore", "!opens(a, 1)", "!(opens(a, 1) || 1)"),
                           ("ignore", "memcmp(kept, kept, 1) != 0", "((memcmp(kept, kept, 1) != 0) && 0)"))
        self.assertEqual(len([m for m in found if m[0] == "ignore"]), 2, found)

    def test_a_length_is_shortened(self):
        self.holds("void f(char *s, size_t n) { memcpy(kept, s, n); memset(kept, 0, sizeof kept); }",
                   ("shorten", "n", "(n) - 1"), ("shorten", "sizeof kept", "(sizeof kept) - 1"))

    def test_assertions_and_texts_stay(self):
        found = self.mutants("""void f(int a) {
            static_assert(sizeof(int) > 2, "an int");
            assert(a < 3 && "a < 4");
            log_event(a < 2 ? 1 : 0, "if (a == 5)"); // a > 6
            /* shut(a < 8); */ }""")
        self.assertEqual(found, [("leave out", 'log_event(a < 2 ? 1 : 0, "if (a == 5)")', "")])

    def test_a_mutant_is_called_the_same_wherever_it_stands(self):
        body = "void f(int a) { if (a < 1) { shut(a); } if (a < 1) { shut(a); } }"
        self.mutants(body)
        before = [m.id for m in self.found]
        self.assertEqual(len(set(before)), len(before), "no two are called the same")
        self.mutants("int other(void) { return 3; }\n\n// more\n" + body)
        self.assertEqual([m.id for m in self.found if m.function != "other"], before)

    def test_a_mutant_has_as_many_lines(self):
        self.mutants("void f(int a) {\n    shut(a +\n         1);\n}")
        for mutant in self.found:
            self.assertEqual(mutant.apply(self.source.text).count(b"\n"), self.source.text.count(b"\n"), mutant)


if __name__ == "__main__":
    unittest.main()
