"""A package of a lower version: this one's, with the program of the commit before there were packages."""
import os
import re
import shutil
import subprocess

from machine import Failed, run

COMMIT = "422cd5ea"


def program(root, folder):
    """Builds that commit's program in `folder`, unless it is there. None where the repository has no such commit."""
    built = f"{folder}/build/quiniela"
    if os.path.exists(built):
        return built
    source = f"{folder}/source"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(source)
    archive = subprocess.run(["git", "-C", root, "archive", COMMIT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if archive.returncode != 0:
        return None
    subprocess.run(["tar", "-x", "-C", source], input=archive.stdout, check=True)
    run("cmake", "-S", source, "-B", f"{folder}/build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DBUILD_TESTING=OFF")
    run("cmake", "--build", f"{folder}/build", "--target", "quiniela")
    return built


def package(newer, built, folder):
    """Makes it, with settings that differ by a line, so that dpkg has something to ask; its path."""
    shutil.rmtree(folder, ignore_errors=True)
    run("dpkg-deb", "-R", newer, folder)
    shutil.copy(built, f"{folder}/usr/bin/quiniela")
    settings = f"{folder}/etc/quiniela/server.ini"
    with open(settings, "a", encoding="utf-8") as file:
        file.write("# A line of an older package.\n")
    with open(f"{folder}/DEBIAN/control", encoding="utf-8") as file:
        control, count = re.subn(r"(?m)^(Version: \S+)$", r"\1~before", file.read())
    if count != 1:
        raise Failed(f"{newer} has no version")
    with open(f"{folder}/DEBIAN/control", "w", encoding="utf-8") as file:
        file.write(control)
    os.remove(f"{folder}/DEBIAN/md5sums")
    path = f"{os.path.dirname(folder)}/older.deb"
    run("dpkg-deb", "--root-owner-group", "-b", folder, path)
    return path
