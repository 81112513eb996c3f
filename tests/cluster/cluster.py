"""A cluster on this machine: three databases that Patroni keeps as one (with etcd, and a synchronous standby), and
servers that share it, each machine in a network namespace of its own (tests/network/world.py)."""
import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/network"))
import world as world_module  # noqa: E402
from world import CENTRAL_PORTS, World  # noqa: E402

PROGRAM = os.path.abspath(os.environ.get("QUINIELA", os.path.join(ROOT, "build/release/quiniela")))
POSTGRES = "/usr/lib/postgresql/15/bin"
DATABASES = ("db1", "db2", "db3")
CENTRALS = ("central1", "central2", "central3")
AGENCIES = "agencies"  # the machine where they all are
HEALTHY_S = 90

# Short times, for tests: a primary that says nothing for `ttl` seconds is replaced.
PATRONI = """
scope: quiniela
name: {name}
restapi: {{listen: "{address}:8008", connect_address: "{address}:8008"}}
etcd: {{hosts: [{etcd}]}}
bootstrap:
  dcs:
    ttl: 5
    loop_wait: 1
    retry_timeout: 2
    maximum_lag_on_failover: 1048576
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {{synchronous_commit: "on", wal_log_hints: "on", max_connections: 100, wal_keep_size: 256MB,
                    wal_sender_timeout: 5s, wal_receiver_timeout: 5s, tcp_keepalives_idle: 3, tcp_keepalives_interval: 1,
                    tcp_keepalives_count: 3}}
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}]
postgresql:
  listen: "{address}:5432"
  connect_address: "{address}:5432"
  data_dir: {folder}/data
  bin_dir: {bin}
  pgpass: {folder}/pgpass
  remove_data_directory_on_rewind_failure: true
  remove_data_directory_on_diverged_timelines: true
  pg_hba: ["local all all trust", "host all all 10.9.0.0/16 trust", "host replication all 10.9.0.0/16 trust"]
  authentication:
    superuser: {{username: postgres, password: only-in-its-own-network}}
    replication: {{username: replicator, password: only-in-its-own-network}}
    rewind: {{username: postgres, password: only-in-its-own-network}}
  parameters: {{unix_socket_directories: {folder}}}
"""


class Failed(Exception):
    """The cluster is not as it should be."""


def wait_until(condition, what, seconds=HEALTHY_S):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)  # between two looks
    raise Failed(f"{what}: not within {seconds} s")


