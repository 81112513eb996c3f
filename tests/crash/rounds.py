"""Kill rounds: lotteries of real processes whose server and clients are killed (SIGKILL) at random moments.

Each round is one lottery in a folder of its own. A plan made from the round's seed says what is killed at which line of
which log: at the N-th line of a server's life, before its first, at the draw, when an agency is told. Agency 1 is a
connection of our own that notes every acknowledgement; the others are clients, whose logs say the same. After each kill
of the server, and in the end, the store is compared with what was acknowledged and with the input.
"""
import argparse
import collections
import concurrent.futures
import functools
import json
import os
import random
import re
import selectors
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import given  # noqa: E402
import received  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("QUINIELA", os.path.join(ROOT, "build/release/quiniela")))
HANG_S = 60
ROUND_S = 300  # a whole round, and whoever waits for the draw in it
WINNING = 7574
LIFE, LIFE_LINES = "any line", 60  # how long a server lives at most for which a death is planned


class Wrong(Exception):
    """The round did not end as it must."""


def bets_of_each(exported, agencies):
    """The bets of an export, in their order, for each of the agencies."""
    stored = {number: [] for number in agencies}
    for line in exported.splitlines():
        agency, bet = line.split(",", 1)
        stored[int(agency)].append(bet)
    return stored


def acknowledged_in(lines):
    """How many bets a client's log says are acknowledged. Each is said once."""
    said = (re.search(r"apuestas_enviadas \| result: success .*cantidad: (\d+)", line) for line in lines)
    return sum(int(each[1]) for each in said if each)


class Process:
    """A process of the round, and what of its log has been seen."""

    def __init__(self, round_, name, arguments):
        self.round, self.name, self.lines, self.rest = round_, name, [], b""
        self.seen = collections.Counter()
        self.process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=round_.folder,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        round_.selector.register(self.process.stdout, selectors.EVENT_READ, self)

    def read(self):
        """The new lines; None at the end of the log."""
        data = self.process.stdout.read()
        if data is None:
            return []
        if data == b"":
            return None
        *lines, self.rest = (self.rest + data).split(b"\n")
        lines = [line.decode() for line in lines]
        self.lines += lines
        return lines

    def listens(self):
        return any("action: listen" in line for line in self.lines)

    def kill(self):
        """SIGKILL, and what it still had written."""
        self.process.kill()
        return self.leave()

    def leave(self):
        self.round.selector.unregister(self.process.stdout)
        os.set_blocking(self.process.stdout.fileno(), True)
        lines = (self.rest + (self.process.stdout.read() or b"")).decode().split("\n")
        self.lines += lines
        self.process.stdout.close()
        self.process.wait(HANG_S)
        return lines


class Recorder(threading.Thread):
    """An agency on a connection of our own, which notes what was acknowledged. Connects again until it is done."""

    def __init__(self, number, port, bets, chance):
        super().__init__(daemon=True)
        self.number, self.port, self.bets = number, port, bets
        self.size, self.window = chance.choice((1, 3, 17)), chance.choice((1, 4, 12))
        self.acknowledged, self.finished, self.winners, self.failure = 0, False, None, None
        self.stopping = threading.Event()

    def run(self):
        while self.winners is None and not self.stopping.is_set() and self.failure is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=ROUND_S) as self.socket:
                    self._send_all()
            except (OSError, EOFError):
                self.stopping.wait(0.01)  # the server is away
            except Exception as failure:  # pylint: disable=broad-except
                self.failure = repr(failure)

    def _message(self, first):
        chunk = self.bets[first:first + self.size]
        last = first + len(chunk) == len(self.bets)
        message = {"type_message": 2 if last else 1, "agency": str(self.number), "first": first, "payload": chunk}
        return message, first + len(chunk), last

    def _send_all(self):
        sent = collections.deque()
        at, done = self.acknowledged, False
        while not done or sent:
            while not done and len(sent) < self.window:
                message, at, done = self._message(at)
                self._send(message)
                sent.append((at, done))
            reply = received.message(self.socket)
            end, last = sent.popleft()
            if reply["type_message"] == 4 and reply["payload"]["retryable"]:
                raise EOFError("to be sent again")
            if reply["type_message"] != 1 or reply["next"] < end:
                raise Wrong(f"agency {self.number}: to the bets up to {end} the answer was {reply}")
            self.acknowledged = end
            self.finished = self.finished or last
        self._send({"type_message": 3, "agency": self.number})
        reply = received.message(self.socket)
        if reply["type_message"] != 2:
            raise Wrong(f"agency {self.number}: to the consultation the answer was {reply}")
        self.winners = reply["payload"]

    def _send(self, message):
        body = json.dumps(message).encode()
        self.socket.sendall(struct.pack(">I", len(body)) + body)

    def stop(self):
        self.stopping.set()
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except (AttributeError, OSError):
            pass
        self.join(HANG_S)


