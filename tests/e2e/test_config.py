"""Settings are shown with where they came from, and what they name is checked before a start."""
import gzip
import os
import re
import socket
import unittest

from database import DatabaseStory
from harness import ROOT, Server, Story, Wire


def has_ipv6():
    """Whether this machine has an address of it, and not only Python."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as one:
            one.bind(("::1", 0))
        return True
    except OSError:
        return False


class Configured(Story):
    def config(self, *arguments, environment=None):
        status, printed, errors = self.run_program("config", *arguments, environment={"SERVER_IP": "127.0.0.1", **(environment or {})})
        return status, printed, errors.replace("quiniela config: ", "").splitlines()


class Config(Configured):
    def files(self):
        return sorted(os.path.join(folder, name) for folder, folders, names in os.walk(self.folder) for name in folders + names)

    def test_each_value_with_where_it_came_from(self):
        with open(os.path.join(self.folder, "config.ini"), "w", encoding="utf-8") as file:
            file.write("[DEFAULT]\nLOOPS = 2\nAGENCIES = 7\n")
        before = self.files()
        status, printed, problems = self.config("server", "--config", "config.ini", "--store", "x.db", "--server-port", 0,
                                                "--consult-server-port", 0, environment={"AGENCIES": "9"})
        self.assertEqual((status, problems), (0, []))
        for key, value, place in [("STORE", "x.db", "--store"), ("AGENCIES", "9", "environment: AGENCIES"),
                                  ("LOOPS", "2", r"config.ini:2: LOOPS"), ("WINNING_NUMBER", "7574", "default")]:
            self.assertRegex(printed, rf"(?m)^{key} +{value} +\({place}\)$")
        self.assertRegex(printed, r"ok\n\Z")
        self.assertEqual(self.files(), before, "expected nothing to be made")

    def test_a_number_that_comes_by_hand_has_no_default(self):
        flags = ("server", "--number", "manual", "--server-port", 0, "--consult-server-port", 0)
        status, printed, problems = self.config(*flags)
        self.assertEqual((status, problems), (0, []))
        self.assertRegex(printed, r"(?m)^WINNING_NUMBER +- +\(NUMBER is manual\)$")
        self.assertNotIn("7574", printed)

    def test_no_password_is_shown(self):
        _, printed, problems = self.config("--store", "postgresql://ana:secret@127.0.0.1:1/x", "--server-port", 0,
                                           "--consult-server-port", 0)
        self.assertNotIn("secret", printed + "".join(problems))
        self.assertRegex(printed, r"STORE +postgresql://127.0.0.1:1/x ")

    def test_all_problems_are_listed(self):
        server = Server(self, agencies=3, servers=1)
        status, printed, problems = self.config(
            "server", "--store", "nowhere/x.db", "--server-port", server.ports[0], "--consult-server-port", 0,
            "--audit-log", "nowhere/audit.log", "--log-file", self.folder, "--tls-cert", "a", "--tls-key", "b", "--tls-ca", "c")
        self.assertEqual(status, 2)
        for expected in [r"certificate a: No such file", r"--server-port: cannot listen on 127.0.0.1 port \d+, where another program listens already",
                         r"--store: .*nowhere", r"--audit-log: .*nowhere", r"--log-file: .*is not a regular file"]:
            self.assertTrue(any(re.match(expected, problem) for problem in problems), f"expected {expected!r}, came {problems}")
        self.assertEqual(problems[-1], "problems: 5")
        self.assertIn("AUDIT_LOG", printed)

    def test_what_cannot_be_read_is_one_problem_among_others(self):
        with open(os.path.join(self.folder, "config.ini"), "w", encoding="utf-8") as file:
            file.write("[DEFAULT]\nLOOPS = many\nAGENCIS = 7\n")
        status, printed, problems = self.config(
            "server", "--config", "config.ini", "--server-listen-backlog", "high", "--server-port", 0, "--consult-server-port", 0,
            "--audit-log", "nowhere/audit.log", "--control", "nowhere/control", environment={"AGENCIES": "none"})
        self.assertEqual(status, 2)
        for expected in [r"--server-listen-backlog: .*high", r"environment: AGENCIES: .*none", r"config.ini:2: LOOPS: .*many",
                         r"config.ini:3: AGENCIS: there is no such key; did you mean AGENCIES\?", r"--audit-log: .*nowhere",
                         r"--control: nowhere/control: .*No such file"]:
            self.assertTrue(any(re.match(expected, problem) for problem in problems), f"expected {expected!r}, came {problems}")
        self.assertEqual(problems[-1], "problems: 6")
        self.assertIn("AUDIT_LOG", printed)

    def test_a_time_zone_that_there_is_not(self):
        for zone, expected in [("Europe/Madrld", True), ("ART3", False)]:
            status, printed, problems = self.config("server", "--server-port", 0, "--consult-server-port", 0, environment={"TZ": zone})
            self.assertEqual((status, problems), (0, []))
            self.assertEqual(f'\nwarning: TZ "{zone}" is no time zone of this machine, so it means UTC' in printed, expected, printed)

    def test_where_orders_would_be_given(self):
        server = Server(self, agencies=3, servers=1)
        taken = self.store() + ".control"
        for path, expected in [(taken, "another server takes orders there"), (self.store(), "something else is there"),
                               (os.path.join(self.folder, "x" * 108), "bytes, and a socket's may have 107")]:
            with self.subTest(path=path):
                status, _, problems = self.config("server", "--store", "other.db", "--server-port", 0, "--consult-server-port", 0,
                                                  "--control", path)
                self.assertEqual((status, len(problems)), (2, 2), problems)
                self.assertRegex(problems[0], f"^--control: .*{expected}")
        self.assertIsNone(server.process.poll())

    def test_an_address_of_either_kind(self):
        for family, address in [(socket.AF_INET, "127.0.0.1"), *([(socket.AF_INET6, "::1")] if has_ipv6() else [])]:
            with self.subTest(address=address), socket.socket(family, socket.SOCK_STREAM) as taken:
                taken.bind((address, 0))
                taken.listen()
                port = taken.getsockname()[1]
                for ip in [address, ""]:
                    status, _, problems = self.config("server", "--server-port", port, "--consult-server-port", 0, "--insecure",
                                                      environment={"SERVER_IP": ip})
                    self.assertEqual((status, len(problems)), (2, 2), problems)
                    self.assertRegex(problems[0], rf"cannot listen on .* port {port}, where another program listens already")

    def test_beside_a_running_server(self):
        server = Server(self, agencies=3, servers=1)
        status, printed, problems = self.config("server", "--store", self.store(), "--server-port", 0, "--consult-server-port", 0)
        self.assertEqual((status, problems), (0, []))
        self.assertIn("draw 1, 3 agencies", printed)
        for control in ([], ["--control", self.store() + ".control"]):  # what it has is free once it has ended
            status, printed, problems = self.config("server", "--store", self.store(), "--server-port", server.ports[0],
                                                    "--consult-server-port", server.ports[1], *control)
            self.assertEqual((status, problems), (0, []))
            self.assertIn(f"\na server of this store runs: process {server.process.pid}; ", printed)
        self.assertIsNone(server.process.poll())

    def test_a_cut_off_that_is_none(self):
        for text, why in [("25:99", "neither HH:MM"), ("2026-01-01T00:00Z", "has passed")]:
            with self.subTest(text=text):
                status, _, problems = self.config("server", "--close-at", text, "--server-port", 0, "--consult-server-port", 0)
                self.assertEqual((status, len(problems)), (2, 2), problems)
                self.assertRegex(problems[0], f"^--close-at: .*{why}")

    def test_what_a_start_would_do_with_the_draw(self):
        """It is decided as the start decides."""
        server = Server(self, "--close-at", "2999-12-31T23:00Z", "--winning-number", 42, agencies=3, servers=1)
        wire = Wire(self, server.ports[0])
        wire.send({"type_message": 1, "agency": "1", "payload": ["Ana,Paz,1,2000-01-01,1"], "first": 0})
        self.assertEqual(wire.receive()["next"], 1)
        ports = ["--store", self.store(), "--server-port", 0, "--consult-server-port", 0]
        status, printed, problems = self.config("server", *ports)
        self.assertEqual((status, problems), (0, []))
        self.assertRegex(printed, r"\ndraw 1: is open, and goes on with 3 agencies, winning number 0042, cut-off 2999-12-31T23:00:00Z, in \d+ d")
        for flag, value, why in [("--agencies", 2, "was opened with 3 and has bets"), ("--winning-number", 1111, "was opened with 42"),
                                 ("--number", "manual", "NUMBER=fixed"), ("--close-at", "23:30", "closes at 2999")]:
            with self.subTest(flag=flag):
                status, _, problems = self.config("server", *ports, flag, value)
                self.assertEqual((status, len(problems)), (2, 2), problems)
                self.assertRegex(problems[0], f"^{flag}: .*{why}")
        status, printed, problems = self.config("server", *ports, "--draw", "other", "--agencies", 2)
        self.assertEqual((status, problems), (0, []))
        self.assertIn("\ndraw other: a start would open it, for 2 agencies, winning number 7574, no cut-off\n", printed)

    def test_a_client(self):
        self.sample([3], [0])
        status, _, problems = self.config("client", "--id", 1)
        self.assertEqual((status, problems), (0, []))
        status, _, problems = self.config("client", "--id", 2, "--server-address", "no-such-host.invalid:1")
        self.assertEqual((status, len(problems)), (2, 3))
        self.assertRegex(problems[0], r"--server-address: no-such-host.invalid: cannot be looked up: ")
        self.assertRegex(problems[1], r"CLI_DATA_DIR: data/agency-2.csv: No such file")


class SameAnswer(Configured):
    """What a start refuses, config refuses, and in the same words."""
    def reason(self, command, *arguments):
        status, printed, errors = self.run_program(command, *arguments, environment={"SERVER_IP": "127.0.0.1"})
        self.assertNotEqual(status, 0, f"{command} took {arguments}")
        return printed + errors

    def refused_alike(self, command, words, *arguments):
        with self.subTest(command=command, arguments=arguments):
            self.assertRegex(self.reason(command, *arguments), words)
            status, _, problems = self.config(command, *arguments)
            self.assertEqual(status, 2, f"config took {arguments}")
            self.assertTrue(any(re.search(words, problem) for problem in problems), f"expected {words!r}, came {problems}")

    def text(self, name):
        with open(os.path.join(self.folder, name), "x", encoding="utf-8") as file:
            file.write("a line\nanother\n")
        return name

    def linked(self, name):
        with open(os.path.join(self.folder, name), "x", encoding="utf-8"):
            os.link(os.path.join(self.folder, name), os.path.join(self.folder, name + ".other"))
        return name

    def other_store(self):
        Server(self, agencies=3, servers=1).end()
        return self.store()

    def test_a_client(self):
        self.sample([3], [0])
        bets = "data/agency-1.csv"
        bet = ["--apellido", "Paz", "--documento", 1, "--nacimiento", "2000-99-01", "--numero", 5]
        for words, *arguments in [("the loop would never end", "--service", "echo"), ("--central-key: ", "--central-key", "foo"),
                                  ("needs CENTRAL_KEY", "--receipts", "x"), ("is no regular file", "--winners-file", "-"),
                                  ("uses otherwise", "--winners-file", bets), ("uses otherwise", "--log-file", bets),
                                  ("a bet needs", "--nombre", "A"), ("a bet needs", "--numero", 5),
                                  ("--nacimiento: ", "--nombre", "Ana", *bet)]:
            self.refused_alike("client", words, "--id", 1, *arguments)
        with open(os.path.join(self.folder, "night.db"), "wb") as file:
            file.write(b"SQLite format 3\0" + bytes(84))
        self.refused_alike("client", "night.db: is ", "--id", 1, "--winners-file", "night.db")
        status, _, problems = self.config("client", "--id", 1, "--winners-file", "data")
        self.assertEqual((status, len(problems)), (2, 2), f"expected one problem, and how many: {problems}")

    def test_what_a_client_is_to_read_and_keep(self):
        """Its file of bets, which is no folder, and its receipts, with what is kept beside them."""
        self.sample([3, 3], [0, 0])
        os.mkdir(os.path.join(self.folder, "data", "agency-3.csv"))
        key = self.key()[1]
        receipts = self.text("some.receipts")
        for words, *arguments in [("data/agency-3.csv: (cannot be read: )?Is a directory", "--id", 3),
                                  ("some.receipts:1: is no line of a receipt", "--id", 1, "--central-key", key, "--receipts", receipts),
                                  ("data: the receipts cannot be kept there: Is a directory", "--id", 1, "--central-key", key, "--receipts", "data"),
                                  ("nowhere/x: .*No such file", "--id", 1, "--central-key", key, "--receipts", "nowhere/x"),
                                  ("agency-2.seal: the seal: has no empty line", "--id", 2, "--central-key", key)]:
            if "agency-2" in words:
                os.rename(os.path.join(self.folder, receipts), os.path.join(self.folder, "data", "agency-2.seal"))
            self.refused_alike("client", words, *arguments)
        before = os.stat(os.path.join(self.folder, "data")).st_mtime_ns
        status, _, problems = self.config("client", "--id", 1, "--central-key", key, "--winners-file", "data/list")
        self.assertEqual((status, problems), (0, []))
        self.assertEqual(os.stat(os.path.join(self.folder, "data")).st_mtime_ns, before, "expected nothing to be made, not even for a moment")

    def key(self, name="keys"):
        """The settings of a server that signs with a new key; and the key for all to know."""
        status, printed, errors = self.run_program("keys", "--sign-name", "one.example/x", "--dir", name)
        self.assertEqual(status, 0, errors)
        return (["--number", "manual", "--sign-key", f"{name}/sign.key", "--sign-name", "one.example/x"],
                re.search(r"(?m)^public key: (\S+)$", printed).group(1))

    def test_a_folder_of_seals(self):
        """What is in it, or in its place, is of this draw, or of none."""
        sign = self.key()[0]
        place = ["--server-port", 0, "--consult-server-port", 0, *sign]
        Server(self, *sign, "--seal-dir", "one", agencies=3, servers=1).end()
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(os.path.join(self.folder, self.store() + ending)):
                os.rename(os.path.join(self.folder, self.store() + ending), os.path.join(self.folder, "one.db" + ending))
        Server(self, *sign, "--seal-dir", "two", agencies=3, servers=1).end()
        for folder in ("linked", "empty", "file", "odd/draw-1/rules-0.note"):
            os.makedirs(os.path.join(self.folder, folder))
        os.symlink("../one/draw-1", os.path.join(self.folder, "linked", "draw-1"))
        os.symlink("nowhere", os.path.join(self.folder, "empty", "draw-1"))
        os.symlink("nowhere", os.path.join(self.folder, "lost"))
        self.text(os.path.join("file", "draw-1"))
        self.text("text")
        for words, store, folder in [("one has signed rules of draw \"1\", which the store does not have", "new.db", "one"),
                                     ("rules-0.note: is another record of the rules than the one that the store has", self.store(), "one"),
                                     ("linked/draw-1: the folder cannot be opened: Not a directory", "new.db", "linked"),
                                     ("empty/draw-1: the folder cannot be opened: Not a directory", "new.db", "empty"),
                                     ("file/draw-1: the folder cannot be opened: Not a directory", "new.db", "file"),
                                     ("lost/draw-1: the folder cannot be made: No such file", "new.db", "lost"),
                                     ("text/draw-1: the folder cannot be made: Not a directory", "new.db", "text"),
                                     ("rules-0.note: is no regular file", "new.db", "odd")]:
            self.refused_alike("server", words, "--store", store, *place, "--seal-dir", folder)
        for store, folder in [(self.store(), "two"), ("one.db", "one"), ("new.db", "other")]:
            status, _, problems = self.config("server", "--store", store, *place, "--seal-dir", folder)
            self.assertEqual((status, problems), (0, []))

    def test_a_server(self):
        ports = ["--server-port", 0, "--consult-server-port", 0]
        self.assertEqual(self.run_program("keys", "--sign-name", "one.example/x", "--dir", "keys")[0], 0)
        key = os.path.join("keys", next(name for name in os.listdir(os.path.join(self.folder, "keys")) if name.endswith(".key")))
        sign = ["--number", "manual", "--sign-key", key, "--sign-name", "one.example/x"]
        other = self.other_store()
        for words, *arguments in [("there is no user nosuchuser", "--user", "nosuchuser"), ("a draw's name has 1 to 64 bytes", "--draw", "x" * 65),
                                  ("SEAL_DIR: /proc/?", *sign, "--seal-dir", "/proc"), ("SEAL_DIR: /nonexistent/x", *sign, "--seal-dir", "/nonexistent/x"),
                                  ("is a database; it is not overwritten", "--log-file", other), ("is a database, and no audit log", "--audit-log", other), ("some.txt: line 1: is not record 1", "--audit-log", self.text("some.txt")),
                                  ("has 2 names", "--audit-log", self.linked("two.log"))]:
            self.refused_alike("server", words, "--store", "new.db", *ports, *arguments)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "new.db.seals")))

    def test_an_audit_log_that_another_server_writes(self):
        audit = os.path.join(self.folder, "audit.log")
        server = Server(self, "--audit-log", audit, agencies=3, servers=1)
        ports = ["--server-port", 0, "--consult-server-port", 0, "--audit-log", audit]
        self.refused_alike("server", "another server writes this file", "--store", "other.db", *ports)
        status, _, problems = self.config("server", "--store", self.store(), *ports)  # its own, which ends before
        self.assertEqual((status, problems), (0, []))
        server.end()
        with open(audit, encoding="utf-8") as file:
            before = file.read()
        status, _, problems = self.config("server", "--store", "other.db", *ports)
        self.assertEqual((status, problems), (0, []))
        with open(audit, encoding="utf-8") as file:
            self.assertEqual(file.read(), before)

    def test_an_older_store(self):
        """Only a start with UPGRADE takes it, and then config does."""
        store = os.path.join(self.folder, "old.db")
        with gzip.open(os.path.join(ROOT, "tests/upgrade/samples/2-open.db.gz")) as sample, open(store, "wb") as file:
            file.write(sample.read())
        flags = ["--store", store, "--server-port", 0, "--consult-server-port", 0]
        self.refused_alike("server", "its tables are of version 2", *flags)
        status, printed, problems = self.config("server", *flags, "--upgrade")
        self.assertEqual((status, problems), (0, []))
        self.assertIn(f"\nstore {store}: its tables are of an older version; a start upgrades them, as UPGRADE is set", printed)

    def test_a_key_that_changes_between_two_draws(self):
        """The old one must sign the next draw's rules, too, and config says so before the start."""
        for folder in ("keys", "other"):
            self.assertEqual(self.run_program("keys", "--sign-name", "one.example/x", "--dir", folder)[0], 0)
        flags = {key: ["--number", "manual", "--sign-name", "one.example/x", "--sign-key", key + "/sign.key"] for key in ("keys", "other")}
        Server(self, "--draw", "1", *flags["keys"], agencies=3, servers=1).end()
        place = ["--store", self.store(), "--server-port", 0, "--consult-server-port", 0, "--draw", "2"]
        self.refused_alike("server", "PREVIOUS_SIGN_KEY: draw \"1\"", *place, *flags["other"])
        for more in ([*flags["keys"]], [*flags["other"], "--previous-sign-key", "keys/sign.key", "--previous-sign-name", "one.example/x"]):
            status, _, problems = self.config("server", *place, *more)
            self.assertEqual((status, problems), (0, []))


class Shared(DatabaseStory, Configured):
    def test_a_database(self):
        """An empty one is a place for a store, as a file that is not there yet."""
        arguments = ["server", "--store", self.address(), "--server-port", 0, "--consult-server-port", 0]
        status, printed, problems = self.config(*arguments)
        self.assertEqual((status, problems), (0, []))
        self.assertRegex(printed, r"(?m)^store \S.*: has no tables yet$")
        self.assertEqual(self.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0", "expected nothing to be made")
        self.server(agencies=3)
        status, printed, problems = self.config(*arguments)
        self.assertEqual((status, problems), (0, []))
        self.assertRegex(printed, r"(?m)^store \S.*: draw 1, 3 agencies$")


if __name__ == "__main__":
    unittest.main()
