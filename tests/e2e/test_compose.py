"""`quiniela compose` writes the files of tests/compose/, byte for byte.

What an engine does with them, tests/compose/test_containers.py tells.
"""
import os
import re
import shutil
import subprocess
import unittest

from harness import ROOT, Story, hang_s


class Compose(Story):
    def compose(self, *arguments):
        status, text, errors = self.run_program("compose", "-o", "-", *arguments)
        self.assertEqual((status, errors), (0, ""))
        return text

    def known(self, name):
        with open(os.path.join(ROOT, "tests/compose", name), encoding="utf-8") as file:
            return file.read()

    def test_one_server(self):
        self.assertEqual(self.compose(2), self.known("sqlite.yaml"))
        self.assertEqual(self.compose("--store", "sqlite", "--servers", 1, 2), self.known("sqlite.yaml"))

    def test_three_servers_on_one_postgresql(self):
        self.assertEqual(self.compose("--store", "postgres", "--servers", 3, 2), self.known("postgres.yaml"))

    def test_files_for_any_number_of_clients(self):
        """As older scripts make them, though the network has addresses for 253 containers."""
        for service in "lottery", "bet", "echo":
            for count in 0, 1, 1000:
                text = self.compose("--service", service, count)
                self.assertEqual(len(re.findall("container_name: client", text)), count)
        self.assertEqual(len(re.findall("container_name: client", self.compose(10000))), 10000)
        self.assertEqual(self.run_program("compose", "-o", "-", 10001)[0], 2)

    def test_one_server_on_a_postgresql_has_the_name_that_clients_know(self):
        text = self.compose("--store", "postgres", 1)
        self.assertEqual(re.findall("container_name: (.*)", text), ["postgres", "server", "client1"])
        self.assertNotIn("ADDRESS", text)

    def test_every_client_knows_every_server(self):
        text = self.compose("--store", "postgres", "--servers", 32, "--service", "bet", 3)
        for key, port in (("CLI_SERVER_ADDRESS", 12345), ("CLI_SERVER_CONSULT_ADDRESS", 12346)):
            every = ",".join(f"server{number}:{port}" for number in range(1, 33))
            self.assertEqual(re.findall(f"- {key}=(.*)", text), [every] * 3)

    def test_every_client_has_another_bet_each_time(self):
        keys = ("NOMBRE", "APELLIDO", "DOCUMENTO", "NACIMIENTO", "NUMERO")
        texts = [self.compose("--service", "bet", 5) for _ in range(3)]
        bets = [bet for text in texts for bet in zip(*(re.findall(f"- {key}=(.+)", text) for key in keys))]
        self.assertEqual(len(set(bets)), 15, bets)
        for bet in bets:
            self.assertRegex(",".join(bet), r"^[^,\d]+,[^,\d]+,[1-4]\d{7},(19|20)\d\d-\d\d-\d\d,\d{1,4}$")

    def test_what_does_not_go_together(self):
        for arguments, says in ((("--servers", 2), "--servers: 2 servers cannot share a file"),
                                (("--servers", 0, "--store", "postgres"), "--servers"),
                                (("--servers", 33, "--store", "postgres"), "--servers"),
                                (("--store", "paper"), "--store"),
                                (("--service", "echo", "--servers", 2), "--servers"),
                                (("--service", "echo", "--store", "postgres"), "--store: an echo stores nothing")):
            with self.subTest(arguments=arguments):
                status, _, errors = self.run_program("compose", "-o", "never.yaml", *arguments, 1)
                self.assertEqual(status, 2)
                self.assertIn(says, errors)
        self.assertEqual(os.listdir(self.folder), [])

    def dockerfile(self):
        with open(os.path.join(ROOT, "Dockerfile"), encoding="utf-8") as file:
            return file.read()

    def copied(self):
        return {word for line in self.dockerfile().splitlines() if re.match("COPY (?!--from)", line) for word in line.split()[1:-1]}

    def test_an_image_is_given_what_it_copies(self):
        """.dockerignore hides everything but what it names."""
        copied = self.copied()
        with open(os.path.join(ROOT, ".dockerignore"), encoding="utf-8") as file:
            hidden, *given = file.read().split()
        self.assertEqual((hidden, {f"!{path}" for path in copied}), ("*", set(given)))

    def test_what_an_image_copies_is_enough_to_build(self):
        for path in self.copied():
            os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
            os.symlink(os.path.join(ROOT, path), self.path(path))
        command = re.search(r"(?m)^RUN (cmake .*) && cmake --build", self.dockerfile())[1]
        result = subprocess.run(command.split(), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, timeout=3 * hang_s())
        self.assertEqual(result.returncode, 0, result.stdout)

    @unittest.skipUnless(shutil.which("docker-compose"), "no docker-compose is installed")
    def test_compose_takes_them(self):
        for name, services in (("sqlite.yaml", "server client1 client2"),
                               ("postgres.yaml", "postgres server1 server2 server3 client1 client2")):
            result = subprocess.run(["docker-compose", "-f", os.path.join(ROOT, "tests/compose", name), "config", "--services"],
                                    stdout=subprocess.PIPE, text=True, check=True, timeout=hang_s())
            self.assertEqual(sorted(result.stdout.split()), sorted(services.split()))


if __name__ == "__main__":
    unittest.main()
