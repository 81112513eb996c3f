"""An agency in Python has its winners whatever dies, and sends no bet twice."""
import ast
import asyncio
import os
import subprocess
import sys
import unittest
from dataclasses import replace
from unittest import mock

from story import SOURCES, PythonStory

import quiniela
from harness import KNOWN_DATA, Agency, Server, hang_s, hold_port, hold_ports
from quiniela import BadBets, Options, aio

KNOWN_WINNERS = (2, 3, 3, 2, 0)


class Lottery(PythonStory):
    def test_both_kinds_of_agency_have_their_winners(self):
        self.sample([700, 300, 0], [5, 2, 0])
        server = Server(self, agencies=3)
        end = self.begin(self.agency(1, server.ports), self.agency(3, server.ports))
        outcome = asyncio.run(asyncio.wait_for(
            aio.send_file(self.path("data", "agency-2.csv"), self.options(2, server.ports)), hang_s()))
        outcomes = [*end(), outcome]
        self.assertEqual([len(each.winners) for each in outcomes], [5, 0, 2])
        self.assertEqual([self.told(server, number) for number in (1, 3, 2)], [each.winners for each in outcomes])
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2, 3)))

    def test_the_server_is_killed_while_it_takes_bets_and_while_it_waits(self):
        self.sample([5000, 40], [7, 1])
        ports = hold_ports()
        server = Server(self, agencies=2, ports=ports)
        end = self.begin(self.agency(1, ports, chunk_size=20))
        self.wait_for("stored", 3)
        server.kill()
        server = Server(self, agencies=2, ports=ports)
        self.wait_for("waiting")
        server.kill()
        server = Server(self, agencies=2, ports=ports)
        self.assertEqual(Agency(self, 2, server.ports).wait(), 0)
        self.assertEqual(len(end()[0].winners), 7)
        self.assertEqual(self.stored(), self.sent(agencies=(1, 2)))

    def test_an_agency_that_is_killed_goes_on_and_no_bet_is_there_twice(self):
        self.sample([4000], [3])
        server = Server(self, agencies=1)
        self.kill_once_it_has_stored(self.command(*self.sending(1, server.ports, "--chunk-size", 10)))
        printed, _ = self.ask(*self.sending(1, server.ports, "--chunk-size", 33))
        self.assertEqual(printed, "3 of 4000 bets have won\n")
        self.assertEqual(self.stored(), self.sent(agencies=(1,)))

    def test_the_known_data_where_it_is_at_hand(self):
        if not os.path.isdir(KNOWN_DATA):
            self.skipTest(f"the known data is not at {KNOWN_DATA}")
        server = Server(self)
        numbers = range(1, 6)
        agencies = [self.command(*self.sending(number, server.ports, "--quiet", word="winners", data=KNOWN_DATA)) for number in numbers]
        for number, agency in zip(numbers, agencies):
            printed, errors = agency.communicate(timeout=hang_s())
            self.assertEqual((agency.returncode, errors), (0, ""))
            with open(os.path.join(KNOWN_DATA, f"agency-{number}.csv"), encoding="utf-8") as file:
                self.assertEqual(printed.splitlines(), [line.split(",")[2] for line in file if line.rstrip().endswith(",7574")])
            self.assertEqual(len(printed.splitlines()), KNOWN_WINNERS[number - 1])
        sent = self.sent(KNOWN_DATA)
        self.assertEqual(sum(sent.values()), 78697)
        self.assertEqual(self.stored(), sent)

    def test_an_agency_for_asyncio_is_told_to_end(self):
        """Before it has a connection, and while it waits for the draw."""
        self.sample([40, 1], [1, 0])
        server = Server(self, agencies=2)
        path = self.path("data", "agency-1.csv")

        async def play(options, kind):
            heard = asyncio.Event()
            agency = aio.AsyncAgency(replace(options, on_event=lambda event: event.kind == kind and heard.set()), path)
            run = asyncio.ensure_future(agency.run())
            await asyncio.wait_for(heard.wait(), hang_s())
            agency.stop()
            return await asyncio.wait_for(run, hang_s())
        nobody = Options(1, [f"127.0.0.1:{hold_port()}"])
        for options, kind, stored in ((nobody, "retry", 0), (self.options(1, server.ports), "waiting", 40)):
            with self.subTest(kind):
                outcome = asyncio.run(play(options, kind))
                self.assertEqual((outcome.winners, outcome.stored), (None, stored))
        self.assertEqual(self.stored(), self.sent(agencies=(1,)))

    def test_an_agency_for_asyncio_is_made_where_there_is_no_loop(self):
        """Before Python 3.10 what belongs to a loop takes the one that is there when it is made."""
        self.sample([40], [1])
        server = Server(self, agencies=1)
        path = self.path("data", "agency-1.csv")

        class OfALoop(asyncio.Event):
            def __init__(self):
                asyncio.get_running_loop()
                super().__init__()
        with mock.patch("asyncio.Event", OfALoop):
            agency, stopped = (aio.AsyncAgency(self.options(1, server.ports), path) for _ in range(2))
            stopped.stop()
            self.assertIsNone(asyncio.run(asyncio.wait_for(stopped.run(), hang_s())).winners)
            self.assertEqual(len(asyncio.run(asyncio.wait_for(agency.run(), hang_s())).winners), 1)

    def test_what_is_raised_within_is_no_lost_connection(self):
        """It is not tried again, but comes out of run(), in either kind of agency."""
        self.sample([40], [1])
        server = Server(self, agencies=1)
        for kind in "stored", "connected":
            def hear(event, kind=kind):
                self.on_event(event)
                if event.kind == kind:
                    raise OSError(28, "full")
            options = replace(self.options(1, server.ports), on_event=hear)
            path = self.path("data", "agency-1.csv")
            for run in quiniela.Agency(options, path).run, lambda options=options: asyncio.run(aio.send_file(path, options)):
                with self.subTest(kind, run=run):
                    self.assertRaisesRegex(OSError, "full", run)
                    self.assertNotIn("retry", [event.kind for event in self.events])

    def test_nobody_has_to_read_what_the_command_tells(self):
        """Standard error is full, or closed; standard output has the winners alone."""
        self.sample([40], [2])
        server = Server(self, agencies=1)
        winners = None
        for redirection in "2>/dev/full", "2>&-", "2>/dev/null":
            words = [sys.executable, "-S", "-m", "quiniela", *map(str, self.sending(1, server.ports, word="winners"))]
            done = subprocess.run(["sh", "-c", f'exec "$@" {redirection}', "sh", *words], cwd=self.folder, stdout=subprocess.PIPE, text=True,
                                  env={**os.environ, "PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1"}, timeout=hang_s(), check=False)
            winners = winners or done.stdout
            self.assertEqual((done.returncode, done.stdout, len(done.stdout.splitlines())), (0, winners, 2), redirection)
        for word in "send", "winners":
            done = subprocess.run(["sh", "-c", 'exec "$@" >/dev/full', "sh", *words[:4], *map(str, self.sending(1, server.ports, word=word))],
                                  cwd=self.folder, stderr=subprocess.PIPE, text=True, check=False, timeout=hang_s(),
                                  env={**os.environ, "PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1"})
            self.assertEqual((done.returncode, "Traceback" in done.stderr), (1, False), done.stderr)
            self.assertIn("No space left", done.stderr)

    def test_another_file_is_refused_before_anything_of_it_is_sent(self):
        self.sample([500, 5], [1, 1])
        server = Server(self, agencies=2)
        agency = self.agency(1, server.ports)
        end = self.begin(agency)
        self.wait_for("waiting")
        agency.stop()
        self.assertIsNone(end()[0].winners)
        lines = self.read("data", "agency-1.csv").splitlines(True)
        self.write("data/agency-1.csv", b"".join(lines[:300] + lines[301:] + lines[:2]))
        [error] = self.begin(self.agency(1, server.ports))()
        self.assertIsInstance(error, BadBets)
        self.assertRegex(str(error), "lines 301 to 350 are not the bets stored in their place")

    def test_a_server_that_is_not_there_is_passed_over(self):
        self.sample([60], [1])
        server = Server(self, agencies=1)
        options = Options(1, [f"127.0.0.1:{hold_port()}", f"127.0.0.1:{server.ports[0]}"],
                          [f"127.0.0.1:{hold_port()}", f"127.0.0.1:{server.ports[1]}"])
        self.assertEqual(len(self.begin(quiniela.Agency(options, self.path("data", "agency-1.csv")))()[0].winners), 1)

    def test_a_bad_line_is_named_with_its_file(self):
        path = self.path(self.write("bad.csv", b"Ana,Paz,A1,2000-02-29,7\nAna,Paz,A1,2001-02-29,7\n"))
        with self.assertRaises(BadBets) as caught:
            quiniela.BetsFile(path)
        self.assertEqual((caught.exception.line, caught.exception.field), (2, "nacimiento"))
        self.assertIn(f"{path}:2: nacimiento: is not a real date", str(caught.exception))


class Sources(unittest.TestCase):
    def test_they_are_python_3_9(self):
        folder = os.path.join(SOURCES, "quiniela")
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    ast.parse(file.read(), name, feature_version=(3, 9))


if __name__ == "__main__":
    unittest.main()
