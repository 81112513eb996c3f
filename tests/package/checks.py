"""What is asked of the packages themselves, before any of them runs."""
import glob
import gzip
import os
import re
import subprocess

from machine import Failed, run

EXPOSURE_MOST = 1.5
PAGES_LEAST, LINKS_LEAST = 35, 200
DOCUMENTATION = "/usr/share/doc/quiniela"
UNITS = "/usr/lib/systemd/system"


def lintian(packages):
    said = run("lintian", "--allow-root", "--fail-on", "none", "--tag-display-limit", "0", *packages)
    bad = [line for line in said.splitlines() if re.match(r"[EW]:", line)]
    if bad:
        raise Failed("lintian:\n" + "\n".join(bad))


def units(machine):
    """The units, as they are installed in the machine, are understood, and expose little."""
    names = sorted(name for name in os.listdir(machine.root + UNITS) if name.startswith("quiniela"))
    drop_in = f"{machine.root}/run/systemd/system/quiniela@x.socket.d"
    os.makedirs(drop_in, exist_ok=True)  # as the operator gives a draw's socket its ports
    with open(f"{drop_in}/ports.conf", "w", encoding="ascii") as file:
        file.write("[Socket]\nListenStream=127.0.0.1:12355\nListenStream=127.0.0.1:12356\n")
    said = machine.run("systemd-analyze", "verify", "--man=no", *[name.replace("@", "@x") for name in names])
    if said:
        raise Failed(f"systemd-analyze verify: {said}")
    for name in names:
        if name.endswith(".service"):
            said = machine.run("systemd-analyze", "security", "--offline=true", "--no-pager", f"{UNITS}/{name}")
            exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])
            print(f"   {name}: exposed by {exposure}")
            if exposure >= EXPOSURE_MOST:
                raise Failed(f"{name}: {exposure}\n{said}")
    return len(names)


def pages(machine):
    """mandoc has nothing against a page of the manual; what it refers to of ours is there."""
    found = sorted(glob.glob(f"{machine.root}/usr/share/man/**/*quiniela*.gz", recursive=True))
    names = {os.path.basename(page) for page in found}
    for page in found:
        with gzip.open(page) as file:
            done = subprocess.run(["mandoc", "-Tlint"], input=file.read(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        for line in done.stdout.decode().splitlines():
            other = re.search(r"referenced manual not found: Xr (\S+) (\d)", line)  # mandoc looks on this machine
            ours = other and other[1].startswith("quiniela")
            if "outdated mandoc.db" not in line and (not other or ours and f"{other[1]}.{other[2]}.gz" not in names):
                raise Failed(f"{os.path.basename(page)}: {line}")
    if len(found) < PAGES_LEAST:
        raise Failed(f"the manual has {len(found)} pages, and not {PAGES_LEAST} at least: {', '.join(sorted(names))}")
    return len(found)


def links(machine):
    """What an installed page leads to is there."""
    count = 0
    for page in glob.glob(f"{machine.root}{DOCUMENTATION}/**/*.md", recursive=True):
        with open(page, encoding="utf-8") as file:
            for target in re.findall(r'(?:\]\(|(?:src|srcset|href)=")([^)#\s":]+)(?=[)#"])', file.read()):
                count += 1
                if not os.path.exists(os.path.join(os.path.dirname(page), target)):
                    raise Failed(f"{page.removeprefix(machine.root)} leads to {target}, which is not there")
    if count < LINKS_LEAST:
        raise Failed(f"the installed pages have {count} links, and not {LINKS_LEAST} at least")
    return count


def leftovers(before, after, kept=()):
    """Of what was not there before only `kept` is, and what lies in them."""
    left = sorted(path for path in after - before if not any(path == name or path.startswith(f"{name}/") for name in kept))
    if left:
        raise Failed("left behind:\n" + "\n".join(left))
