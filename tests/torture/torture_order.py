#!/usr/bin/env python3
"""The order of system calls: a lottery under strace, whose every acknowledgement order_checker.py sees come after the
sync of its commit. Then the same trace with the syncs late, failed or gone, which the checker has to find.

torture_order.py [ACKNOWLEDGEMENTS]: chunks of one bet, 300 unless said; 100,000 take some minutes.
"""
import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from small_lottery import Folder, Lottery, Refused, start_server, stop  # noqa: E402
import harness  # noqa: E402
import given  # noqa: E402
import received  # noqa: E402

CHECKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "order_checker.py")
AGENCIES = 5
WINDOW = 16
SKIPPED = 77

# There can be no search for leaks in a process that is already traced.
TRACED = {"ASAN_OPTIONS": ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "detect_leaks=0")))}


def can_trace():
    """Whether there is an strace, and it may look into a process."""
    return shutil.which("strace") is not None and subprocess.run(
        ["strace", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def checker(trace, folder, at_least):
    return [sys.executable, "-S", "-B", CHECKER, trace, "--log", folder.path("store.db-wal"), "--directory", folder.folder,
            "--at-least", str(at_least)]


def agency(ports, number, count, failures):
    """Sends its bets one a chunk, WINDOW of them at once, until all are acknowledged."""
    try:
        with socket.create_connection(("127.0.0.1", ports[0]), timeout=harness.hang_s()) as connection:
            for first in range(0, count, WINDOW):
                indexes = range(first, min(first + WINDOW, count))
                connection.sendall(b"".join(harness.frame({
                    "type_message": 2 if index == count - 1 else 1, "agency": str(number), "first": index,
                    "payload": [f"Ana,Paz,Z{number}Z{index:07d},1990-01-02,{index % 10000}"]}) for index in indexes))
                for index in indexes:
                    reply = received.message(connection)
                    if reply.get("next", 0) <= index:
                        raise AssertionError(f"bet {index} was answered {reply}")
    except (OSError, EOFError, AssertionError) as failure:
        failures.append(f"agency {number}: {failure!r}")


def run_lottery(folder, trace, acknowledgements):
    prefix = ["strace", "-D", "-f", "-qq", "-yy", "-s", "131072", "-o", trace, "-e", "signal=none", "-e",
              "trace=pwrite64,fdatasync,fsync,read,recvfrom,recvmsg,write,writev,sendto,sendmsg"]
    server = harness.Server(folder, "--server-ip", "127.0.0.1", agencies=AGENCIES, store=folder.path("store.db"),
                            environment=TRACED, prefix=prefix)
    failures = []
    threads = [threading.Thread(target=agency, args=(server.ports, number, acknowledgements // AGENCIES, failures))
               for number in range(1, AGENCIES + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not failures:
        server.wait_for("action: sorteo .*success")
    server.process.terminate()
    if server.wait() != 0 or failures:
        raise AssertionError(f"the lottery went wrong: {failures} {''.join(server.errors)}")


def ends_at(lines, at):
    """Where the call ends that begins at this line."""
    if "<unfinished" not in lines[at]:
        return at
    resumed = re.compile(lines[at].split()[0] + r" +<\.\.\. \w+ resumed>")
    return next(i for i in range(at + 1, len(lines)) if resumed.match(lines[i]))


def doctored(lines, folder):
    """Traces that must not pass, by name: the syncs that the first acknowledgement leans on are changed."""
    log, directory = f"<{folder.path('store.db-wal')}>", f"<{folder.folder}>"

    def is_sync(line, of):
        return re.search(r"\b(fdatasync|fsync)\(\d+" + re.escape(of), line)
    first_bet = next(i for i, line in enumerate(lines) if "pwrite64" in line and log in line and "Z0000000" in line)
    first_told = next(i for i, line in enumerate(lines) if "<TCP" in line and r'\"next\":' in line)
    begins = [i for i in range(first_bet, first_told) if is_sync(lines[i], log)]
    ends = [ends_at(lines, i) for i in begins]
    syncs = sorted({*begins, *ends})
    without = [line for i, line in enumerate(lines) if i not in syncs]
    told = first_told - sum(i < first_told for i in syncs)
    yield "a commit without a sync", without
    yield "a sync that failed", [re.sub(r"= 0\b.*", "= -1 EIO (Input/output error)", line) if i in ends else line
                                 for i, line in enumerate(lines)]
    yield "a sync after its acknowledgement", without[:told + 1] + [lines[i] for i in syncs] + without[told + 1:]
    yield "no sync of the directory", [line for line in lines if not is_sync(line, directory)]


def check_that_it_can_fail(folder, trace):
    with open(trace, encoding="utf-8", errors="replace") as file:
        lines = file.readlines()
    for name, changed in doctored(lines, folder):
        path = folder.path("doctored")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(changed)
        result = subprocess.run(checker(path, folder, 1), stdout=subprocess.PIPE, text=True, check=False)
        print(f"{name}: {'found' if result.returncode == 1 else 'NOT FOUND'}")
        if result.returncode != 1 or "violations\nagency" not in result.stdout:
            raise AssertionError("the checker is blind: " + result.stdout)


def check_that_the_directory_counts(folder):
    """With every sync of the directory failing nothing is acknowledged; SQLite, which syncs it too, would go on."""
    prefix = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-P", folder.folder, "-e", "signal=none", "-e",
              "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=1+"]
    server, ports = start_server(folder, TRACED, prefix)
    lottery = Lottery()
    if ports is not None:
        try:
            lottery.attempt(ports, harness.hang_s(), until_told=False)
        except (OSError, EOFError, Refused):
            pass
        stop(server)
    if any(lottery.acknowledged.values()) or lottery.finished or not server.count("cannot sync its directory"):
        raise AssertionError("the directory's sync failed, and still: " + server.log())
    print("no sync of the directory succeeds: nothing is acknowledged")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("acknowledgements", type=given.whole(), nargs="?", default=300)
    acknowledgements = parser.parse_args().acknowledgements
    if not can_trace():
        print("SKIPPED: no process may be traced here")
        return SKIPPED
    with Folder() as folder:
        check_that_the_directory_counts(folder)
    with Folder() as folder:
        pipe, trace = folder.path("pipe"), folder.path("trace")
        os.mkfifo(pipe)
        keeps_trace = acknowledgements <= 5000  # a longer one would fill the disk
        reader = ["cp", pipe, trace] if keeps_trace else checker(pipe, folder, acknowledgements)
        with subprocess.Popen(reader) as reading:
            try:
                run_lottery(folder, pipe, acknowledgements)
                status = reading.wait(harness.hang_s())
            finally:
                reading.kill()
        if keeps_trace:
            status = subprocess.run(checker(trace, folder, acknowledgements), check=False).returncode
            if status == 0:
                check_that_it_can_fail(folder, trace)
        return status


if __name__ == "__main__":
    sys.exit(main())
