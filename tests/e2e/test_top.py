"""On a terminal the night is seen as it is, with any key and size, and the terminal is given back.

What tmux shows of it, through a whole lottery.
"""
import fcntl
import os
import re
import signal
import struct
import subprocess
import termios
import unittest

from harness import PROGRAM, Server, hang_s, is_sanitized, until
from test_orders import Orders, bet
from tmux import PROMPT, Tmux

CLOCK_LIBRARY = os.environ.get("QUINIELA_CLOCK_LIBRARY")


class Top(Orders):
    def watch(self, **how):
        """A terminal on which it runs. Behind it the shell says how it ended, and whether the terminal is as it was."""
        tmux = Tmux(self, **how)
        self.run_top(tmux)
        return tmux

    def run_top(self, tmux):
        top = f"$quiniela top --store '{self.store()}' --every 100ms"
        tmux.run(f"clear; before=$(stty -g); {top}; echo \"exit $?\"; [ \"$before\" = \"$(stty -g)\" ] && echo as before")

    def expect_end(self, tmux, status=0):
        tmux.expect(rf"^exit {status}\nas before\n{re.escape(PROMPT.strip())}")
        self.assertFalse(tmux.is_in_other_screen())

    def process(self):
        """The number of the program that runs in the terminal."""
        def found():
            for process in filter(str.isdigit, os.listdir("/proc")):
                try:
                    with open(f"/proc/{process}/cmdline", "rb") as file:
                        words = file.read().split(b"\0")
                    if words[1:2] == [b"top"] and os.readlink(f"/proc/{process}/cwd") == os.path.realpath(self.folder):
                        return int(process)
                except OSError:
                    pass  # it has ended
            return None
        return until(found, "the program")


