"""The servers of a night, which are killed and started again, and the programs that an operator runs beside them."""
import mmap
import os
import re
import struct
import subprocess
import time

from agencies import Wrong

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("QUINIELA", os.path.join(ROOT, "build/release/quiniela")))
KILL_LIBRARY = os.environ.get("QUINIELA_KILL_LIBRARY")
HANG_S = 120
LOOK_S = 0.002  # between two looks at a log
PASSED = "has just begun"  # what CLOSE_AT names: no server has read it in time
CLOSED_MEANWHILE = "AGENCIES is|CLOSE_AT is"  # another server has carried an order out since the settings were read


def until(condition, what):
    late = time.monotonic() + HANG_S
    while not (found := condition()):
        if time.monotonic() > late:
            raise Wrong(f"waited {HANG_S} s for {what}")
        time.sleep(LOOK_S)
    return found


class Server:
    """A place where one server after the other runs, on the same ports and store, with one audit log."""

    def __init__(self, night, number, ports):
        self.night, self.number, self.ports = night, number, ports
        self.control = night.store.control(ports[0])  # where it is by itself
        self.audit = f"{night.folder}/audit-{number}.log"
        self.process, self.starts = None, 0
        with open(f"{night.folder}/kill-{number}", "w+b") as file:
            file.write(bytes(8))
            file.flush()
            self.countdown = mmap.mmap(file.fileno(), 8)

    def path(self):
        """Of the log of the server that runs, or that ran last."""
        return f"{self.night.folder}/server-{self.number}-{self.starts}.log"

    def log(self):
        with open(self.path(), encoding="utf-8") as file:
            return file.read()

    def start(self):
        """Until it listens."""
        self.begin()
        if not self.wait_until_it_listens() and re.search(CLOSED_MEANWHILE, self.log()):
            self.begin()
            self.wait_until_it_listens()
        if self.process.poll() is not None:
            raise Wrong(f"server {self.number} did not start: {self.log()[-600:]}")

    def begin(self, call=0):
        """`call`: it is killed before that one (arm)."""
        self.starts += 1
        self.arm(call)
        environment = {**os.environ, "RUNTIME_DIRECTORY": self.night.folder}
        if KILL_LIBRARY:  # which comes before a sanitizer's
            options = ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0")))
            environment.update(LD_PRELOAD=KILL_LIBRARY, QUINIELA_KILL=f"{self.night.folder}/kill-{self.number}", ASAN_OPTIONS=options)
        with open(self.path(), "wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "server", "--store", self.night.store.address, "--server-ip", "127.0.0.1", "--server-port", str(self.ports[0]),
                 "--consult-server-port", str(self.ports[1]), "--audit-log", self.audit, "--loops", "1",
                 *self.night.settings(self)], cwd=self.night.folder, stdout=log, stderr=log, env=environment)

    def wait_until_it_listens(self):
        """False when it has ended."""
        return until(lambda: "action: listen" in self.log() or self.process.poll() is not None,
                     f"server {self.number} to listen") and self.process.poll() is None

    def arm(self, call):
        """It is to be killed before that call from now on (kill_preload.c)."""
        self.countdown[:] = struct.pack("=q", call)

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait(HANG_S)
        self.night.kills += 1
        if re.search(r"action: (store|sorteo) \| result: fail", self.log()):
            raise Wrong(f"server {self.number} says: {self.log()[-600:]}")

    def end(self):
        self.process.terminate()
        if self.process.wait(HANG_S) != 0:
            raise Wrong(f"server {self.number} ended with {self.process.returncode}: {self.log()[-600:]}")


def run(night, *arguments, program=PROGRAM):
    """What a program says, and how it ended: (status, output, errors)."""
    done = subprocess.run([program, *map(str, arguments)], cwd=night.folder, capture_output=True, text=True, timeout=HANG_S, check=False,
                          env={**os.environ, "RUNTIME_DIRECTORY": night.folder})
    return done.returncode, done.stdout, done.stderr


def must(night, *arguments, program=PROGRAM, status=0):
    """What a program prints that must end so."""
    found, printed, errors = run(night, *arguments, program=program)
    if found != status:
        raise Wrong(f"{' '.join(map(str, arguments))} ended with {found} instead of {status}: {printed}{errors}")
    return printed
