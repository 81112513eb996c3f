"""A bare Debian 12 in a folder, which can be entered (chroot), or booted by systemd-nspawn with nothing but loopback."""
import os
import shutil
import subprocess
import sys
import time

MIRROR = "http://deb.debian.org/debian"
BOOT_S, END_S = 60, 60
COMMAND_S = 600  # debootstrap, or a build; nothing else takes a tenth of it
# What is Debian's own business while packages come and go, or the machine's while it runs.
NOT_LOOKED_AT = ("/proc", "/sys", "/dev", "/run", "/tmp", "/root", "/var/lib/dpkg", "/var/lib/apt", "/var/cache", "/var/log/apt",
                 "/var/log/journal", "/var/log/dpkg.log", "/var/log/alternatives.log", "/var/lib/systemd/random-seed",
                 "/var/lib/systemd/catalog", "/var/lib/systemd/timers", "/var/lib/systemd/ephemeral-trees", "/var/lib/systemd/linger",
                 "/var/lib/private", "/var/lib/logrotate", "/var/tmp", "/etc/machine-id", "/etc/.pwd.lock", "/etc/.updated", "/var/.updated",
                 "/etc/subuid-", "/etc/subgid-", "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-")


class Failed(Exception):
    """Something was not as it must be."""


def run(*command, good=(0,), **more):
    """Runs a command of this machine's; what it said. Fails loudly unless it ends with a status in `good`."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=COMMAND_S, **more)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"{' '.join(command)}: has not ended after {COMMAND_S} s\n{late.output}") from None
    if done.returncode not in good:
        raise Failed(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}")
    return done.stdout


class Base:
    """The system that each machine begins as, made once; with the packages at hand that quiniela's need."""

    def __init__(self, folder, packages):
        self.folder = folder
        if not os.path.isdir(folder):
            begun = f"{folder}.begun"
            shutil.rmtree(begun, ignore_errors=True)
            run("debootstrap", "--variant=minbase", "--include=systemd-sysv,dbus", "bookworm", begun, MIRROR)
            os.rename(begun, folder)
        self._fetch(packages)

    def _fetch(self, packages):
        """A booted machine has no network: what apt will install is in its cache, and installed nowhere."""
        at = f"{self.folder}/var/cache/packages"
        shutil.rmtree(at, ignore_errors=True)
        os.mkdir(at)
        for package in packages:
            shutil.copy(package, at)
        names = [f"/var/cache/packages/{os.path.basename(package)}" for package in packages]
        get = ["chroot", self.folder, "apt-get", "-qq", "-o", "APT::Sandbox::User=root"]
        shutil.copy("/etc/resolv.conf", f"{self.folder}/etc/resolv.conf")
        if "Inst" not in run(*get, "--simulate", "--no-download", "install", *names, good=(0, 100)):
            run(*get, "update")
        try:
            run(*get, "--download-only", "--no-download", "install", *names)
        except Failed:
            run(*get, "update")
            run(*get, "--download-only", "-y", "install", *names)
        shutil.rmtree(at)


class Machine:
    """One system of its own, whose changes lie over the base; gone with the object (use it in `with`)."""

    def __init__(self, base, folder):
        self.root, self.over, self.leader, self.nspawn = f"{folder}/root", folder, None, None
        shutil.rmtree(folder, ignore_errors=True)
        for name in "root", "upper", "work":
            os.makedirs(f"{folder}/{name}")
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir={base.folder},upperdir={folder}/upper,workdir={folder}/work", self.root)
        for name in "etc/resolv.conf", "etc/machine-id":  # it has no network; and is told apart from others
            with open(f"{self.root}/{name}", "w", encoding="ascii"):
                pass

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.leader and kind:
            print(f"the end of its journal:\n{self.run('journalctl', '-n', '40', '-o', 'short', '--no-pager')}", file=sys.stderr)
        if self.nspawn:
            self.power_off()
        run("umount", self.root)
        shutil.rmtree(self.over)

    def boot(self):
        """Starts systemd as its first process. False, and why on standard error, where that cannot be."""
        self.log = open(f"{self.over}/console", "w+", encoding="utf-8", errors="replace")
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--boot", f"--directory={self.root}", f"--machine=quiniela-{os.getpid()}", "--private-network",
             "--register=no", "--keep-unit", "--console=pipe", "--link-journal=no"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
        until = time.monotonic() + BOOT_S
        while self.nspawn.poll() is None and time.monotonic() < until:
            self.leader = self._leader()
            if self.leader and self._is_running(until - time.monotonic()):
                return True
            time.sleep(0.1)  # until the machine has a first process, and that a socket
        self.log.seek(0)
        print(f"systemd-nspawn cannot boot a machine here:\n{self.log.read()}", file=sys.stderr)
        self._end()
        return False

    def _is_running(self, at_most_s):
        try:
            done = subprocess.run(self._entering() + ["systemctl", "is-system-running", "--wait"], check=False, capture_output=True, text=True,
                                  timeout=max(at_most_s, 0.1))
        except subprocess.TimeoutExpired:
            return False
        return done.stdout.strip() in ("running", "degraded")

    def _leader(self):
        """The first process of the machine: the child of nspawn's that is number 1 in there."""
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.nspawn.pid)], check=False, capture_output=True, text=True)
        for pid in children.stdout.split():
            try:
                with open(f"/proc/{pid}/status", encoding="ascii") as file:
                    inner = [line.split()[-1] for line in file if line.startswith("NSpid:")]
                if inner == ["1"] and os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "systemd":
                    return pid
            except OSError:
                pass
        return None

    def _entering(self):
        if self.leader:
            return ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "env", "-i", "-C", "/root",
                    "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        return ["chroot", self.root, "env", "-i", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]

    def run(self, *command, good=(0,)):
        """Runs a command in there as root; what it said."""
        return run(*self._entering(), *command, good=good, stdin=subprocess.DEVNULL)

    def power_off(self):
        subprocess.run(self._entering() + ["systemctl", "poweroff"], check=False, capture_output=True)
        self._end()

    def _end(self):
        try:
            self.nspawn.wait(END_S)
        except subprocess.TimeoutExpired:
            self.nspawn.terminate()
            self.nspawn.wait()
        self.nspawn = self.leader = None
        self.log.close()

    def put(self, packages):
        """Copies packages to where README has them, below the folder in which it is read."""
        os.makedirs(f"{self.root}/root/build/package", exist_ok=True)
        for package in packages:
            shutil.copy(package, f"{self.root}/root/build/package")

    def install(self, *packages, good=(0,)):
        names = [f"/root/build/package/{os.path.basename(package)}" for package in packages]
        return self.run("apt-get", "install", "-y", "-q", *names, good=good)

    def paths(self):
        """Every file and folder that no package owns."""
        owned = set()
        lists = f"{self.root}/var/lib/dpkg/info"
        for name in os.listdir(lists):
            if name.endswith((".list", ".conffiles")):
                with open(f"{lists}/{name}", encoding="utf-8") as file:
                    owned.update(self._real(line.rstrip("\n").removeprefix("remove-on-upgrade ")) for line in file)
        found = set()
        for folder, folders, names in os.walk(self.root):
            here = folder[len(self.root):]
            folders[:] = [name for name in folders if f"{here}/{name}" not in NOT_LOOKED_AT]
            found.update(f"{here}/{name}" for name in folders + names)
        return {path for path in found if path not in NOT_LOOKED_AT and path not in owned}

    def _real(self, path):
        """/lib is /usr/lib, and so on."""
        for name in "/bin", "/sbin", "/lib", "/lib64":
            if path == name or path.startswith(name + "/"):
                return "/usr" + path
        return path
