"""A client with few connections always gets in, whatever the others do.

When there are as many as may be, whoever has most of them loses one, and what is missed least of theirs.
"""
import resource
import socket
import ssl
import struct
import unittest

import certificates
from harness import Server, Story, Wire, hang_s, not_under_valgrind

BET = "Ana,Paz,30904465,1999-03-17,7574"


def held(agency):
    return {"type_message": 3, "agency": str(agency)}


def asked(agency):
    return {"type_message": 3, "agency": str(agency), "wait": False}


def last_chunk(agency, first=0):
    return {"type_message": 2, "agency": str(agency), "payload": [BET], "first": first}


class Room(Story):
    def serve(self, *flags, loops=1, **how):
        self.server = Server(self, "--loops", loops, *flags, **how)
        self.ports = self.server.ports

    def wire(self, port=0, address="127.0.0.1"):
        """A connection from that address."""
        wire = object.__new__(Wire)
        wire.story = self
        wire.socket = socket.create_connection(("127.0.0.1", self.ports[port]), timeout=hang_s(),
                                               source_address=(address, 0))
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.addCleanup(wire.socket.close)
        return wire

    def hold(self, count, agency, address="127.0.0.1"):
        """Consultations that the central has read, and holds, one after the other."""
        wires = []
        for _ in range(count):
            wires.append(self.wire(1, address))
            wires[-1].send(held(agency))
            self.assertEqual(wires[-1].ask(asked(agency)).kind, "not_ready")
        return wires

    def closed(self, wires):
        """Which of them the server has ended."""
        def is_closed(wire):
            wire.socket.setblocking(False)
            try:
                return wire.socket.recv(1) == b""
            except (BlockingIOError, ssl.SSLWantReadError):
                return False
            except ConnectionError:
                return True
            finally:
                wire.socket.settimeout(hang_s())
        return [number for number, wire in enumerate(wires) if is_closed(wire)]


