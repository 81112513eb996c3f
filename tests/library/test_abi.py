"""Programs that were made with the library that the stored ABI is of go on with this one.

lib/abi has what abidw found in the library; script/abi compares and renews.
"""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from stranger import BUILD, ROOT


def compare(root, *arguments):
    done = subprocess.run([os.path.join(root, "script/abi"), "--build", BUILD, *arguments], capture_output=True, text=True, check=False,
                          env={**os.environ, "LC_ALL": "C"})  # also where that is a locale that is missing
    return done.returncode, done.stdout + done.stderr


class TheAbi(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="quiniela-abi-")
        self.addCleanup(shutil.rmtree, self.root)
        shutil.copytree(os.path.join(ROOT, "lib"), os.path.join(self.root, "lib"))
        os.mkdir(os.path.join(self.root, "script"))
        shutil.copy(os.path.join(ROOT, "script/abi"), os.path.join(self.root, "script"))
        self.stored = os.path.join(self.root, "lib/abi/libquiniela.0.abi")

    def change(self, pattern, by):
        """Has the stored one be another."""
        with open(self.stored, encoding="utf-8") as file:
            text, changes = re.subn(pattern, by, file.read())
        self.assertGreater(changes, 0, pattern)
        with open(self.stored, "w", encoding="utf-8") as file:
            file.write(text)

    def test_is_as_stored(self):
        self.assertEqual(compare(ROOT), (0, "script/abi: libquiniela.so.0 is as stored\n"))

    def test_a_function_that_is_gone_is_never_stored(self):
        self.change("quiniela_agency_may_retry", "quiniela_agency_must_retry")
        for arguments in ([], ["--renew"]):
            status, said = compare(self.root, *arguments)
            self.assertEqual(status, 1)
            self.assertIn("[D] 'function int quiniela_agency_must_retry(", said)
            self.assertIn("would go wrong", said)

    def test_a_field_that_is_another_is_told(self):
        self.change("name='wait_ms'", "name='waits_ms'")
        status, said = compare(self.root)
        self.assertEqual(status, 1)
        self.assertIn("waits_ms", said)
        self.assertIn("the ABI has changed", said)

    def test_it_is_stored_where_none_is(self):
        with open(self.stored, encoding="utf-8") as file:
            before = file.read()
        os.remove(self.stored)
        self.assertEqual(compare(self.root)[0], 1)
        self.assertEqual(compare(self.root, "--renew")[0], 0)
        with open(self.stored, encoding="utf-8") as file:
            self.assertEqual(file.read().count("<elf-symbol "), before.count("<elf-symbol "))
        self.assertEqual(compare(self.root)[0], 0)


if __name__ == "__main__":
    unittest.main()
