"""Runs one command and leaves nothing of it behind: minder.py SECONDS GENTLY OUTPUT COMMAND…

Whatever the command starts, in sessions of its own, too, is ended when it ends, when the time is over, or when
whoever started this closes its standard input, if only by ending. In the last two cases the command's group gets a SIGINT
and has GENTLY seconds to end by itself, unless that is 0. Its temporary files go into two folders that are removed
afterwards: TMPDIR, and QUINIELA_MEMORY in memory. Prints how it went: "STATUS SECONDS", or "timeout SECONDS".
"""
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PR_SET_CHILD_SUBREAPER = 36
MEMORY = "/dev/shm"


def descendants():
    """The processes that came from this one, the younger ones last."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    parents.setdefault(int(file.read().rpartition(")")[2].split()[1]), []).append(int(name))
            except OSError:
                pass
    found, todo = [], [os.getpid()]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


def end_all():
    """Orphans become children of this process, so that none gets away."""
    for _ in range(1000):
        processes = descendants()
        if not processes:
            return
        for process in processes:
            try:
                os.kill(process, signal.SIGKILL)
            except OSError:
                pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0] != 0:
                pass
        except ChildProcessError:
            pass
        time.sleep(0.002)


def main():
    seconds, gently, output, command = float(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4:]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the end of the input says it
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    waking, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken)
    folders = {"TMPDIR": folder_in(None), "QUINIELA_MEMORY": folder_in(MEMORY if os.access(MEMORY, os.W_OK) else None)}
    start = time.monotonic()
    with open(output, "wb") as file:
        # Python's children inherit what is ignored; a test is to have it as from a terminal.
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                 start_new_session=True, preexec_fn=heed_signals, env={**os.environ, **folders})
    status = None
    while status is None:
        left = start + seconds - time.monotonic()
        ready = select.select([0, waking], [], [], max(left, 0))[0] if left > 0 else [0]
        if waking in ready:
            os.read(waking, 4096)
            status = child.poll()
        elif 0 in ready:
            status = "timeout"
    took = time.monotonic() - start
    if status == "timeout" and gently:
        ask(child, gently, waking)
    end_all()
    for folder in folders.values():
        remove(folder)
    print(status, round(took, 3), flush=True)


def folder_in(place):
    """A new one, of everybody's: tests start programs as somebody else, too."""
    folder = tempfile.mkdtemp(prefix="minded-", dir=place)
    os.chmod(folder, 0o1777)
    return folder


def remove(folder):
    """With what is mounted in it taken away first."""
    with open("/proc/self/mounts", encoding="utf-8", errors="replace") as file:
        places = [line.split()[1] for line in file]
    for place in reversed(places):
        if place.startswith(folder + "/"):
            subprocess.run(["umount", "-l", place], stderr=subprocess.DEVNULL, check=False)
    shutil.rmtree(folder, ignore_errors=True)


def ask(child, seconds, waking):
    """Asks it to end, and waits so long at most."""
    try:
        os.killpg(child.pid, signal.SIGINT)
    except ProcessLookupError:
        return
    end = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < end:
        if select.select([waking], [], [], max(end - time.monotonic(), 0))[0]:
            os.read(waking, 4096)


def heed_signals():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


if __name__ == "__main__":
    main()
