"""As a service, the server drops its privileges and works with its service manager."""
import configparser
import os
import re
import shutil
import signal
import socket
import subprocess
import unittest

from certificates import Authority
from harness import ROOT, STORES, Agency, Server, Story, bound_at, hang_s
from test_privileges import status_of_threads

NOBODY = 65534


class Service(Story):
    def status(self, process):
        with open(f"/proc/{process.process.pid}/status", encoding="ascii") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


class GivenUp(Service):
    def test_calls_and_privileges(self):
        server = Server(self, agencies=1)
        status = self.status(server)
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
        server.wait_for(r"action: confine \| result: success \| user: .* \| no_new_privileges: on \| "
                        r"landlock: abi \d+ \| seccomp: on")
        threads = status_of_threads(server)
        self.assertIn(server.process.pid, threads)
        for text in threads.values():
            self.assertIn("Seccomp:\t2\n", text)

    def test_it_can_be_left_off(self):
        server = Server(self, "--sandbox", "off", agencies=1)
        self.assertEqual(self.status(server)["Seccomp"], "0")
        server.wait_for(r"action: confine \| .* landlock: off \| seccomp: off")

    @unittest.skipUnless(STORES.in_files, "is about SQLite's files")
    def test_a_whole_lottery_with_everything_on(self):
        ca = Authority(self.folder + "/ca").issue_server()
        for number in (1, 2):
            ca.issue_agency(number)
        self.sample((300, 20), (1, 2))
        server = Server(self, *ca.flags("server", revocations=True), "--audit-log", "audit.log", "--once", agencies=2)
        first = Agency(self, 1, server.ports, *ca.flags("agency-1"))
        first.wait_for("consulta_ganadores|apuestas_enviadas")
        server.signal(signal.SIGHUP)
        server.wait_for(r"action: reload \| result: success")
        second = Agency(self, 2, server.ports, *ca.flags("agency-2"))
        self.assertEqual([first.winners(), second.winners()], [1, 2])
        self.assertEqual(server.wait(), 0)
        self.assertEqual(self.run_program("verify", "--audit", "audit.log")[0], 0)

    @unittest.skipUnless(os.geteuid() == 0 and STORES.in_files, "only root can become somebody else")
    def test_root_becomes_somebody_else(self):
        self.sample((30,), (1,))
        os.chmod(self.folder, 0o755)
        os.mkdir(f"{self.folder}/store")
        os.chown(f"{self.folder}/store", NOBODY, NOBODY)
        server = Server(self, "--user", "nobody", agencies=1, store="store/quiniela.db")
        self.assertEqual(self.status(server)["Uid"].split(), [str(NOBODY)] * 4)
        self.assertEqual(Agency(self, 1, server.ports).winners(), 1)
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        self.assertEqual(os.stat(f"{self.folder}/store/quiniela.db").st_uid, NOBODY)

    def test_a_user_who_is_nobody(self):
        status, printed, errors = self.run_program("server", "--user", "no-such-user", "--server-port", 0,
                                                   "--consult-server-port", 0)
        self.assertEqual(status, 2, printed + errors)
        self.assertIn("--user: ", printed.splitlines()[-1])


class WatchedOver(Service):
    def notified(self, sender):
        return sender.recv(4096).decode().split("\n")

    def start(self, *flags):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.settimeout(hang_s())
        manager.bind(f"{self.folder}/notify")
        return manager, Server(self, *flags, agencies=1, environment={"NOTIFY_SOCKET": f"{self.folder}/notify"})

    def test_it_says_when_it_is_ready_and_when_it_ends(self):
        manager, server = self.start()
        self.assertIn("READY=1", self.notified(manager))
        server.signal(signal.SIGTERM)
        self.assertIn("STOPPING=1", self.notified(manager))
        self.assertEqual(server.wait(), 0)

    def test_it_says_when_it_reads_its_files_again(self):
        ca = Authority(self.folder + "/ca").issue_server()
        manager, server = self.start(*ca.flags("server"))
        self.assertIn("READY=1", self.notified(manager))
        server.signal(signal.SIGHUP)
        self.assertIn("RELOADING=1", self.notified(manager))
        self.assertIn("READY=1", self.notified(manager))

    def test_sockets_that_it_is_given(self):
        self.sample((30,), (1,))
        server = Server(self, agencies=1, ports=(1, 2), prefix=bound_at("127.0.0.1"))
        bets, consult = server.every[0]
        self.assertGreater(min(bets, consult), 2)
        self.assertEqual(Agency(self, 1, (bets, consult)).winners(), 1)


