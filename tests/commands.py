"""Starts commands that end when this process does, at the latest."""
import os
import subprocess
import sys
import threading

MINDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "minder.py")


class Interrupted(Exception):
    pass


class Commands:
    """All that is running on behalf of this process."""

    def __init__(self):
        self.lock, self.running, self.ended = threading.Lock(), set(), False

    def run(self, command, seconds, output, environment=None, cwd=None, gently=0):
        """How a command went: its status, or "timeout", and how many seconds it took. When it has to end, it is asked to first,
        and has so many seconds for that (gently)."""
        with self.lock:
            if self.ended:
                raise Interrupted
            minder = subprocess.Popen(
                [sys.executable, "-I", "-S", MINDER, str(seconds), str(gently), output, *command], env=environment, cwd=cwd,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
            self.running.add(minder)
        said = minder.stdout.read().decode().split()
        minder.wait()
        with self.lock:
            self.running.discard(minder)
            minder.stdin.close()
            minder.stdout.close()
            if self.ended:
                raise Interrupted
        if len(said) != 2:
            return "lost", 0.0
        return (said[0] if said[0] == "timeout" else int(said[0])), float(said[1])

    def end(self):
        """Ends all of them; whoever waits for one, or wants one, is told that it was interrupted."""
        with self.lock:
            self.ended = True
            for minder in self.running:
                minder.stdin.close()
