"""The bytes of every example in the protocol's page are those that a real server takes and sends.

docs/protocol-examples.md says how its examples are written. Each section is played against a server of its own: what agencies send
is sent byte for byte, and what the page has the central answer is compared. With --write the answers that come are put into the page.
"""
import os
import re
import shlex
import socket
import struct
import subprocess
import sys
import unittest

from harness import PROGRAM, ROOT, Server, Story, hang_s

PAGE = os.path.join(ROOT, "docs/protocol-examples.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
VARY = re.compile(r"^These fields vary: (.*?)\.$", re.MULTILINE | re.DOTALL)


def sections(page):
    """Of each section with examples its heading, and its blocks, pairs of a kind and lines."""
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        blocks = [(kind, text.splitlines()) for kind, text in BLOCK.findall(section)]
        if any(kind in Player.KINDS for kind, _ in blocks):
            yield section.split("\n")[0], blocks


def fields_that_vary(page):
    return re.findall(r"`(\w+)`", VARY.search(page)[1])


def shown(body):
    """A frame as the page has it: its length in hexadecimal digits, byte by byte, and the bytes after it."""
    return struct.pack(">I", len(body)).hex(" ") + " " + body.decode("ascii")


def frame_of(text):
    """The bytes that the page shows, whether or not the length is right."""
    found = re.fullmatch(r"((?:[0-9a-f]{2} ){4})(.*)", text)
    if not found:
        raise AssertionError(f"an example begins with four bytes in hexadecimal digits: {text!r}")
    return bytes.fromhex(found[1]) + found[2].encode("ascii")


class Player:
    """Plays the blocks of one section, and gives back their lines as they should be."""
    KINDS = ("bets", "consultations", "control")

    def __init__(self, story, blocks):
        self.story, self.blocks, self.server, self.drained = story, blocks, None, []
        self.environment = {**os.environ, "STORE": "quiniela.db", "PATH": os.path.dirname(PROGRAM) + ":" + os.environ["PATH"]}

    def play(self):
        return [(kind, self.start(lines) if kind == "sh" else self.talk(kind, lines) if kind in self.KINDS else lines)
                for kind, lines in self.blocks]

    def start(self, lines):
        """The commands before the talk; the last one starts the server, on ports that are free."""
        for line in lines:
            words = shlex.split(line)
            if words[1] != "server":
                self.run(line)
                continue
            place = words.index("--agencies")
            self.server = Server(self.story, *words[2:place], *words[place + 2:], agencies=words[place + 1])
        return lines

    def run(self, line):
        words = shlex.split(line)
        process = subprocess.Popen([PROGRAM, *words[1:]], cwd=self.story.folder, env=self.environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.story.addCleanup(process.stdout.close)
        if words[1] == "drain":  # which ends when the server does; what it says first it says once every loop knows
            said = process.stdout.readline()
            if not said.startswith("draining: "):
                raise AssertionError(f"{line}: expected that it drains, came {said!r}")
            self.story.addCleanup(process.wait)
            return
        said, _ = process.communicate(timeout=hang_s())
        if process.returncode != 0:
            raise AssertionError(f"{line}: exit status {process.returncode}: {said}")

    def connect(self, kind):
        if kind == "control":
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(os.path.join(self.story.folder, "quiniela.db.control"))
        else:
            connection = socket.create_connection(("127.0.0.1", self.server.ports[kind == "consultations"]))
        connection.settimeout(hang_s())
        self.story.addCleanup(connection.close)
        return connection, connection.makefile("rb")

    def talk(self, kind, lines):
        """> is sent, < is compared, $ is done by the operator, and a ! is the central's end of the connection."""
        connection, reader = self.connect(kind)
        came = []
        for line in lines:
            mark, _, text = line.partition(" ")
            if mark == ">":
                connection.sendall(text.encode("ascii") + b"\n" if kind == "control" else frame_of(text))
                came.append(line)
            elif mark == "<":
                came.append("< " + (reader.readline().decode("ascii").rstrip("\n") if kind == "control" else self.answer(reader)))
            elif mark == "$":
                self.run(text)
                came.append(line)
            else:
                came.append(line if reader.read(1) == b"" else line + " (it is open)")
        reader.close()
        connection.close()
        return came

    def answer(self, reader):
        head = reader.read(4)
        if len(head) < 4:
            return "nothing: the connection has ended"
        return shown(reader.read(struct.unpack(">I", head)[0]))


class Examples(Story):
    maxDiff = None

    def test_every_example(self):
        with open(PAGE, encoding="utf-8") as file:
            page = file.read()
        vary = fields_that_vary(page)

        def fixed(blocks):
            return "\n".join(self.without(vary, line) for _, lines in blocks for line in lines)
        played = 0
        for heading, blocks in sections(page):
            with self.subTest(section=heading):
                self.folder = self.make_folder(heading)
                came = Player(self, blocks).play()
                self.assertEqual(fixed(came), fixed(blocks), f"what the central says is not what the page has it say, in {heading!r}; {self.logs()}")
                played += sum(line.startswith("<") for kind, lines in blocks for line in lines)
        self.assertGreater(played, 30, "answers that were compared")

    def make_folder(self, name):
        folder = os.path.join(self.folder_of_all, re.sub(r"\W", "", name))
        os.mkdir(folder)
        return folder

    def setUp(self):
        super().setUp()
        self.folder_of_all = self.folder

    @staticmethod
    def without(vary, line):
        """Without the values that are others each time. Lengths stay: such a field has as many bytes each time."""
        return re.sub(rf'"({"|".join(vary)})":("[^"]*"|\d+)', r'"\1":…', line)

    def test_every_message_has_one(self):
        """Of each type of message, and each code that the page of the protocol has and that is not named as left out."""
        with open(PAGE, encoding="utf-8") as file:
            page = file.read()
        lines = [line for _, blocks in sections(page) for kind, block in blocks if kind in Player.KINDS for line in block]
        for mark, types in ((">", (1, 2, 3)), ("<", (1, 2, 3, 4))):
            for kind in types:
                self.assertTrue(any(line.startswith(mark) and f'"type_message":{kind}' in line for line in lines), f"{mark} type {kind}")
        with open(os.path.join(ROOT, "docs/protocol.md"), encoding="utf-8") as file:
            errors = re.search(r"^## Errors\n(.*?)^## ", file.read(), re.MULTILINE | re.DOTALL)[1]
        codes = re.findall(r"^\| `(\w+)` \|", errors, re.MULTILINE)[1:]  # without the heading
        self.assertGreater(len(codes), 10)
        left_out = re.findall(r"`(\w+)`", re.search(r"^There is no example of (.*?)\.$", page, re.MULTILINE | re.DOTALL)[1])
        self.assertEqual([code for code in codes if not any(f'"code":"{code}"' in line for line in lines)], left_out)


def write_answers():
    """Puts what came into the page: for whoever adds an example."""
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()

    class Writer(Story):
        def runTest(self):
            pages, vary = page, fields_that_vary(page)
            for heading, blocks in sections(page):
                self.folder = os.path.join(self.folder, re.sub(r"\W", "", heading))
                os.mkdir(self.folder)
                for (kind, old), (_, new) in zip(blocks, Player(self, blocks).play()):
                    if [Examples.without(vary, line) for line in new] == [Examples.without(vary, line) for line in old]:
                        continue
                    pages = pages.replace(f"```{kind}\n" + "".join(line + "\n" for line in old) + "```\n",
                                          f"```{kind}\n" + "".join(line + "\n" for line in new) + "```\n", 1)
            with open(PAGE, "w", encoding="utf-8") as file:
                file.write(pages)
    unittest.TextTestRunner().run(Writer())


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write_answers()
    else:
        unittest.main()
