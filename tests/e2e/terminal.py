"""A terminal for a program: what stands on its screen, row by row, and keys that are pressed."""
import codecs
import fcntl
import os
import re
import struct
import subprocess
import termios
import threading
import time

from harness import PROGRAM, hang_s

STEERING = re.compile("\033\\[(\\??)([0-9]*)([A-Za-z])")


class Screen:
    """Rows that a terminal of that many columns would show. It understands what the program uses, and nothing else."""

    def __init__(self, columns):
        self.columns = columns
        self.rows, self.column, self.wraps, self.seen = [""], 0, True, []

    def take(self, text):
        at = 0
        while at < len(text):
            steering = STEERING.match(text, at)
            if steering:
                self.steer(*steering.groups())
                at = steering.end()
            else:
                self.show(text[at])
                at += 1

    def steer(self, private, number, letter):
        if (private, number, letter) == ("", "", "K"):
            self.rows[-1] = self.rows[-1][:self.column]
        elif (private, number) == ("?", "7") and letter in "hl":
            self.wraps = letter == "h"
        else:
            raise AssertionError(f"a terminal is steered in a way that was not foreseen: {private}{number}{letter}")

    def show(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.seen.append(self.rows[-1])
            self.rows.append("")
            self.column = 0
        else:
            if self.column >= self.columns and self.wraps:
                self.show("\n")
            self.column = min(self.column, self.columns - 1)
            row = self.rows[-1].ljust(self.column)
            self.rows[-1] = row[:self.column] + character + row[self.column + 1:]
            self.column += 1


class Terminal:
    """A program whose standard streams are all a terminal, which it is controlled by."""

    def __init__(self, story, *arguments, columns=200, environment=None):
        self.screen = Screen(columns)
        self.changed = threading.Condition()
        self.master, slave = os.openpty()
        story.addCleanup(os.close, self.master)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("CLI_", "SERVER_"))}
        variables.update({"LC_ALL": "C", **(environment or {})})  # in English, whatever this machine speaks
        self.process = subprocess.Popen(  # pylint: disable=subprocess-popen-preexec-fn
            [PROGRAM, *map(str, arguments)], cwd=story.folder, env=variables, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        story.addCleanup(self.end)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        decoder = codecs.getincrementaldecoder("utf-8")()  # a read may end in the middle of a character
        try:
            while data := os.read(self.master, 4096):
                with self.changed:
                    self.screen.take(decoder.decode(data))
                    self.changed.notify_all()
        except OSError:  # nobody has it open any longer
            pass

    def rows(self):
        with self.changed:
            return list(self.screen.rows)

    def wait_for(self, pattern, above=""):
        """Until the last row has the pattern, and the one above it the other pattern."""
        late = time.monotonic() + hang_s()
        with self.changed:
            while not re.search(pattern, self.screen.rows[-1]) or not re.search(above, "".join(self.screen.rows[-2:-1])):
                if time.monotonic() > late or not self.reader.is_alive():
                    raise AssertionError(f"waited for a last row with {pattern!r} below one with {above!r}; on the screen:\n" +
                                         "\n".join(self.screen.rows))
                self.changed.wait(0.05)

    def press(self, key):
        os.write(self.master, key)

    def wait(self):
        """The exit status, once all of the output has been read."""
        status = self.process.wait(hang_s())
        self.reader.join(hang_s())
        return status

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
