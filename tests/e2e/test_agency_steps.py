"""An agency tells each step on its way, and what an operator's order means for it.

The orders come from a central that is scripted here.
"""
import re
import signal
import socket
import unittest

from harness import SERVERS, Agency, Server, Story, Wire, frame, hang_s, hold_ports

WINNERS = {"type_message": 2, "payload": "30904465,1"}


def refusal(code, retryable=False, **more):
    return {"type_message": 4, "payload": {"code": code, "message": f"so it is: {code}", "retryable": retryable}, **more}


def acknowledgement(count):
    return {"type_message": 1, "payload": None, "next": count}


def actions(log):
    """Its steps in their order, without what they say."""
    return re.findall(r"action: (\w+) \| result: (\w+)", log)


class Steps(Story):
    def test_each_has_its_line(self):
        self.sample((25, 5), (2, 0))
        server = Server(self, agencies=2)
        waiting = Agency(self, 1, server.ports, "--chunk-size", 10)
        waiting.wait_for(r"INFO     action: wait_for_draw \| result: in_progress \| address: 127.0.0.1:\d+$")
        Agency(self, 2, server.ports)
        self.assertEqual(waiting.wait(), 0)
        self.assertEqual(actions(waiting.log()), [
            ("config", "success"), ("connect", "success"), *[("apuestas_enviadas", "success")] * 3, ("all_bets_stored", "success"),
            ("wait_for_draw", "in_progress"), ("consulta_ganadores", "success"), ("close_resource", "success"),
            ("close_resource", "success"), ("end_client_loop", "success")])
        waiting.expect(r"(?m)INFO     action: connect \| result: success \| address: 127.0.0.1:\d+$")
        waiting.expect(r"(?m)INFO     action: all_bets_stored \| result: success \| bets: 25$")
        self.assertEqual((waiting.count("cantidad"), waiting.count("apuesta_enviada")), (3, 0), "what scripts count stays what it was")

    def test_it_is_connected_again(self):
        self.sample((25, 5), (2, 0))
        ports = hold_ports()
        first = Server(self, agencies=2, ports=ports)
        agency = Agency(self, 1, ports)
        agency.wait_for("wait_for_draw")
        first.kill()
        agency.wait_for("action: connect.* result: fail")
        second = Server(self, agencies=2, ports=ports)
        agency.wait_for(r"action: connect \| result: success \| address: 127.0.0.1:\d+ \| message: connected again$")
        Agency(self, 2, second.ports)
        self.assertEqual((agency.winners(), agency.wait()), (2, 0))
        self.assertEqual((agency.count("wait_for_draw"), agency.count("all_bets_stored")), (1, 1), "each is said once")

    def test_one_that_is_ended_while_it_waits(self):
        self.sample((25, 5), (2, 0))
        server = Server(self, agencies=2)
        for flags in ((), ("--poll",)):
            agency = Agency(self, 1, server.ports, *flags)
            agency.wait_for("wait_for_draw")
            agency.signal(signal.SIGINT)
            self.assertEqual(agency.wait(), 0)
            agency.expect("(?m)WARNING  action: wait_for_draw .* the winners are not known yet. Start this agency again to ask for them$")

    def test_one_that_is_ended_before_has_nothing_to_wait_for(self):
        self.sample((50000,), (2,))
        agency = Agency(self, 1, Server(self, agencies=1).ports, "--chunk-size", 1, "--window", 1)  # which takes seconds
        agency.wait_for("apuestas_enviadas", count=3)
        agency.signal(signal.SIGINT)
        self.assertEqual(agency.wait(), 0)
        self.assertEqual((agency.count("not known yet"), agency.count("all_bets_stored")), (0, 0))
        stored = agency.count("apuestas_enviadas . result: success")
        agency.expect(rf"(?m)WARNING  action: send_bets \| result: in_progress \| stored: {stored} \| bets: 50000 \| message: .*again")


@unittest.skipIf(SERVERS > 1, "has a central of its own")
class Orders(Story):
    def setUp(self):
        super().setUp()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(hang_s())
        self.addCleanup(self.listener.close)
        self.sample((50,), (1,))

    def start(self, *flags):
        self.agency = Agency(self, 1, (self.listener.getsockname()[1],) * 2, "--chunk-size", 10, *flags)

    def accept(self):
        wire = Wire.__new__(Wire)
        wire.story = self
        wire.socket, _ = self.listener.accept()
        wire.socket.settimeout(hang_s())
        self.addCleanup(wire.socket.close)
        return wire

    def last_line(self):
        return [line for line in self.agency.lines if line][-1]

    def close_after(self, stored):
        """The draw is closed when so many bets are stored; whatever is ahead of that is refused, too."""
        wire = self.accept()
        wire.receive()
        wire.send(acknowledgement(10))
        for _ in range(4):
            wire.receive()
        wire.socket.sendall(frame(refusal("draw_closed", next=stored)) * 4)
        asking = self.accept()
        self.assertEqual(asking.receive()["type_message"], 3, "it was to ask for the winners of what is stored")
        asking.send(WINNERS)

    def test_a_closed_draw_has_winners_and_bets_that_were_not_taken(self):
        self.start("--winners")
        self.close_after(13)
        self.assertEqual(self.agency.wait(), 1)
        self.agency.expect(r"(?m)ERROR    action: draw_closed \| result: fail \| error: draw_closed \| message: so it is: draw_closed \| "
                           r"taken: 13 \| not_taken: 37 \| file: data/agency-1.csv$")
        self.agency.expect("(?m)consulta_ganadores . result: success . cant_ganadores: 2$")
        self.assertRegex(self.agency.log(), "(?m)^30904465\n1$")  # the log's own thread may write later
        self.assertIn("ERROR    action: end_client_loop | result: fail | error: draw_closed | message: data/agency-1.csv: the draw was "
                      "closed before the agency had finished: 37 of 50 bets were not taken, those from number 14 on", self.last_line())

    def test_a_closed_draw_that_has_all_of_them(self):
        self.start()
        self.close_after(50)
        self.assertEqual(self.agency.wait(), 0)
        self.agency.expect("(?m)all_bets_stored .* bets: 50$")

    def test_an_agency_that_was_reset_has_to_start_again(self):
        self.start()
        wire = self.accept()
        wire.receive()
        wire.send(acknowledgement(10))
        wire.receive()
        wire.send(refusal("agency_reset"))
        self.assertEqual(self.agency.wait(), 1)
        self.assertRegex(self.last_line(), "end_client_loop . result: fail . error: agency_reset . message: data/agency-1.csv: lines "
                                           "11 to 20: so it is: agency_reset; the operator has reset this agency: start it again, "
                                           "with the right file$")

    def test_a_server_that_drains_is_left(self):
        self.start()
        wire = self.accept()
        wire.receive()
        wire.send(refusal("draining", retryable=True))
        other = self.accept()
        self.assertEqual(other.receive()["first"], 0)
        self.agency.wait_for(r"WARNING  action: apuestas_enviadas \| result: fail \| address: \S+ \| error: draining \| retry_in_ms: \d+$")
        self.agency.wait_for("connected again")


if __name__ == "__main__":
    unittest.main()
