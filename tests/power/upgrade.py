#!/usr/bin/env python3
"""The power fails while a store is upgraded: afterwards there is the old store or the new one, whole, and the same command goes
on to the end.

usage: upgrade.py [--ends COUNT | --ends all] [--seed SEED]

QUINIELA names the program. One upgrade from each older version is recorded (recorded.py). The power is then cut behind each of its calls
that change a file, and of what was not synced is left what each of the damages says; SEED chooses where they leave it to chance.
What is left is looked at each time, and so many of them, or all, are upgraded to the end; of these the next attempt is sometimes
cut short in the same way.
"""
import argparse
import contextlib
import glob
import gzip
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from typing import NamedTuple

import recorded

SAMPLES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "upgrade/samples")
PROGRAM = os.path.abspath(os.environ["QUINIELA"])
STORE = "night.db"
DRAWS = {"1": "drawn", "noche's 2": "open"}  # of each sample, with the file that they export
# What every version has said of a draw and its bets.
QUERIES = ("SELECT draw, state, agencies, opened_at, sealed_at, drawn_at FROM draws ORDER BY draw",
           "SELECT draw, agency, finished_at, told_at FROM agencies ORDER BY draw, agency",
           "SELECT draw, agency, bet, document FROM winners ORDER BY draw, agency, bet",
           "SELECT draw, agency, bet, nombre, apellido, documento, nacimiento, numero FROM bets ORDER BY draw, agency, bet")
# There can be no search for leaks in a process that is already traced.
TRACED = {**os.environ, "ASAN_OPTIONS": ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "detect_leaks=0")))}


class Broken(Exception):
    """What was promised, and is not so."""


def check(condition, message):
    if not condition:
        raise Broken(message)


@contextlib.contextmanager
def made_folder(place):
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield os.path.realpath(folder)


def run(folder, *arguments):
    return subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd=folder)


def rows_of(path):
    """Its version, and what it says."""
    with contextlib.closing(sqlite3.connect(path)) as store:
        try:
            check(store.execute("PRAGMA integrity_check").fetchall() == [("ok",)], f"{os.path.basename(path)} is damaged")
            return store.execute("PRAGMA user_version").fetchone()[0], [store.execute(query).fetchall() for query in QUERIES]
        except sqlite3.Error as error:
            raise Broken(f"{os.path.basename(path)} cannot be read: {error}") from error


class Sample:
    def __init__(self, version, place):
        """Like a store that a server has left behind which was killed: with a log."""
        self.old, self.place = version, place
        self.kept = f"{STORE}.v{version}"
        with made_folder(place) as folder:
            work = os.path.join(folder, "work.db")
            with gzip.open(os.path.join(SAMPLES, f"{version}-open.db.gz")) as sample, open(work, "wb") as file:
                shutil.copyfileobj(sample, file)
            with contextlib.closing(sqlite3.connect(work)) as store:
                store.execute("PRAGMA journal_mode = WAL")
                store.execute("CREATE TABLE mine (a)")
                store.commit()
                self.files = {STORE + end: (self.read(work + end), end) for end in ("", "-wal")}
            check(len(self.files[STORE + "-wal"][0]) > 0, "the sample was to have a log")
            found, self.rows = rows_of(work)
            check(found == version and all(self.rows), f"the sample of version {version} is of version {found}: {self.rows}")
        self.happened = self.record(self.files)

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            return file.read()

    def record(self, state):
        """The upgrade of what a disk has."""
        with made_folder(self.place) as folder, made_folder(self.place) as other:
            recorded.write_out(state, folder)
            status, told, happened = recorded.record([PROGRAM, "upgrade", os.path.join(folder, STORE)], folder,
                                                     os.path.join(other, "trace"), TRACED)
            check(status == 0, f"the upgrade ends with {status}: {told}")
            return happened

    def look(self, state):
        """There is the one or the other, whole, and the old one under one name or the other."""
        check(STORE in state, f"there is no store, only {sorted(state)}")
        with made_folder(self.place) as folder:
            recorded.write_out(state, folder)
            version, rows = rows_of(os.path.join(folder, STORE))
            check(rows == self.rows, f"the store of version {version} says something else")
            if version > self.old:
                check(state[STORE][0][68:72] == b"quin", "what has the store's name is an unfinished copy")
                check(self.kept in state, f"the store is new, and of the old one there is nothing: {sorted(state)}")
                check(rows_of(os.path.join(folder, self.kept)) == (self.old, self.rows), "the old store is not kept as it was")

    def finish(self, state, garbage):
        """`garbage`: the copy may look like a file of somebody's; then the next attempt says so, and what it says is done."""
        with made_folder(self.place) as folder:
            recorded.write_out(state, folder)
            done = run(folder, "upgrade", STORE)
            while garbage and (strange := re.search(rf"({STORE}\.upgrade\S*): is there.* move it elsewhere", done.stdout)):
                os.unlink(os.path.join(folder, strange[1]))
                done = run(folder, "upgrade", STORE)
            check(done.returncode == 0, f"the next attempt ends with {done.returncode}: {done.stdout}")
            for draw, name in DRAWS.items():
                exported = run(folder, "export", "--store", STORE, "--draw", draw)
                with open(os.path.join(SAMPLES, f"{self.old}-{name}.csv"), encoding="utf-8") as file:
                    check(exported.stdout == file.read(), f"draw {draw} exports other bets: {exported.stdout[:500]}")
                checked = run(folder, "check", "--store", STORE, "--draw", draw)
                check(checked.returncode == 0, f"draw {draw} is damaged: {checked.stdout}")
            check(rows_of(os.path.join(folder, self.kept)) == (self.old, self.rows), "the old store is not kept as it was")
            check(not os.path.exists(os.path.join(folder, STORE + ".upgrade")), "a copy is left over")


