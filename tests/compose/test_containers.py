"""The containers, with a real engine: the scripts and make targets as people use them."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import given  # noqa: E402
HANG_S = 900  # two images are built within it, beside all that .ci/run does at that time
STOP_S = "60"  # until docker kills what has not ended
SIX_LINES = ["Construyendo imagen con netcat.", "Imagen con netcat construida.", "Levantando EchoServer.",
             "EchoServer listo.", "SUCCESS: EchoServer retorna correctamente.", "EchoServer cerrado."]


def run(*command, check=True, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=HANG_S,
                            **options)
    if check and result.returncode != 0:
        raise AssertionError(f"{command}: {result.returncode}\n{result.stdout}{result.stderr}")
    return result


NO_PART = shutil.ignore_patterns(".git", "__pycache__", "data", "*.yaml")


def left_out(folder, names):
    """What is no part of a checkout. Of the builds only the program is wanted: in the others files come and go, as .ci/run fuzzes
    beside this, and builds."""
    kept = {os.path.join(ROOT, "build"): "release", os.path.join(ROOT, "build/release"): "quiniela"}.get(folder)
    return NO_PART(folder, names) if kept is None else {name for name in names if name != kept}


def docker(*arguments, **options):
    return run("docker", *arguments, **options).stdout.strip()


class Containers(unittest.TestCase):
    """Works in a copy of the project, so that its configuration can be edited."""

    def setUp(self):
        self.folder = os.path.join(tempfile.mkdtemp(prefix="quiniela-"), "project")
        self.addCleanup(shutil.rmtree, os.path.dirname(self.folder))
        # As it was checked out, times too: the images are made anew only when something is newer than they are.
        shutil.copytree(ROOT, self.folder, symlinks=True, ignore=left_out)
        shutil.copy2(os.path.join(ROOT, "client/config/config.yaml"), self.folder + "/client/config/config.yaml")
        self.addCleanup(self.sweep)
        self.sweep()

    def sweep(self):
        names = docker("ps", "-aq", "--filter", "label=com.docker.compose.project=tp0").split()
        if names:
            docker("rm", "-f", *names)
        docker("network", "rm", "tp0_testing_net", check=False)
        docker("volume", "rm", "tp0_server_data", "tp0_postgres_data", check=False)

    def script(self, name, *arguments, **options):
        return run(os.path.join(self.folder, name), *map(str, arguments), cwd=self.folder, **options)

    def make(self, target):
        return run("make", target, cwd=self.folder)

    def edit(self, path, pattern, text):
        path = os.path.join(self.folder, path)
        with open(path, encoding="utf-8") as file:
            old = file.read()
        new = re.sub(pattern, text, old)
        self.assertNotEqual(new, old)
        with open(path, "w", encoding="utf-8") as file:
            file.write(new)

    def wait(self, name):
        """The container's exit status."""
        return int(docker("wait", name))

    def wait_for_line(self, name, pattern, count=1):
        """Follows a container's log until the line is there."""
        with subprocess.Popen(["docker", "logs", "-f", name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as logs:
            try:
                for line in logs.stdout:
                    count -= bool(re.search(pattern, line))
                    if count == 0:
                        return
                self.fail(f"{name} ended without {pattern}: {self.log(name)}")
            finally:
                logs.kill()

    def log(self, name):
        result = run("docker", "logs", name)
        return result.stdout + result.stderr

    def exit_codes(self):
        names = docker("ps", "-a", "--filter", "label=com.docker.compose.project=tp0", "--format", "{{.Names}}").split()
        return {name: int(docker("inspect", "-f", "{{.State.ExitCode}}", name)) for name in names}

    def check_log_lines(self, name):
        for line in self.log(name).splitlines():
            if "action:" in line:
                self.assertRegex(line, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z]+ +action: [^|]+ \| "
                                       r"result: (success|fail|in_progress)( \| [^|:]+:[^|]*)*$")

    def check_stop(self, expected):
        """Stops as docker-compose-down does, which kills what has not ended within a second, as on a busy machine. Looks before
        everything is gone."""
        compose = ["docker-compose", "-f", "docker-compose-dev.yaml", "-p", "tp0"]
        run(*compose, "stop", "-t", STOP_S, cwd=self.folder)
        self.assertEqual(self.exit_codes(), {name: 0 for name in expected})
        self.make("docker-compose-down")
        self.assertEqual(self.exit_codes(), {})

    # The echo

    def test_testing_sh(self):
        result = self.script("testing.sh")
        self.assertEqual(result.stdout.splitlines(), SIX_LINES)
        self.assertEqual(self.exit_codes(), {})

    def test_testing_sh_with_a_server_that_answers_something_else(self):
        self.make("docker-image")
        docker("tag", "server:latest", "server:kept")
        self.addCleanup(docker, "rmi", "server:kept")
        self.addCleanup(docker, "tag", "server:kept", "server:latest")
        wrong = "FROM netcat:latest\nENTRYPOINT [\"sh\", \"-c\", \"while :; do echo NO | nc -l -N 12345; done\"]\n"
        docker("build", "-q", "-t", "netcat:latest", os.path.join(self.folder, "netcat"))
        run("docker", "build", "-q", "--no-cache", "-t", "server:latest", "-", input=wrong)
        result = self.script("testing.sh", check=False)
        lines = SIX_LINES[:4] + ["ERROR: EchoServer no retorna el mismo mensaje.", SIX_LINES[5]]
        self.assertEqual((result.returncode, result.stdout.splitlines()), (1, lines))
        self.assertEqual(self.exit_codes(), {})
        self.assertEqual(docker("network", "ls", "-q", "--filter", "name=tp0_testing_net"), "")

    def test_echo_clients(self):
        self.edit("client/config/config.yaml", r'period: "5s"', 'period: "10ms"')
        for count in (1, 2, 5, 20):
            with self.subTest(clients=count):
                self.script("generar-compose.sh", "docker-compose-dev.yaml", count, "--service", "echo")
                self.make("docker-compose-up")
                clients = [f"client{n}" for n in range(1, count + 1)]
                for number, client in enumerate(clients, 1):
                    self.assertEqual(self.wait(client), 0)
                    messages = re.findall(r"receive_message \| result: success .*msg: (.*)", self.log(client))
                    self.assertEqual(messages, [f"[CLIENT {number}] Message N°{n}" for n in range(1, 6)])
                    self.check_log_lines(client)
                self.check_log_lines("server")
                self.assertEqual(self.script("validar-echo-server.sh").stdout,
                                 "action: test_echo_server | result: success\n")
                self.check_stop(["server", *clients])

    def test_clients_in_the_middle_of_a_wait(self):
        self.edit("client/config/config.yaml", r'period: "5s"', 'period: "1h"')
        self.script("generar-compose.sh", "docker-compose-dev.yaml", 3, "--service", "echo")
        self.make("docker-compose-up")
        clients = ["client1", "client2", "client3"]
        for client in clients:
            self.wait_for_line(client, "receive_message .*success")
        self.check_stop(["server", *clients])

    # The lottery

    def up(self, name, *arguments):
        """Runs NAME_up.sh until its logs would be followed."""
        self.edit("Makefile", r"logs -f", "logs")
        self.script(name, *arguments)

    def test_server_up(self):
        self.up("server_up.sh", 5)
        sent = set()
        for number in range(1, 6):
            self.wait_for_line(f"client{number}", "cant_ganadores")
            sent.update(re.findall(r"action: apuesta_enviada \| result: success \| (.*)", self.log(f"client{number}")))
            self.check_log_lines(f"client{number}")
        stored = re.findall(r"action: apuesta_almacenada \| result: success \| (.*)", self.log("server"))
        self.assertEqual(len(stored), 5)
        self.assertEqual(set(stored), sent)
        self.check_log_lines("server")
        self.check_stop(["server", *(f"client{n}" for n in range(1, 6))])

    def test_system_up_stopped_and_started_in_the_middle(self):
        known = os.path.join(ROOT, "../shared/data")
        if os.path.isdir(known):
            shutil.copytree(known, os.path.join(self.folder, "data"))
        self.edit("client/config/config.yaml", r"maxAmount: 1000", "maxAmount: 10")
        self.up("system_up.sh")
        self.wait_for_line("server", "apuestas_almacenadas", 100)
        compose = ["docker-compose", "-f", "docker-compose-dev.yaml", "-p", "tp0"]
        run(*compose, "stop", "-t", STOP_S, cwd=self.folder)
        self.assertEqual(set(self.exit_codes().values()), {0})
        run(*compose, "start", cwd=self.folder)
        for number, winners in enumerate((2, 3, 3, 2, 0), 1):
            self.wait_for_line(f"client{number}", f"cant_ganadores: {winners}$")
        status = docker("exec", "server", "quiniela", "status", "--json")
        self.assertIn('"bets":78697', status)
        self.check_stop(["server", *(f"client{n}" for n in range(1, 6))])

    def test_an_edit_and_a_restart_are_enough(self):
        self.script("generar-compose.sh", "docker-compose-dev.yaml", 1, "--service", "echo")
        self.make("docker-compose-up")
        self.wait("client1")
        images = docker("inspect", "-f", "{{.Id}}", "server:latest", "client:latest")
        self.edit("client/config/config.yaml", r'level: "DEBUG"', 'level: "info"')
        self.edit("client/config/config.yaml", r'period: "5s"', 'period: "0m0.02s"')
        self.edit("server/config/config.ini", "LOGGING_LEVEL = DEBUG", "LOGGING_LEVEL = Info")
        self.edit("server/config/config.ini", "BACKLOG = 5", "BACKLOG = 07")
        docker("restart", "-t", "1", "server", "client1")
        self.wait("client1")
        self.assertIn("| listen_backlog: 07 | logging_level: Info |", self.log("server"))
        self.assertIn("| loop_period: 0m0.02s | log_level: info", self.log("client1"))
        self.assertEqual(docker("inspect", "-f", "{{.Id}}", "server:latest", "client:latest"), images)

    # What a container may do

    def test_containers_have_their_volumes_and_nothing_else(self):
        self.up("server_up.sh", 1)
        self.wait_for_line("client1", "cant_ganadores")
        for name, memory in (("server", 1 << 30), ("client1", 256 << 20)):
            how = json.loads(docker("inspect", name))[0]
            host = how["HostConfig"]
            self.assertEqual((host["ReadonlyRootfs"], host["CapDrop"], host["Memory"]), (True, ["ALL"], memory))
            self.assertTrue(any(option.startswith("no-new-privileges") for option in host["SecurityOpt"]))
            self.assertEqual({mount["Destination"] for mount in how["Mounts"] if mount["RW"]},
                             {"/data"} if name == "server" else set())
        status = docker("exec", "server", "cat", "/proc/1/status")
        self.assertRegex(status, r"NoNewPrivs:\s+1\n")
        for capabilities in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertRegex(status, capabilities + r":\s+0+\n")
        for place in ("/tmp/x", "/x", "/config/x", "/usr/local/bin/x"):
            self.assertNotEqual(run("docker", "exec", "server", "touch", place, check=False).returncode, 0)
        self.assertNotEqual(run("docker", "exec", "-u", "0", "server", "touch", "/x", check=False).returncode, 0)
        docker("exec", "server", "touch", "/data/x")
        self.check_stop(["server", "client1"])

    # Where it listens

    def run_server(self, ip, *flags, networks=("quiniela_a",)):
        """An echo in a container, in networks of its own. Its log, once it listens."""
        for network in networks:
            docker("network", "create", network)
            self.addCleanup(docker, "network", "rm", network)
        docker("create", "--name", "listening", "--network", networks[0], "--network-alias", "central", *flags, "-e",
               f"SERVER_IP={ip}", "server:latest", "server", "--service", "echo")
        self.addCleanup(docker, "rm", "-f", "listening")
        for network in networks[1:]:
            docker("network", "connect", network, "listening")
        docker("start", "listening")
        self.wait_for_line("listening", "action: listen .*success")
        docker("exec", "listening", "quiniela", "ping")
        return self.log("listening")

    def address(self, network):
        return docker("inspect", "-f", f"{{{{(index .NetworkSettings.Networks \"{network}\").IPAddress}}}}", "listening")

    def is_open(self, network):
        """Whether a neighbour in that network reaches it there."""
        return run("docker", "run", "--rm", "--network", network, "server:latest", "ping", "--address",
                   self.address(network) + ":12345", check=False).returncode == 0

    def test_a_name_in_one_of_two_networks(self):
        self.make("docker-image")
        log = self.run_server("central", networks=("quiniela_a", "quiniela_b"))
        self.assertRegex(log, rf"action: listen .*\| ip: {self.address('quiniela_a')},127\.0\.0\.1(,::1)? \|")
        self.assertEqual((self.is_open("quiniela_a"), self.is_open("quiniela_b")), (True, False))

    def test_a_name_that_is_anothers(self):
        self.make("docker-image")
        log = self.run_server("central.example", "--add-host", "central.example:10.96.0.17",
                              networks=("quiniela_a", "quiniela_b"))
        self.assertRegex(log, "WARNING .*10.96.0.17.*: listening on every address")
        self.assertEqual((self.is_open("quiniela_a"), self.is_open("quiniela_b")), (True, True))

    def test_the_image_has_nothing_to_build_with_and_an_ordinary_user(self):
        self.make("docker-image")
        for image in ("server", "client"):
            for tool in ("gcc", "cc", "g++", "cmake", "ninja", "make"):
                result = run("docker", "run", "--rm", "--entrypoint", "sh", image, "-c", f"command -v {tool}",
                             check=False)
                self.assertEqual(result.stdout, "")
            self.assertNotEqual(docker("run", "--rm", "--entrypoint", "id", image, "-u"), "0")

    def test_files_for_any_number(self):
        for service in ("lottery", "bet", "echo"):
            for count in (0, 1, 1000):
                self.script("generar-compose.sh", "docker-compose-dev.yaml", count, "--service", service)
                names = run("docker-compose", "-f", "docker-compose-dev.yaml", "-p", "tp0", "config", "--services",
                            cwd=self.folder).stdout.split()
                self.assertEqual(len(names), count + 1)
                with open(self.folder + "/docker-compose-dev.yaml", encoding="utf-8") as file:
                    self.assertNotRegex(file.read(), r"(?m)^name:")
        self.script("generar-compose.sh", "docker-compose-dev.yaml", 2, "--store", "postgres", "--servers", 3)
        names = run("docker-compose", "-f", "docker-compose-dev.yaml", "-p", "tp0", "config", "--services",
                    cwd=self.folder).stdout.split()
        self.assertEqual(sorted(names), ["client1", "client2", "postgres", "server1", "server2", "server3"])
        for wrong in ("x", "-1", "10001"):
            self.assertEqual(self.script("generar-compose.sh", "never.yaml", wrong, check=False).returncode, 2)
        self.assertEqual(self.script("generar-compose.sh", "/no/such/folder/f", 1, check=False).returncode, 1)


class Program(unittest.TestProgram):
    """It runs no test before it knows that there are those that are named."""

    def runTests(self):
        if self.testLoader.errors:
            print(f"usage: script/containers [TEST ...], as in Containers.test_...\nerror: {self.testLoader.errors[0]}", file=sys.stderr)
            sys.exit(2)
        given.understood()
        super().runTests()


if __name__ == "__main__":
    Program(verbosity=2)
