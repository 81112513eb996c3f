"""The program is hardened: a memory error ends it and is not exploitable.

By the program's own headers.
"""
import platform
import re
import shutil
import subprocess
import unittest

from harness import PROGRAM, hang_s


def readelf(*flags):
    return subprocess.run(["readelf", "-W", *flags, PROGRAM], stdout=subprocess.PIPE, text=True, check=True,
                          timeout=hang_s()).stdout


def symbols():
    """Each symbol's name, without its version."""
    return {line.split()[7].split("@")[0] for line in readelf("--syms", "--dyn-syms").splitlines()
            if len(line.split()) > 7}


@unittest.skipIf(shutil.which("readelf") is None, "binutils are not here")
class Binary(unittest.TestCase):
    def test_it_starts_at_a_random_address(self):
        self.assertRegex(readelf("--file-header"), r"Type: +DYN ")
        self.assertRegex(readelf("--dynamic"), r"\(FLAGS_1\).* PIE")

    def test_nothing_is_both_written_and_run(self):
        headers = readelf("--program-headers")
        stack = re.search(r"GNU_STACK +(?:0x\w+ +){5}([RWE ]+?) +0x", headers)
        self.assertEqual(stack[1].strip(), "RW")
        parts = re.findall(r"LOAD +(?:0x\w+ +){5}([RWE ]+?) +0x", headers)
        self.assertTrue(any("W" in flags for flags in parts) and any("E" in flags for flags in parts), headers)
        for flags in parts:
            self.assertFalse("W" in flags and "E" in flags, headers)

    def test_the_tables_of_calls_are_read_only_once_it_runs(self):
        self.assertIn("GNU_RELRO", readelf("--program-headers"))
        self.assertRegex(readelf("--dynamic"), r"\(FLAGS\).*BIND_NOW|\(BIND_NOW\)")
        self.assertRegex(readelf("--dynamic"), r"\(FLAGS_1\).*NOW")

    def test_the_stack_is_looked_at_before_a_function_returns(self):
        self.assertIn("__stack_chk_fail", symbols())

    def test_calls_of_the_c_library_look_at_sizes(self):
        names = symbols()
        if any(name.startswith(("__asan_", "__tsan_", "__gcov_")) for name in names):
            self.skipTest("not with a sanitizer, which looks itself, and not unoptimised")
        self.assertLessEqual({"__memcpy_chk", "__snprintf_chk"}, names)

    @unittest.skipUnless(platform.machine() in ("x86_64", "AMD64"), "is about x86")
    def test_jumps_and_returns_are_marked(self):
        self.assertRegex(readelf("--notes"), r"x86 feature: .*SHSTK")
        disassembly = subprocess.run(["objdump", "-d", "--disassemble=cli_server", PROGRAM], stdout=subprocess.PIPE, text=True,
                                     check=True, timeout=hang_s()).stdout
        self.assertRegex(disassembly, r"<cli_server>:\n.*\tendbr64")


if __name__ == "__main__":
    unittest.main()
