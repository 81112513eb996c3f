"""A list of winners is written whole or not at all, and a wrong name is found before a bet leaves."""
import os
import signal
import socket
import stat
import unittest

from harness import SERVERS, STORES, Agency, Process, Server, Story, Wire, hang_s, receive_answer

OLD = "the list of another night\n"


class WinnersFile(Story):
    def setUp(self):
        super().setUp()
        self.sample((25, 5), (3, 0))
        os.mkdir(f"{self.folder}/out")

    def path(self, name="list.txt"):
        return f"{self.folder}/out/{name}"

    def read(self, name="list.txt"):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name="list.txt", text=OLD):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def documents(self):
        """Of agency 1's bets on the winning number."""
        with open(f"{self.folder}/data/agency-1.csv", encoding="utf-8") as file:
            return sorted(line.split(",")[2] for line in file if int(line.rsplit(",", 1)[1]) == 7574)


class Lists(WinnersFile):
    def test_each_agency_has_its_own(self):
        server = Server(self, agencies=2)
        self.write()
        first = Agency(self, 1, server.ports, "--winners-file", "out/list.txt", "--winners")
        first.wait_for("wait_for_draw")
        self.assertEqual(self.read(), OLD, "it was to stay until the new list is whole")
        self.assertEqual(os.listdir(f"{self.folder}/out"), ["list.txt"], "nothing was to lie beside it meanwhile")
        second = Agency(self, 2, server.ports, environment={"CLI_WINNERS_FILE": self.path("none.txt")})
        self.assertEqual((first.wait(), second.wait()), (0, 0))
        self.assertEqual(sorted(self.read().splitlines()), self.documents())
        self.assertEqual(self.read("none.txt"), "", "nobody has won: a list of nobody")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("none.txt")).st_mode), 0o600, "documents are for their owner")
        self.assertEqual(sorted(os.listdir(f"{self.folder}/out")), ["list.txt", "none.txt"])
        first.expect(r"(?m)INFO     action: write_winners \| result: success \| file: out/list.txt$")
        self.assertTrue(all(f"\n{document}\n" in first.log() for document in self.documents()), "--winners prints them as before")

    def test_one_that_is_ended_leaves_the_old_one(self):
        server = Server(self, agencies=2)
        self.write()
        for number in (signal.SIGTERM, signal.SIGKILL):
            agency = Agency(self, 1, server.ports, "--winners-file", "out/list.txt")
            agency.wait_for("wait_for_draw")
            agency.signal(number)
            agency.wait()
            self.assertEqual((self.read(), os.listdir(f"{self.folder}/out")), (OLD, ["list.txt"]))

    def test_a_pipe_that_has_come_meanwhile(self):
        """Nobody reads it: who opens it to write would wait, and not even see a signal."""
        server = Server(self, agencies=2)
        first = Agency(self, 1, server.ports, "--winners-file", "out/list.txt")
        first.wait_for("wait_for_draw")
        os.mkfifo(self.path())
        self.assertEqual(Agency(self, 2, server.ports).wait(), 0)
        self.assertEqual(first.wait(), 1)
        first.expect(r"action: write_winners \| result: fail .*out/list.txt: is no regular file")


class Names(WinnersFile):
    """That are wrong. Nobody listens where the agency is sent: it would connect for ever."""

    def refused(self, *arguments, status, says):
        with self.subTest(arguments=arguments):
            agency = Process(self, ["client", "--id", 1, "--server-address", "127.0.0.1:1", *arguments])
            agency.wait_until(lambda: agency.running == 0 or agency.count("action: connect"), "the end of the agency")
            self.assertNotIn("action: connect", agency.log(), "it was to be found before the agency connects")
            self.assertEqual(agency.wait(), status)
            self.assertIn(says, (agency.log() + "".join(agency.errors)).splitlines()[-1])

    def test_are_found_before_a_bet_leaves(self):
        self.refused("--winners-file", "nowhere/list.txt", status=1,
                     says="action: write_winners | result: fail | error: system | message: nowhere/list.txt: ")
        self.refused("--winners-file", "nowhere/list.txt", "--check", status=1, says="message: nowhere/list.txt: ")
        self.refused("--winners-file", "out", status=2, says="out is no regular file; --winners prints the list")
        self.refused("--winners-file", "/dev/null", status=2, says="/dev/null is no regular file")
        self.refused("--winners-file", "-", status=2, says="- is no regular file; --winners prints the list")
        self.refused("--winners-file", "list", "--service", "echo", status=2, says="an echo has no winners")
        os.symlink(f"{self.folder}/data/agency-1.csv", self.path("link"))
        for name in ("data/agency-1.csv", "data/../data/agency-1.csv", "out/link"):
            self.refused("--winners-file", name, status=2, says=f"--winners-file: {name} is a file that the agency uses otherwise")
        self.refused("--winners-file", "log", "--log-file", "log", status=2, says="log is a file that the agency uses otherwise")
        self.assertEqual(len(self.documents()), 3, "its bets were to stay as they are")

    @unittest.skipIf(os.geteuid() != 0 or not os.path.exists("/usr/bin/setpriv"), "needs root, to write into a folder as nobody")
    def test_in_a_folder_that_takes_no_file(self):
        os.chmod(self.folder, 0o755)
        agency = Process(self, ["client", "--id", 1, "--server-address", "127.0.0.1:1", "--winners-file", "out/list.txt"],
                         prefix=["setpriv", "--reuid=65534", "--clear-groups"])
        self.assertEqual(agency.wait(), 1)
        self.assertIn("out/list.txt: cannot write: Permission denied", agency.log().splitlines()[-1])

    @unittest.skipIf(STORES.is_shared, "has no file of its own to be overwritten")
    def test_a_store_is_not_overwritten(self):
        Server(self, agencies=2).kill()
        self.refused("--winners-file", "quiniela.db", status=1, says="quiniela.db: is a database; it is not overwritten")


@unittest.skipIf(SERVERS > 1, "has a central of its own")
class Failing(WinnersFile):
    def test_a_list_that_cannot_be_written_leaves_the_old_one(self):
        """Its folder is gone when the draw is made."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        listener.settimeout(hang_s())
        agency = Agency(self, 1, (listener.getsockname()[1],) * 2, "--winners-file", "out/list.txt")
        wire = Wire.__new__(Wire)
        wire.story = self
        wire.socket, _ = listener.accept()
        self.addCleanup(wire.socket.close)
        receive_answer(wire.socket, self)
        wire.send({"type_message": 1, "payload": None, "next": 25})
        asking, _ = listener.accept()
        self.addCleanup(asking.close)
        receive_answer(asking, self)
        os.rename(f"{self.folder}/out", f"{self.folder}/away")
        wire.socket = asking
        wire.send({"type_message": 2, "payload": "30904465,1"})
        self.assertEqual(agency.wait(), 1)
        agency.expect("(?m)consulta_ganadores . result: success . cant_ganadores: 2$")
        last = [line for line in agency.lines if line][-1]
        self.assertRegex(last, "end_client_loop . result: fail . error: system . message: out/list.txt: .*; start this agency again "
                               "to have the winners written$")
        self.assertEqual(os.listdir(f"{self.folder}/away"), [])


if __name__ == "__main__":
    unittest.main()