class HeldConsultations(Room):
    def test_an_honest_agency_gets_in_and_the_draw_is_made(self):
        self.serve("--connections-max", 60, agencies=2)
        crowd = self.hold(60, 2)
        bets, consult = self.wire(0), self.wire(1)
        self.assertEqual(bets.ask(last_chunk(1))["next"], 1)
        consult.send(held(1))
        more = self.hold(80, 2)
        self.assertEqual(self.run_program("ping", "--address", f"127.0.0.1:{self.ports[0]}")[0], 0)
        finishing = self.wire()
        self.assertEqual(finishing.ask(last_chunk(2))["next"], 1)
        self.assertEqual(consult.receive(), {"type_message": 2, "payload": "30904465"})
        self.assertEqual(len(self.closed(crowd)), 60)
        self.assertEqual(more[-1].receive().kind, "winners")

    def test_from_another_address_nobody_loses_who_has_few(self):
        self.serve("--connections-max", 60, agencies=2)
        honest = self.hold(2, 1, "127.0.0.2")
        silent = self.wire(1, "127.0.0.2")
        for _ in range(3):
            self.hold(60, 1)  # the same agency's number
        self.assertEqual(self.closed(honest + [silent]), [])

    def test_two_loops(self):
        self.serve("--connections-max", 60, loops=2, agencies=2)
        self.hold(60, 2)
        for agency in (1, 2):
            self.assertEqual(self.wire().ask(last_chunk(agency))["next"], 1)
        self.server.wait_for("action: sorteo | result: success")

    def test_each_newcomer_costs_one_place_on_whichever_loop(self):
        self.serve("--connections-max", 40, loops=8, agencies=40)
        honest = [self.wire(0, f"127.0.0.{2 + number}") for number in range(20)]
        self.hold(16, 1)
        for number in range(40):  # one address comes again and again, also to loops that have none of its own
            wire = self.wire(1)
            wire.send(held(1 + number % 40))
            self.assertEqual(wire.ask(asked(1 + number % 40)).kind, "not_ready")
        self.assertEqual(self.closed(honest), [])

    @not_under_valgrind("it takes many descriptors")
    def test_two_thousand_descriptors_taken_by_held_consultations(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.serve(prefix=("prlimit", "--nofile=2000:2000"), loops=2, agencies=2)
        wires = [self.wire(1) for _ in range(1952)]
        for wire in wires:
            wire.send(held(2))
        for agency in (1, 2):
            self.assertEqual(self.wire().ask(last_chunk(agency))["next"], 1)
        self.assertEqual(self.run_program("ping", "--address", f"127.0.0.1:{self.ports[0]}")[0], 0)
        self.server.wait_for("action: sorteo | result: success")

    def test_one_for_each_agency_on_a_connection(self):
        self.serve(agencies=2)
        wire = self.wire()
        wire.send(held(1))
        self.assertEqual(wire.ask(held(1))["payload"], {
            "code": "bad_message", "retryable": False,
            "message": "a consultation of agency 1 waits for the draw on this connection already"})
        wire.send(held(2))
        for agency in (1, 2):
            self.assertEqual(wire.ask(last_chunk(agency))["next"], 1)
        self.assertEqual([wire.receive().kind for _ in range(2)], ["winners"] * 2)


class WhatIsMissedLeast(Room):
    def test_half_read_silent_and_idle_ones_go_before_held_ones(self):
        self.serve("--connections-max", 30, agencies=2)
        waiting = self.hold(5, 1)
        idle = [self.wire() for _ in range(8)]
        for wire in idle:
            wire.ask(asked(1))
        half = [self.wire() for _ in range(8)]
        for wire in half:
            wire.ask(asked(1))
            wire.socket.sendall(struct.pack(">I", 1000) + b"{")
        self.wire(0, "127.0.0.9").ask(asked(1))  # once it is answered, all that was sent before has been read
        others = []
        for count, kind in ((8, half), (8, idle), (4, waiting)):
            self.assertEqual(self.closed(kind), [])
            while len(self.closed(kind)) < count:
                others.append(self.wire(0, f"127.0.1.{1 + len(others)}"))
                self.assertEqual(others[-1].ask(asked(2)).kind, "not_ready")
        self.assertEqual(len(others), 30 - 22 + 8 + 8 + 4)

    def test_behind_one_address_who_claims_most_loses(self):
        self.serve("--connections-max", 30, agencies=9)
        few = [wire for agency in range(1, 6) for wire in self.hold(2, agency)]
        many = self.hold(20, 9)
        for _ in range(18):
            self.wire().ask(asked(9))
        self.assertEqual(self.closed(few), [])
        self.assertNotEqual(self.closed(many), [])


class Certificates(Room):
    """Who has proved who it is is counted as that, wherever it comes from."""
    PROVEN_MAX = 128

    def setUp(self):
        super().setUp()
        self.authority = certificates.Authority(f"{self.folder}/ca").issue_server()
        for agency in (1, 2):
            self.authority.issue_agency(agency)

    def serve(self, *flags, **how):
        super().serve(*self.authority.flags("server"), *flags, **how)
        self.contexts = {}
        for agency in (1, 2):
            context = ssl.create_default_context(cafile=self.authority.certificate("ca"))
            context.load_cert_chain(self.authority.certificate(f"agency-{agency}"),
                                    self.authority.key(f"agency-{agency}"))
            self.contexts[agency] = context

    def secure(self, agency, address="127.0.0.1"):
        wire = self.wire(0, address)
        wire.socket = self.contexts[agency].wrap_socket(wire.socket, server_hostname="localhost")
        self.addCleanup(wire.socket.close)
        return wire

    def test_whoever_has_most_loses(self):
        self.serve("--connections-max", 30, agencies=2)
        honest = [self.secure(2), self.secure(2)]
        honest[0].send(held(2))
        for number in range(60):
            self.secure(1, f"127.0.1.{1 + number}").send(held(1))
        self.assertEqual(honest[0].ask(last_chunk(2))["next"], 1)
        self.assertEqual(honest[1].ask(asked(2)).kind, "not_ready")
        self.assertEqual(self.secure(2).ask(asked(2)).kind, "not_ready")

    def test_an_agency_has_only_so_many(self):
        self.serve(agencies=2)
        wires = []
        for number in range(self.PROVEN_MAX + 10):
            wires.append(self.secure(1, f"127.0.1.{1 + number}"))
            wires[-1].send(held(1))
            self.assertEqual(wires[-1].ask(asked(1)).kind, "not_ready")
        self.assertEqual(self.closed(wires), list(range(10)))


if __name__ == "__main__":
    unittest.main()
