"""A program with only the installed header and library plays the known lottery, however it is linked.

Each of the five agencies is made otherwise: by pkg-config and by find_package, each shared and static, and as C++. So are
the examples, as they are installed.
"""
import os
import re
import shutil
import subprocess
import unittest

from stranger import AGENCY, BUILD, EXAMPLES, ROOT, STRICT, installed, run

from harness import KNOWN_DATA, Server, Story, hang_s

SIZES, WINNERS = (26936, 25518, 16014, 9238, 991), (2, 3, 3, 2, 0)


class Lottery(Story):
    def start(self, program, *arguments):
        process = subprocess.Popen([program, *map(str, arguments)], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def printed(self, process):
        output, errors = process.communicate(timeout=hang_s())
        self.assertEqual((process.returncode, errors), (0, ""), output)
        return output.splitlines()

    def winners(self, data, agency):
        with open(self.path(data, f"agency-{agency}.csv"), encoding="utf-8") as file:
            return [line.split(",")[2] for line in file if line.rstrip().endswith(",7574")]


class Agencies(Lottery):
    def made(self):
        have = installed()
        return [(have.make("shared", AGENCY, "-std=gnu99"), "send"), (have.make("static", AGENCY, "-std=gnu17", static=True), "run"),
                *zip(have.make_with_cmake(AGENCY), ("step", "step")),
                (have.make("cxx", AGENCY, "-x", "c++", "-std=gnu++11", "-Wno-pedantic", compiler="c++"), "send")]

    def play(self, data):
        server = Server(self)
        agencies = [self.start(program, way, f"servers=127.0.0.1:{server.ports[0]}", f"agency={agency}",
                               f"file={data}/agency-{agency}.csv", *(["poll=1"] if agency == 4 else []))
                    for agency, (program, way) in enumerate(self.made(), 1)]
        for agency, process in enumerate(agencies, 1):
            printed = self.printed(process)
            self.assertEqual(printed[0], f"none {WINNERS[agency - 1]}")
            self.assertEqual(printed[1:], self.winners(data, agency))
        self.assertEqual(self.stored(), self.sent(data))

    def test_of_the_known_sizes(self):
        self.sample(SIZES, WINNERS)
        self.play("data")

    def test_the_known_data_where_it_is_at_hand(self):
        if not os.path.isdir(KNOWN_DATA):
            self.skipTest(f"the known data is not at {KNOWN_DATA}")
        self.play(KNOWN_DATA)


class Examples(Lottery):
    def test_play_a_lottery(self):
        self.sample((300, 200, 100), (2, 1, 0))
        folder = os.path.dirname(installed().find("blocking.c"))
        made = [installed().make(f"example-{name}", os.path.join(folder, name + ".c"), with_libraries=libraries)
                for name, libraries in (("blocking", []), ("poll", []), ("libuv", ["libuv"]))]
        server = Server(self, agencies=3)
        agencies = [self.start(program, f"127.0.0.1:{server.ports[0]}", agency, f"data/agency-{agency}.csv")
                    for agency, program in enumerate(made, 1)]
        for agency, process in enumerate(agencies, 1):
            line, = self.printed(process)
            self.assertEqual(line.split(": ")[1].strip(), ",".join(self.winners("data", agency)))
        self.assertEqual(sum(self.stored().values()), 600)

    def test_tell_what_is_wrong(self):
        self.write("bad.csv", b"Ana,Nunez,1,1999-03-17,7574\nAna,Nunez,2,1999-03-17,none\n")
        folder = os.path.dirname(installed().find("blocking.c"))
        program = installed().make("example-wrong", os.path.join(folder, "blocking.c"))
        server = Server(self, agencies=1)
        done = subprocess.run([program, f"127.0.0.1:{server.ports[0]}", "1", "bad.csv"], cwd=self.folder, capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, "^bad_bet: bad.csv:2: ")

    def test_are_the_ones_of_the_tree(self):
        self.assertEqual({name for name in os.listdir(EXAMPLES) if name.endswith(".c")}, {"blocking.c", "poll.c", "libuv.c"})


class ThePage(Lottery):
    def test_says_how_it_is_installed_and_linked(self):
        """The commands of docs/library.md, in order, as whoever has built the tree types them."""
        with open(os.path.join(ROOT, "docs/library.md"), encoding="utf-8") as file:
            blocks = re.findall(r"<!-- by: library.installed -->\n```sh\n(.*?)```", file.read(), re.S)
        self.assertEqual(len(blocks), 3)
        os.mkdir(self.path("build"))
        os.symlink(BUILD, self.path("build/release"))
        shutil.copy(os.path.join(EXAMPLES, "blocking.c"), self.path("program.c"))
        linked = "ldd program | grep -c libquiniela.so.0 || true\n"
        commands = blocks[0] + blocks[1] + linked + blocks[2] + linked
        printed = run("bash", "-euc", commands, cwd=self.folder, env={**os.environ, "HOME": self.folder})
        self.assertEqual(printed.splitlines()[-2:], ["1", "0"])


class TheHeader(unittest.TestCase):
    def test_stands_alone_in_c_and_in_cxx(self):
        header = installed().find("quiniela.h")
        for compiler, language, standard in (("cc", "c", "c99"), ("cc", "c", "c17"), ("c++", "c++", "c++11"), ("c++", "c++", "c++20")):
            run(compiler, *STRICT, f"-std={standard}", "-x", language, "-fsyntax-only", header)


if __name__ == "__main__":
    unittest.main()
