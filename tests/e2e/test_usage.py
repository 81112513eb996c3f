"""The command line gives help, versions, exit codes, and one clear line for each mistake."""
import contextlib
import fcntl
import os
import re
import signal
import sqlite3
import subprocess
import unittest

from harness import PROGRAM, STORES, Agency, Process, Server, Story, hang_s


class Usage(Story):
    def wrong(self, *arguments, status=2, says=(), environment=None):
        with self.subTest(arguments=arguments):
            code, log, errors = self.run_program(*arguments, environment=environment)
            self.assertEqual(code, status)
            self.assertEqual(len((errors or log).splitlines()), 1, errors + log)
            for text in says:
                self.assertIn(text, errors + log)

    def test_help_and_version(self):
        code, overview, errors = self.run_program("--help")
        self.assertEqual((code, errors), (0, ""))
        commands = re.findall(r"^  ([a-z]+)  ", overview, re.M)
        self.assertEqual(set(commands), {"server", "client", "export", "status", "sample", "ping", "bench", "compose", "check", "keys",
                                         "verify", "upgrade", "drain", "reload", "close", "finish", "backup", "restore",
                                         "draws", "winners", "erase", "draw", "change", "doctor", "config", "reset", "approve", "seal",
                                         "prove", "package", "recount", "page", "top", "report"})
        for command in commands:
            with self.subTest(command=command):
                code, text, errors = self.run_program(command, "--help")
                self.assertEqual((code, errors), (0, ""))
                self.assertIn(f"quiniela {command} ", text)
                self.assertRegex(text, r"(?m)^  -h, --help ")
        groups = re.findall(r"^([A-Z].*):$", self.run_program("server", "--help")[1], re.MULTILINE)
        self.assertEqual(groups, ["General", "Listening", "The draw", "Store", "Signing", "TLS", "Limits", "Log", "Control", "Board", "Privileges",
                                  "Help"])
        self.assertRegex(self.run_program("--version")[1], r"^quiniela \d+\.\d+")

    def run_into(self, output, *arguments):
        """Returns the exit code and the errors of a run whose standard output is that descriptor."""
        done = subprocess.run([PROGRAM, *arguments], cwd=self.folder, stdout=output, stderr=subprocess.PIPE, text=True,
                              timeout=hang_s(), check=False)
        return done.returncode, done.stderr

    def test_output_that_is_lost(self):
        with open("/dev/full", "wb") as full:
            for arguments in (["--help"], ["--version"], ["verify", "--help"]):
                with self.subTest(arguments=arguments):
                    code, errors = self.run_into(full, *arguments)
                    self.assertEqual(code, 1, "its output was lost")
                    self.assertRegex(errors, r"^quiniela[a-z ]*: standard output: cannot write: No space left on device\n$")

    def test_output_that_is_lost_at_first(self):
        """A disk that is full for a moment: an earlier write fails, and the last one does not.

        Into the last page of a full pipe goes what fits beside what is there, as the last part of the text does. A whole page, the
        first part, does not. A text of two parts: a paragraph that loses its beginning is wrapped in another way.
        """
        text = subprocess.run([PROGRAM, "bench", "--help"], capture_output=True, text=True, timeout=hang_s(), check=True).stdout
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        os.set_blocking(writer, False)
        os.write(writer, b"x")
        code, errors = self.run_into(writer, "bench", "--help")
        came = os.read(reader, 8192).decode()[1:]
        self.assertTrue(0 < len(came) < len(text) and text.endswith(came), f"not the last part alone has come: {came}")
        self.assertEqual((code, errors), (1, "quiniela: standard output: cannot write: Input/output error\n"))

    def test_wrong_use(self):
        self.wrong()
        self.wrong("nonsense", says=("nonsense",))
        self.wrong("serve", says=('there is no subcommand "serve"; did you mean "server"?',))
        self.wrong("exprot", says=('did you mean "export"?',))
        self.wrong("server", "--nonsense", says=("--nonsense",))
        self.wrong("server", "--loops", "0", says=("--loops", "0"))
        self.wrong("server", says=("AGENCIES", "many"), environment={"AGENCIES": "many"})
        self.wrong("client", says=("CLI_ID",))
        self.wrong("client", "--id", "1", "--server-address", "nowhere", says=("nowhere",))
        self.wrong("client", "--id", "1", "--server-address", "a:1,b,c:3", says=("--server-address: address 2: ", '"b"'))
        self.wrong("client", "--id", "1", "--server-consult-address", "a:1,", says=("--server-consult-address: address 2: ",))
        self.wrong("client", "--id", "1", says=("environment: CLI_SERVER_ADDRESS: address 1: ", '"a:0"'),
                   environment={"CLI_SERVER_ADDRESS": "a:0,b:2"})
        self.wrong("ping", "--address", "a:1,b:2", says=("--address", "has a comma"))
        self.wrong("client", "--id", "1", says=("APELLIDO",), environment={"NOMBRE": "Ana"})
        self.wrong("client", "--id", "1", says=("environment: NACIMIENTO", "is not a real date"),
                   environment=dict(NOMBRE="A", APELLIDO="B", DOCUMENTO="1", NACIMIENTO="2020-13-01", NUMERO="1"))
        self.wrong("compose", "many", says=("N: ", "many"))
        self.wrong("compose", "1", "--data", "a:b", says=("--data", "a:b"))
        self.wrong("server", "--server-ip", "300.1.1.1", says=("--server-ip", "300.1.1.1"))
        with open(f"{self.folder}/config.yaml", "w", encoding="utf-8") as file:
            file.write("id: 1\nserver:\n  address: nowhere\n")
        self.wrong("client", "--config", "config.yaml", says=("config.yaml:3", "server.address", "nowhere"))
        with open(f"{self.folder}/config.ini", "w", encoding="utf-8") as file:
            file.write("[DEFAULT]\nSERVER_PORT = 12345\nLOGGING_LEVEL = LOUD\n")
        self.wrong("server", "--config", "config.ini", says=("config.ini:3", "LOGGING_LEVEL", "LOUD"))
        self.wrong("server", "--config", "missing.ini", says=("missing.ini",))

    def test_what_has_no_effect_is_refused(self):
        """A flag that nothing would come of, beside the others; the environment may have it for other commands."""
        own = ("prove", "--csv", "a.csv", "--agency", 1, "--bet", 0, "--salt-key", "k", "--seal", "s", "--entry", "e")
        for given, *unused in (("keys", "--sign-name", "a.example/b"), ("--agencies", 3), ("--names", "localhost"), ("--days", 9)), \
                (("keys", "--revoke", "agency-1"), ("--agencies", 3), ("--names", "localhost"), ("--days", 9)), \
                (("compose", 1, "--service", "bet"), ("--data", "x")), (("compose", 1, "--service", "echo"), ("--data", "x")), \
                (("ping", "--address", "127.0.0.1:1"), ("--server-ip", "127.0.0.1"), ("--server-port", 1)), \
                (("upgrade", "a.db"), ("--store", "b.db")), \
                (own, ("--store", "x.db"), ("--draw", "2"), ("--seal-dir", "x"), ("--verify-url", "https://a.example/")), \
                (("prove", "--agency", 1, "--bet", 0), ("--verify-url", "https://a.example/")), \
                (("bench", "--poll", 9), ("--agencies", 1), ("--bets", 1), ("--classic",), ("--draw",), ("--tls", "x"), ("--rate", 1)), \
                (("bench", "--bets", 0), ("--poll-cap-ms", 9), ("--poll-base-ms", 9), ("--poll-draw-ms", 9), ("--loops", 1)):
            for flags in unused:
                self.wrong(*given, *flags, says=(flags[0],))
        self.assertEqual(os.listdir(self.folder), [])
        self.wrong("ping", "--address", "127.0.0.1:1", status=1, says=("127.0.0.1:1",), environment={"SERVER_PORT": "2", "SERVER_IP": "::1"})

    def test_failures(self):
        self.wrong("export", status=1, says=("quiniela.db",))
        self.wrong("status", "--store", "missing.db", status=1, says=("missing.db",))
        self.wrong("ping", "--address", "127.0.0.1:1", status=1, says=("127.0.0.1:1",))
        self.assertFalse(os.path.exists(f"{self.folder}/missing.db"))

    def test_what_is_no_store_is_left_alone(self):
        with open(f"{self.folder}/notes.txt", "w", encoding="utf-8") as file:
            file.write("these are notes, and no database at all")
        for path in ("notes.txt", "."):
            code, log, _ = self.run_program("server", "--store", path, "--server-port", 0, "--consult-server-port", 0)
            self.assertEqual(code, 1)
            self.assertIn(f"{path}: ", log)
        self.assertEqual(os.listdir(self.folder), ["notes.txt"])

    @unittest.skipIf(os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), "root may write everywhere")
    def test_reading_where_one_may_not_write(self):
        server = Server(self, agencies=1, store="other.db")
        server.signal(15)
        self.assertEqual(server.wait(), 0)
        os.chmod(f"{self.folder}/other.db", 0o644)  # its owner lets others read it
        os.chmod(self.folder, 0o555)
        self.addCleanup(os.chmod, self.folder, 0o755)
        reader = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        program = [*reader, PROGRAM, "status", "--store", "other.db"]
        result = subprocess.run(program, cwd=self.folder, capture_output=True, text=True, timeout=hang_s())
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_flag_over_environment_over_file(self):
        with open(f"{self.folder}/config.ini", "w", encoding="utf-8") as file:
            file.write("[DEFAULT]\nSERVER_PORT = 0\nCONSULT_SERVER_PORT = 0\nSERVER_IP = server\n"
                       "SERVER_LISTEN_BACKLOG = 07\nLOGGING_LEVEL = debug\nNOVELTY = 1\n")
        server = Process(self, ["server", "--config", "config.ini", "--draw", "b"],
                         environment={"DRAW": "a", "LOGGING_LEVEL": "INFO"})
        server.wait_for("action: listen")
        first = r"^\S+ \S+ INFO     action: config \| result: success \| port: 0 \| listen_backlog: 07 \| " \
                r"logging_level: INFO \|"
        self.assertRegex(server.lines[0], first)
        self.assertIn("| agencies: 7 |", server.lines[0])
        self.assertIn("| draw: b |", server.lines[0])
        self.assertEqual(server.count("WARNING .*action: config .* key: NOVELTY"), 1)

    def test_both_sides_know_both_names_of_the_log_level(self):
        for flag in ("--log-level", "--logging-level"):
            for command in (("server",), ("client", "--id", 1)):
                with self.subTest(flag=flag, command=command):
                    _, log, errors = self.run_program(*command, flag, "LOUD")
                    self.assertIn(f"{flag}", errors + log)
                    self.assertIn("LOUD", errors + log)
            status, log, errors = self.run_program("client", "--id", 1, "--check", flag, "ERROR", "--data-dir", "nowhere")
            self.assertEqual((status, errors, log.count("INFO")), (1, "", 0), log)

    def test_a_reader_that_has_seen_enough(self):
        """As with any other program, `export | head` ends without a word."""
        self.sample((20000,), (1,))
        server = Server(self, agencies=1)
        self.assertEqual(Agency(self, 1, server.ports).wait(), 0)
        export = subprocess.Popen([PROGRAM, "export", "--store", self.store()], cwd=self.folder, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        self.assertTrue(export.stdout.readline())
        export.stdout.close()
        self.assertEqual((export.stderr.read(), export.wait(hang_s())), (b"", -signal.SIGPIPE))
        export.stderr.close()

    def test_a_reader_that_has_not_looked_at_all(self):
        """`quiniela server --help | true`: whatever a command prints, it says nothing about a reader that is gone."""
        self.sample((5,), (1,))
        server = Server(self, agencies=1)
        self.assertEqual(Agency(self, 1, server.ports).wait(), 0)
        for arguments in (["--help"], ["--version"], ["server", "--help"], ["compose", "3", "--output", "-"],
                          *([command, "--store", self.store()] for command in ("export", "status", "check", "winners", "draws"))):
            with self.subTest(arguments=arguments):
                reader, writer = os.pipe()
                os.close(reader)
                code, errors = self.run_into(writer, *arguments)
                os.close(writer)
                self.assertEqual((code, errors), (-signal.SIGPIPE, ""))

    @unittest.skipIf(STORES.is_shared, "backup is of SQLite stores")
    def test_the_reason_comes_last(self):
        """Where both outputs are one file, what was printed before the reason stands above it."""
        self.sample((2000,), (1,))
        server = Server(self, agencies=1)
        self.assertEqual(Agency(self, 1, server.ports).wait(), 0)
        server.kill()
        with contextlib.closing(sqlite3.connect(f"{self.folder}/quiniela.db")) as store, store:
            store.execute("UPDATE chunks SET checksum = checksum + 1")
        done = subprocess.run([PROGRAM, "backup", "--store", self.store(), "--to", "copy.db"], cwd=self.folder, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=hang_s())
        self.assertEqual(done.returncode, 1)
        lines = done.stdout.splitlines()
        self.assertIn("damaged: ", lines[0])
        self.assertEqual(lines[-1], 'quiniela backup: draw "1" is damaged: nothing was copied')

    def test_a_port_that_is_taken(self):
        server = Server(self)
        for flags in (("--server-port", server.ports[0]), ("--consult-server-port", server.ports[1])):
            code, log, _ = self.run_program("server", "--store", "other.db", "--server-port", 0,
                                            "--consult-server-port", 0, *flags)
            self.assertEqual(code, 1)
            self.assertIn(str(flags[1]), log.splitlines()[-1])
            self.assertEqual(log.count("start_server | result: fail"), 1)

    def test_ping(self):
        server = Server(self)
        self.assertEqual(self.run_program("ping", "--address", f"127.0.0.1:{server.ports[0]}")[0], 0)
        echo = Process(self, ["server", "--service", "echo", "--server-port", 0])
        port = echo.wait_for(r"action: listen .* port: (\d+)")[1]
        self.assertEqual(self.run_program("ping", "--server-port", port)[0], 0)


if __name__ == "__main__":
    unittest.main()
