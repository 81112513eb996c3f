"""Installs Debian's packages in a bare Debian 12, runs a night there, upgrades, removes and purges: script/package-test, as root

It makes the packages (script/package), and a Debian 12 in build/debian (debootstrap, once), which systemd-nspawn boots with nothing but
loopback: nothing of this machine is changed. In it: the package is installed; the first night goes as README.md has it, word for word (its
blocks for systemd), and in another docs/install.md; several draws run at once; a package of a lower version, with the program of an older commit, is upgraded in the middle of
a night; it is removed and purged, and what is left is looked at. Before that lintian, mandoc and systemd-analyze are asked.
--short leaves out what needs a machine that is booted: it enters the system (chroot), and installs, removes and purges there.
"""
import argparse
import glob
import os
import shutil
import signal
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests"), os.path.join(ROOT, "tests", "pages")]
import checks  # noqa: E402
import given  # noqa: E402
import older  # noqa: E402
import stories  # noqa: E402
from machine import Base, Failed, Machine, run  # noqa: E402

FOLDER = f"{ROOT}/build/debian"
START_S = 60


def step(what):
    print(f"== {what}", flush=True)


def inside(packages, base):
    """Installed, looked at, removed and purged, with no process of it ever running."""
    with Machine(base, f"{FOLDER}/entered") as machine:
        machine.put(packages)
        before = machine.paths()
        step("install, in a system that is not booted")
        machine.install(*packages)
        step("the units and the manual")
        print(f"   {checks.units(machine)} units, {checks.pages(machine)} pages of the manual, {checks.links(machine)} links")
        shutil.rmtree(f"{machine.root}/run/systemd")
        step("remove, purge, what is left")
        names = [os.path.basename(package).split("_")[0] for package in packages]
        machine.run("apt-get", "remove", "-y", "-q", *names)
        if not os.path.exists(f"{machine.root}/etc/quiniela/server.ini"):
            raise Failed("a removal has taken the settings")
        machine.run("dpkg", "--purge", *names)
        machine.run("apt-get", "autoremove", "--purge", "-y", "-q")
        checks.leftovers(before, machine.paths())


def by_hand(packages, base):
    """Where systemd cannot be booted: what the unit's ExecStart says, as its user, on loopback of its own."""
    with Machine(base, f"{FOLDER}/by-hand") as machine:
        machine.put(packages)
        machine.install(packages[0])
        for folder in stories.KEPT:  # as systemd-tmpfiles makes them, which does not without /proc
            machine.run("install", "-d", "-m", "700", "-o", "quiniela", "-g", "quiniela", folder)
        begin = stories.setting_of_unit(machine, "ExecStart").split()
        server = subprocess.Popen(["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "sh", "chroot",
                                   "--userspec=quiniela:quiniela", machine.root, *begin], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = []
        late = threading.Timer(START_S, server.kill)
        late.start()
        try:
            while not said or said[-1] and "action: listen" not in said[-1]:
                said.append(server.stdout.readline())
            if not said[-1]:
                raise Failed(f"the unit's ExecStart ends by itself\n{''.join(said)}")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()  # which `late` bounds, too
            late.cancel()
        print(f"   by hand, as its user: {' '.join(begin)}")


def booted(packages, base, upgrade_from):
    """Everything that needs systemd. False where it cannot be booted."""
    with Machine(base, f"{FOLDER}/booted") as machine:
        machine.put(packages)
        before = machine.paths()
        step("boot")
        if not machine.boot():
            return False
        step("the first night, as README.md has it")
        stories.page(machine, f"{ROOT}/README.md")
        stories.drawn(machine, 5)
        step("what the service may do")
        stories.confined(machine)
        step("several draws at once")
        stories.several(machine)
        step("a store that is somebody else's")
        stories.foreign(machine)
        step("remove while a draw still starts, purge, what is left")
        stories.hung(machine)
        stories.remove(machine, before)
    with Machine(base, f"{FOLDER}/read") as machine:
        machine.put(packages)
        before = machine.paths()
        step("docs/install.md, as it stands there")
        if not machine.boot():
            return False
        stories.page(machine, f"{ROOT}/docs/install.md")
        stories.installed(machine)
        stories.remove(machine, before)
    if upgrade_from is None:
        print("== SKIPPED: the upgrade, as this repository has not the older commit ==", file=sys.stderr)
        return True
    with Machine(base, f"{FOLDER}/upgraded") as machine:
        machine.put([*packages, upgrade_from])
        before = machine.paths()
        step("an upgrade in the middle of a night")
        if not machine.boot():
            return False
        stories.upgrade(machine, upgrade_from, packages[0])
        stories.remove(machine, before)
    return True


def main():
    parser = argparse.ArgumentParser(prog="script/package-test", description=__doc__, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="nothing that needs a machine that is booted, or a second program")
    options = parser.parse_args()
    given.understood()
    packages = sorted(glob.glob(f"{ROOT}/build/package/*.deb"), key=lambda name: (not os.path.basename(name).startswith("quiniela_"), name))
    os.makedirs(FOLDER, exist_ok=True)
    try:
        step("lintian")
        checks.lintian(packages)
        step("a bare Debian 12")
        base = Base(f"{FOLDER}/base", packages)
        run("mount", "-t", "tmpfs", "tmpfs", "/run")  # systemd-nspawn's own; this process has mounts of its own
        inside(packages, base)
        if not options.short:
            built = older.program(ROOT, f"{FOLDER}/older")
            upgrade_from = built and older.package(packages[0], built, f"{FOLDER}/older-package")
            if not booted(packages, base, upgrade_from):
                print("== SKIPPED: systemd-nspawn cannot boot here, so no night was run under systemd ==", file=sys.stderr)
                by_hand(packages, base)
    except Failed as failed:
        print(f"script/package-test: {failed}", file=sys.stderr)
        return 1
    print("== all as it must be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
