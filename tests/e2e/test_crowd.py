"""A crowd of agencies at once, on four loops, all get their winners.

There are two hundred of them; on three servers fewer, as test_servers.py has a thousand agencies end at eight.
"""
import unittest

from harness import SERVERS, Agency, Server, Story

AGENCIES = 200 if SERVERS == 1 else 80


class Crowd(Story):
    def test_all_are_told(self):
        winners = [n % 3 for n in range(AGENCIES)]
        self.sample([20 + n % 50 for n in range(AGENCIES)], winners)
        server = Server(self, "--loops", 4, "--once", agencies=AGENCIES)
        agencies = [Agency(self, n + 1, server.ports, "--chunk-size", 9) for n in range(AGENCIES)]
        self.assertEqual([agency.winners() for agency in agencies], winners)
        self.assertEqual(server.wait(), 0)
        self.assertEqual(server.count("action: sorteo"), 1)
        self.assertEqual(self.stored(), self.sent(agencies=range(1, AGENCIES + 1)))


if __name__ == "__main__":
    unittest.main()
