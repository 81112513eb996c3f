"""How often each test was run, failed and was skipped, kept in a folder from one call to the next."""
import collections
import json
import os
import re
import shutil
import threading


class Unusable(Exception):
    """What is in the folder cannot be gone on with; the text says why."""


class Results:
    """Of one tree, whose name is given. They begin anew, or with what is in the folder."""

    def __init__(self, folder, tree, anew):
        self.folder, self.lock, self.tree = folder, threading.Lock(), tree
        self.state = {"tree": tree, "tests": {}}
        if anew or not os.path.exists(self.path("state")):
            return
        try:
            with open(self.path("state"), encoding="utf-8") as file:
                self.state = json.load(file)
            known = self.state["tree"]
        except (ValueError, KeyError, TypeError):
            raise Unusable(f"{self.path('state')} cannot be read: begin with --anew") from None
        if known != tree:
            raise Unusable(f"{folder} is of another tree, {known[:12]}; this one is {tree[:12]}: begin with --anew")

    def begin(self):
        """Makes the folder. What was kept of another beginning is deleted there."""
        if not self.state["tests"]:
            shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.path("failures"), exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def of(self, name):
        return collections.Counter(self.state["tests"].get(name, {}))

    def runs(self, name):
        return sum(self.of(name).values())

    def save(self, name, text):
        with open(self.path(name + ".new"), "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(self.path(name + ".new"), self.path(name))

    def add(self, name, result, text):
        with self.lock:
            count = self.of(name)
            count[result] += 1
            self.state["tests"][name] = count
            if result == "failed":
                kept = f"failures/{re.sub('[^a-z0-9_.]+', '-', name.lower())[:80]}.{sum(count.values())}"
                self.save(kept, text)
                print(f"failed: {name} (run {sum(count.values())}): {self.path(kept)}", flush=True)
            self.save("state", json.dumps(self.state))

    def table(self, names):
        """Those that failed most first. Gives back how many runs failed."""
        rows = sorted(((self.of(name), name) for name in names), key=lambda row: (-row[0]["failed"], row[1]))
        lines = ["  runs  failed skipped  test"]
        lines += [f"{sum(count.values()):6} {count['failed']:7} {count['skipped']:7}  {name}" for count, name in rows]
        runs = [self.runs(name) for name in names]
        failed, skipped = (sum(count[result] for count, _ in rows) for result in ("failed", "skipped"))
        self.save("table", "\n".join([f"tree {self.tree}", *lines, ""]))
        shown = [line for line, (count, _) in zip(lines[1:], rows) if count["failed"]]
        if shown:
            print("\n".join([lines[0], *shown]))
        print(f"tree {self.tree[:12]}: {len(names)} tests, {min(runs)} complete runs, {sum(runs)} runs of tests, "
              f"{failed} failed, {skipped} skipped; {self.path('table')}")
        return failed