def shown(happening):
    return " ".join(f"{len(word)} bytes" if isinstance(word, bytes) else str(word) for word in happening if word is not None)


class Left(NamedTuple):
    """What a cut leaves: a disk as after_cut gives it, and how it came to that."""
    state: dict
    damage: recorded.Damage
    told: str


def key_of(state):
    """The same for two disks on which the same is to be found."""
    names = sorted(state)
    return tuple((name, hash(state[name][0]), min(other for other in names if state[other][1] == state[name][1])) for name in names)


def cuts_of(sample, seed):
    """All that a cut may leave, each of them once."""
    found, happened = {}, sample.happened
    disk = recorded.Disk(sample.files)
    for calls in range(len(happened) + 1):
        if calls > 0:
            disk.apply(happened[calls - 1])
        for number, damage in enumerate(recorded.DAMAGES):
            state = disk.after_cut(damage, random.Random(f"{seed} {calls} {number}"))
            around = "\n  ".join(map(shown, happened[max(0, calls - 12):calls]))
            left = Left(state, damage, f"version {sample.old}, seed {seed}, {damage.name} after call {calls}:\n  {around}\n")
            key = key_of(state)
            if key not in found or found[key].damage.garbage:
                found[key] = left
    return list(found.values())


def try_again(sample, left, chance):
    """The attempt that goes on is cut short, too."""
    happened = sample.record(left.state)
    disk, calls, damage = recorded.Disk(left.state), chance.randint(0, len(happened)), chance.choice(recorded.DAMAGES)
    for happening in happened[:calls]:
        disk.apply(happening)
    state = disk.after_cut(damage, chance)
    try:
        sample.look(state)
        sample.finish(state, damage.garbage)
    except Broken as broken:
        raise Broken(f"then, {damage.name} after call {calls} of the second attempt: {broken}") from broken


def try_sample(sample, ends, seed):
    cuts = cuts_of(sample, seed)
    chance = random.Random(seed)
    ended = range(len(cuts)) if ends == "all" else chance.sample(range(len(cuts)), min(int(ends), len(cuts)))
    for number, left in enumerate(cuts):
        try:
            sample.look(left.state)
            if number in ended:
                sample.finish(left.state, left.damage.garbage)
                if number % 8 == 0 and not left.damage.garbage:
                    try_again(sample, left, chance)
        except Broken as broken:
            sys.exit(f"{left.told}{broken}")
    print(f"version {sample.old}: an upgrade of {len(sample.happened)} calls can be cut in {len(cuts)} ways; {len(ended)} were gone on from")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ends", default="8")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if shutil.which("strace") is None or subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True,
                                                        check=False).returncode != 0:
        print("skipped: there is no strace, or it may not trace")
        sys.exit(77)
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # the model is the disk
    for sample in sorted(glob.glob(os.path.join(SAMPLES, "*-open.db.gz"))):
        try_sample(Sample(int(os.path.basename(sample).split("-")[0]), place), options.ends, options.seed)


if __name__ == "__main__":
    main()
