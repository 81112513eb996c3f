"""One lottery over cables that fail as a schedule says, which a seed makes: a central, two or three agencies to which
things happen, and one more, the last to send, to which nothing happens: so the draw is made when its time has come.

After each fault the agency must get on. In the end everything sent is stored once, and each agency has its winners.
"""
import collections
import contextlib
import os
import random
import re
import shutil
import sys
import tempfile
import threading
import time

import faults
from proxy import Proxy
from world import CENTRAL_PORTS, World

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
from harness import Process  # pylint: disable=wrong-import-position

WINNING = 7574
PROGRESS = r"action: (apuestas_enviadas \| result: success|consulta_ganadores \| result: (success|in_progress))"
LOTTERY_S = 180  # with links that fail, and clients that wait longer each time
ANSWER_TIMEOUT = "1500ms"  # for what the proxy swallows


class Wrong(Exception):
    """The lottery did not end as it must."""


def wait_for(what, condition):
    """Looks again and again whether it holds. Fails when it never does."""
    end = time.monotonic() + LOTTERY_S
    while not condition():
        if time.monotonic() > end:
            raise Wrong(f"waited {LOTTERY_S} s for: {what}")
        time.sleep(0.02)


class Agency:
    """An agency with its bets, its plan, and the clients that it has had."""

    def __init__(self, schedule, number, steps, proxied):
        self.chance = chance = random.Random(f"{schedule.seed} {number}")  # of its own: each has a thread
        self.schedule, self.number, self.steps, self.proxied = schedule, number, steps, proxied
        self.name, self.clients, self.proxy, self.has_consult = f"agency{number}", [], None, chance.random() < 0.7
        self.size = chance.randrange(200, 1500)
        self.chunk_size = chance.choice((5, 20, 100))
        if any(step.state == faults.FINISH for step in steps):
            self.chunk_size = 2000  # one chunk, so that the first acknowledgement is the last
        self.flags = ["--chunk-size", self.chunk_size, "--window", chance.choice((1, 4, 16)),
                      *(["--poll"] if chance.random() < 0.04 else [])]
        self.armed, self.failure, self.uploaded = None, None, threading.Event()

    # Its client

    def settle(self):
        world = self.schedule.world
        world.add(self.name)
        with open(f"{self.schedule.folder}/data/agency-{self.number}.csv", encoding="utf-8") as file:
            self.bets = file.read().splitlines()
        self.bytes_up = sum(map(len, self.bets))
        self.bytes_down = 45 * (len(self.bets) // self.chunk_size + 1)
        if self.proxied:
            targets = [(world.address("central"), port) for port in CENTRAL_PORTS]
            self.proxy = Proxy(world, self.schedule.stack, self.name, targets, self.chance)
            self.flags += ["--answer-timeout", ANSWER_TIMEOUT]

    def start(self):
        world = self.schedule.world
        host = world.router_address(self.name) if self.proxied else world.address("central")
        ports = self.proxy.ports if self.proxied else CENTRAL_PORTS
        client = Process(self.schedule, [
            "client", "--id", self.number, "--data-dir", "data", "--winners", "--log-level", "DEBUG",
            "--server-address", f"{host}:{ports[0]}",
            *(["--server-consult-address", f"{host}:{ports[1]}"] if self.has_consult else []), *self.flags],
            prefix=world.prefix(self.name))
        client.wait_for("action: config")
        self.clients.append(client)

    def progress(self):
        return self.clients[-1].count(PROGRESS)

    def has_sent_all(self):
        return self.clients[-1].count(r"consulta_ganadores \| result: in_progress") > 0

    def is_told(self):
        return self.clients[-1].count("cant_ganadores") > 0

    def has_nothing_to_do(self, step):
        """What got through in spite of the fault may have been the last of it, until the draw."""
        return self.is_told() or step.state != faults.TOLD and self.has_sent_all()

    # Its plan, on a thread of its own

    def run(self):
        try:
            early = [step for step in self.steps if step.state != faults.TOLD]
            told = [step for step in self.steps if step.state == faults.TOLD]
            for step, following in zip(early, [*early[1:], None]):
                self.take(step, following)
            if not self.clients:
                self.start()
            wait_for(f"agency {self.number} has sent all", self.has_sent_all)
            if told:
                self.arm(told[0])
            self.uploaded.set()
            for step in told:
                self.strike(step)
            wait_for(f"agency {self.number} is told", self.is_told)
        except Exception as failure:  # pylint: disable=broad-except
            self.failure = failure
        finally:
            self.uploaded.set()

    def take(self, step, following):
        """Meets the step's state and lets its fault be. The following state is armed meanwhile: once the fault
        is mended, or lets enough through, the agency would soon be past it."""
        if step.state == faults.CONNECT:
            if self.clients:  # a second time: from the beginning of a client's life
                self.clients[-1].kill()
            undo = self.treat(step) if self.proxied else self.fault(step)
            self.arm(following)
            if step.fault != "agency gone":
                self.start()
            self.hold(step, undo)
            return
        if not self.armed:
            self.arm(step)
        if not self.clients:
            self.start()
        if step.state == faults.WAIT:
            wait_for(f"agency {self.number} waits for the draw", self.has_sent_all)
        self.strike(step, following)

    def arm(self, step):
        """Has the router catch the agency in the step's state."""
        self.armed = None
        if step is None or step.state not in faults.ARMED:
            return
        rule = faults.arming(step, self.schedule.world.address(self.name), self.bytes_up, self.bytes_down)
        self.armed = self.schedule.world.filter(self.name, "forward", rule)

    def is_caught(self):
        return self.armed is not None and self.schedule.world.caught(self.armed) > 0

    def strike(self, step, following=None):
        """Waits for the state that was armed, puts the fault in its place, and takes it away again."""
        if self.armed:
            wait_for(f"agency {self.number} is {step.state}", self.is_caught)
        undo = self.fault(step)
        if self.armed:
            self.schedule.world.unfilter(self.armed)
        self.arm(following)
        self.hold(step, undo)

    def hold(self, step, undo):
        time.sleep(step.hold_s)  # the fault's duration
        with self.schedule.central_lock if step.fault.startswith("central") else contextlib.nullcontext():
            undo()
        self.schedule.tally[step.state, step.fault] += 1
        if step.state == faults.WAIT or not self.clients:
            return
        before, healed, outages = self.progress(), time.monotonic(), self.schedule.central_outages
        if not self.has_nothing_to_do(step):
            wait_for(f"agency {self.number} gets on after {step}",
                     lambda: self.progress() > before or self.has_nothing_to_do(step) or self.is_caught())
            if not self.is_caught() and outages == self.schedule.central_outages:
                self.schedule.resumed.append((time.monotonic() - healed, step))

    # Faults: each returns what undoes it

    def fault(self, step):
        world, fault = self.schedule.world, step.fault
        if fault in faults.FILTERS:
            address = world.address(self.name)
            table = world.filter(self.name, "forward", *(rule.format(agency=address)
                                                         for rule in faults.FILTERS[fault]))
            return lambda: world.unfilter(table)
        if fault == "agency gone":
            return self.vanish()
        if fault.startswith("agency"):
            off, on = {"agency switched off": (world.switch_off, world.switch_on),
                       "agency unplugged": (world.unplug, world.plug)}[fault]
            off(self.name)
            return lambda: on(self.name)
        return self.schedule.central_fault(fault)

    def vanish(self):
        """The machine is gone without a word: its cable first, then the client, then its kernel."""
        world = self.schedule.world
        world.unplug(self.name)
        if self.clients:
            self.clients[-1].kill()
        world.destroy(self.name)

        def come_back():
            world.add(self.name)
            self.start()
        return come_back

    def treat(self, step):
        self.proxy.treat(faults.treatment(step.fault, self.chance, self.bytes_up, self.bytes_down))
        return self.proxy.heal

    # The end

    def check(self):
        client = self.clients[-1]
        status = client.wait()
        wanted = [bet.split(",")[2] for bet in self.bets if int(bet.split(",")[4]) == WINNING]
        documents = re.findall(r"^[0-9A-Za-z]+$", client.log(), re.M)
        if status != 0 or documents != wanted:
            raise Wrong(f"agency {self.number}: status {status}, winners {documents} and not {wanted}")
        if client.errors:
            raise Wrong(f"agency {self.number}: {''.join(client.errors)}")


class Schedule:
    def __init__(self, seed, hold_max_s, tally):
        self.seed, self.chance, self.tally = seed, random.Random(seed), tally
        self.resumed, self.servers, self.central_outages = [], [], 0
        self.central_lock = threading.RLock()
        victims = self.chance.randrange(1, 3)
        self.agencies = []
        for number in range(1, victims + 1):
            proxied = self.chance.random() < 0.3
            steps = (faults.plan_proxied if proxied else faults.plan_steps)(self.chance, hold_max_s)
            self.agencies.append(Agency(self, number, steps, proxied))
        self.last = Agency(self, victims + 1, [], False)

    def addCleanup(self, function, *arguments):  # pylint: disable=invalid-name
        """What Process wants of its story."""
        self.stack.callback(function, *arguments)

    @staticmethod
    def with_store(arguments):
        """This too: the arguments as they are, as the store is a file in the schedule's folder."""
        return arguments

    def run(self):
        self.folder = tempfile.mkdtemp(prefix="quiniela-network-")
        with contextlib.ExitStack() as self.stack:
            self.stack.callback(shutil.rmtree, self.folder)
            try:
                self.play()
                self.check()
            except Exception as failure:
                raise Wrong(f"{failure}\n{self.describe()}") from failure

    def play(self):
        self.make_bets()
        self.world = World(self.stack)
        self.world.add("central")
        self.start_central()
        for agency in (*self.agencies, self.last):
            agency.settle()
        threads = [threading.Thread(target=agency.run, daemon=True) for agency in self.agencies]
        for thread in threads:
            thread.start()
        for agency in self.agencies:
            agency.uploaded.wait()
        if not any(agency.failure for agency in self.agencies):
            if self.count("action: sorteo"):
                raise Wrong("a draw before the last agency has sent its bets")
            self.last.start()
        for agency, thread in zip(self.agencies, threads):
            thread.join()
            if agency.failure:
                raise agency.failure
        wait_for("the last agency is told", self.last.is_told)

    def make_bets(self):
        sizes = [agency.size for agency in (*self.agencies, self.last)]
        winners = [self.chance.randrange(0, 5) for _ in sizes]
        self.run_to_end("sample", "--sizes", ",".join(map(str, sizes)), "--winners", ",".join(map(str, winners)),
                        "--seed", self.seed)

    def run_to_end(self, *arguments):
        process = Process(self, arguments)
        if process.wait() != 0:
            raise Wrong(f"{arguments[0]}: {''.join(process.errors)}")
        return process

    # The central

    def start_central(self):
        server = Process(self, ["server", "--agencies", len(self.agencies) + 1, "--server-port", CENTRAL_PORTS[0],
                                "--consult-server-port", CENTRAL_PORTS[1], "--server-ip", "0.0.0.0"],
                         prefix=self.world.prefix("central"))
        self.servers.append(server)
        server.wait_for("action: listen")

    def central_fault(self, fault):
        """One at a time; returns what undoes it."""
        self.central_lock.acquire()
        self.central_outages += 1
        world = self.world
        if fault == "central gone":
            world.unplug("central")
            self.servers[-1].kill()
            world.destroy("central")
            undo = self.bring_central_back
        elif fault == "central unplugged":
            world.unplug("central")
            undo = lambda: world.plug("central")
        else:
            world.switch_off("central")
            undo = lambda: world.switch_on("central")

        def undo_and_release():
            try:
                undo()
            finally:
                self.central_lock.release()
        return undo_and_release

    def bring_central_back(self):
        self.world.add("central")
        self.start_central()

    # The end

    def count(self, pattern):
        return sum(len(re.findall(pattern, server.log(), re.M)) for server in self.servers)

    def check(self):
        for agency in (*self.agencies, self.last):
            agency.check()
        self.servers[-1].process.terminate()
        if self.servers[-1].wait() != 0 or any("".join(server.errors) for server in self.servers):
            raise Wrong("the central did not end well")
        draws = self.count(r"action: sorteo \| result: success")
        if draws > 1 or draws == 0 and len(self.servers) == 1:
            raise Wrong(f"{draws} draws")
        self.run_to_end("export", "--output", "stored.csv")
        with open(f"{self.folder}/stored.csv", encoding="utf-8", newline="\n") as file:
            stored = collections.Counter(file.read().splitlines())
        sent = collections.Counter(f"{agency.number},{bet}" for agency in (*self.agencies, self.last)
                                   for bet in agency.bets)
        if stored != sent:
            raise Wrong(f"not stored: {list((sent - stored).elements())[:5]}, "
                        f"stored too often: {list((stored - sent).elements())[:5]}")

    def describe(self):
        """The plan and every log."""
        parts = [f"seed {self.seed}"]
        for agency in (*self.agencies, self.last):
            parts.append(f"agency {agency.number}: proxied {agency.proxied}, {agency.size} bets, consult port "
                         f"{agency.has_consult}, {agency.flags}, {agency.steps}")
        for server in self.servers:
            parts.append("central:\n" + "\n".join(server.log().splitlines()[-40:]))
        for agency in (*self.agencies, self.last):
            parts += [f"agency {agency.number}:\n" + "\n".join(client.log().splitlines()[-40:])
                      for client in agency.clients]
        return "\n".join(parts)
