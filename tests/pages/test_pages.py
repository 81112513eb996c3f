"""A page whose command does not work makes its test fail, with page and line.

Each story writes a page with one thing wrong in it. And the pages that there are name no test and no file that is not there, and hold no
more commands that nobody runs than is said here.
"""
import collections
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

import machine
import names
import page as pages

HERE = os.path.dirname(os.path.abspath(__file__))
# Commands that truly cannot be run: an ssh to another machine.
NOT_RUN_AT_MOST = 3
# Commands that take too long, or are of a machine as a whole: builds, suites, benchmarks.
NAMES_ONLY_AT_MOST = {"README.md": 4, "README.es.md": 4, "docs/testing.md": 15, "docs/test-runs.md": 12, "docs/benchmarks.md": 7, "docs/python.md": 3}
# Commands of blocks that a test is said to run.
BY_AT_MOST = 13
GOOD = """# A page

In a terminal of its own:

<!-- background -->
```sh
quiniela server --agencies 1 --store page.db
```

- with a list:
  <!-- exits: 2 -->
  ```sh
  quiniela close \\
      --store page.db
  ```
  ```text
  quiniela close: …
  quiniela close: nothing is done yet: add --yes to do it
  ```

```sh
cat >lines <<'END'
quiniela no command
END
export STORE=page.db        # for what follows
test "$(wc -l <lines)" = 1
```

Then `quiniela status --store PATH`, and

```sh
quiniela drain
```
"""


def all_pages():
    return sorted(path for folder in ("", "docs", "docs/es", "clients/python") for path in glob.glob(os.path.join(machine.ROOT, folder, "*.md")))


def commands_of(path):
    with open(path, encoding="utf-8") as file:
        return pages.read(file.read(), os.path.relpath(path, machine.ROOT))


def test_of(name):
    folder, _, test = name.partition(".")
    return os.path.join(machine.ROOT, "tests", folder, f"test_{test}.py")


def is_of_page(command, found):
    """Whether its whole page is run by a test, which reads the page."""
    return any(other.page == command.page and other.text == "the page" for other in found)


def not_in_test(command):
    """The subcommand of quiniela and the flags that the test it is said to be run by does not have. (Other programs are counted alone.)"""
    with open(test_of(command.marks["by"]), encoding="utf-8") as file:
        text = file.read()
    words = re.sub(r"\s#.*", "", command.text).split()
    if words[0] != "quiniela":
        return []
    wanted = [words[1], *(word for word in words[2:] if word.startswith("--") and word != "--config")]
    return [word for word in wanted if not names.has_flag(text, word)]


class Pages(unittest.TestCase):
    def run_page(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page.md")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "run.py"), "--quiet", "page.md"], cwd=folder, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            return done.returncode, done.stdout

    def assert_refused(self, text, said):
        status, output = self.run_page(text)
        self.assertEqual(status, 1, output)
        self.assertIn(said, output)

    def replaced(self, old, new):
        self.assertIn(old, GOOD)
        return GOOD.replace(old, new)

    def test_a_page_that_is_right(self):
        status, output = self.run_page(GOOD)
        if status == 77:
            self.skipTest(output)
        self.assertEqual((status, output), (0, "page.md: 6 commands do what the page says\n"))

    def test_what_fails_is_told_with_its_line(self):
        if not machine.can_be_made():
            self.skipTest("no network and folders of its own can be had here")
        self.assert_refused(self.replaced("= 1\n", "= 2\n"), "page.md:26: test")
        self.assert_refused(self.replaced("exits: 2", "exits: 1"), "page.md:13: quiniela close")
        self.assert_refused(self.replaced("<!-- background -->\n", "<!-- background -->\n<!-- on: systemd -->\n"), "page.md:14: quiniela close")
        self.assert_refused(self.replaced("--agencies 1", "--agencies -1"), "page.md:7: quiniela server")
        self.assert_refused(self.replaced("is done yet: add", "was done yet: add"), "page.md:13: quiniela close")
        self.assert_refused(self.replaced("quiniela close: …", "quiniela close: nothing is done yet: add --yes to do it"), "page.md:13: quiniela close")

    def test_names_that_there_are_not(self):
        self.assert_refused(self.replaced("status --store PATH", "status --stare PATH"), "page.md:29: quiniela status has no --stare")
        self.assert_refused(self.replaced("quiniela drain", "quiniela drein"), "page.md:32: there is no quiniela drein")
        for words, said in (("script/test --slow", "script/test has no --slow"), ("quiniela --ver", "quiniela has no --ver"),
                            ("script/package --chec", "script/package has no --chec"), ("script/nothing", "there is no script/nothing"),
                            ("ctest --preset dev -L nothing_at_all", "no test has the label"),
                            ("X=1 python3 -B tests/e2e/test_nothing.py", "there is no tests/e2e/test_nothing.py")):
            self.assert_refused(f"<!-- names only -->\n```sh\n{words}\n```\n", "page.md:3: " + said)

    def test_commands_that_stand_where_nobody_runs_them(self):
        for text in ("```\nquiniela status\n```\n", "```text\n$ quiniela status\n```\n", "\n    quiniela status\n", "```bash\ntrue\n```\n",
                     "<!-- exit: 1 -->\n```sh\nfalse\n```\n", "<!-- exits: 1 -->\n\n```sh\nfalse\n```\n", "```sh\ncat <<END\nfor ever\n```\n",
                     "Open it:\n\n<!-- background -->\n```sh\nquiniela server\n```\n"):
            with self.assertRaises(pages.Wrong, msg=text):
                pages.read(text, "page.md")

    def test_commands_of_another_machine(self):
        text = "<!-- on: systemd -->\n```sh\nsystemctl start quiniela\n```\n```sh\ntrue\n```\n"
        with tempfile.NamedTemporaryFile("w", suffix=".md") as file:
            file.write(text)
            file.flush()
            self.assertEqual([command.text for command in pages.commands(file.name, "systemd")], ["systemctl start quiniela"])
            self.assertEqual([command.text for command in pages.commands(file.name)], ["true"])

    def test_what_the_pages_name(self):
        found = [command for path in all_pages() for command in commands_of(path)]
        marks = [(command.where(), command.marks) for command in found]
        not_run = [where for where, marked in marks if "not run" in marked]
        self.assertLessEqual(len(not_run), NOT_RUN_AT_MOST, not_run)
        for where, marked in marks:
            test = marked.get("by", "").partition(".")
            if test[0]:
                self.assertTrue(os.path.exists(test_of(marked["by"])), where)
        by = [command for command in found if "by" in command.marks and not is_of_page(command, found)]
        self.assertEqual([(command.where(), word) for command in by for word in not_in_test(command)], [])
        self.assertLessEqual(len(by), BY_AT_MOST, [command.where() for command in by])
        self.assertEqual(collections.Counter(command.page for command in found if "names only" in command.marks), NAMES_ONLY_AT_MOST)
        given = {marked["given"] for _, marked in marks if "given" in marked}
        there = {os.path.basename(path)[:-3] for path in glob.glob(os.path.join(HERE, "given", "*.sh"))}
        self.assertEqual(given, there - {"common", "on-postgres"})


if __name__ == "__main__":
    unittest.main()
