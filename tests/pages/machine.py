"""A machine for one page: a network, processes, /etc and /var/lib of its own, and a shell in it that keeps what it is told."""
import os
import select
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
import machines  # noqa: E402

NAMES = "central central1 central2 central3 db1 db2 db3 tsa.example witness.example"  # of this machine, in the pages
# Of the repository, in a page's folder: what the pages name without saying where it is.
LINKS = ("verifiers", "deploy", "script", "docs", "tests", "src", "clients")
WAIT_S = 300  # nothing of a page takes longer, on a busy machine
OF_ITS_OWN = """
for folder in var/lib var/log media mnt srv; do mount -t tmpfs none root/$folder; done
mkdir -p root/var/lib/quiniela root/var/log/quiniela root/etc/quiniela root/run/quiniela root/backup root/seals
chmod 700 root/var/lib/quiniela root/seals
"""
# Each command is a file, so that its own shell reads it, as it would read what is typed; its status comes back on descriptor 9.
SHELL = """
. "$QUINIELA_ROOT/tests/pages/given/common.sh"
while read -r file output; do
    . "$file" >"$output" 2>&1 </dev/null 9>&-
    echo "$?" >&9
done
"""


def about_noon():
    """A zone where it is about noon, so that an hour that a page names is later on the same day. It is not UTC."""
    east = 12 - time.gmtime().tm_hour
    return f"Etc/GMT{-(east or 1):+d}"


class Failed(Exception):
    """What a command did, instead of what its page says."""


class Machine:
    def __init__(self, folder, program):
        self.folder, self.count = folder, 0
        self.page = os.path.join(folder, "page")
        os.makedirs(os.path.join(folder, "bin"))
        os.makedirs(self.page)
        os.symlink(program, os.path.join(folder, "bin", "quiniela"))
        for link in LINKS:
            os.symlink(os.path.join(ROOT, link), os.path.join(self.page, link))
        with open(os.path.join(folder, "hosts"), "w", encoding="ascii") as hosts:
            hosts.write(f"127.0.0.1 localhost {NAMES}\n::1 localhost\n")
        make = "\n".join(["ip link set lo up", machines.ROOT_OF_ITS_OWN, machines.HOSTS_OF_ITS_OWN, OF_ITS_OWN,
                          'mount -t proc proc root/proc', 'exec chroot root env -u container -C "$PWD/page" "$@"'])
        ends, self.status_end = os.pipe(), None
        self.status = os.fdopen(ends[0], "r", encoding="ascii")
        environment = {"PATH": os.path.join(folder, "bin") + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                       "HOME": self.page, "LANG": "C.UTF-8", "TERM": "xterm", "TZ": about_noon(), "USER": "root", "QUINIELA_ROOT": ROOT}
        self.shell = subprocess.Popen(  # pylint: disable=consider-using-with
            ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child",
             *(["--user", "--map-root-user"] if os.getuid() != 0 else []), "sh", "-ec", make, "sh", "bash", "-c", "exec 9>&" + str(ends[1]) + SHELL],
            cwd=folder, env=environment, stdin=subprocess.PIPE, pass_fds=(ends[1],), text=True,
            stdout=subprocess.DEVNULL, stderr=open(os.path.join(folder, "machine"), "wb"))
        os.close(ends[1])

    def _ask(self, text):
        """The status of a command, and what it has written."""
        self.count += 1
        file, output = (os.path.join(self.folder, f"{name}-{self.count}") for name in ("command", "output"))
        with open(file, "w", encoding="utf-8") as commands:
            commands.write(text + "\n")
        self.shell.stdin.write(f"{file} {output}\n")
        self.shell.stdin.flush()
        came = select.select([self.status], [], [], WAIT_S)[0]
        status = self.status.readline().strip() if came else None
        return status, self._read(output)

    @staticmethod
    def _read(path):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def run(self, text, expected=0):
        status, output = self._ask(text)
        if status is None:
            raise Failed(f"did not end within {WAIT_S} s\n{output}")
        if status == "":
            raise Failed(f"ended the shell\n{output}" + self._read(os.path.join(self.folder, "machine")))
        if int(status) != expected:
            raise Failed(f"exited with {status} instead of {expected}\n{output}")
        return output

    def start(self, text):
        """Leaves it in the background. A server is waited for, until it listens or ends."""
        log = os.path.join(self.folder, f"background-{self.count}")
        self.run("{ " + text + "\n} >" + log + " 2>&1 </dev/null &")
        if "quiniela server" in text:
            try:
                self.run(f"until grep -qs 'action: listen ' {log}; do kill -0 $! || return 1; sleep 0.02; done")
            except Failed as failed:
                raise Failed(f"does not listen\n{self._read(log)}") from failed
        return self._read(log)

    def end(self):
        """With everything that was started on it."""
        self.shell.kill()
        self.shell.wait()
        self.shell.stdin.close()
        self.status.close()


def can_be_made():
    return machines.can_be_made()
