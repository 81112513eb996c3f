"""How long an honest agency takes to get in where consultations that wait for the draw have taken every descriptor:
full.py PROGRAM … [--held N] [--files N]. It connects, sends a chunk and has it acknowledged, or gives up after 10 s.
"""
import argparse
import os
import resource
import socket
import time

from fairness import Central, given
from resends import frame

GIVE_UP_S = 10
HELD = frame({"type_message": 3, "agency": "2"})
CHUNK = frame({"type_message": 1, "agency": "1", "payload": ["Ana,Paz,30904465,1999-03-17,1"], "first": 0})


def seconds(port):
    """None when it never got in."""
    begun = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=GIVE_UP_S) as honest:
            honest.sendall(CHUNK)
            return time.monotonic() - begun if honest.recv(4) else None
    except OSError:
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("programs", type=given.program, nargs="+")
    parser.add_argument("--held", type=given.whole(0), default=1952)
    parser.add_argument("--files", type=given.whole(), default=2000)
    chosen = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"| program | an honest agency gets in beside {chosen.held} held consultations, ulimit -n {chosen.files} |\n| --- | --- |")
    for program in chosen.programs:
        central = Central(program, files=chosen.files)
        crowd = []
        for _ in range(chosen.held):
            crowd.append(socket.create_connection(("127.0.0.1", central.port)))
            crowd[-1].sendall(HELD)
        time.sleep(1)  # until all have been read
        took = seconds(central.port)
        print(f"| `{program}` | {'not within %d s' % GIVE_UP_S if took is None else '%.0f ms' % (1000 * took)} |", flush=True)
        for each in crowd:
            each.close()
        central.end()


if __name__ == "__main__":
    main()
