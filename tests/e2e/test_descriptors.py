"""Started without some of descriptors 0 to 2, no program writes its output into one of its files.

It ends when it is asked to. One that has something to print, and cannot, says by its exit code that it failed.
"""
import itertools
import os
import socket
import subprocess
import time
import unittest

from harness import PROGRAM, STORES, Agency, Server, Story, Wire, hang_s, hold_ports

COMBINATIONS = [closed for count in range(4) for closed in itertools.combinations(range(3), count)]


def close_first(closed):
    """What has a shell close them, and then become the program."""
    return ["sh", "-c", 'exec "$@"' + "".join(f" {number}{'<' if number == 0 else '>'}&-" for number in closed), "sh"]


@unittest.skipUnless(STORES.in_files, "it is about files")
class Descriptors(Story):
    def start(self, closed, *arguments):
        """No pipes: nobody else has them, and what is printed there is in files."""
        with open(self.path("out"), "wb") as out, open(self.path("err"), "wb") as err:
            process = subprocess.Popen([*close_first(closed), PROGRAM, *map(str, arguments)], cwd=self.folder,
                                       env={**os.environ, "SERVER_IP": "127.0.0.1"}, stdin=subprocess.DEVNULL,
                                       stdout=out, stderr=err)
        self.addCleanup(lambda: process.poll() is None and (process.kill(), process.wait()))
        return process

    def said(self):
        texts = []
        for name in ("out", "err"):
            with open(self.path(name), encoding="utf-8") as file:
                texts.append(file.read())
        return "".join(texts)

    def wait_for_port(self, port):
        deadline = time.monotonic() + hang_s()
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=hang_s()).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.01)
        self.fail(f"nobody listens on {port}: " + self.said())

    def end(self, process):
        process.terminate()
        self.assertEqual(process.wait(hang_s()), 0, self.said())

    def test_the_server(self):
        for closed in COMBINATIONS:
            with self.subTest(closed):
                store, audit = f"night{closed}.db", f"audit{closed}.log"
                ports = hold_ports()
                server = self.start(closed, "server", "--agencies", 1, "--store", store, "--audit-log", audit,
                                    "--server-port", ports[0], "--consult-server-port", ports[1])
                self.wait_for_port(ports[0])
                reply = Wire(self, ports[0]).ask({"type_message": 2, "agency": "1", "first": 0,
                                                  "payload": ["Ana,Paz,1,2000-01-01,7574"]})
                self.assertEqual(reply["next"], 1)
                reply = Wire(self, ports[1]).ask({"type_message": 3, "agency": "1"})
                self.assertEqual(reply["payload"], "1")
                for number in range(3):  # what it opened first did not get their numbers
                    target = os.readlink(f"/proc/{server.pid}/fd/{number}") if os.geteuid() == 0 else "/dev/null"
                    self.assertFalse(target.startswith(("socket:", "anon_inode:")) or "night" in target, target)
                self.end(server)
                self.assertEqual(self.run_program("check", "--store", store)[0], 0)
                status, text, errors = self.run_program("verify", "--audit", audit)
                self.assertEqual(status, 0, text + errors)

    def test_the_server_of_the_echo(self):
        for closed in COMBINATIONS:
            with self.subTest(closed):
                port = hold_ports()[0]
                server = self.start(closed, "server", "--service", "echo", "--server-port", port)
                self.wait_for_port(port)
                with socket.create_connection(("127.0.0.1", port), timeout=hang_s()) as connection:
                    connection.sendall(b"PING\n")
                    self.assertEqual(connection.recv(5), b"PING\n")
                self.end(server)

    def test_the_client(self):
        self.sample((30,), (2,))
        for closed in COMBINATIONS:
            with self.subTest(closed):
                server = Server(self, agencies=1, store=f"night{closed}.db")
                client = self.start(closed, "client", "--id", 1, "--data-dir", "data", "--server-address",
                                    f"127.0.0.1:{server.ports[0]}", "--server-consult-address",
                                    f"127.0.0.1:{server.ports[1]}")
                self.assertEqual(client.wait(hang_s()), 0, self.said())
                self.assertEqual(self.stored(f"night{closed}.db"), self.sent(agencies=[1]))

    def test_a_client_that_waits(self):
        self.sample((30, 30), (2, 1))
        for closed in COMBINATIONS:
            with self.subTest(closed):
                server = Server(self, agencies=2, store=f"night{closed}.db")
                client = self.start(closed, "client", "--id", 1, "--data-dir", "data", "--server-address",
                                    f"127.0.0.1:{server.ports[0]}", "--server-consult-address",
                                    f"127.0.0.1:{server.ports[1]}")
                server.wait_for("action: client_finished")
                self.end(client)

    def commands(self, ports):
        yield ("--version",)
        yield ("--help",)
        for command in ("status", "check", "export"):
            yield (command, "--store", "night.db")
        yield ("export", "--store", "night.db", "--output", "bets.csv")
        yield ("sample", "--dir", "more", "--sizes", "3", "--winners", "1")
        yield ("compose", "3", "--output", "compose.yaml")
        yield ("keys", "--agencies", "1")
        yield ("verify", "--audit", "audit.log")
        yield ("ping", "--address", f"127.0.0.1:{ports[0]}")

    def test_commands_that_end(self):
        """Each as it ends with all of them open, but for one that has something to print."""
        self.sample((30,), (2,))
        server = Server(self, "--audit-log", "audit.log", agencies=1, store="night.db")
        self.assertEqual(Agency(self, 1, server.ports).wait(), 0)
        for command in self.commands(server.ports):
            self.assertEqual(self.start((), *command).wait(hang_s()), 0, (command, self.said()))
            prints = os.path.getsize(self.path("out")) > 0
            for closed in COMBINATIONS:
                status = self.start(closed, *command).wait(hang_s())
                self.assertEqual(status, 1 if prints and 1 in closed else 0, (command, closed, self.said()))
        self.assertEqual(self.run_program("check", "--store", "night.db")[0], 0)


if __name__ == "__main__":
    unittest.main()
