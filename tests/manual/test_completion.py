"""bash, zsh and fish complete every subcommand, flag, word and path, asked as a person asks them.

bash and zsh sit at a terminal: a line is typed, the key that inserts all that would complete it is pressed, then Enter; and what then
stands in the line is what they know. fish says it when it is asked (complete -C).
"""
import contextlib
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from made import HANG_S, MADE, commands, options, page  # noqa: E402

# What is typed into a shell that is asked: the completion, and in the program's place what keeps its arguments.
KEEP = "quiniela() { printf '%s\\0' \"$@\" >kept.new; command mv kept.new kept; }"
BASH = f"source {shlex.quote(MADE)}/quiniela.bash; {KEEP}; : >ready"
ZSH = f"""fpath=($PWD/.zsh $fpath); autoload -U compinit; compinit -D -u
zstyle ':completion:*' completer _all_matches _complete; zstyle ':completion:*' insert true
{KEEP}; : >ready"""


class AtTerminal:
    """A shell in a terminal of its own."""

    def __init__(self, story, command, beginning, key):
        self.folder, self.key = story.folder, key
        terminal, side = pty.openpty()
        # What is typed is shown by the shell, or nowhere.
        how = termios.tcgetattr(side)
        how[3] &= ~termios.ECHO
        termios.tcsetattr(side, termios.TCSANOW, how)
        self.terminal, self.shown = terminal, b""
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "TERM": "dumb", "LC_ALL": "C.UTF-8", "PS1": ""}
        self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdin=side, stdout=side, stderr=side, start_new_session=True)
        os.close(side)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        story.addCleanup(self.end)
        self.type(beginning + "\n")
        self.wait_for("ready")

    def read(self):
        with contextlib.suppress(OSError):  # which is how a terminal ends
            while part := os.read(self.terminal, 65536):
                self.shown += part

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait_for(self, name):
        """Waits for a file, and takes it away."""
        path, late = os.path.join(self.folder, name), time.monotonic() + HANG_S
        while not os.path.exists(path):
            if time.monotonic() > late or self.process.poll() is not None:
                raise AssertionError(f"waited for {name}; the terminal shows {self.shown[-2000:].decode(errors='replace')}")
            time.sleep(0.005)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        os.remove(path)
        return text

    def ask(self, line):
        """What it puts in the place of the line's last word; None where it knows nothing."""
        self.type(line + self.key + "\n")
        words = self.wait_for("kept").split("\0")[:-1]
        typed = shlex.split(line + "x")
        found = words[len(typed) - 2:]
        return None if found in ([], [typed[-1][:-1]]) else {word.rstrip("=/") for word in found}

    def end(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(HANG_S)
        os.close(self.terminal)


class Fish:
    def __init__(self, folder):
        self.folder = folder

    def ask(self, line):
        script = f"source {shlex.quote(MADE)}/quiniela.fish; complete -C {shlex.quote(line)}"
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        said = subprocess.run(["fish", "-N", "-c", script], cwd=self.folder, env=environment, stdout=subprocess.PIPE, text=True, timeout=HANG_S,
                              check=True).stdout
        found = {words.partition("\t")[0].rstrip("/") for words in said.splitlines()}
        return found or None


class Completion(unittest.TestCase):
    """Of all three."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.mkdir(os.path.join(self.folder, ".zsh"))
        shutil.copy(os.path.join(MADE, "quiniela.zsh"), os.path.join(self.folder, ".zsh", "_quiniela"))
        os.mkdir(os.path.join(self.folder, "seals"))
        with open(os.path.join(self.folder, "night.db"), "w", encoding="ascii"):
            pass
        self.shells = {"bash": AtTerminal(self, ["bash", "--norc", "--noprofile", "-i"], BASH, "\x1b*"),
                       "zsh": AtTerminal(self, ["zsh", "-f", "-i"], ZSH, "\t"), "fish": Fish(self.folder)}

    def test_a_shell_that_splits_words_otherwise(self):
        """bash with an IFS of the user's own."""
        self.shells = {"bash": AtTerminal(self, ["bash", "--norc", "--noprofile", "-i"], f"{BASH.removesuffix('; : >ready')}; IFS=,; : >ready", "\x1b*")}
        self.check("quiniela re", {name for name in commands() if name.startswith("re")})

    def check(self, line, wanted):
        """Every shell is to know exactly that; of a path, those that begin so."""
        for name, shell in self.shells.items():
            with self.subTest(shell=name, line=line):
                self.assertEqual(shell.ask(line), wanted)

    def test_subcommands(self):
        self.check("quiniela ", set(commands()))
        self.check("quiniela re", {name for name in commands() if name.startswith("re")})

    def test_flags(self):
        """Of each subcommand those that its --help has."""
        for name in commands():
            if name != "config":
                self.check(f"quiniela {name} --", {"--help", *(f"--{option.flag}" for option in options(name))})

    def test_words(self):
        """What a setting may be one of, as its page says."""
        seen = set()
        for name in commands():
            text = page(f"quiniela-{name}.1")
            for flag, words in re.findall(r" --([\w-]+) [^ ]+ (?:(?! --[a-z]).)*?One of ((?:‘\w+’,? ?)+)\.", text):
                if (flag, words) not in seen:  # most are of groups that many commands have
                    seen.add((flag, words))
                    self.check(f"quiniela {name} --{flag} ", set(re.findall(r"\w+", words)))
        self.assertIn(("number", "‘fixed’, ‘manual’, ‘beacon’"), seen)
        self.check("quiniela server --logging-level ", {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})

    def test_behind_an_equals_sign(self):
        for name, shell in self.shells.items():
            with self.subTest(shell=name):
                found = shell.ask("quiniela server --number=ma")
                self.assertIn(found, ({"--number=manual"}, {"manual"}))

    def test_paths(self):
        self.check("quiniela server --store ni", {"night.db"})
        self.check("quiniela restore ni", {"night.db"})
        self.check("quiniela verify se", {"seals"})
        self.check("quiniela sample --dir se", {"seals"})
        self.check("quiniela sample --dir ni", None)
        self.check("quiniela export -o ni", {"night.db"})

    def test_what_only_a_person_knows(self):
        self.check("quiniela client --id ", None)
        self.check("quiniela client --id n", None)

    def test_the_settings_of_another_command(self):
        self.check("quiniela config ", {"server", "client"})
        self.check("quiniela config --sa", {"--sandbox"})
        self.check("quiniela config server --ht", {f"--{option.flag}" for option in options("server") if option.flag.startswith("ht")})
        self.check("quiniela config client --", {"--help", *(f"--{option.flag}" for option in options("client"))})


if __name__ == "__main__":
    unittest.main()
