"""A signed draw is signed from its opening on, and goes on only with its own key, rules and store.

What the server keeps is checked by `quiniela verify`, with the public key alone.
"""
import os
import shutil
import signal
import unittest

from harness import SERVERS, Process, Server, Story, Wire
from stores import STORES

NAME = "lottery.example/central"
BET = "Ana,Paz,30904465,1999-03-17,7574"
LATER = "2999-01-01T21:00:00Z"


class Signed(Story):
    def setUp(self):
        super().setUp()
        self.key = self.make_key("keys")

    def make_key(self, folder, name=NAME):
        """The public key of a new one."""
        status, said, errors = self.run_program("keys", "--dir", folder, "--sign-name", name)
        self.assertEqual((status, errors), (0, ""))
        return next(line for line in said.splitlines() if line.startswith("public key: ")).removeprefix("public key: ")

    def flags(self, *flags, keys="keys", name=NAME, seals="seals"):
        return ["--sign-key", os.path.join(keys, "sign.key"), "--sign-name", name, "--seal-dir", seals, *flags]

    def serve(self, *flags, servers=SERVERS, **how):
        return Server(self, *self.flags(*flags, **how), agencies=3, servers=servers)

    def stop(self, server):
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)

    def refused(self, says, *flags, status=1, environment=None):
        """A server that does not start, and why."""
        server = Process(self, ["server", "--agencies", 3, "--store", "quiniela.db", "--server-port", 0,
                                "--consult-server-port", 0, *flags], environment=environment)
        self.assertEqual(server.wait(), status, server.log())
        said = server.log() + "".join(server.errors)
        self.assertIn(says, said)
        return said

    def send(self, server, agency, count, first=0, last=False):
        answer = Wire(self, server.ports[0]).ask({"type_message": 2 if last else 1, "agency": str(agency), "first": first,
                                                  "payload": [BET] * count})
        self.assertEqual(answer.kind, "processed")

    def records(self, seals="seals", draw="1"):
        folder = self.path(seals, f"draw-{draw}")
        names = sorted(name for name in os.listdir(folder) if name.startswith("rules-"))
        self.assertEqual(names, [f"rules-{number}.note" for number in range(len(names))])
        return [os.path.join(folder, name) for name in names]

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    def verified(self, *says, seals="seals", draw="1"):
        """All records, by the key alone; the newest says this."""
        records = self.records(seals, draw)
        status, said, _ = self.run_program("verify", "--key", self.key, *(flag for path in records for flag in ("--rules", path)))
        self.assertEqual(status, 0, said)
        newest = self.read(records[-1]).decode()
        for line in says:
            self.assertIn(f"\n{line}\n", newest)
        return records

    def test_from_its_opening_on(self):
        server = self.serve()
        first = self.read(self.verified("agencies 3", "close -", "number fixed")[0])
        server.wait_for(rf"action: rules \| result: success \| draw: 1 \| signed_by: {NAME} \| records: 1")
        self.send(server, 1, 5)
        server.kill()
        server = self.serve()
        self.assertEqual([self.read(path) for path in self.records()], [first])
        self.send(server, 1, 5, first=5)
        status, said, _ = self.run_program("status", "--store", "quiniela.db")
        self.assertEqual(status, 0)
        self.assertIn(f"  rules           signed by {NAME}\n", said)

    def test_each_change_is_signed(self):
        server = self.serve()
        self.assertEqual(self.run_program("change", "--store", "quiniela.db", "--agencies", 5)[0], 0)
        self.verified("agencies 5", "close -")
        self.assertEqual(self.run_program("close", "--store", "quiniela.db", "--at", LATER)[0], 0)
        self.assertEqual(len(self.verified("agencies 5", f"close {LATER}")), 3)
        server.kill()
        server = self.serve()  # with the settings of before
        self.assertEqual(len(self.verified()), 3)
        self.send(server, 5, 2)
        self.assertEqual(self.run_program("close", "--store", "quiniela.db", "--yes")[0], 0)
        self.assertEqual(len(self.verified()), 3, "a close that comes at once is no record")

    def test_an_unsigned_one_beside_it_is_warned_of(self):
        server = self.serve(servers=1)
        self.stop(server)
        self.assertNotIn("rules: unsigned", server.log())
        for says in ("this start opens a draw without SIGN_KEY", "this draw was opened without SIGN_KEY"):
            server = Server(self, "--draw", "2", agencies=3, servers=1)
            server.wait_for(rf"WARNING  action: open_draw \| result: in_progress \| draw: 2 \| rules: unsigned \| signed: 1 \| message: {says}")
            self.stop(server)

    def test_with_its_key_alone(self):
        self.make_key("others")
        self.stop(self.serve())
        self.refused(f'error: not_our_key | message: draw "1" is signed by {self.key}, and this server has no key')
        self.refused(f"is signed by {self.key}, and this server has another one", *self.flags(keys="others"))
        self.refused(f"is signed by {self.key}, and this server has another one", *self.flags(name="lottery.example/other"))
        self.stop(self.serve())
        self.assertEqual(len(self.verified()), 1)

    def test_a_key_that_changes(self):
        self.stop(self.serve())
        old, self.key = self.key, self.make_key("others")
        second = ["--draw", "2"]
        self.refused(f'PREVIOUS_SIGN_KEY: draw "1", the one before, was signed by {old}', *self.flags(*second, keys="others"), status=2)
        server = self.serve(*second, "--previous-sign-key", "keys/sign.key", keys="others")
        (record,) = self.verified(draw="2")
        self.assertEqual(self.read(record).decode().count(f"\n\u2014 {NAME} "), 2)
        self.stop(server)
        self.stop(self.serve(*second, keys="others"))

    def test_settings_that_are_none(self):
        key = self.path("keys", "sign.key")
        for says, flags in (("SIGN_KEY is not set", ["--sign-name", NAME]), ("SIGN_KEY is not set", ["--seal-dir", "seals"]),
                            ("--approvals: is of a signed draw, and SIGN_KEY is not set", ["--number", "manual", "--approvals", 1]),
                            ("--beacon-chain: is of a signed draw, and SIGN_KEY is not set", ["--beacon-chain", 2]),
                            ("--beacon-chain: is of NUMBER=beacon only", self.flags("--beacon-chain", 2)),
                            ("NUMBER: beacon is of a signed draw only", ["--number", "beacon"]),
                            ("SIGN_NAME: is missing", ["--sign-key", key]), ("SIGN_NAME: ", self.flags(name="Lottery")),
                            ("APPROVALS: is 2", self.flags("--number", "manual", "--approvals", 2)),
                            ("BEACON_PULSE: is missing", self.flags("--number", "beacon")),
                            ("SEAL_DIR: ", self.flags(seals=key))):
            with self.subTest(flags):
                self.refused(says, *flags, status=1 if says == "SEAL_DIR: " else 2)
        self.refused("SIGN_KEY: away/sign.key: cannot be opened", *self.flags(keys="away"), status=2)
        os.chmod(key, 0o640)
        self.refused("others can get at it", *self.flags(), status=2)

    def test_the_folder_is_lost(self):
        self.stop(self.serve())
        first = [self.read(path) for path in self.records()]
        shutil.rmtree(self.path("seals"))
        server = self.serve()
        # A server that is new to a shared store finds none, either: no bet is stored yet.
        server.wait_for("WARNING +action: rules .*has nothing of this draw, and gets it now: if" if STORES.in_files
                         else "INFO +action: rules .*has nothing of this draw, and gets it now, before any bet")
        self.assertEqual([self.read(path) for path in self.records()], first)

    def test_the_folder_of_another_draw(self):
        """Of the same name, in another store."""
        self.stop(Server(self, *self.flags(seals="others"), agencies=4, store="other.db"))
        self.stop(self.serve())
        shutil.rmtree(self.path("seals"))
        os.rename(self.path("others"), self.path("seals"))
        self.refused("error: forked | message: ", *self.flags())

    @unittest.skipUnless(STORES.in_files, "a database is restored by its own tools")
    def test_a_store_that_is_restored(self):
        server = self.serve()
        self.send(server, 1, 5)
        self.assertEqual(self.run_program("backup", "--store", "quiniela.db", "--to", "copy.db")[0], 0)
        self.assertEqual(self.run_program("change", "--store", "quiniela.db", "--agencies", 4, "--close-at", LATER)[0], 0)
        before = [self.read(path) for path in self.records()]
        server.kill()
        self.assertEqual(self.run_program("restore", self.path("copy.db"), "--store", "quiniela.db", "--yes")[0], 0)
        server = self.serve()
        server.wait_for(r"WARNING +action: rules .*records: 1 → 2 \| agencies: 4 \| closes_at: 2999-01-01T21:00:00Z")
        self.assertEqual([self.read(path) for path in self.verified()], before)
        self.send(server, 4, 5)
        self.assertEqual(self.ask_store("SELECT count(*) FROM papers"), "2")

    @unittest.skipUnless(STORES.in_files, "a database is not lost by removing a file")
    def test_a_store_that_is_lost(self):
        self.stop(self.serve())
        os.unlink(self.path("quiniela.db"))
        self.refused("restore the store from its copy, or start with another DRAW", *self.flags())

    def test_without_a_key_nothing_is_signed(self):
        server = Server(self, agencies=3)
        self.send(server, 1, 5)
        status, said, _ = self.run_program("status", "--store", "quiniela.db")
        self.assertEqual(status, 0)
        self.assertIn("  rules           unsigned\n", said)
        self.stop(server)
        self.assertEqual(server.count("action: rules"), 0)
        server = self.serve()  # which stays so
        server.wait_for("WARNING +action: rules .*unsigned")
        self.assertEqual((self.records(), self.ask_store("SELECT count(*) FROM papers")), ([], "0"))

    @unittest.skipUnless(STORES.in_files, "a store of one server")
    def test_another_user_keeps_it(self):
        """The key is read before the server becomes that user."""
        if os.geteuid() != 0:
            self.skipTest("only root can be somebody else")
        os.chown(self.folder, 65534, 65534)
        server = self.serve("--user", 65534)
        self.assertEqual(os.stat(self.verified()[0]).st_uid, 65534)
        self.assertEqual(self.run_program("change", "--store", "quiniela.db", "--agencies", 4)[0], 0)
        self.assertEqual(len(self.verified("agencies 4")), 2)
        self.stop(server)

    @unittest.skipUnless(STORES.is_shared, "of a shared store")
    def test_several_servers_sign_one_draw(self):
        """Each keeps what is signed in a folder of its own."""
        first, second = self.serve(seals="one", servers=1), self.serve(seals="two", servers=1)
        self.assertEqual(self.run_program("change", "--store", "quiniela.db", "--agencies", 4)[0], 0)
        for server in (first, second):
            server.wait_for("action: rules .* records: 2")
        one, two = ([self.read(path) for path in self.verified(seals=seals)] for seals in ("one", "two"))
        self.assertEqual(one, two)


if __name__ == "__main__":
    unittest.main()
