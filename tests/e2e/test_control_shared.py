"""Servers beside each other have a control socket each, and any of them takes an order for their draw."""
import os
import re
import signal
import socket
import subprocess
import unittest

from harness import PROGRAM, Agency, Server, Wire, hang_s, hold_port
from stores import STORES
from test_control import Control, Orders


@unittest.skipUnless(STORES.is_shared, "needs a store that several servers share")
class Shared(Orders):
    def sockets(self):
        return sorted(name for name in os.listdir(self.folder) if name.endswith(".control"))

    def named(self, server):
        return sorted(f"quiniela-{bets}.control" for bets, _ in server.every)

    def test_each_has_its_own(self):
        servers = Server(self, "--draw", "first", servers=2)
        self.assertEqual(self.sockets(), self.named(servers))
        found = {Control(self, name).ask("hello")["pid"] for name in self.sockets()}
        self.assertEqual(found, {process.pid for process in servers.processes})
        servers.signal(signal.SIGTERM)
        self.assertEqual(servers.wait(), 0)
        self.assertEqual(self.sockets(), [])

    def test_a_name_that_another_server_has(self):
        port = hold_port()
        other = socket.socket(socket.AF_UNIX)
        self.addCleanup(other.close)
        other.bind(f"{self.folder}/quiniela-{port}.control")
        other.listen()
        server = Server(self, ports=(port, 0), servers=1)
        self.assertEqual(self.sockets(), [f"quiniela-{port}-2.control", f"quiniela-{port}.control"])
        self.assertEqual(Control(self, f"quiniela-{port}-2.control").ask("hello")["pid"], server.process.pid)

    def test_a_command_finds_a_server_of_its_draw(self):
        first = Server(self, "--draw", "first", servers=1)
        second = Server(self, "--draw", "second", servers=1)
        Server(self, "--draw", "third", servers=1).kill()  # its socket is still there
        self.assertEqual(self.run_program("reload", "--draw", "second"), (0, "reloaded\n", ""))
        second.expect(r"action: order \| result: success \| order: reload")
        first.expect("action: order", 0)
        status, _, errors = self.run_program("reload", "--draw", "third")
        self.assertEqual(status, 1)
        self.assertRegex(errors, r'no server of draw "third" in this store takes orders on this machine; the server that '
                                 r'answers has draw "(first|second)"')

    def test_a_store_that_differs_in_its_schema_is_another(self):
        """Also one that differs in nothing else: the order is for the other's server, if at all."""
        here, elsewhere = self.store(), self.store("elsewhere")
        servers = {store: Server(self, store=store, servers=1) for store in (here, elsewhere)}
        for store in here, elsewhere:
            self.assertEqual(self.run_program("close", "--yes", "--store", store)[0], 0)
            servers[store].expect(r"action: close_draw")
        servers.pop(elsewhere).kill()
        status, _, errors = self.run_program("close", "--yes", "--store", elsewhere)
        self.assertEqual(status, 1, "another store's server answers")
        self.assertIn("in this store takes orders on this machine", errors)

    def test_a_store_has_several_addresses(self):
        server = Server(self, servers=1)
        store = self.store().replace("@127.0.0.1:", "@localhost:")
        self.assertNotEqual(store, self.store())
        self.assertEqual(self.run_program("reload", "--store", store), (0, "reloaded\n", ""))
        server.expect(r"action: order \| result: success \| order: reload")

    def test_an_operator_whom_the_database_does_not_know(self):
        """An order needs no database; but where another address leads nobody can say, and why not is told."""
        server = Server(self, servers=1)
        stranger = re.sub("//[^@/]*@", "//nobody_here@", self.store())
        self.assertIn("nobody_here", stranger)
        self.assertEqual(self.run_program("reload", "--store", stranger), (0, "reloaded\n", ""))
        status, _, errors = self.run_program("reload", "--store", stranger.replace("127.0.0.1", "localhost"))
        self.assertEqual(status, 1)
        self.assertRegex(errors, 'and this is for draw "1" in .*; .*nobody_here.*--control names its socket')
        server.expect(r"action: order \| result: success \| order: reload")

    @unittest.skipUnless(os.geteuid() == 0, "SKIPPED: needs root, to be somebody else")
    def test_who_may_not_look_for_it(self):
        """Whether a server is there nobody has told them."""
        Server(self, servers=1)
        os.makedirs(f"{self.folder}/run", mode=0o700)
        done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", PROGRAM, "close", "--store", self.store()], check=False, cwd="/",
                              env={**os.environ, "RUNTIME_DIRECTORY": f"{self.folder}/run"}, capture_output=True, text=True, timeout=hang_s())
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"only root and the user that the server runs as may look into {self.folder}/run", done.stderr)

    def test_a_draw_that_is_erased_has_a_final_answer(self):
        """Its servers run on."""
        servers = Server(self, agencies=1, servers=2)
        wire = [Wire(self, bets) for bets, _ in servers.every]
        last = {"type_message": 2, "agency": 1, "first": 0, "payload": ["Ana,Paz,30904465,1999-03-17,7574"]}
        self.assertEqual(wire[0].ask(last).kind, "processed")
        servers.wait_for("action: sorteo")
        self.assertEqual(wire[1].ask(last).kind, "processed")
        self.assertEqual(self.run_program("erase", "--draw", "1", "--yes")[0], 0)
        for _ in range(2):
            for one in wire:
                answer = one.ask(last)
                self.assertEqual((answer.kind, answer.error["retryable"]), ("error draw_erased", False), answer.error)
        servers.expect("ERROR .*action: store .*was erased", 2)

    def test_one_is_drained_and_the_others_go_on(self):
        self.sample((3000,), (3,))
        servers = Server(self, agencies=1, servers=2)
        agency = Agency(self, 1, servers.ports, "--chunk-size", 1, "--window", 1)
        servers.wait_for("apuestas_almacenadas", 20)
        status, _, errors = self.run_program("drain")
        self.assertEqual(status, 2, "it guesses which server is meant")
        self.assertRegex(errors, r"2 servers of this draw take orders on this machine.*quiniela-\d+\.control or .*quiniela-\d+\.control")
        self.assertEqual(self.run_program("drain", "--control", self.sockets()[0])[0], 0)
        self.assertEqual(len([process for process in servers.processes if process.poll() is not None]), 1)
        self.assertEqual(agency.winners(), 3)
        self.assertEqual(agency.wait(), 0)
        self.assertEqual(self.stored(), self.sent(agencies=[1]))

    def test_where_there_is_no_folder_for_it(self):
        """It starts without."""
        for folder, says in ("/proc", "/proc/quiniela-"), ("", "there is no folder for it"):
            if folder == "" and os.path.isdir("/run/quiniela"):
                self.skipTest("SKIPPED: this machine has /run/quiniela")
            with self.subTest(folder=folder):
                server = Server(self, servers=1, environment={"RUNTIME_DIRECTORY": folder, "XDG_RUNTIME_DIR": ""})
                server.expect(rf"WARNING .*action: control \| result: fail \| message: this server takes no orders: {re.escape(says)}")


if __name__ == "__main__":
    unittest.main()
