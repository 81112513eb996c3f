"""Runs a command beside a PostgreSQL of its own, and ends that with it: with_postgres.py [--needed] COMMAND [ARGUMENT …]

QUINIELA_POSTGRES holds its address. The database lives in a folder that is removed afterwards, in memory (QUINIELA_MEMORY
is a folder there) where there is room: no test asks what a power cut leaves of it. It is a copy of one that is made once and kept in build/,
since initdb takes seconds. PostgreSQL does not run as root, so root hands it to the user that Debian's package has made
for it. Where none is installed the command runs without; with --needed it does not run, and the exit status is 77.
"""
import argparse
import fcntl
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib

import held_ports

BUILD = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build")
INITDB = ("-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-sync", "--wal-segsize=1")
MEMORY, MEMORY_BYTES = os.environ.get("QUINIELA_MEMORY", "/dev/shm"), 1 << 30  # that must be free there


def place():
    """Where the folder goes; None is the place of all temporary files."""
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free >= MEMORY_BYTES and os.access(MEMORY, os.W_OK) else None
    except FileNotFoundError:
        return None


def programs():
    """The folder with initdb and postgres, the newest version's; None where there is none."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    return folders[-1] if folders else None


if programs():
    # psql itself, and not Debian's script of that name, which takes four times as long to find it.
    os.environ["PATH"] = programs() + os.pathsep + os.environ["PATH"]


class Postgres:
    """A PostgreSQL in a folder of its own; `settings` are its own, as name=value."""

    def __init__(self, settings=()):
        self.bin = programs()
        self.folder = tempfile.mkdtemp(prefix="quiniela-postgres-", dir=place())
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        self.data = os.path.join(self.folder, "data")
        self.held = held_ports.hold()
        self.port = held_ports.number(self.held)
        self.settings = settings
        try:
            self._make()
            self.start()
        except BaseException:
            self.end()
            raise

    def _make(self):
        version = self.bin.split("/")[4]
        pattern = os.path.join(BUILD, f"postgres-{version}-{zlib.crc32(repr(INITDB).encode()):08x}")
        os.makedirs(BUILD, exist_ok=True)
        with open(pattern + ".lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes meanwhile waits for the one that makes it
            if not os.path.isdir(pattern):
                self._run("initdb", "-D", self.data, *INITDB)
                shutil.rmtree(pattern + ".new", ignore_errors=True)
                subprocess.run(["cp", "-a", self.data, pattern + ".new"], check=True)
                os.rename(pattern + ".new", pattern)
                return
        subprocess.run(["cp", "-a", pattern, self.data], check=True)

    def _run(self, program, *arguments):
        done = subprocess.run([os.path.join(self.bin, program), *arguments], user=self.user, cwd="/",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}")

    def start(self):
        options = ["port=" + str(self.port), "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}",
                   "max_connections=200", "logging_collector=off", *self.settings]
        self._run("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.folder, "log"), "-o",
                  " ".join("-c " + option for option in options), "start")

    def stop(self, mode="immediate"):
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def kill(self):
        """SIGKILL for all of its processes."""
        with open(os.path.join(self.data, "postmaster.pid"), encoding="ascii") as file:
            postmaster = int(file.readline())
        os.kill(postmaster, signal.SIGSTOP)
        while self._state(postmaster) not in "TZX":  # from here on it has no further ones
            time.sleep(0.001)
        children = subprocess.run(["pgrep", "-P", str(postmaster)], stdout=subprocess.PIPE, text=True, check=False)
        pids = [postmaster, *map(int, children.stdout.split())]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it went with its parent
        while any(self._state(pid) not in "ZX" for pid in pids):
            time.sleep(0.01)  # between two looks
        # Nobody may have taken note of its end yet: then it would be thought to run.
        for lock in (os.path.join(self.data, "postmaster.pid"), os.path.join(self.folder, f".s.PGSQL.{self.port}.lock")):
            os.unlink(lock)

    @staticmethod
    def _state(pid):
        """As proc_pid_stat(5) has it; X is dead."""
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                return file.read().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return "X"

    def address(self, database="postgres"):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def end(self):
        try:
            if os.path.exists(os.path.join(self.data, "postmaster.pid")):
                self.stop()
        finally:
            self.held.close()
            shutil.rmtree(self.folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--needed", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND [ARGUMENT …]")
    given = parser.parse_args()
    command = given.command
    if not command or shutil.which(command[0]) is None:
        parser.error(f"{command[0]!r} is not a program" if command else "no COMMAND is given")
    if programs() is None and given.needed:
        print("skipped: no PostgreSQL is installed")
        return 77
    if programs() is None:
        return subprocess.run(command, check=False).returncode  # which says what it cannot do then
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    postgres = Postgres()
    try:
        with subprocess.Popen(command, env={**os.environ, "QUINIELA_POSTGRES": postgres.address()}) as process:
            # A test in Python ends what it has started when it is interrupted.
            signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
            return process.wait()
    finally:
        postgres.end()


if __name__ == "__main__":
    sys.exit(main())
