"""A program that stands still for a moment, as on a machine that is suspended."""
import contextlib
import glob
import signal

from harness import until


def _states(pid):
    """Of each of its threads (proc_pid_stat(5)); T is stopped."""
    for path in glob.glob(f"/proc/{pid}/task/*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(path, encoding="utf-8") as file:
            yield file.read().rsplit(")", 1)[1].split()[0]


@contextlib.contextmanager
def standing_still(program, processes=None):
    """All of its processes, or those. A signal that has been sent may find its threads at work, and on a busy machine they go on for a
    while: so it is waited for until none of them runs."""
    processes = processes or program.processes
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        for process in processes:
            until(lambda pid=process.pid: set(_states(pid)) == {"T"}, f"each thread of the {program.name} to stand still", 0.001)
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)
