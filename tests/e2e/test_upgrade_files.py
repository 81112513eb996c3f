"""What is in the names that an upgrade uses, and is not its own, stays as it is, and is named."""
import os
import shutil
import unittest

from test_upgrade import UpgradeStory, read


class NamesOfOthers(UpgradeStory):
    def test_an_upgrade_that_has_nothing_to_do_touches_nothing(self):
        """The second name is an operator's, and what is called .upgrade is another whole store."""
        store = self.take()
        self.upgrade(store)
        os.unlink(store + ".v2")
        shutil.copy(store, store + ".upgrade")
        before = read(store)
        for version in (2, 3):
            kept = f"{store}.v{version}"
            os.link(store, kept)
            self.assertIn("night.db: has ", self.upgrade(store, 1))
            self.assertTrue(os.path.exists(kept), f"{kept} was removed")
            self.assertEqual(read(store + ".upgrade"), before, "the other store was written into")
            os.unlink(kept)
        self.assertIn("nothing to do", self.upgrade(store))


if __name__ == "__main__":
    unittest.main()
