"""How much a crowd of silent and slow connections slows honest agencies down, or with --handshakes a flood of TLS
handshakes, with --board one of the board's port: rounds without and with it in turn, and the ratio of the medians. What it
prints is a figure, not a test."""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/e2e"))

from certificates import Authority  # noqa: E402
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import given  # noqa: E402
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import board_floods  # noqa: E402


def options():
    parser = argparse.ArgumentParser(prog="script/hostile", description=__doc__, allow_abbrev=False)
    parser.add_argument("--program", type=given.program, help="default: the release build")
    parser.add_argument("--rounds", type=given.whole(), default=5, help="of each kind")
    parser.add_argument("--bets", type=given.whole(), default=2000000, help="in a round")
    parser.add_argument("--agencies", type=given.whole(1, 1000), default=5)
    parser.add_argument("--silent", type=given.whole(0), default=10000)
    parser.add_argument("--slow", type=given.whole(0), default=1000)
    parser.add_argument("--handshakes", type=given.whole(0), default=0, help="at once, instead of the silent and the slow")
    parser.add_argument("--board", choices=board_floods.KINDS, help="a flood of its port of that kind, instead of the silent and the slow")
    parser.add_argument("--connections", type=given.whole(1, 100_000), default=1000, help="of such a flood (default 1000)")
    parser.add_argument("--dir", default=os.path.join(ROOT, "build"), help="where a store's folder is made")
    chosen = parser.parse_args()
    given.understood()
    chosen.program = chosen.program or os.path.join(ROOT, "build/release/quiniela")
    return chosen


class Server:
    """A server of its own for each round, as the load generator wants a draw without bets."""

    def __init__(self, chosen):
        self.folder = tempfile.TemporaryDirectory(dir=chosen.dir, prefix="hostile-")
        self.log = os.path.join(self.folder.name, "log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [chosen.program, "server", "--agencies", str(chosen.agencies), "--store",
                 os.path.join(self.folder.name, "store.db"), "--server-ip", "127.0.0.1", "--server-port", "0",
                 "--consult-server-port", "0", *self.certificates(chosen), *(["--http-port", "0"] if chosen.board else [])], stdout=log)
        self.port = self.printed(rb"action: listen .*? port: (\d+)")
        self.board_port = self.printed(rb"action: board .*? url: http://127\.0\.0\.1:(\d+)/") if chosen.board else None
        self.own_descriptors = self.descriptors()

    def printed(self, pattern):
        while not (match := re.search(pattern, self.read_log())):
            if self.process.poll() is not None:
                sys.exit("the server did not start:\n" + self.read_log().decode())
            time.sleep(0.05)
        return int(match[1])

    def certificates(self, chosen):
        self.bench_flags = []
        if not chosen.handshakes:
            return []
        authority = Authority(os.path.join(self.folder.name, "keys")).issue_server()
        for number in range(1, chosen.agencies + 1):
            authority.issue_agency(number)
        self.bench_flags = ["--tls", authority.folder]
        return authority.flags("server")

    def read_log(self):
        with open(self.log, "rb") as file:
            return file.read(100000)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def wait_for_connections(self, count):
        for _ in range(600):
            if self.descriptors() - self.own_descriptors >= count:
                return
            time.sleep(0.1)
        sys.exit(f"the server took only {self.descriptors() - self.own_descriptors} of {count} connections")

    def memory_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.terminate() if kind is None else self.process.kill()
        status = self.process.wait()
        self.folder.cleanup()
        if kind is None and status != 0:
            sys.exit("the server did not end as it should")


def bets_a_second(chosen, server):
    done = subprocess.run([chosen.program, "bench", "--server-address", f"127.0.0.1:{server.port}", "--agencies",
                           str(chosen.agencies), "--bets", str(chosen.bets), "--prepared", "--json", *server.bench_flags],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["bets_per_second"]


def alone(chosen):
    with Server(chosen) as server:
        return bets_a_second(chosen, server)


def with_flood(chosen):
    """The figure, and a text about the flood."""
    with Server(chosen) as server:
        flood = subprocess.Popen([sys.executable, "-B", os.path.join(ROOT, "tests/hostile/handshakes.py"),
                                  str(server.port), str(chosen.handshakes)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            if flood.stdout.readline() != "ready\n":
                sys.exit("the flood could not begin")
            began = time.monotonic()
            figure = bets_a_second(chosen, server)
            printed, _ = flood.communicate("\n")
            rate = int(printed) / (time.monotonic() - began)
        finally:
            if flood.poll() is None:
                flood.kill()
        return figure, f"{rate:.0f} handshakes/s were answered"


def with_board_flood(chosen):
    """The figure, and a text about the flood."""
    with Server(chosen) as server:
        flood = subprocess.Popen([sys.executable, "-B", board_floods.__file__, chosen.board, str(server.board_port), str(chosen.connections)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            if flood.stdout.readline() != "ready\n":
                sys.exit("the flood could not begin")
            figure, memory_kb = bets_a_second(chosen, server), server.memory_kb()
            report, _ = flood.communicate("\n")
        finally:
            flood.kill()
            flood.wait()
    return figure, f"{report.strip()}; the server's memory {memory_kb} kB"


def with_crowd(chosen):
    """The figure, and a text about the crowd."""
    with Server(chosen) as server:
        crowd = subprocess.Popen([sys.executable, "-B", os.path.join(ROOT, "tests/hostile/crowd.py"),
                                  str(server.port), str(chosen.silent), str(chosen.slow)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            if crowd.stdout.readline() != "ready\n":
                sys.exit("the crowd could not connect")
            server.wait_for_connections(chosen.silent + chosen.slow)
            figure, memory_kb = bets_a_second(chosen, server), server.memory_kb()
            report, _ = crowd.communicate("")
        finally:
            crowd.kill()
            crowd.wait()
    return figure, f"{report.strip()}; the server's memory {memory_kb} kB"


def main():
    chosen = options()
    figures, figures_crowded = [], []
    flooded = with_flood if chosen.handshakes else with_board_flood if chosen.board else with_crowd
    for number in range(chosen.rounds):
        figures.append(alone(chosen))
        crowded, about = flooded(chosen)
        figures_crowded.append(crowded)
        print(f"round {number + 1}: {figures[-1]:.0f} bets/s alone, {crowded:.0f} with the crowd ({about})", flush=True)
    what = (f"{chosen.handshakes} handshakes at once" if chosen.handshakes else
            f"{chosen.connections} of {chosen.board!r} at the board's port" if chosen.board else
            f"{chosen.silent} silent and {chosen.slow} slow")
    ratio = statistics.median(figures_crowded) / statistics.median(figures)
    print(f"medians of {chosen.rounds}: {statistics.median(figures):.0f} alone, "
          f"{statistics.median(figures_crowded):.0f} with {what}; "
          f"ratio {ratio:.3f}")


if __name__ == "__main__":
    main()
