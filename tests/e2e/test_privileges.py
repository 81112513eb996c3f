"""Server and client drop the privileges they do not need, and can still read renewed certificates.

Seen from outside.
"""
import contextlib
import os
import subprocess
import unittest

from certificates import Authority
from harness import Agency, Process, Server, Story, Wire


def status(process, key):
    """A line of /proc/PID/status."""
    with open(f"/proc/{process.process.pid}/status", encoding="ascii") as file:
        return next(line.split(":")[1].strip() for line in file if line.startswith(key + ":"))


def status_of_threads(process):
    """The text of each, by its number; some last for a moment only, and may have ended since they were found."""
    found = {}
    for thread in os.listdir(f"/proc/{process.process.pid}/task"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), \
                open(f"/proc/{process.process.pid}/task/{thread}/status", encoding="ascii") as file:
            found[int(thread)] = file.read()
    return found


class Privileges(Story):
    def assert_confined(self, process):
        """Every thread."""
        threads = status_of_threads(process)
        self.assertIn(process.process.pid, threads)
        for text in threads.values():
            self.assertIn("Seccomp:\t2\n", text, "every thread is confined")

    def test_root_who_stays_root_has_nothing_left(self):
        if os.geteuid() != 0:
            self.skipTest("only root has something to lose")
        server = Server(self, agencies=1)
        server.wait_for("action: confine .*capabilities: none .*connections: none")
        self.assert_confined(server)
        for key in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"):
            self.assertEqual(int(status(server, key), 16), 0, key)

    def test_what_the_kernel_lacks_is_warned_of_and_nothing_else(self):
        server = Server(self, agencies=1)
        report = server.wait_for(r"action: confine .*landlock: (off|abi \d+) \| seccomp: (on|off) ")
        server.signal(15)
        self.assertEqual(server.wait(), 0)
        for name, lacks in (("Landlock:", report[1] == "off"), ("seccomp filters:", report[2] == "off")):
            self.assertEqual(server.count(f"WARNING +action: confine .*this kernel has no {name}"), int(lacks), server.log())

    def test_what_root_makes_beside_another_users_store_is_that_users(self):
        """Who owns the store can read it after a crash, and serve it."""
        if os.geteuid() != 0:
            self.skipTest("only root can be somebody else")
        owner = 1000
        first = Server(self, agencies=1, store="night.db")
        first.signal(15)
        self.assertEqual(first.wait(), 0)
        os.chown(self.folder, owner, owner)
        os.unlink(os.path.join(self.folder, "night.db-lock"))
        os.chown(os.path.join(self.folder, "night.db"), owner, owner)
        server = Server(self, agencies=1, store="night.db")
        server.wait_for("action: confine .*capabilities: dac_override, chown ")
        self.assertEqual(int(status(server, "CapEff"), 16), 0b11)  # CAP_CHOWN and CAP_DAC_OVERRIDE
        Wire(self, server.ports[0]).ask({"type_message": 1, "agency": "1", "payload": ["Ana,Paz,1,2000-01-01,75"]})
        server.kill()
        for name in ("night.db", "night.db-wal", "night.db-shm", "night.db-lock"):
            about = os.stat(os.path.join(self.folder, name))
            self.assertEqual((about.st_uid, about.st_gid), (owner, owner), name)
        as_owner = ("setpriv", f"--reuid={owner}", f"--regid={owner}", "--clear-groups")
        reader = Process(self, ["export", "--store", "night.db"], prefix=as_owner)
        self.assertEqual(reader.wait(), 0, "".join(reader.errors))
        Server(self, agencies=1, store="night.db", prefix=as_owner)

    def test_a_client_gives_up_what_it_does_not_need(self):
        self.sample((300,), (2,))
        server = Server(self, agencies=2)
        agency = Agency(self, 1, server.ports)
        server.wait_for("client_finished .*agencia: 1")
        self.assertEqual(status(agency, "NoNewPrivs"), "1")
        self.assert_confined(agency)
        free = Agency(self, 1, server.ports, "--sandbox", "off")
        free.wait_for("apuestas_enviadas")
        self.assertEqual(status(free, "NoNewPrivs"), "0")

    def test_a_client_that_is_told_a_name(self):
        """The resolver works where hardly anything may be read, and so does a file reached by a link."""
        self.sample((30,), (1,))
        os.rename(os.path.join(self.folder, "data"), os.path.join(self.folder, "elsewhere"))
        os.symlink("elsewhere", os.path.join(self.folder, "data"))
        server = Server(self, agencies=1)
        ports = server.ports
        got, printed, errors = self.run_program(
            "client", "--id", 1, "--data-dir", "data", "--server-address", f"localhost:{ports[0]}",
            "--server-consult-address", f"localhost:{ports[1]}")
        self.assertEqual(got, 0, printed + errors)
        self.assertIn("cant_ganadores: 1", printed)