class Unit(Story):
    @unittest.skipIf(shutil.which("systemd-analyze") is None, "systemd is not here")
    def test_it_is_exposed_to_little(self):
        for name in "quiniela.service", "quiniela@.service":
            done = subprocess.run(["systemd-analyze", "security", "--offline=true", f"{ROOT}/packaging/{name}"],
                                  capture_output=True, text=True, check=False)
            exposure = re.search(r"Overall exposure level for .*\.service: ([\d.]+)", done.stdout)
            self.assertTrue(exposure, done.stdout + done.stderr)
            self.assertLess(float(exposure[1]), 1.5)

    def test_that_of_one_of_several_draws(self):
        """It is the one draw's unit with other places, and does not need a socket."""
        def lines(name):
            with open(f"{ROOT}/packaging/{name}", encoding="utf-8") as file:
                return [line.rstrip("\n") for line in file if re.match(r"#?[A-Z]\w*=|\[", line)]

        places = (("/run/quiniela/", "/run/quiniela-draws/%i/"), ("/etc/quiniela/server.ini", "/etc/quiniela/%i.ini"),
                  ("/etc/quiniela/tls", "/etc/quiniela/%i.tls"), ("/etc/quiniela/sign.key", "/etc/quiniela/%i.sign.key"),
                  ("=quiniela-seals", "=quiniela-draws-seals/%i"), ("/var/lib/quiniela", "/var/lib/quiniela-draws/%i"),
                  ("Directory=quiniela", "Directory=quiniela-draws/%i"), ("quiniela.socket", "quiniela@%i.socket"),
                  ("the central of a lottery", "the central of the draw %i"))
        expected = lines("quiniela.service")
        expected.remove("Requires=quiniela.socket")
        for one, other in places:
            expected = [re.sub(re.escape(one) + r"(?![\w-])" if not one.endswith("/") else re.escape(one), other, line)
                        for line in expected]
        self.assertEqual(lines("quiniela@.service"), expected)

    def test_what_an_agency_begins_with(self):
        """The example of an agency's settings has no key that the client does not know, the commented ones included."""
        with open(f"{ROOT}/packaging/examples/agency.yaml", encoding="utf-8") as file, \
                open(f"{self.folder}/agency.yaml", "w", encoding="utf-8") as here:
            here.write(re.sub(r"(?m)^#(?=\w+:$|  \w+: )", "", file.read()))
        _, said, _ = self.run_program("config", "client", "--config", "agency.yaml")
        self.assertNotIn("not known", said)
        self.assertRegex(said, r"CENTRAL_KEY +lottery\.example/central.*agency.yaml")
        self.assertRegex(said, r"CLI_TLS_CA +ca\.crt.*agency.yaml")

    def test_its_settings(self):
        """They are good where the unit's folders are, and every command reads them."""
        settings = configparser.ConfigParser()
        settings.read(f"{ROOT}/packaging/server.ini")
        with open(f"{ROOT}/packaging/quiniela.service", encoding="utf-8") as file:
            unit = file.read()
        for key, folder, above in ("STORE", "StateDirectory", "/var/lib"), ("AUDIT_LOG", "LogsDirectory", "/var/log"):
            name = re.search(rf"^{folder}=(\S+)$", unit, re.M)[1]
            self.assertEqual(os.path.dirname(settings["DEFAULT"][key]), f"{above}/{name}")
        with open(f"{ROOT}/packaging/server.ini", encoding="utf-8") as file, \
                open(f"{self.folder}/server.ini", "w", encoding="utf-8") as here:
            here.write(re.sub("/var/(lib|log)/quiniela", self.folder, file.read()))
        status, said, errors = self.run_program("config", "server", "--config", "server.ini", "--server-port", 0,
                                                "--consult-server-port", 0, environment={"SERVER_IP": "", "STORE": ""})
        self.assertEqual(status, 0, said + errors)

    @unittest.skipIf(shutil.which("systemd-analyze") is None, "systemd is not here")
    def test_of_a_signed_draw(self):
        """The examples of drop-ins, for a signed draw and for TLS, are understood; and the settings of the first are good."""
        shutil.copy(f"{ROOT}/packaging/quiniela.socket", self.folder)
        for unit, drop_ins in ("quiniela", ("tls", "sign")), ("quiniela@", ("tls-draws", "sign-draws")):
            with open(f"{ROOT}/packaging/{unit}.service", encoding="utf-8") as file, \
                    open(f"{self.folder}/{unit}.service", "w", encoding="utf-8") as here:
                here.write(file.read().replace("/usr/bin/quiniela", "/bin/true"))
            os.mkdir(f"{self.folder}/{unit}.service.d")
            for name in drop_ins:
                shutil.copy(f"{ROOT}/packaging/examples/{name}.conf", f"{self.folder}/{unit}.service.d")
            done = subprocess.run(["systemd-analyze", "verify", f"{self.folder}/{unit.replace('@', '@x')}.service"],
                                  capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

        with open(f"{ROOT}/packaging/examples/sign.conf", encoding="utf-8") as file:
            unit = file.read()
        folder = re.search(r"(?m)^StateDirectory=(\S+-seals)$", unit)[1]
        with open(f"{ROOT}/packaging/server.ini", encoding="utf-8") as file:
            settings = re.sub(r"(?m)^#(?=(SIGN_NAME|SEAL_DIR) )", "", file.read())
        self.assertIn(f"SEAL_DIR = /var/lib/{folder}\n", settings)
        with open(f"{self.folder}/server.ini", "w", encoding="utf-8") as here:
            here.write(re.sub("/var/(lib|log)/quiniela(-seals)?", self.folder, settings))
        name = re.search(r"(?m)^SIGN_NAME = (\S+)$", settings)[1]
        self.assertEqual(self.run_program("keys", "--dir", "keys", "--sign-name", name)[0], 0)
        status, said, errors = self.run_program("config", "server", "--config", "server.ini", "--sign-key", "keys/sign.key",
                                                "--server-port", 0, "--consult-server-port", 0,
                                                environment={"SERVER_IP": "", "STORE": ""})
        self.assertEqual(status, 0, said + errors)
        self.assertIn(f"a start would sign it as {name}", said)


if __name__ == "__main__":
    unittest.main()
