"""Two hundred agencies at once, on four loops, are all told their winners."""
import unittest

from harness import Agency, Server, Story

AGENCIES = 200


class Crowd(Story):
    def test_two_hundred_agencies(self):
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
