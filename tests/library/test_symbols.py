"""The library gives out what its header declares, and has nothing in it that no library should.

Of the shared one the loader's view, of the static one the linker's.
"""
import re
import unittest

from stranger import ARCHIVE, HEADER, ROOT, SHARED, run

# What it may need besides the C library, the C++ one and the loader.
NEEDED = re.compile(r"lib(ssl|crypto|simdjson|stdc\+\+|gcc_s|m|c)\.so\.\d+$|ld-linux.*\.so\.\d+$")
# Threads; signals; the end of the process; the standard streams; and what a whole process has one of.
FORBIDDEN = re.compile(
    r"(pthread_create|thrd_create|fork|vfork|clone|_Fork|posix_spawn|system|popen"
    r"|signal|bsd_signal|sysv_signal|__sysv_signal|sigaction|sigprocmask|pthread_sigmask|sigwait|sigqueue|raise|kill|alarm|setitimer"
    r"|exit|_exit|_Exit|quick_exit|abort|__assert|__assert_fail|__assert_perror_fail"
    r"|stdin|stdout|stderr|puts|printf|__printf_chk|vprintf|__vprintf_chk|putchar|perror|getchar|psignal|syslog"
    r"|_ZSt4cout|_ZSt4cerr"
    r"|setenv|putenv|dgettext|dngettext|bindtextdomain|unsetenv|clearenv|setlocale|tzset|umask|chdir|setrlimit|srand|strtok|uv_.*)$")
# Of these it has two: for assertions, which only a mistake of the library's own can fail, as its page says.
ENDS = {"abort", "__assert_fail"}
# What stays from one call to the next: made once, and the same whoever asks (`known`: what the processor can); or never
# written by a library (who translates). Of the thread: whose call it is.
STATE = {"bytes_method", "bytes_method_once", "host_index", "host_index_once", "known", "in_general_use", "beside_log_use"}


def symbols(kinds, *arguments):
    """The names, without versions, of the symbols of these kinds."""
    found = (line.split() for line in run("nm", "--format=posix", *arguments).splitlines())
    return {words[0].split("@")[0] for words in found if len(words) > 1 and words[1] in kinds}


class Names(unittest.TestCase):
    def setUp(self):
        with open(HEADER, encoding="utf-8") as file:
            code = re.sub(r"//.*", "", file.read())
        self.declared = set(re.findall(r"QUINIELA_API\b[^;(]*?\b(quiniela_\w+)\(", code))
        self.assertGreater(len(self.declared), 30)

    def test_the_shared_one_exports_what_is_declared(self):
        lines = run("nm", "-D", "--defined-only", SHARED).splitlines()
        exported = {line.split()[-1] for line in lines if line.split()[1] != "A"}
        self.assertEqual({name.split("@@")[0] for name in exported}, self.declared)
        self.assertEqual({name.split("@@")[1] for name in exported}, {"QUINIELA_0"})

    def test_the_static_one_too(self):
        self.assertEqual(symbols("ABCDGIRSTVWu", "-g", "--defined-only", ARCHIVE), self.declared)

    def test_the_map_names_no_other(self):
        with open(f"{ROOT}/lib/quiniela.map", encoding="utf-8") as file:
            named = re.findall(r"^ +(quiniela_\w+);$", file.read(), re.M)
        self.assertEqual(sorted(named), sorted(self.declared))


class Codes(unittest.TestCase):
    def read(self, name):
        with open(f"{ROOT}/{name}", encoding="utf-8") as file:
            return file.read()

    def test_the_page_says_of_each_what_to_do_as_the_code_does(self):
        table = re.search(r"\| codes \|(.*?)\n\n", self.read("docs/library.md"), re.DOTALL)[1]
        rows = [re.findall(r"`([A-Z_]+)`", row.split("|")[1]) for row in table.splitlines()[2:]]
        listed = [code for row in rows for code in row]
        with open(HEADER, encoding="utf-8") as file:
            kinds = re.search(r"enum quiniela_code \{(.*?)\};", file.read(), re.DOTALL)[1]
        self.assertEqual(sorted(listed), sorted(set(re.findall(r"QUINIELA_(\w+) = \d", kinds)) - {"CODE_LARGEST"}))
        passing = re.search(r"passing\[\] = \{(.*?)\};", self.read("src/agency/codes.c"), re.DOTALL)[1]
        self.assertEqual(sorted(rows[-1] + rows[-2]), sorted(re.findall(r"QUINIELA_(\w+)", passing)))


class Needs(unittest.TestCase):
    def test_the_soname_is_that_of_the_abi(self):
        told = run("readelf", "-d", SHARED)
        self.assertEqual(re.findall(r"SONAME.*\[(.*)\]", told), ["libquiniela.so.0"])

    def test_other_libraries(self):
        for needed in re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-d", SHARED)):
            self.assertRegex(needed, NEEDED)

    def test_neither_threads_nor_signals_nor_standard_streams(self):
        for which in (["-D", "-u", SHARED], ["-u", ARCHIVE]):
            used = symbols("Uvw", *which)
            self.assertGreaterEqual(used, {"malloc", "SSL_new"})  # else it shows nothing
            self.assertEqual({name for name in used if FORBIDDEN.match(name)} - ENDS, set())

    def test_what_is_writable_is_made_once(self):
        listed = run("objdump", "-t", ARCHIVE)
        writable = set(re.findall(r" O (?:\.data|\.bss|\.data\.\w+|\.bss\.\w+)\t\S+ (?:\.hidden )?(\S+)$", listed, re.M))
        writable = {re.sub(r"\.(\d+|lto_priv\.\d+)$", "", name) for name in writable}
        writable = {name for name in writable if not name.startswith((".data.rel.ro", "_ZTV"))}
        self.assertLessEqual(writable, STATE)


if __name__ == "__main__":
    unittest.main()
