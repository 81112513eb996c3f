"""A client written from the protocol's page alone has its bets stored once, and learns its winners.

The client is page_client.py. It writes a line for each answer into a pipe that holds few of them, and the story takes them out of it
one by one. So it waits for the story, however late that comes, and a story can be sure to be in the middle of the file.
"""
import fcntl
import os
import re
import subprocess
import sys
import threading
import unittest

from harness import STORES, Agency, Process, Server, Story, Wire, hang_s, hold_ports

CLIENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page_client.py")
PIPE_BYTES = 4096  # the least that there is: some 210 lines
BETS = 3000  # 600 chunks of 5, a line each


class PageClient:
    """The client, its lines read one by one."""

    def __init__(self, story, ports, path="data.csv", agency="1"):
        addresses = [",".join(f"127.0.0.1:{each[which]}" for each in ports.every) for which in (0, 1)]
        self.story, self.lines = story, []
        said, says = os.pipe()
        self.said = os.fdopen(said, "rb", buffering=0)  # a buffer would empty the pipe
        fcntl.fcntl(says, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.process = subprocess.Popen([sys.executable, "-B", CLIENT, agency, path, *addresses], cwd=story.folder,
                                        stdout=says, stderr=subprocess.STDOUT)
        os.close(says)
        story.addCleanup(self.end)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.said.close()

    def read_until(self, pattern):
        """Reads up to the next line that has it. A client that does not come to it is killed."""
        late = threading.Timer(hang_s(), self.process.kill)
        late.start()
        try:
            for line in self.said:
                self.lines.append(line.decode().rstrip("\n"))
                found = re.fullmatch(pattern, self.lines[-1])
                if found:
                    return found
        finally:
            late.cancel()
        raise AssertionError(f"expected a line {pattern!r} of the client, it ended; its last lines: {self.lines[-10:]}; {self.story.logs()}")

    def status(self):
        self.lines += self.said.read().decode().splitlines()
        return self.process.wait(hang_s())

    def waits(self):
        """The most that each wait was to take, in seconds, those in a row together."""
        rows, row = [], []
        for line in self.lines:
            found = re.match(r"again after at most ([\d.]+) s", line)
            if found:
                row.append(float(found[1]))
            elif row:
                rows, row = rows + [row], []
        return rows + [row] if row else rows


class FromThePage(Story):
    def write(self, bets, name="data.csv"):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.writelines(bet + "\n" for bet in bets)

    @staticmethod
    def bets(count=BETS, first=0):
        """One document wins twice, and another once."""
        bets = [f"José,Núñez,{first + place},1980-01-31,{place % 7000:04d}" for place in range(count)]
        for place, document in ((3, "777"), (count // 2, "42"), (count - 2, "777")):
            bets[place] = f"Ana,Díaz,{document},1999-03-17,7574"
        return bets

    def test_a_server_that_is_killed_and_drained(self):
        bets, ports = self.bets(), hold_ports()
        self.write(bets)
        server = Server(self, agencies=2, ports=ports)
        client = PageClient(self, ports)
        client.read_until("stored 50 of .*")
        server.kill()
        client.read_until("again after at most 0.1 s: .*")
        client.read_until("again after at most 0.2 s: .*")
        server = Server(self, agencies=2, ports=ports)
        at = int(client.read_until(r"stored (\d+) of .*")[1])
        self.assertLess(at, BETS // 2, "the file was to be in its middle")
        drain = Process(self, ["drain", "--store", "quiniela.db"])
        drain.wait_for("draining:")
        # It waits for this story; where that takes a second, the connection has said nothing for so long, and is ended instead.
        client.read_until(r"again after at most 0\.1 s: (draining|closed|\[Errno \d+\] (Connection reset by peer|Broken pipe))")
        self.assertEqual((drain.wait(), server.wait()), (0, 0))
        server = Server(self, agencies=2, ports=ports)
        client.read_until("asked")
        server.kill()  # and a consultation that it holds is lost
        server = Server(self, agencies=2, ports=ports)
        client.read_until("asked")
        server.wait_for("accept_connections")
        other = Wire(self, server.ports[0])
        self.assertEqual(other.ask({"type_message": 2, "agency": "2", "payload": []}).kind, "processed")
        self.assertEqual(client.read_until("winners: (.*)")[1], "777 42 777")
        self.assertEqual(client.status(), 0)
        self.assertEqual(self.stored(), self.counted(bets))
        rows = client.waits()
        self.assertGreaterEqual(len(rows), 3, rows)
        for row in rows:
            self.assertEqual(row, [min(5, round(0.1 * 2 ** each, 1)) for each in range(len(row))])

    @staticmethod
    def counted(bets, agency=1):
        counts = {}
        for bet in bets:
            counts[f"{agency},{bet}"] = counts.get(f"{agency},{bet}", 0) + 1
        return counts

    def test_started_again(self):
        """Killed itself in the middle: it goes on from there, and after the draw it is told again."""
        bets = self.bets(1000)
        self.write(bets)
        server = Server(self, agencies=1)
        client = PageClient(self, server.ports)
        client.read_until("stored 25 of .*")
        client.end()
        self.write(bets[:600] + [bets[600].replace("1980", "1981")] + bets[601:], "other.csv")
        for _ in range(2):
            client = PageClient(self, server.ports)
            self.assertEqual(client.read_until("winners: (.*)")[1], "777 42 777")
            self.assertEqual(client.status(), 0)
        self.assertEqual(self.stored(), self.counted(bets))
        client = PageClient(self, server.ports, "other.csv")
        client.read_until(r"refused: other bets are stored from bet (\d+) on")
        self.assertEqual(client.status(), 1)
        self.assertEqual(self.stored(), self.counted(bets))

    def test_a_close_in_the_middle(self):
        """It gets the winners of what is stored, and does not end as if all had gone well."""
        bets = self.bets()
        self.write(bets)
        server = Server(self, agencies=2)
        client = PageClient(self, server.ports)
        client.read_until("stored 50 of .*")
        status, _, errors = self.run_program("close", "--yes", "--store", "quiniela.db")
        self.assertEqual((status, errors), (0, ""))
        client.read_until("refused: draw_closed")
        self.assertEqual(client.read_until("winners: (.*)")[1], "777")
        self.assertEqual(client.status(), 1)
        stored = self.stored()
        self.assertLess(sum(stored.values()), BETS)
        self.assertEqual(stored, self.counted(bets[:sum(stored.values())]))

    def waits(self, bets, ports, draw="1"):
        """A client that waits for the draw."""
        self.write(bets)
        server = Server(self, "--draw", draw, agencies=2, ports=ports)
        client = PageClient(self, ports)
        client.read_until("asked")
        server.wait_for(r"client_finished .* agencia: 1")
        return server, client

    def refused(self, client, words):
        client.read_until(f"refused: {words}")
        self.assertEqual(client.status(), 1)

    def test_a_reset_while_it_waits(self):
        """It does not send the wrong file once more."""
        _, client = self.waits(self.bets(300), hold_ports())
        status, said, errors = self.run_program("reset", "--agency", "1", "--yes", "--store", "quiniela.db", "--draw", "1")
        self.assertEqual((status, errors), (0, ""), said)
        self.refused(client, "agency_reset")
        self.assertEqual(sum(self.stored().values()), 0)

    def test_a_restore_while_it_waits(self):
        """It sends what the backup does not have."""
        if STORES.is_shared:
            self.skipTest("SKIPPED: a database is backed up with its own tools")
        bets, ports = self.bets(300), hold_ports()
        server = Server(self, "--draw", "1", agencies=2, ports=ports, store="quiniela.db")
        status, said, errors = self.run_program("backup", "--to", "copy.db", "--store", "quiniela.db")
        self.assertEqual((status, errors), (0, ""), said)
        server.kill()
        server, client = self.waits(bets, ports)
        server.kill()
        status, said, errors = self.run_program("restore", "copy.db", "--store", "quiniela.db", "--yes")
        self.assertEqual((status, errors), (0, ""), said)
        server = Server(self, "--draw", "1", agencies=2, ports=ports)
        client.read_until("asked")
        self.assertEqual(Wire(self, server.ports[0]).ask({"type_message": 2, "agency": "2", "payload": []}).kind, "processed")
        self.assertEqual(client.read_until("winners: (.*)")[1], "777 42 777")
        self.assertEqual(client.status(), 0)
        self.assertEqual(self.stored(), self.counted(bets))

    def test_another_draw_while_it_waits(self):
        ports = hold_ports()
        server, client = self.waits(self.bets(300), ports)
        server.kill()
        server = Server(self, "--draw", "saturday", agencies=2, ports=ports)
        self.refused(client, "other_draw")
        self.assertEqual(Wire(self, server.ports[0]).ask({"type_message": 1, "agency": "1", "payload": [], "first": 0})["next"], 0)

    def test_beside_our_own(self):
        """Both kinds of client take part in one draw."""
        self.sample([300, 300], [1, 2])
        server = Server(self, agencies=2)
        client = PageClient(self, server.ports, "data/agency-1.csv")
        ours = Agency(self, 2, server.ports)
        self.assertEqual(len(client.read_until("winners: (.*)")[1].split()), 1)
        self.assertEqual((ours.winners(), client.status(), ours.wait()), (2, 0, 0))
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))


if __name__ == "__main__":
    unittest.main()