class Certificates(Story):
    def setUp(self):
        super().setUp()
        self.ca = Authority(os.path.join(self.folder, "ca"))
        self.ca.issue_server().issue_agency(1).issue_agency(2)
        self.own = os.path.join(self.folder, "own")
        os.mkdir(self.own)
        for name in ("server.crt", "server.key", "ca.crt"):
            self.put(name, name)

    def put(self, name, to):
        """A copy, put in place by a rename."""
        with open(os.path.join(self.folder, "ca", name), "rb") as source:
            content = source.read()
        with open(os.path.join(self.own, "new"), "wb") as target:
            target.write(content)
        os.chmod(os.path.join(self.own, "new"), 0o600)
        os.rename(os.path.join(self.own, "new"), os.path.join(self.own, to))

    def start(self, folder):
        return Server(self, "--tls-cert", f"{folder}/server.crt", "--tls-key", f"{folder}/server.key", "--tls-ca",
                      f"{folder}/ca.crt", agencies=2)

    def serial_shown(self, server):
        shown = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{server.ports[0]}", "-cert", self.ca.certificate("agency-1"),
             "-key", self.ca.key("agency-1"), "-CAfile", self.ca.certificate("ca"), "-showcerts"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
        return self.serial(shown)

    @staticmethod
    def serial(text):
        return subprocess.run(["openssl", "x509", "-noout", "-serial"], input=text, capture_output=True, text=True,
                              check=True).stdout

    def serial_of(self, name):
        with open(self.ca.certificate(name), encoding="ascii") as file:
            return self.serial(file.read())

    def reload(self, server):
        server.signal(1)
        server.wait_for("action: reload .*result: success")

    def test_one_that_is_renewed_by_a_rename(self):
        server = self.start(self.own)
        before = self.serial_shown(server)
        self.assertEqual(before, self.serial_of("server"))
        self.ca.issue_server()
        self.put("server.key", "server.key")
        self.put("server.crt", "server.crt")
        self.reload(server)
        self.assertEqual(self.serial_shown(server), self.serial_of("server"))
        self.assertNotEqual(self.serial_of("server"), before)

    def test_one_that_is_renewed_by_a_link_that_is_turned(self):
        """As ACME clients and Kubernetes do it: the name leads through a link to the folder of the day."""
        home = os.path.join(self.folder, "home")
        os.makedirs(home)
        os.rename(self.own, os.path.join(home, "day-1"))
        os.symlink("day-1", os.path.join(home, "today"))
        server = self.start(os.path.join(home, "today"))
        self.ca.issue_server()
        self.own = os.path.join(home, "day-2")
        os.mkdir(self.own)
        for name in ("server.crt", "server.key", "ca.crt"):
            self.put(name, name)
        os.symlink("day-2", os.path.join(home, "turned"))
        os.rename(os.path.join(home, "turned"), os.path.join(home, "today"))
        self.reload(server)
        self.assertEqual(self.serial_shown(server), self.serial_of("server"))

    def test_a_pipe_in_the_place_of_one(self):
        """The reload says so, and the server goes on and can be ended."""
        server = self.start(self.own)
        os.unlink(f"{self.own}/ca.crt")
        os.mkfifo(f"{self.own}/ca.crt")
        server.signal(1)
        server.wait_for("action: reload .*result: fail .*is not a regular file.*those read before stay in use")
        server.signal(15)
        self.assertEqual(server.wait(), 0)

    def test_keys_of_others_that_lie_beside(self):
        server = self.start(self.own)
        self.assertEqual(server.count("private keys of others"), 0)
        server.signal(15)
        server.wait()
        self.put("agency-2.key", "agency-2.key")
        self.put("ca.key", "authority.pem")
        self.start(self.own).wait_for(
            "WARNING .*action: confine .*folder: .*/own .*private keys of others in it .agency-2.key and 1 more.")


if __name__ == "__main__":
    unittest.main()