class Server:
    """A `quiniela server` on a machine of its own. Notes when each chunk was stored, as its log says so."""

    def __init__(self, cluster, machine, draw, agencies):
        self.machine, self.lines, self.stored_at = machine, [], []
        environment = {**os.environ, "STORE": cluster.store(), "DRAW": draw, "AGENCIES": str(agencies)}
        self.process = cluster.start(machine, [PROGRAM, "server"], env=environment, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, text=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        wait_until(lambda: any("action: listen " in line for line in self.lines) or self.process.poll() is not None,
                   f"{machine} listens")

    def _read(self):
        for line in self.process.stdout:
            if "action: apuestas_almacenadas | result: success" in line:
                self.stored_at.append(time.monotonic())
            self.lines.append(line.rstrip("\n"))

    def end(self):
        self.process.terminate()
        status = self.process.wait(30)
        self.reader.join(30)
        self.process.stdout.close()
        return status


class Cluster:
    """The machines, from their making to their end; a context manager."""

    def __enter__(self):
        world_module.remove_stale()
        self.stack = contextlib.ExitStack()
        self.folder = tempfile.mkdtemp(prefix="quiniela-cluster-", dir="/var/tmp")
        os.chmod(self.folder, 0o755)
        self.stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.world = World(self.stack)
        self.processes = []
        for machine in (*DATABASES, *CENTRALS, AGENCIES):
            self.world.add(machine)
        self.stack.callback(self._end_all)
        for name in DATABASES:
            self._prepare(name)
            self.start_database(name)
        return self

    def __exit__(self, *_):
        self.stack.close()

    def start(self, machine, command, **how):
        process = subprocess.Popen([*self.world.prefix(machine), *map(str, command)], **how)
        self.processes.append(process)
        return process

    def _end_all(self):
        for machine in (AGENCIES, *CENTRALS, *DATABASES):
            self.kill_machine(machine)
        for process in self.processes:
            process.wait()

    def kill_machine(self, machine):
        """Everything that runs there ends at once, as when its power goes."""
        def pids():
            return world_module.run("ip", "netns", "pids", self.world.namespace(machine)).split()
        for _ in range(100):
            left = pids()
            if not left:
                return
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            for process in self.processes:
                process.poll()
            time.sleep(0.02)
        raise Failed(f"{machine}: its processes do not end")

    # The databases

    def _prepare(self, name):
        folder = os.path.join(self.folder, name)
        os.mkdir(folder, 0o700)
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        etcd = ", ".join(f'"{self.world.address(each)}:2379"' for each in DATABASES)
        path = os.path.join(folder, "patroni.yml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(PATRONI.format(name=name, address=self.world.address(name), etcd=etcd, folder=folder, bin=POSTGRES))
        os.chown(path, owner.pw_uid, owner.pw_gid)

    def start_database(self, name):
        """etcd and Patroni, which starts the database, on one machine."""
        address, folder = self.world.address(name), os.path.join(self.folder, name)
        members = ",".join(f"{each}=http://{self.world.address(each)}:2380" for each in DATABASES)
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        with open(os.path.join(folder, "etcd.log"), "ab") as log:
            self.start(name, [*as_postgres, "etcd", "--name", name, "--data-dir", f"{folder}/etcd", "--listen-client-urls",
                              f"http://{address}:2379", "--advertise-client-urls", f"http://{address}:2379",
                              "--listen-peer-urls", f"http://{address}:2380", "--initial-advertise-peer-urls",
                              f"http://{address}:2380", "--initial-cluster", members, "--heartbeat-interval", 100,
                              "--election-timeout", 1000, "--enable-v2=true"], stdout=log, stderr=log, cwd=folder)
        with open(os.path.join(folder, "patroni.log"), "ab") as log:
            self.start(name, [*as_postgres, "patroni", f"{folder}/patroni.yml"], stdout=log, stderr=log, cwd=folder)

    def state(self, name):
        """What Patroni says of the cluster on this machine: {member: role}."""
        done = subprocess.run([*self.world.prefix(name), "python3", "-c", "import sys, urllib.request\n"
                               "print(urllib.request.urlopen(sys.argv[1], timeout=2).read().decode())",
                               f"http://{self.world.address(name)}:8008/cluster"], capture_output=True, text=True,
                              check=False)
        with contextlib.suppress(ValueError, KeyError):
            return {each["name"]: each["role"] for each in json.loads(done.stdout)["members"]
                    if each["state"] in ("running", "streaming")}
        return {}

    def wait_until_healthy(self):
        """Waits for a primary, a synchronous standby and another one. Returns the primary's name."""
        def healthy():
            first, *others = [self.state(name) for name in DATABASES]  # a machine that was cut off may be behind
            if sorted(first.values()) != ["leader", "replica", "sync_standby"] or any(each != first for each in others):
                return None
            leader = next(name for name, role in first.items() if role == "leader")
            with contextlib.suppress(subprocess.CalledProcessError):
                followers = self.sql(leader, "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming' "
                                     "ORDER BY 1")
                return leader if followers.split() == ["async", "sync"] else None
            return None
        return wait_until(healthy, "the databases are in good order")

    def sql(self, name, text):
        return subprocess.run([*self.world.prefix(name), "psql", "-XqAt", "-h", self.world.address(name), "-U", "postgres",
                               "-d", "postgres", "-c", text], capture_output=True, text=True, check=True).stdout.strip()

    def store(self):
        """As a server takes it: all three; the one that takes changes is used."""
        return f"host={','.join(self.world.address(name) for name in DATABASES)} user=postgres dbname=postgres"

    def keep_logs(self, folder):
        """Copies what the databases have logged."""
        for name in DATABASES:
            for log in ("patroni.log", "etcd.log"):
                shutil.copy(os.path.join(self.folder, name, log), os.path.join(folder, f"{name}-{log}"))

    # The lottery

    def addresses(self, which):
        return ",".join(f"{self.world.address(machine)}:{CENTRAL_PORTS[which]}" for machine in CENTRALS)

    def start_agency(self, number, data, log, *flags):
        with open(log, "wb") as file:
            return self.start(AGENCIES, [PROGRAM, "client", "--id", number, "--data-dir", data, "--server-address",
                                         self.addresses(0), "--server-consult-address", self.addresses(1), "--winners",
                                         *flags], stdout=file, stderr=file)

    def run(self, draw, *arguments):
        """Runs a command of the program at the first central, and returns what it prints."""
        done = subprocess.run([*self.world.prefix(CENTRALS[0]), PROGRAM, *arguments], capture_output=True, text=True,
                              check=False, env={**os.environ, "STORE": self.store(), "DRAW": draw})
        if done.returncode != 0:
            raise Failed(f"{' '.join(arguments)}: {done.stderr}{done.stdout}")
        return done.stdout
