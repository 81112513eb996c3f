"""Lotteries on a cluster (cluster.py): script/cluster shows one; script/cluster failover plays many, in each of which the
primary's machine dies, or is cut off, in the middle."""
import argparse
import collections
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time

from cluster import CENTRALS, PROGRAM, Cluster, Failed, Server, wait_until, world_module

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import given  # noqa: E402

SIZES, WINNERS = (20000, 18000, 15000, 9000, 1000), (2, 3, 3, 2, 0)
CHUNK_SIZE, LOTTERY_S = 10, 180


class Lottery:
    """One draw of the cluster, from its servers' start to the comparison of what is stored with what was sent."""

    def __init__(self, cluster, name, data, chunk_size=CHUNK_SIZE):
        self.cluster, self.name, self.data = cluster, name, data
        self.logs = os.path.join(cluster.folder, f"logs-{name}")
        os.mkdir(self.logs)
        self.servers = [Server(cluster, machine, name, len(SIZES)) for machine in CENTRALS]
        self.begun = time.monotonic()
        self.agencies = {number: cluster.start_agency(number, data, self.log(number), "--chunk-size", chunk_size)
                         for number in range(1, len(SIZES) + 1)}

    def log(self, number):
        return os.path.join(self.logs, f"agency-{number}.log")

    def stored_at(self):
        return sorted(at for server in self.servers for at in list(server.stored_at))

    def wait_until_stored(self, chunks):
        wait_until(lambda: len(self.stored_at()) >= chunks, f"{chunks} chunks are stored", LOTTERY_S)

    def finish(self):
        """Waits for the agencies, ends the servers, and compares."""
        for number, agency in self.agencies.items():
            try:
                status = agency.wait(LOTTERY_S)
            except subprocess.TimeoutExpired as hangs:
                raise Failed(f"agency {number} hangs") from hangs
            if status != 0:
                raise Failed(f"agency {number} ended with {status}")
        statuses = [server.end() for server in self.servers]
        if any(statuses):
            raise Failed(f"the servers ended with {statuses}")
        self.compare()

    def compare(self):
        sent = collections.Counter()
        for number, winners in enumerate(WINNERS, 1):
            with open(f"{self.data}/agency-{number}.csv", encoding="utf-8", newline="\n") as file:
                bets = file.read().splitlines()
            sent.update(f"{number},{bet}" for bet in bets)
            winning = [bet.split(",")[2] for bet in bets if bet.endswith(",7574")]
            with open(self.log(number), encoding="utf-8") as file:
                told = [line for line in file.read().splitlines() if "action:" not in line]
            if told != winning or len(winning) != winners:
                raise Failed(f"agency {number} was told {told} instead of {winning}")
        stored = collections.Counter(self.cluster.run(self.name, "export").splitlines())
        if stored != sent:
            raise Failed(f"{sum((sent - stored).values())} bets are missing, {sum((stored - sent).values())} are too many")
        draws = sum("action: sorteo | result: success" in line for server in self.servers for line in server.lines)
        if draws > 1:
            raise Failed(f"the draw was made {draws} times")
        self.cluster.run(self.name, "check")


def make_sample(folder):
    subprocess.run([PROGRAM, "sample", "--dir", folder, "--sizes", ",".join(map(str, SIZES)), "--winners",
                    ",".join(map(str, WINNERS))], check=True)
    return folder


def show(arguments):
    """One lottery, and who won."""
    with Cluster() as cluster:
        primary = cluster.wait_until_healthy()
        print(f"databases: {cluster.state(primary)}; {primary} takes changes, commits wait for "
              f"{cluster.sql(primary, 'SHOW synchronous_standby_names')}")
        lottery = Lottery(cluster, "show", make_sample(f"{cluster.folder}/data"), chunk_size=1000)
        print(f"servers: {cluster.addresses(0)}")
        lottery.finish()
        print(cluster.run("show", "status"))
        for server in lottery.servers:
            print(f"{server.machine}: {len(server.stored_at)} chunks stored")
        if arguments.keep:
            print(f"the databases stay until this is interrupted: STORE='{cluster.store()}', in the network of\n"
                  f"  ip netns exec {cluster.world.namespace(CENTRALS[0])} …")
            signal.pause()


def fail_over(cluster, primary, lottery, chance, cut):
    """Ends the primary in the middle of the lottery, by its power or by its cable. Returns how long nothing was stored."""
    chunks = sum(SIZES) // CHUNK_SIZE
    lottery.wait_until_stored(chance.randrange(chunks // 20, chunks * 17 // 20))
    if cut:
        cluster.world.unplug(primary)
    else:
        cluster.kill_machine(primary)
    lottery.finish()
    at = lottery.stored_at()
    return max(after - before for before, after in zip(at, at[1:]))


def failover(arguments):
    """Rounds in which the primary ends."""
    seed = arguments.seed if arguments.seed is not None else random.randrange(1 << 30)
    chance, silent, failures = random.Random(seed), [], 0
    with Cluster() as cluster:
        data = make_sample(f"{cluster.folder}/data")
        for number in range(arguments.rounds):
            primary = cluster.wait_until_healthy()
            lottery = Lottery(cluster, f"round{number}", data)
            try:
                gap = fail_over(cluster, primary, lottery, chance, arguments.cut)
            except Failed as failure:
                kept = f"/tmp/quiniela-cluster-{os.getpid()}-{number}"
                shutil.copytree(lottery.logs, kept)
                for server in lottery.servers:
                    with open(f"{kept}/{server.machine}.log", "w", encoding="utf-8") as file:
                        file.write("\n".join(server.lines) + "\n")
                cluster.keep_logs(kept)
                print(f"round {number} of seed {seed} FAILED: {failure} (the logs: {kept})", flush=True)
                return 1
            silent.append(gap)
            print(f"round {number}: {primary} {'was cut off' if arguments.cut else 'died'}; exact; nothing was stored for "
                  f"{gap:.1f} s", flush=True)
            if arguments.cut:
                cluster.world.plug(primary)
            else:
                cluster.start_database(primary)
    print(f"failover: {arguments.rounds} rounds, seed {seed}, {failures} failed; nothing was stored for "
          f"{statistics.median(silent):.1f} s in the median, {max(silent):.1f} s at most")
    return 0


def main():
    parser = argparse.ArgumentParser(prog="script/cluster", allow_abbrev=False, description="Three databases, three servers, five agencies, "
                                     "each machine in a network namespace of its own. Needs root.")
    parser.add_argument("--keep", action="store_true", help="leave the databases running after the lottery, until Ctrl-C")
    commands = parser.add_subparsers(dest="command")
    rounds = commands.add_parser("failover", help="lotteries in which the primary database dies")
    rounds.add_argument("rounds", type=given.whole(), nargs="?", default=1)
    rounds.add_argument("--cut", action="store_true", help="its network is cut instead")
    rounds.add_argument("--seed", type=given.whole(0), default=None)
    arguments = parser.parse_args()
    given.understood()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        world_module.check_permitted()
    except world_module.NotPermitted as reason:
        print(f"SKIPPED: network namespaces cannot be made here: {reason}")
        return 77
    try:
        return (failover if arguments.command == "failover" else show)(arguments) or 0
    except Failed as failure:
        print(f"script/cluster: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