class Night(Top):
    def test_from_before_the_first_bet_to_the_winners(self):
        server = Server(self, agencies=3, servers=1)
        tmux = self.watch()
        tmux.expect(r"^ draw 1: open   \d\d:\d\d:\d\dZ   quiniela top\nagencies  3: 3 waiting\nbets      0 .* connections 0$")
        tmux.expect(r"^next +no agency has sent anything yet: have them start$")
        tmux.expect(r"^ +agency +state +bets +bets/s +heard ago +finished\n +1  waiting +0 +0\.0  not heard\n +2  waiting ")
        self.assert_taken(self.send(server, 2, [bet(7574), bet(2)]), 2)
        tmux.expect(r"^agencies  3: 2 waiting, 1 sending\nbets      2 ")
        tmux.expect(r"^ +3  waiting .*\n +2  sending +2 +\d+\.\d  \d+ s$")  # who wants somebody comes first
        self.assert_taken(self.send(server, 2, [bet(3)], first=2, last=True), 3)
        tmux.expect(r"^ +2  finished +3 +\d+\.\d +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assert_taken(self.send(server, 1, [bet(17574)], last=True), 1)
        tmux.expect(r"^missing   1 agency$")
        self.assert_taken(self.send(server, 3, [bet(9)]), 1)
        self.order("finish", "--agency", "3", "--yes")
        tmux.expect(r"^ draw 1: drawn ")
        tmux.expect(r"^agencies  3: 1 cut off, 2 finished\nbets      5 ")
        tmux.expect(r"^number    7574   winners 2$")
        self.winners(server, 1)
        self.winners(server, 2)
        tmux.expect(r"^ +1  told +1 +\d+\.\d +1$")
        tmux.press("q")
        self.expect_end(tmux)

    def test_an_agency_falls_silent(self):
        if not CLOCK_LIBRARY or is_sanitized():
            self.skipTest("ctest names the library that sets a clock; it does not go with a sanitizer")
        for name in "clock", "steady":
            self.pass_time(name, 0)
        server = Server(self, agencies=2, servers=1, environment={
            "LD_PRELOAD": CLOCK_LIBRARY, "QUINIELA_CLOCK": self.path("clock"), "QUINIELA_STEADY_CLOCK": self.path("steady")})
        self.assert_taken(self.send(server, 1, [bet(n) for n in range(7)]), 7)
        tmux = self.watch()
        tmux.expect(r"^ +1  sending +7 ")
        self.pass_time("steady", 75)
        tmux.expect(r"^agencies  2: 1 silent, 1 waiting$")
        tmux.expect(r" heard ago .*\n +1  silent +7 +0\.0  1 min$")
        tmux.expect(r"^next +agencies 1-2 are missing: call agency 1, silent for 1 min")
        self.assert_taken(self.send(server, 1, [bet(7)], first=7), 8)
        tmux.expect(r"^ +1  sending +8 ")

    def pass_time(self, name, seconds):
        file = os.open(self.path(name), os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(file, struct.pack("=q", seconds), 0)
        os.close(file)

    def test_a_cut_off_is_counted_down(self):
        Server(self, "--close-at", "2999-01-01T21:00Z", agencies=2, servers=1)
        self.watch().expect(r"^cut-off   in \d+ d( \d+ h)?, at 2999-01-01T21:00:00Z$")

    def test_servers_and_store_that_are_away(self):
        """It says so, and goes on with what it knows."""
        server = Server(self, agencies=2, servers=1)
        self.assert_taken(self.send(server, 1, [bet(1)]), 1)
        tmux = self.watch()
        tmux.expect(r"^ +1  sending +1 ")
        server.kill()
        tmux.expect(r"^server    no server takes orders at .*")
        tmux.expect(r"^ +1  sending +1 +0\.0  \d+ s$")  # what it said stays true
        os.rename(self.path("quiniela.db"), self.path("elsewhere.db"))
        tmux.expect(r"^store +quiniela.db: (?:.*\n){1,3} +the agencies are as they were \d+ s ago$")
        tmux.expect(r"^next +the store cannot be read: ")
        tmux.press("n")
        tmux.expect(r"^no server takes orders ")
        tmux.press("n")
        os.rename(self.path("elsewhere.db"), self.path("quiniela.db"))
        Server(self, agencies=2, servers=1)
        tmux.expect(r"\A(?!(?s:.*)\nstore )(?s:.*)\nbets      1 .*connections 0$")


class Keys(Top):
    def test_only_the_missing_other_orders_and_one_agency(self):
        server = Server(self, agencies=40, servers=1)
        for agency, bets in (1, 3), (2, 5):
            self.assert_taken(self.send(server, agency, [bet(n) for n in range(bets)], last=True), bets)
        tmux = self.watch()
        tmux.expect(r"^ 1-\d+ of 40 by need ")
        tmux.press("m")
        tmux.expect(r"^ 1-\d+ of 38 missing by need ")
        tmux.press("m", "s")
        tmux.expect(r"heard ago .*\n +1  finished .*\n +2  finished .*\n +3  waiting")
        tmux.expect(r"^ 1-\d+ of 40 by number ")
        tmux.press("s")
        tmux.expect(r"heard ago .*\n +2  finished .*\n +1  finished ")
        tmux.press("/", "3", "9")
        tmux.expect(r"^ find agency: 39_ ")
        tmux.press("Enter")
        tmux.expect(r"^\033\[7m +39  waiting", "-e")
        tmux.press("Home", "PageDown", "Down", "Up", "End")
        tmux.expect(r"^ \d+-40 of 40 ")
        tmux.press("?")
        tmux.expect(r"^ q +quit$")
        tmux.press("x", "q")
        self.expect_end(tmux)

    def test_the_map_of_the_numbers(self):
        server = Server(self, agencies=2, servers=1)
        tmux = self.watch()
        tmux.expect("2 waiting")
        tmux.press("n")
        tmux.expect(r"^0 bets, \d+ s ago; 10000 numbers were never bet$")
        self.assert_taken(self.send(server, 1, [bet(7574), bet(17574), bet(42)]), 3)
        tmux.expect(r"^3 bets, \d+ s ago; 9998 numbers were never bet\na cell is 10 numbers: ' ' 0 bets, '█' 2$")
        tmux.expect(r"^0000      ▒ .* most bet\n0500 +7574 +2\n1000 +0042 +1\n")
        tmux.expect(r"^7500         █ ")
        self.assertEqual(len(re.findall(r"^\d\d00\b", tmux.text(), re.MULTILINE)), 20)
        server.kill()  # from then on the map grows older
        tmux.expect(r"^no server takes orders ")
        age = tmux.expect(r"^3 bets, (\d+) s ago;")[1]
        tmux.expect(rf"^3 bets, (?!{age} )\d+ s ago;")
        tmux.press("n")
        tmux.expect(r"^ +1  sending +3 ")

    def test_a_crowd(self):
        Server(self, agencies=10000, servers=1)
        tmux = self.watch()
        tmux.expect(r"^agencies  10000: 10000 waiting$")
        tmux.press("End")
        tmux.expect(r"^ +10000  waiting .*\n \d+-10000 of 10000 by need ")
        tmux.press("/", "7", "0", "0", "0", "Enter")
        tmux.expect(r"^ +7000  waiting")


class Screens(Top):
    def test_any_size(self):
        Server(self, agencies=30, servers=1)
        tmux = self.watch(columns=100, rows=30)
        tmux.expect(r"^ 1-\d+ of 30 by need ")
        for columns, rows, pattern in (60, 16, r"^ 1-\d+ of 30 by need   m s / n  \? help  q quit$"), \
                (59, 16, r"^59 x 16: too small, it is to be at least 60 x 16$"), (20, 3, r"\A draw 1: open   \d\d:\d"), \
                (150, 45, r"^ +30  waiting +0 +0\.0  not heard\n"), (80, 24, r"^ 1-\d+ of 30 by need   m missing "):
            with self.subTest(columns=columns, rows=rows):
                tmux.resize(columns, rows)
                tmux.expect(pattern)
                tmux.expect(r"\A draw 1: open")

    def test_a_terminal_of_ascii_and_one_without_colours(self):
        """They get what they can show."""
        server = Server(self, agencies=1, servers=1)
        self.assert_taken(self.send(server, 1, [bet(7574)]), 1)
        tmux = self.watch(LC_ALL="C", NO_COLOR="1")
        tmux.expect(r"^ +1  sending +1 ")
        tmux.press("n")
        tmux.expect(r"^7500         # ")
        self.assertTrue(tmux.text("-e").isascii())
        server.kill()
        tmux.press("n")
        tmux.expect("^\033\\[1mserver ", "-e")  # bold, where it would be red, too

    def test_where_there_is_no_terminal(self):
        Server(self, agencies=1, servers=1)
        self.assertIn("it is for a terminal", self.order("top", status=2))
        self.assertIn("quiniela status", self.order("top", status=2))
        tmux = Tmux(self)
        tmux.run("TERM=dumb $quiniela top --store quiniela.db; echo \"exit $?\"")
        tmux.expect(r"^quiniela top: TERM=dumb is a terminal that cannot be steered: quiniela status (?s:.*)^exit 2$")
        tmux.run("clear; $quiniela top --store missing.db; echo \"exit $?\"")
        tmux.expect(r"missing\.db: (?s:.*)^exit 1$")
        tmux.run("clear; $quiniela top --every 5ms; echo \"exit $?\"")
        tmux.expect(r"--every: it is to be from 100ms to 1m\nexit 2$")


class Ends(Top):
    """However it ends, the terminal is as it was."""

    def setUp(self):
        super().setUp()
        self.server = Server(self, agencies=1, servers=1)
        self.tmux = self.watch()
        self.tmux.expect("^agencies  1: 1 waiting$")
        self.assertTrue(self.tmux.is_in_other_screen())

    def test_by_a_key(self):
        self.tmux.press("C-c")
        self.expect_end(self.tmux)

    def test_by_a_signal(self):
        os.kill(self.process(), signal.SIGTERM)
        self.expect_end(self.tmux)

    def test_by_a_fault(self):
        if is_sanitized():
            self.skipTest("a sanitizer has the signals of faults")
        os.kill(self.process(), signal.SIGSEGV)
        self.expect_end(self.tmux, 128 + signal.SIGSEGV)

    def test_by_a_signal_that_nobody_foresaw(self):
        """The terminal is given back, and the program ends as any other does."""
        for number in signal.SIGUSR1, signal.SIGALRM, signal.SIGXCPU, signal.SIGRTMAX:
            with self.subTest(number=number):
                os.kill(self.process(), number)
                self.expect_end(self.tmux, 128 + number)
                self.run_top(self.tmux)
                self.tmux.expect("^agencies  1: 1 waiting$")

    def test_while_a_server_does_not_answer(self):
        os.kill(self.server.process.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.server.process.pid, signal.SIGCONT)
        self.tmux.expect("^server +.*does not answer")
        self.tmux.press("?")
        self.tmux.expect("^ q +quit$")
        self.tmux.press("q")
        self.expect_end(self.tmux)

    def test_while_it_is_stopped(self):
        self.tmux.press("C-z")
        self.tmux.expect(r"Stopped ")
        self.assertFalse(self.tmux.is_in_other_screen())
        self.tmux.run("clear; fg")
        self.tmux.expect("^agencies  1: 1 waiting$")
        self.assertTrue(self.tmux.is_in_other_screen())
        self.tmux.press("q")
        until(lambda: not self.tmux.is_in_other_screen(), "the shell's screen")
        self.tmux.run("clear; [ \"$before\" = \"$(stty -g)\" ] && echo as before")
        self.tmux.expect("^as before$")

    def expect_no(self, process):
        until(lambda: not os.path.exists(f"/proc/{process}"), f"the end of the program, within {hang_s()} s")

    def test_by_a_signal_while_it_is_stopped(self):
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT:
            with self.subTest(number=number):
                process = self.process()
                self.tmux.press("C-z")
                self.tmux.expect(r"Stopped ")
                self.tmux.run(f"clear; kill -{number} %1; kill -CONT %1")
                self.expect_no(process)
                self.tmux.run("clear; [ \"$before\" = \"$(stty -g)\" ] && echo as before")
                self.tmux.expect("^as before$")
                self.run_top(self.tmux)
                self.tmux.expect("^agencies  1: 1 waiting$")

    def test_by_a_signal_in_the_background(self):
        """There it stops, as it cannot have the terminal, until it is in the foreground again, or ended."""
        process = self.process()
        self.tmux.press("C-z")
        self.tmux.expect(r"Stopped ")
        self.tmux.run("clear; bg; wait %1; echo \"stopped by $?\"")
        self.tmux.expect(f"^stopped by {128 + signal.SIGTTOU}$")
        self.assertFalse(self.tmux.is_in_other_screen())
        os.kill(process, signal.SIGTERM)
        os.kill(process, signal.SIGCONT)
        self.expect_no(process)
        self.tmux.run(f"clear; $quiniela top --store '{self.store()}' &")
        process = self.process()
        until(lambda: self.is_stopped(process), "it to stop")
        os.kill(process, signal.SIGTERM)
        os.kill(process, signal.SIGCONT)
        self.expect_no(process)
        self.tmux.run("clear; [ \"$before\" = \"$(stty -g)\" ] && echo as before")
        self.tmux.expect("^as before$")

    def is_stopped(self, process):
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"

    def test_with_its_terminal(self):
        process = self.process()
        self.tmux.tell("kill-server")
        self.expect_no(process)


class Unread(Top):
    """Nobody reads the terminal: it waits for that, and for signals."""

    def test_it_ends_by_a_signal(self):
        Server(self, agencies=1, servers=1)
        # ThreadSanitizer keeps a handler that is to be taken back when it is called.
        for number in (signal.SIGTERM, signal.SIGHUP, *(() if is_sanitized() else (signal.SIGUSR1,))):
            with self.subTest(number=number):
                master, slave = os.openpty()
                self.addCleanup(os.close, master)
                self.addCleanup(os.close, slave)
                before = termios.tcgetattr(slave)
                fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
                process = subprocess.Popen(  # pylint: disable=consider-using-with
                    [PROGRAM, "top", "--store", self.store()], cwd=self.folder, stdin=slave, stdout=slave, stderr=slave,
                    env={**os.environ, "TERM": "xterm", "RUNTIME_DIRECTORY": self.folder}, start_new_session=True)
                self.addCleanup(self.end, process)
                self.assertTrue(os.read(master, 1))  # it has the terminal
                termios.tcflow(slave, termios.TCOOFF)
                os.kill(process.pid, signal.SIGWINCH)  # it writes all of it anew
                until(lambda: not self.is_pending(process.pid, signal.SIGWINCH), "it to take the signal")
                os.kill(process.pid, number)
                self.assertEqual(process.wait(hang_s()), -number if number == signal.SIGUSR1 else 0)
                self.assertEqual(termios.tcgetattr(slave), before)

    def end(self, process):
        process.kill()
        process.wait()

    def is_pending(self, process, number):
        with open(f"/proc/{process}/status", encoding="utf-8") as file:
            return int(re.search(r"(?m)^ShdPnd:\s*(\w+)", file.read())[1], 16) >> (number - 1) & 1 == 1


if __name__ == "__main__":
    unittest.main()