def take_ports(marks):
    """Two ports that nobody else gets while the server is away: below those that the system gives out, and each with
    a mark (a name among the sockets) that keeps other rounds off. The marks go into a list."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        lowest = int(file.read().split()[0])
    ports = []
    while len(ports) < 2:
        port = random.SystemRandom().randrange(min(10000, lowest - 1000), lowest)
        mark = socket.socket(socket.AF_UNIX)
        try:
            mark.bind(f"\0quiniela-crash-{port}")
            with socket.socket() as tried:
                tried.bind(("127.0.0.1", port))
        except OSError:
            mark.close()  # somebody has it
            continue
        marks.append(mark)
        ports.append(port)
    return ports


# When a server's life ends: at its N-th line, or at the N-th line with a pattern.
LIVES = (
    lambda chance, agencies: ("", chance.randrange(1, 5)),  # while it starts, or reads back
    lambda chance, agencies: ("", chance.randrange(1, 60)),
    lambda chance, agencies: ("", chance.randrange(1, 60)),
    lambda chance, agencies: ("apuestas_almacenadas", chance.randrange(1, 40)),
    lambda chance, agencies: ("client_finished", chance.randrange(1, agencies + 1)),  # the last one: the draw
    lambda chance, agencies: (f"client_finished .*agencia: {agencies}$", 1),
    lambda chance, agencies: ("action: sorteo", 1),
    lambda chance, agencies: ("told", chance.randrange(1, agencies + 1)),  # an agency says that it was told
    lambda chance, agencies: ("at once", 1),
)


class Round:
    def __init__(self, seed):
        self.seed, self.chance = seed, random.Random(seed)
        self.folder = tempfile.mkdtemp(prefix="quiniela-crash-")
        self.selector = selectors.DefaultSelector()
        self.kills, self.draws, self.drawn_at, self.told = 0, 0, None, 0
        self.server, self.clients, self.recorder, self.logs, self.marks = None, {}, None, [], []
        self.deadline = time.monotonic() + ROUND_S

    # The input, and what must come of it

    def make_input(self):
        self.agencies = self.chance.randrange(2, 5)
        sizes = [self.chance.choice((0, 1, 40, 150, 300)) for _ in range(self.agencies)]
        winners = [self.chance.randrange(0, min(size, 4) + 1) for size in sizes]
        self.run_to_end("sample", "--sizes", ",".join(map(str, sizes)), "--winners", ",".join(map(str, winners)),
                        "--seed", self.seed % (1 << 31))
        self.bets = {}
        for number in range(1, self.agencies + 1):
            with open(f"{self.folder}/data/agency-{number}.csv", encoding="utf-8", newline="\n") as file:
                self.bets[number] = file.read().splitlines()
        self.winning = {number: [bet.split(",")[2] for bet in bets if int(bet.split(",")[4]) == WINNING]
                        for number, bets in self.bets.items()}
        self.plan = [self.chance.choice(LIVES)(self.chance, self.agencies)
                     for _ in range(self.chance.randrange(3, 8))]
        self.client_kills = {self.chance.randrange(2, self.agencies + 1): self.chance.randrange(1, 25)
                             for _ in range(self.chance.randrange(0, 4))}

    def run_to_end(self, *arguments):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, capture_output=True, timeout=HANG_S,
                              check=False)
        if done.returncode != 0:
            raise Wrong(f"{' '.join(map(str, arguments))}: {done.returncode}: {done.stderr.decode()}"
                        f"{done.stdout.decode()}")
        return done.stdout.decode()

    # Starting and killing

    def start_server(self):
        self.server = Process(self, "server", ["server", "--agencies", self.agencies, "--server-port", self.ports[0],
                                               "--consult-server-port", self.ports[1], "--logging-level", "DEBUG",
                                               "--server-ip", "127.0.0.1", "--loops", 2])
        self.death = self.plan.pop(0) if self.plan else None
        if self.death == ("at once", 1):
            self.kill_server()

    def kill_server(self):
        server, self.server = self.server, None
        server.kill()
        self.logs.append(server)
        self.kills += 1
        self.compare_while_down()
        self.start_server()

    def start_client(self, number):
        self.clients[number] = Process(
            self, number, ["client", "--id", number, "--server-address", f"127.0.0.1:{self.ports[0]}",
                           "--server-consult-address", f"127.0.0.1:{self.ports[1]}", "--chunk-size",
                           self.chance.choice((1, 2, 7, 50)), "--window", self.chance.choice((1, 4, 16)),
                           "--log-level", "DEBUG", "--winners"])

    def kill_client(self, number):
        self.clients[number].kill()
        self.logs.append(self.clients[number])
        self.kills += 1
        self.start_client(number)

    # What happens

    def on_server_line(self, line):
        """Whether it was the last line of this life."""
        if "action: start_server" in line or "action: store | result: fail" in line or "sorteo | result: fail" in line:
            raise Wrong(f"the server says: {line}")
        self.draws += "action: sorteo | result: success" in line
        if self.death is None:
            return False
        pattern, count = self.death
        self.server.seen[pattern] += re.search(pattern, line) is not None
        self.server.seen[LIFE] += 1
        return (self.server.seen[pattern] >= count and pattern != "told") or self.server.seen[LIFE] >= LIFE_LINES

    def on_client_line(self, number, line):
        if "cant_ganadores" in line:
            self.told += 1
            if self.server is not None and self.death is not None and self.death[0] == "told" \
                    and self.told >= self.death[1]:
                self.kill_server()
        elif self.client_kills.get(number) is not None:
            self.client_kills[number] -= 1
            if self.client_kills[number] == 0:
                del self.client_kills[number]
                self.kill_client(number)

    def on_end(self, process):
        if process is self.server:
            process.leave()
            raise Wrong(f"the server ended by itself, with {process.process.returncode}")
        process.leave()
        self.logs.append(process)
        if process.process.returncode != 0:
            raise Wrong(f"client {process.name} ended with {process.process.returncode}")
        printed = [line for line in process.lines if line and "action:" not in line]
        if printed != self.winning[process.name]:
            raise Wrong(f"agency {process.name} was told {printed} instead of {self.winning[process.name]}")
        del self.clients[process.name]

    def step(self):
        for key, _ in self.selector.select(0.05):
            process = key.data
            if process is not self.server and process is not self.clients.get(process.name):
                continue  # killed by what came before it
            lines = process.read()
            if lines is None:
                self.on_end(process)
                continue
            for line in lines:
                if process is self.server:
                    if self.on_server_line(line):
                        self.draws += sum("action: sorteo | result: success" in other
                                          for other in lines[lines.index(line) + 1:])
                        self.kill_server()
                        break
                elif process is self.clients.get(process.name):
                    self.on_client_line(process.name, line)
        if self.recorder.failure is not None:
            raise Wrong(self.recorder.failure)
        if time.monotonic() > self.deadline:
            raise Wrong("it hangs")

    # Comparing

    def status(self):
        return json.loads(self.run_to_end("status", "--json"))

    def stored(self):
        return bets_of_each(self.run_to_end("export"), self.bets)

    def acknowledged_to(self, number):
        """How many bets the client says are acknowledged, since it was started."""
        return acknowledged_in(self.clients[number].lines) if number in self.clients else 0

    def compare_while_down(self):
        acknowledged, finished = self.recorder.acknowledged, self.recorder.finished
        if not os.path.exists(f"{self.folder}/quiniela.db"):
            if acknowledged or finished:
                raise Wrong("what was acknowledged has gone with its store")
            return
        status = subprocess.run([PROGRAM, "status", "--json"], cwd=self.folder, capture_output=True, check=False,
                                timeout=HANG_S)
        if status.returncode != 0:  # killed before the tables or the draw were made
            if acknowledged or finished:
                raise Wrong(f"the store cannot be read: {status.stderr.decode()}")
            return
        status, stored = json.loads(status.stdout), self.stored()
        for number, bets in stored.items():
            if bets != self.bets[number][:len(bets)]:
                raise Wrong(f"what is stored of agency {number} is not the beginning of what it sends")
        if len(stored[1]) < acknowledged:
            raise Wrong(f"agency 1 has {acknowledged} bets acknowledged, and {len(stored[1])} are stored")
        for number, bets in stored.items():
            if len(bets) < self.acknowledged_to(number):
                raise Wrong(f"client {number} has {self.acknowledged_to(number)} bets acknowledged, and {len(bets)} "
                            "are stored")
        by_agency = {each["agency"]: each for each in status["by_agency"]}
        for number, bets in stored.items():
            if by_agency.get(number, {"bets": 0})["bets"] != len(bets):
                raise Wrong(f"status and export disagree on agency {number}")
        if finished and not by_agency.get(1, {"finished": False})["finished"]:
            raise Wrong("agency 1 has its last chunk acknowledged, and has not finished")
        if self.drawn_at is not None and status["drawn_at"] != self.drawn_at:
            raise Wrong(f"the draw was at {self.drawn_at}, and now {status['drawn_at']}")
        self.drawn_at = status["drawn_at"]

    def compare_in_the_end(self):
        if self.stored() != self.bets:
            raise Wrong("what is stored is not what was sent")
        status = self.status()
        winners = {each["agency"]: each["winners"] for each in status["by_agency"]}
        expected = {number: len(documents) for number, documents in self.winning.items()}
        if status["state"] != "drawn" or winners != expected:
            raise Wrong(f"the status is {status}, and the winners should be {expected}")
        if self.drawn_at is not None and status["drawn_at"] != self.drawn_at:
            raise Wrong(f"the draw was at {self.drawn_at}, and in the end {status['drawn_at']}")
        if self.draws > 1:
            raise Wrong(f"the draw was made {self.draws} times")
        if self.recorder.winners != ",".join(self.winning[1]):
            raise Wrong(f"agency 1 was told {self.recorder.winners} instead of {self.winning[1]}")
        self.run_to_end("check")

    def run(self):
        self.make_input()
        self.ports = take_ports(self.marks)
        self.recorder = Recorder(1, self.ports[0], self.bets[1], self.chance)
        for number in range(2, self.agencies + 1):
            self.start_client(number)
        self.start_server()
        self.recorder.start()
        while self.clients or self.recorder.winners is None or not self.server.listens():
            self.step()
        self.recorder.join(HANG_S)
        self.server.process.terminate()
        lines = self.server.leave()
        self.draws += sum("action: sorteo | result: success" in line for line in lines)
        if self.server.process.returncode != 0:
            raise Wrong(f"the server ended with {self.server.process.returncode}")
        self.compare_in_the_end()

    def clean(self):
        if self.recorder is not None and self.recorder.ident is not None:
            self.recorder.stop()
        for process in [self.server, *self.clients.values()]:
            if process is not None and process.process.poll() is None:
                process.process.kill()
                process.process.wait()
        for mark in self.marks:
            mark.close()
        self.selector.close()


def play(seed):
    round_ = Round(seed)
    try:
        round_.run()
    except Exception as failure:  # pylint: disable=broad-except
        round_.clean()
        for number, process in enumerate([*round_.logs, round_.server, *round_.clients.values()]):
            if process is not None:
                with open(f"{round_.folder}/{number}-{process.name}.log", "w", encoding="utf-8") as file:
                    file.write("\n".join(process.lines) + "\n")
        return seed, round_.kills, f"{type(failure).__name__}: {failure}", round_.folder
    round_.clean()
    shutil.rmtree(round_.folder)
    return seed, round_.kills, None, None


def main():
    parser = argparse.ArgumentParser(prog="script/crash", allow_abbrev=False)
    parser.add_argument("rounds", type=given.whole())
    parser.add_argument("--seed", type=given.whole(0), default=None, help="of the first round; the next ones have the next seeds")
    parser.add_argument("--servers", type=given.whole(1, 100), default=1, help="several share a PostgreSQL, and 20 agencies know them all")
    arguments = parser.parse_args()
    given.understood()
    first = arguments.seed if arguments.seed is not None else random.randrange(1 << 30)
    begun, kills, failures = time.monotonic(), 0, 0
    if arguments.servers > 1:
        import servers  # pylint: disable=import-outside-toplevel
        one = functools.partial(servers.play, servers=arguments.servers)
    else:
        one = play
    with concurrent.futures.ProcessPoolExecutor(min(2, arguments.rounds)) as pool:
        for seed, killed, failure, folder in pool.map(one, range(first, first + arguments.rounds)):
            kills += killed
            if failure is not None:
                failures += 1
                print(f"FAILED: script/crash 1 --seed {seed} --servers {arguments.servers}: {failure} (what it left: "
                      f"{folder})", flush=True)
    print(f"crash: {arguments.rounds} rounds from seed {first}, {kills} kills, {failures} failed, "
          f"{time.monotonic() - begun:.1f} s")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
