"""The agency's page has every line that an agency can log, and no other."""
import glob
import os
import re
import unittest

from harness import ROOT

# Beside the client's own: what is logged of its settings, certificates and log, which others use, too.
SOURCES = ["src/agency/*.c", "src/link/*.c", "src/cli/client*.c"]
SHARED = {("config", "fail"), ("log", "fail")}
# Whoever calls these says what is tried again, or what has failed, in a word.
FAILURES = r'\b(?:back_off|retry|try_again|fail|end_failed|log_reason)\(([^;{]*)\)[;\s]|\*action = ("\w+")'


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def logged(source):
    """Each action with its result."""
    lines = re.findall(r'log_(?:event|fields)\([^"();]*(?:\([^)]*\))?[^"();]*"(\w+)",\s*LOG_(\w+)', source)
    failures = [word for call in re.findall(FAILURES, source) for word in re.findall(r'"([a-z_]+)"', "".join(call))]
    return {(action, result.lower()) for action, result in lines} | {(action, "fail") for action in failures}


class Page(unittest.TestCase):
    def test_has_every_line(self):
        files = [path for pattern in SOURCES for path in glob.glob(os.path.join(ROOT, pattern))]
        said = set.union(SHARED, *(logged(read(path)) for path in files))
        page = read(os.path.join(ROOT, "docs/agency.md"))
        text = " ".join(page.replace("\\|", "|").split())
        described = set(re.findall(r"action: (\w+) \| result: (\w+)", text))
        self.assertGreater(len(said), 20, "the source was to be understood")
        self.assertEqual(sorted(said - described), [], "an agency logs these, and docs/agency.md does not say what they mean")
        self.assertEqual(sorted(described - said), [], "docs/agency.md describes these, and no agency logs them")


if __name__ == "__main__":
    unittest.main()
