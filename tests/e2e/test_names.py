"""SERVER_IP as a name listens on that name's addresses, and never silently on more.

On machines made of namespaces, with a hosts file of their own and a name server that never answers.
"""
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import unittest

from harness import PROGRAM, STORES, Process, Story, hang_s
from machines import can_be_made, machine

OWN, OTHER, PUBLIC, ELSEWHERE = "10.1.2.3", "10.4.5.6", "192.88.99.7", "10.96.0.17"
EVERYWHERE = {"::"}
LINK_LOCAL = "fe80::7"

# Has a program inherit a socket at the name server's port that nobody reads.
SILENT_NAME_SERVER = """import os, socket, sys
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.1", 53))
silent.set_inheritable(True)
os.execv(sys.argv[1], sys.argv[1:])
"""


def listening_at(process):
    """The addresses of the sockets that listen where the process is."""
    found = set()
    for name, family, words in (("tcp", socket.AF_INET, 1), ("tcp6", socket.AF_INET6, 4)):
        with open(f"/proc/{process.pid}/net/{name}", encoding="ascii") as file:
            for line in file.readlines()[1:]:
                local, state = line.split()[1], line.split()[3]
                if state == "0A":
                    raw = bytes.fromhex(local.split(":")[0])
                    found.add(socket.inet_ntop(family, struct.pack(f"={words}I", *struct.unpack(f">{words}I", raw))))
    return found


@unittest.skipUnless(can_be_made(), "needs network and mount namespaces, which are not permitted here")
@unittest.skipUnless(STORES.in_files, "the store is not on that machine")
class Names(Story):
    def start(self, ip, *flags, hosts="", on=(), prefix=(), zone=False):
        addresses = [*(f"{address}/32" for address in on), *([f"{LINK_LOCAL}/64"] if zone else [])]
        with open(os.path.join(self.folder, "hosts"), "w", encoding="ascii") as file:
            file.write("127.0.0.1 localhost\n::1 localhost\n" + hosts)
        return Process(self, ["server", "--agencies", 1, "--loops", 2, "--server-port", 12345, *flags],
                       environment={"SERVER_IP": ip}, prefix=[*machine(*addresses, hosts=True), *prefix])

    def serve(self, *arguments, **how):
        server = self.start(*arguments, **how)
        server.wait_for("action: listen .*success")
        return server

    def ping(self, server, ip):
        """Asks from the server's machine, with the server's own settings."""
        return subprocess.run(["nsenter", f"--target={server.process.pid}", "--net",
                               *(["--user", "--preserve-credentials"] if os.getuid() != 0 else []), PROGRAM, "ping"],
                              env={**os.environ, "SERVER_IP": ip, "SERVER_PORT": "12345"}, capture_output=True, text=True,
                              timeout=hang_s(), check=False)

    def check(self, server, ip, expected):
        self.assertEqual(listening_at(server.process), expected)
        asked = self.ping(server, ip)
        self.assertEqual(asked.returncode, 0, asked.stderr)

    def test_its_own_addresses_and_loopback(self):
        server = self.serve("central", on=[OWN, OTHER], hosts=f"{OWN} central\n{ELSEWHERE} central\n")
        self.check(server, "central", {OWN, "127.0.0.1", "::1"})
        self.assertIn(f"| ip: {OWN},127.0.0.1,::1 |", server.log())
        self.assertNotIn("every address", server.log())

    def test_several_addresses_of_its_own_on_a_free_port(self):
        server = self.serve("central", "--server-port", 0, "--consult-server-port", 0, on=[OWN, OTHER],
                            hosts=f"{OWN} central\n{OTHER} central\n")
        self.assertEqual(listening_at(server.process), {OWN, OTHER, "127.0.0.1", "::1"})
        ports = re.search(r"port: (\d+) \| consult_port: (\d+)$", server.log(), re.MULTILINE)
        self.assertNotIn("0", ports.groups())
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        self.assertEqual(server.count("resource: listener"), 2 * 2 * 4)  # loops, ports, addresses

    def test_localhost_is_this_machine_alone(self):
        server = self.serve("localhost", on=[PUBLIC])
        self.check(server, "localhost", {"127.0.0.1", "::1"})
        self.assertNotIn("plain text", server.log())

    def test_a_name_that_is_anothers(self):
        server = self.serve("server", on=[OWN], hosts=f"{ELSEWHERE} server\n")
        self.check(server, "server", EVERYWHERE)
        self.assertRegex(server.log(), rf"WARNING .*ip: server .*{ELSEWHERE}.* is this machine's: listening on every address")

    def test_a_name_that_nobody_knows(self):
        server = self.serve("server", on=[OWN])
        self.check(server, "server", EVERYWHERE)
        self.assertRegex(server.log(), r"WARNING .*ip: server .*cannot be looked up.*: listening on every address")

    def test_a_name_server_that_does_not_answer(self):
        server = self.serve("server", on=[OWN], prefix=[sys.executable, "-S", "-c", SILENT_NAME_SERVER])
        self.check(server, "server", EVERYWHERE)
        self.assertRegex(server.log(), r"WARNING .*ip: server .*after 5 s: listening on every address")

    def test_a_signal_ends_the_look_up(self):
        server = self.start("server", on=[OWN], prefix=[sys.executable, "-S", "-c", SILENT_NAME_SERVER])
        server.wait_for("action: config")
        server.signal(signal.SIGHUP)
        server.wait_for("signal: SIGHUP")
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        self.assertEqual(server.count("action: listen|every address|resource: listener"), 0)
        self.assertEqual(server.count("action: end_server .*success"), 1)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "quiniela.db")))

    def test_plain_text_on_an_address_that_everybody_can_reach(self):
        for ip, hosts in (("central", f"{PUBLIC} central\n"), ("server", f"{ELSEWHERE} server\n"), ("server", "")):
            with self.subTest(hosts=hosts):
                server = self.start(ip, on=[OWN, PUBLIC], hosts=hosts)
                self.assertEqual(server.wait(), 2)
                self.assertIn(PUBLIC, server.lines[-2])
                self.assertIn("--insecure", server.lines[-2])
        server = self.serve("central", on=[OWN, PUBLIC], hosts=f"{OWN} central\n")
        self.assertRegex(server.log(), rf"WARNING .*{OWN} .*plain text: .* private address")

    def test_an_address_with_its_zone(self):
        server = self.serve(LINK_LOCAL + "%lo", on=[OWN], zone=True)
        self.check(server, LINK_LOCAL + "%lo", {LINK_LOCAL})
        self.assertIn(f"| ip: {LINK_LOCAL}%lo |", server.log())


if __name__ == "__main__":
    unittest.main()
