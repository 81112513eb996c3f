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


def stop(process, name="program"):
    """A signal that has been sent may find its threads at work, and on a busy machine they go on for a while: so it is waited for
    until none of them runs. Of one that ends before that there is nothing to wait for."""
    process.send_signal(signal.SIGSTOP)
    until(lambda: set(_states(process.pid)) <= {"T", "Z"}, f"each thread of the {name} to stand still", 0.001)


@contextlib.contextmanager
def standing_still(program, processes=None):
    """All of its processes, or those."""
    processes = processes or program.processes
    try:
        for process in processes:
            stop(process, program.name)
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)
