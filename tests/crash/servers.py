"""Kill rounds of many servers: lotteries of 20 agencies on three servers that share one PostgreSQL, while servers and
agencies are killed (SIGKILL) and started again at random moments.

The moments are lines of the servers' logs, counted over all of them, that the round's seed chooses. Every agency knows
all servers. In the end the database is compared with the input, and what each agency was told with its winners; after
each kill, what the agencies say was acknowledged with what is stored.
"""
import collections
import os
import random
import re
import selectors
import shutil
import subprocess
import tempfile
import time

from rounds import HANG_S, PROGRAM, ROUND_S, WINNING, Process, Wrong, acknowledged_in, bets_of_each, take_ports

AGENCIES = 20
POSTGRES = os.environ.get("QUINIELA_POSTGRES")


def sql(text):
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-d", POSTGRES, "-c", text], check=True, capture_output=True,
                          text=True, env={**os.environ, "PGOPTIONS": "-cclient_min_messages=error"}).stdout.strip()


class ServersRound:
    def __init__(self, seed, servers):
        self.seed, self.chance = seed, random.Random(seed)
        self.folder = tempfile.mkdtemp(prefix="quiniela-servers-")
        self.schema = os.path.basename(self.folder).replace("-", "_")
        sql(f"CREATE SCHEMA {self.schema}")
        self.store = f"{POSTGRES}?options=-csearch_path%3D{self.schema}"
        self.selector = selectors.DefaultSelector()
        self.servers, self.clients, self.logs, self.marks = {}, {}, [], []
        self.ports = [take_ports(self.marks) for _ in range(servers)]
        self.kills, self.lines, self.draws = 0, 0, 0
        self.down = {}  # servers that wait for their start: at which line, counted over all logs
        self.deadline = time.monotonic() + 2 * ROUND_S

    # The input, and what must come of it

    def make_input(self):
        sizes = [self.chance.choice((0, 1, 60, 200, 400)) for _ in range(AGENCIES)]
        winners = [self.chance.randrange(0, min(size, 4) + 1) for size in sizes]
        self.run_to_end("sample", "--sizes", ",".join(map(str, sizes)), "--winners", ",".join(map(str, winners)),
                        "--seed", self.seed % (1 << 31))
        self.bets = {}
        for number in range(1, AGENCIES + 1):
            with open(f"{self.folder}/data/agency-{number}.csv", encoding="utf-8", newline="\n") as file:
                self.bets[number] = file.read().splitlines()
        self.winning = {number: [bet.split(",")[2] for bet in bets if int(bet.split(",")[4]) == WINNING]
                        for number, bets in self.bets.items()}
        at, self.plan = 0, collections.deque()
        for _ in range(self.chance.randrange(4, 10)):
            at += self.chance.randrange(1, 200)
            self.plan.append((at, self.chance.choice(("server", "server", "server", "client", "all servers"))))

    def run_to_end(self, *arguments):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, capture_output=True, timeout=HANG_S,
                              check=False, env={**os.environ, "STORE": self.store})
        if done.returncode != 0:
            raise Wrong(f"{' '.join(map(str, arguments))}: {done.returncode}: {done.stderr.decode()}"
                        f"{done.stdout.decode()}")
        return done.stdout.decode()

    # Starting and killing

    def start_server(self, number):
        bets, consult = self.ports[number]
        self.servers[number] = Process(self, f"server-{number}", [
            "server", "--agencies", AGENCIES, "--server-port", bets, "--consult-server-port", consult, "--store", self.store,
            "--server-ip", "127.0.0.1", "--loops", 1])

    def start_client(self, number):
        addresses = [",".join(f"127.0.0.1:{ports[which]}" for ports in self.ports) for which in (0, 1)]
        self.clients[number] = Process(self, number, [
            "client", "--id", number, "--server-address", addresses[0], "--server-consult-address", addresses[1],
            "--chunk-size", self.chance.choice((1, 2, 7, 50)), "--window", self.chance.choice((1, 4, 16)), "--winners"])

    def kill(self, what):
        if what == "client":
            if self.clients:
                number = self.chance.choice(sorted(self.clients))
                self.bury(self.clients.pop(number))
                self.start_client(number)
            return
        alive = sorted(self.servers)
        for number in alive if what == "all servers" else [self.chance.choice(alive)] if alive else []:
            server = self.servers.pop(number)
            self.take_server_lines(server, server.kill())
            self.logs.append(server)
            self.kills += 1
            self.down[number] = self.lines + self.chance.randrange(0, 60)
        self.compare_with_acknowledged()

    def bury(self, process):
        process.kill()
        self.logs.append(process)
        self.kills += 1

    def start_what_is_due(self, whatever=False):
        for number, line in list(self.down.items()):
            if whatever or self.lines >= line or not self.servers:
                del self.down[number]
                self.start_server(number)

    # What happens

    def take_server_lines(self, server, lines):
        for line in lines:
            if re.search(r"action: (start_server|store|sorteo) \| result: fail", line):
                raise Wrong(f"{server.name} says: {line}")
            self.draws += "action: sorteo | result: success" in line
        self.lines += len(lines)

    def on_client_end(self, client):
        client.leave()
        self.logs.append(client)
        del self.clients[client.name]
        if client.process.returncode != 0:
            raise Wrong(f"client {client.name} ended with {client.process.returncode}")
        told = [line for line in client.lines if line and "action:" not in line]
        if told != self.winning[client.name]:
            raise Wrong(f"agency {client.name} was told {told} instead of {self.winning[client.name]}")

    def step(self):
        came = self.selector.select(0.05)
        for key, _ in came:
            process = key.data
            if process not in self.servers.values() and process not in self.clients.values():
                continue  # killed by what came before it
            lines = process.read()
            if process in self.clients.values():
                if lines is None:
                    self.on_client_end(process)
            elif lines is None:
                raise Wrong(f"{process.name} ended by itself")
            else:
                self.take_server_lines(process, lines)
        while self.plan and self.lines >= self.plan[0][0]:
            self.kill(self.plan.popleft()[1])
        self.start_what_is_due(whatever=not came)
        if time.monotonic() > self.deadline:
            raise Wrong("it hangs")

    # Comparing

    def stored(self):
        return bets_of_each(self.run_to_end("export"), self.bets)

    def compare_with_acknowledged(self):
        acknowledged = {number: acknowledged_in(client.lines) for number, client in self.clients.items()}
        if sql(f"SELECT to_regclass('{self.schema}.draws') IS NULL") == "t" or \
                sql(f"SELECT count(*) FROM {self.schema}.draws") == "0":
            stored = {number: [] for number in self.bets}
        else:
            stored = self.stored()
        for number, bets in stored.items():
            if bets != self.bets[number][:len(bets)]:
                raise Wrong(f"what is stored of agency {number} is not the beginning of what it sends")
            if len(bets) < acknowledged.get(number, 0):
                raise Wrong(f"agency {number} has {acknowledged[number]} bets acknowledged, {len(bets)} are stored")

    def compare_in_the_end(self):
        if self.stored() != self.bets:
            raise Wrong("what is stored is not what was sent")
        winners = sql(f"SELECT agency, document FROM {self.schema}.winners ORDER BY agency, bet").splitlines()
        expected = [f"{number}|{document}" for number in sorted(self.winning) for document in self.winning[number]]
        if winners != expected:
            raise Wrong(f"the winners are {winners} instead of {expected}")
        if sql(f"SELECT state, finished FROM {self.schema}.draws") != f"drawn|{AGENCIES}":
            raise Wrong("the draw is not drawn, with everyone finished")
        if self.draws > 1:
            raise Wrong(f"the draw was made {self.draws} times")
        self.run_to_end("check")

    def run(self):
        self.make_input()
        for number in range(len(self.ports)):
            self.start_server(number)
        for number in self.bets:
            self.start_client(number)
        while self.clients:
            self.step()
        self.start_what_is_due(whatever=True)
        while not all(server.listens() for server in self.servers.values()):
            self.step()
        for server in self.servers.values():
            server.process.terminate()
            self.take_server_lines(server, server.leave())
            if server.process.returncode != 0:
                raise Wrong(f"{server.name} ended with {server.process.returncode}")
        self.compare_in_the_end()

    def clean(self):
        for process in [*self.servers.values(), *self.clients.values()]:
            if process.process.poll() is None:
                process.process.kill()
                process.process.wait()
        for mark in self.marks:
            mark.close()
        self.selector.close()


def play(seed, servers):
    round_ = ServersRound(seed, servers)
    try:
        round_.run()
    except Exception as failure:  # pylint: disable=broad-except
        round_.clean()
        for number, process in enumerate([*round_.logs, *round_.servers.values(), *round_.clients.values()]):
            with open(f"{round_.folder}/{number}-{process.name}.log", "w", encoding="utf-8") as file:
                file.write("\n".join(process.lines) + "\n")
        return seed, round_.kills, f"{type(failure).__name__}: {failure}", round_.folder
    round_.clean()
    sql(f"DROP SCHEMA {round_.schema} CASCADE")
    shutil.rmtree(round_.folder)
    return seed, round_.kills, None, None
