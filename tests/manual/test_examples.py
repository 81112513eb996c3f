"""Every example of the manual pages of commands does what it says.

docs/recipes.md, "A manual page", says how they are written. Those of a page are run one after the other by one shell, in a folder of the
page's own, with ports that are free; what a page says is not run is counted here, so that none is added unseen.
"""
import concurrent.futures
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from made import ENVIRONMENT, HANG_S, PROGRAM, ROOT, TEXTS  # noqa: E402
sys.path.insert(0, os.path.join(ROOT, "tests"))
import held_ports  # noqa: E402

NOT_RUN = {"quiniela": "it needs the service", "quiniela-client": "the central of the example is on other machines", "quiniela-top": "it needs a terminal",
           "quiniela-ping": "the server of the example is on another machine"}
MARK = re.compile(r'\.\\" (given|background|until|exits|not run)(?:: (.*))?')
# What all scripts have: begin COMMAND in the background; until COMMAND succeeds; and COMMAND that has to exit so.
BEGINNING = r"""
set -euo pipefail
trap 'status=$?; kill $(jobs -p) 2>/dev/null || true; wait || true; exit $status' EXIT
fail() { echo "the example ends here: $*" >&2; exit 1; }
until_it_is_so() { for _ in {1..600}; do eval "$1" >/dev/null 2>&1 && return; sleep 0.1; done; fail "waited for: $1"; }
exits() { local status=0; eval "$2" || status=$?; [ "$status" = "$1" ] || fail "exit status $status: $2"; }
"""
ESCAPES = {r"\e": "\\", r"\-": "-", r"\(aq": "'", r"\&": "", r"\(ti": "~", r"\(ha": "^", r"\(ga": "`"}


def plain(line):
    return re.sub(r"\\(?:\(..|.)", lambda found: ESCAPES[found[0]], line)


def blocks(text):
    """Of each block of EXAMPLES its marks, pairs of a word and what follows it, and its commands."""
    marks, lines = [], None
    for line in text.partition(".Sh EXAMPLES\n")[2].partition("\n.Sh ")[0].splitlines():
        if line == ".Ed":
            yield marks, "\n".join(lines).replace("\\\n", "").splitlines()
            marks, lines = [], None
        elif lines is not None:
            lines.append(plain(line))
        elif line.startswith(".Bd -literal"):
            lines = []
        elif line.startswith('.\\"'):
            found = MARK.fullmatch(line)
            if not found:
                raise AssertionError(f"what is that to say: {line}")
            marks.append((found[1], found[2]))


def script(text):
    """What runs the examples of a page; None and the reason for each block that is not run."""
    lines, not_run = [BEGINNING], []
    for marks, commands in blocks(text):
        last, said = "exits 0", [reason for word, reason in marks if word == "not run"]
        for word, rest in marks:
            if word in ("given", "until"):
                lines.append(f"{'exits 0' if word == 'given' else 'until_it_is_so'} {shlex.quote(rest)}")
            elif word == "background" and rest:
                lines.append(f"{rest} >>background.log 2>&1 &")
            elif word == "background":
                last = "background"
            elif word == "exits":
                last = f"exits {rest}"
        not_run += said
        if said:
            continue
        if last == "background":
            commands[-1] += " &"
        for place, command in enumerate(commands, 1):
            is_last = place == len(commands)
            lines.append(command if command.endswith("&") else f"{last if is_last else 'exits 0'} {shlex.quote(command)}")
    return "\n".join(lines) + "\n", not_run


class Examples(unittest.TestCase):
    """Of all pages."""

    def run_page(self, name):
        """Returns what is not run of it, and what was said where it failed."""
        with open(os.path.join(TEXTS, name), encoding="utf-8") as file:
            commands, not_run = script(file.read())
        with tempfile.TemporaryDirectory() as folder:
            held = [held_ports.hold(), held_ports.hold()]
            ports = [str(held_ports.number(port)) for port in held]
            environment = {**ENVIRONMENT, "PATH": os.path.dirname(PROGRAM) + ":" + os.environ["PATH"], "SERVER_IP": "127.0.0.1",
                           "SERVER_PORT": ports[0], "CONSULT_SERVER_PORT": ports[1], "CLI_SERVER_ADDRESS": f"127.0.0.1:{ports[0]}",
                           "CLI_SERVER_CONSULT_ADDRESS": f"127.0.0.1:{ports[1]}", "RUNTIME_DIRECTORY": folder}
            shell = subprocess.Popen(["bash", "-c", commands], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     text=True, start_new_session=True)
            try:
                said, _ = shell.communicate(timeout=HANG_S)
            except subprocess.TimeoutExpired:
                os.killpg(shell.pid, signal.SIGKILL)
                said, shell.returncode = shell.communicate()[0] + "\nit hangs", 1
            for port in held:
                port.close()
            log = os.path.join(folder, "background.log")
            if shell.returncode and os.path.exists(log):
                with open(log, encoding="utf-8") as file:
                    said += "\nin the background:\n" + file.read()
        return not_run, said if shell.returncode else None

    def test_all(self):
        names = sorted(name for name in os.listdir(TEXTS) if re.fullmatch(r"quiniela(-(?!client\.yaml|protocol)\w+)?\.mdoc", name))
        self.assertGreater(len(names), 30)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = dict(zip(names, pool.map(self.run_page, names), strict=True))
        self.assertEqual({name.removesuffix(".mdoc"): reason for name, (left, _) in results.items() for reason in left}, NOT_RUN)
        for name, (_, failure) in results.items():
            with self.subTest(page=name):
                self.assertIsNone(failure, failure)


class Planted(unittest.TestCase):
    """What an example does wrongly is seen."""

    def said(self, text):
        commands, _ = script(".Sh EXAMPLES\n" + text + ".Sh SEE ALSO\n")
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(["bash", "-c", commands], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  timeout=HANG_S, check=False)
        return done.returncode, done.stdout

    def test_faults(self):
        block = ".Bd -literal -offset indent\n%s\n.Ed\n"
        for text, status, says in (
                (block % "true\nfalse", 1, "exit status 1: false"), (block % "false\ntrue", 1, "exit status 1: false"),
                ('.\\" exits: 2\n' + block % "false", 1, "exit status 1: false"), ('.\\" exits: 1\n' + block % "false", 0, ""),
                ('.\\" given: false\n' + block % "true", 1, "exit status 1: false"), ('.\\" not run: never\n' + block % "false", 0, ""),
                (block % "nowhere\\-to\\-be\\-found \\e\n  here", 1, "nowhere-to-be-found")):
            with self.subTest(text=text):
                code, said = self.said(text)
                self.assertEqual(code, status, said)
                self.assertIn(says, said)

    def test_unknown_marks(self):
        with self.assertRaisesRegex(AssertionError, "what is that to say"):
            script('.Sh EXAMPLES\n.\\" perhaps: true\n.Sh SEE ALSO\n')


if __name__ == "__main__":
    unittest.main()
