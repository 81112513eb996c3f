"""A setting with a typo is refused in one line that names it, before anything is created.

Nor is anything listened on.
"""
import os
import subprocess
import unittest

from harness import PROGRAM, STORES, Server, Story, bound_at

SERVER = ("server", "--server-port", 0, "--consult-server-port", 0)


class Mistakes(Story):
    def refused(self, *arguments, says, **how):
        with self.subTest(arguments=arguments, **how):
            code, log, errors = self.run_program(*arguments, **how)
            self.assertEqual((code, log.strip(), len(errors.splitlines())), (2, "", 1), log + errors)
            for text in says:
                self.assertIn(text, errors)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def test_what_kubernetes_sets_beside_a_service_called_server(self):
        variables = {"SERVER_PORT": "tcp://10.96.0.17:12345"}
        self.refused("server", environment=variables, says=("SERVER_PORT", "tcp://", "Kubernetes", "enableServiceLinks"))
        self.refused("ping", environment=variables, says=("Kubernetes",))
        server = Server(self, agencies=1, environment=variables)  # which is given --server-port
        self.assertEqual(self.run_program("ping", "--server-port", server.ports[0], environment=variables)[0], 0)

    @unittest.skipUnless(STORES.in_files, "is about names of files")
    def test_what_would_become_part_of_a_name(self):
        self.refused(*SERVER, environment={"STORE": "night.db\r"}, says=("environment: STORE", r'"night.db\r"'))
        self.refused(*SERVER, environment={"DRAW": "'1'"}, says=("environment: DRAW", "quotes"))
        self.refused(*SERVER, environment={"AUDIT_LOG": "audit.log # the night's"}, says=("AUDIT_LOG", "comment"))
        self.refused("export", "--store", "a\tb", says=("--store", r'"a\tb"'))
        self.refused("client", "--id", 1, environment={"CLI_DATA_DIR": '"data"'}, says=("CLI_DATA_DIR", "quotes"))
        self.write("config.ini", "[DEFAULT]\r\nSTORE = 'night.db'\r\n")
        self.refused(*SERVER, "--config", "config.ini", says=("config.ini:2: STORE", "quotes", "INI"))
        self.assertEqual(os.listdir(self.folder), ["config.ini"])

    def test_an_address_that_is_none_never_opens_every_address(self):
        for ip in ("127.0.0.1\r", "127.0.0.1 ", "127.0.0.1 # this machine", '"127.0.0.1"', "127.0.0.l", "10.0.0.0/24", "127.1",
                   "[::1]", "127.0.0.1:12345", "tcp://127.0.0.1", "fe80::1", "fe80::1%nosuch0"):
            for program in ("server", "ping"):
                self.refused(program, environment={"SERVER_IP": ip}, says=("environment: SERVER_IP: ",))
                self.refused(program, "--server-ip", ip, says=("--server-ip: ",))

    def test_localhost_is_this_machine_alone(self):
        server = Server(self, "--server-ip", "localhost", agencies=1)
        self.assertRegex(server.log(), r"action: listen .*\| ip: (127.0.0.1|::1)(,(127.0.0.1|::1))? \|")
        self.assertEqual(self.run_program("ping", "--server-ip", "localhost", "--server-port", server.ports[0])[0], 0)

    def test_one_port_for_both_services(self):
        flags = ("--server-port", 12345, "--consult-server-port", 12345)
        self.refused("server", *flags, says=("--server-port", "--consult-server-port", "12345", "a port each"))
        self.refused("server", "--server-port", 12346, says=("CONSULT_SERVER_PORT: it is 12346", "--server-port"))
        server = Server(self, agencies=1, ports=(0, 0))
        self.assertNotEqual(*server.ports)

    @unittest.skipUnless(STORES.in_files, "is about files")
    def test_settings_that_do_not_go_together(self):
        os.symlink("audit.log", os.path.join(self.folder, "link.db"))
        together = "do not go together"
        for flags in (("--insecure", "--tls-cert", "a.crt"), ("--insecure", "--tls-ca", "ca.crt"),
                      ("--once", "--service", "echo"), ("--once", "--agencies", 0),
                      ("--store", "night.db", "--audit-log", "night.db"), ("--store", "night.db", "--audit-log", "./night.db-wal"),
                      ("--store", "link.db", "--audit-log", "audit.log"), ("--tls-key", "a.key", "--audit-log", "a.key")):
            names = [flag for flag in flags if str(flag).startswith("--")]
            self.refused(*SERVER, *flags, says=(*names, together))
        self.refused("server", environment={"ONCE": "yes", "AGENCIES": "0"}, says=("environment: ONCE", "environment: AGENCIES"))
        self.refused("client", "--id", 1, "--service", "echo", "--loop-amount", 1, "--winners", says=("--winners", together))
        self.refused("bench", "--self", "--server-address", "127.0.0.1:1", says=("--self", "--server-address", together))
        self.refused("bench", "--self", "--json", "--csv", says=("--json", "--csv", together))
        self.refused("bench", "--keep", says=("--keep", "--self"))
        self.assertEqual(os.listdir(self.folder), ["link.db"])
        # What is off says nothing.
        server = Server(self, "--insecure=no", "--once=no", agencies=1, environment={"INSECURE": "no"})
        self.assertNotIn("WARNING", server.log())

    def test_no_agencies(self):
        server = Server(self, agencies=0)
        self.assertEqual(server.count(r"WARNING .*action: config .*agencies: 0 .*never made"), 1)
        self.assertEqual(self.run_program("ping", "--server-port", server.ports[0])[0], 0)
        self.assertEqual(server.count("action: sorteo"), 0)
        server.signal(15)
        self.assertEqual(server.wait(), 0)

    def test_a_port_beside_a_socket_that_is_handed_over(self):
        server = Server(self, agencies=1, ports=(9, 0), prefix=bound_at("127.0.0.1"))
        self.assertEqual(server.count(rf"WARNING .*port: {server.ports[0]} .*SERVER_PORT says 9\n"), 1)
        self.assertEqual(server.count("WARNING"), 1)

    def test_files_that_would_be_passed_over(self):
        self.write("mac.ini", "[DEFAULT]\rSERVER_PORT = 1\r")
        self.refused("server", "--config", "mac.ini", says=("mac.ini:1", "CR alone"))
        self.write("section.ini", "[SERVER]\nSERVER_PORT = 1\n")
        self.refused("server", "--config", "section.ini", says=("section.ini:2", "[SERVER]", "[DEFAULT]"))
        self.write("client.yaml", 'server:\n  address: "server:12345"\nlog:\n  level: "DEBUG"\n')
        self.refused("server", "--config", "client.yaml", says=("client.yaml", "YAML", "INI"))
        self.write("server.ini", "[DEFAULT]\nSERVER_PORT = 12345\n")
        self.refused("client", "--id", 1, "--config", "server.ini", says=("server.ini", "YAML", "INI"))
        self.write("twice.ini", "\ufeff[DEFAULT]\nSERVER_PORT = 0\n\ufeff[DEFAULT]\nAGENCIES = 1\n")
        self.refused("server", "--config", "twice.ini", says=("twice.ini:3", "byte order mark"))

    def test_keys_that_are_nearly_right(self):
        self.write("config.ini", "SERVER_PORT = 0\nAGENCIE = 3\n")
        self.refused("server", "--config", "config.ini", says=("config.ini:2: AGENCIE", "did you mean AGENCIES"))
        self.write("config.yaml", 'server:\n  adress: "a:1"\n')
        self.refused("client", "--id", 1, "--config", "config.yaml", says=("config.yaml:2: server.adress", "server.address"))

    def test_a_store_that_is_not_there(self):
        for command in "status", "winners", "draws":
            status, _, errors = self.run_program(command, "--store", "nosuch.db")
            self.assertEqual(status, 1, command)
            self.assertIn("nosuch.db: cannot open: there is no such file; STORE (--store) says which it is", errors)
            self.assertNotIn("--config", errors)

    @unittest.skipIf(os.getuid() != 0, "only root has an /etc of its own")
    def test_a_store_that_the_service_has(self):
        etc = "mount -t tmpfs tmpfs /etc && mkdir /etc/quiniela && touch /etc/quiniela/server.ini"
        for before, hint in (etc, True), ("mount -t tmpfs tmpfs /etc", False):
            done = subprocess.run(["unshare", "--mount", "sh", "-c", f'{before} && exec "$@"', "sh", PROGRAM, "winners"], cwd=self.folder,
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual("the store of the service: --config /etc/quiniela/server.ini" in done.stderr, hint, done.stderr)


if __name__ == "__main__":
    unittest.main()
