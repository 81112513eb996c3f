"""A setting bound to a field that is missing, of another type or too narrow does not compile."""
import os
import subprocess
import unittest

PROGRAM = """
#include "base/settings_command.h"
struct inner {{ const char *text; }};
struct options {{
    const char *text; char *mutable_text; bool is_on; uint16_t port; int count; uint32_t agencies; int64_t amount;
    uint64_t time_ms; enum {{ CALM, LOUD }} mood; double ratio; struct inner inner;
}};
static const struct setting table[] = {{{entry}, {{.key = NULL}}}};
static const struct setting_group groups[] = {{{group}, {{.settings = NULL}}}};
const struct settings_command command = {{.name = "test", .groups = groups}};
"""
ENTRY = 'SETTING_TEXT_IN(struct options, text, "TEXT", NULL, .help = "A text")'
GROUP = '{"Options", table, 0}'


class Binding(unittest.TestCase):
    def compile(self, entry=ENTRY, group=GROUP):
        """Whether it compiles, and what the compiler says."""
        ran = subprocess.run([os.environ["QUINIELA_CC"], "-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                              "-I", os.environ["QUINIELA_SOURCE"], "-x", "c", "-"],
                             input=PROGRAM.format(entry=entry, group=group), capture_output=True, text=True, timeout=60, check=False)
        return ran.returncode == 0, ran.stderr

    def good(self, **parts):
        with self.subTest(**parts):
            compiled, said = self.compile(**parts)
            self.assertTrue(compiled, said)

    def bad(self, says, **parts):
        with self.subTest(**parts):
            compiled, said = self.compile(**parts)
            self.assertFalse(compiled, "it compiled")
            self.assertRegex(said, says)

    def number(self, field, least, most):
        return f'SETTING_NUMBER_IN(struct options, {field}, "N", NULL, {least}, {most}, .help = "A number")'

    def test_every_kind_of_entry_compiles(self):
        self.good()
        for field, least, most in (("port", 0, "UINT16_MAX"), ("count", "INT_MIN", "INT_MAX"), ("agencies", 0, "UINT32_MAX"),
                                   ("amount", "INT64_MIN", "INT64_MAX"), ("time_ms", 0, "INT64_MAX")):
            self.good(entry=self.number(field, least, most))
        self.good(entry='SETTING_CONFIG_IN(struct options, text, "T", .help = "")')
        self.good(entry='SETTING_SWITCH_IN(struct options, is_on, "T", .help = "")')
        self.good(entry='SETTING_CHOICE_IN(struct options, mood, "T", "calm", "calm loud", .help = "")')
        self.good(entry='SETTING_DURATION_IN(struct options, time_ms, "T", "1s", .help = "")')
        self.good(entry='SETTING_SIZE_IN(struct options, amount, "T", "1M", 1024, .help = "")')
        self.good(group='SETTING_GROUP_IN(struct options, inner, struct inner, "Inner", table)')

    def test_a_field_that_is_not_there(self):
        self.bad("prot", entry=self.number("prot", 0, 1))
        self.bad("txet", entry=ENTRY.replace("text,", "txet,"))
        self.bad("iner", group='SETTING_GROUP_IN(struct options, iner, struct inner, "Inner", table)')

    def test_a_field_of_another_type(self):
        association = "_Generic|association"
        self.bad(association, entry=self.number("text", 0, 1))
        self.bad(association, entry=self.number("is_on", 0, 1))
        self.bad(association, entry=self.number("ratio", 0, 1))
        for field in ("port", "mutable_text", "is_on"):
            self.bad(association, entry=ENTRY.replace("text,", f"{field},"))
        self.bad(association, entry='SETTING_SWITCH_IN(struct options, port, "T", .help = "")')
        self.bad(association, entry='SETTING_CHOICE_IN(struct options, is_on, "T", "a", "a b", .help = "")')
        self.bad(association, entry='SETTING_DURATION_IN(struct options, agencies, "T", "1s", .help = "")')
        self.bad(association, entry='SETTING_SIZE_IN(struct options, port, "T", "1M", 1024, .help = "")')
        self.bad(association, group='SETTING_GROUP_IN(struct options, port, struct inner, "Inner", table)')

    def test_bounds_that_the_field_cannot_hold(self):
        fit = "the bounds do not fit the field"
        self.bad(fit, entry=self.number("port", 0, 65536))
        self.bad(fit, entry=self.number("port", -1, 1))
        self.bad(fit, entry=self.number("agencies", 0, "INT64_C(4294967296)"))
        self.bad(fit, entry=self.number("count", 0, "INT64_C(2147483648)"))
        self.bad(fit, entry=self.number("time_ms", -1, 1))


if __name__ == "__main__":
    unittest.main()
