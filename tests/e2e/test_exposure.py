"""Plain text on an address that anybody can reach is refused, or logged as a warning.

On a machine with a public address, made of a network namespace.
"""
import os
import signal
import unittest

from certificates import Authority
from harness import STORES, Process, Server, Story, bound_at
from machines import can_be_made, machine

LOOPBACK, PRIVATE, PUBLIC = "127.0.0.1", "10.1.2.3", "192.88.99.7"
ANYWHERE = {"SERVER_IP": ""}


@unittest.skipUnless(can_be_made(), "needs network and mount namespaces")
@unittest.skipUnless(STORES.in_files, "the store is not on that machine")
class Exposure(Story):
    def serve(self, *flags, on, bound=()):
        server = Server(self, *flags, agencies=1, prefix=[*machine(*(f"{address}/32" for address in on)), *bound], environment=ANYWHERE)
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        return "\n".join(server.lines[:-1])

    def check_refused(self, *flags, bound=()):
        server = Process(self, ["server", "--store", "quiniela.db", *flags], environment=ANYWHERE,
                         prefix=[*machine(f"{PRIVATE}/32", f"{PUBLIC}/32"), *bound])
        self.assertEqual(server.wait(), 2)
        said = server.lines[-2]  # behind the last one is None
        self.assertIn(PUBLIC, said)
        self.assertIn("--insecure", said)
        self.assertIn("TLS_CERT", said)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "quiniela.db")))

    def test_a_public_address_is_refused(self):
        self.check_refused()

    def test_of_sockets_that_it_is_given_their_address_counts(self):
        for address in ("", PUBLIC):
            self.check_refused("--server-ip", LOOPBACK, bound=bound_at(address))
        self.assertNotIn("plain text", self.serve(on=[PUBLIC], bound=bound_at(LOOPBACK)))
        self.assertRegex(self.serve(on=[PRIVATE, PUBLIC], bound=bound_at(PRIVATE)), rf"WARNING .*{PRIVATE} .*plain text")

    def test_a_public_address_where_it_is_asked_for(self):
        said = self.serve("--insecure", on=[PUBLIC])
        self.assertRegex(said, rf"WARNING .*{PUBLIC} .*plain text: .* public address")

    def test_a_private_address_is_warned_of(self):
        self.assertRegex(self.serve(on=[PRIVATE]), rf"WARNING .*{PRIVATE} .*plain text: .* private address")

    def test_only_the_address_that_is_listened_on_counts(self):
        self.assertNotIn("plain text", self.serve("--server-ip", LOOPBACK, on=[PUBLIC]))
        self.assertNotIn("plain text", self.serve(on=[]))

    def test_nothing_is_said_of_tls(self):
        ca = Authority(self.folder + "/ca").issue_server()
        self.assertNotIn("plain text", self.serve(*ca.flags("server"), on=[PUBLIC]))


if __name__ == "__main__":
    unittest.main()
