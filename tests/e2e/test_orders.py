"""What an operator orders of a draw holds for every agency, at every server and after every restart.

Each order is stored before it is answered, is done once, and is in the audit log with who gave it.
"""
import json
import os
import signal
import time
import unittest

from harness import Agency, Server, Story, Wire, hold_ports


def bet(number):
    return f"Ana,Paz,{number},1999-03-17,{number % 10000:04}"


class Orders(Story):
    def order(self, *arguments, status=0):
        """Gives it as an operator does. Returns what is printed, in both ways."""
        environment = {"RUNTIME_DIRECTORY": self.folder, "TZ": "ART3"}
        found, printed, errors = self.run_program(*arguments, environment=environment)
        self.assertEqual(found, status, printed + errors)
        return printed.strip("\n") + errors

    def order_json(self, *arguments, status=0):
        return json.loads(self.order(*arguments, "--json", status=status).splitlines()[0])

    def send(self, server, agency, bets, first=0, last=False):
        wire = Wire(self, server.ports[0])
        return wire.ask({"type_message": 2 if last else 1, "agency": agency, "first": first, "payload": bets})

    def assert_taken(self, answer, following):
        self.assertEqual((answer.kind, answer["next"]), ("processed", following))

    def assert_closed(self, answer, following):
        self.assertEqual((answer.kind, answer["next"]), ("error draw_closed", following))
        self.assertFalse(answer.error["retryable"])

    def winners(self, server, agency):
        answer = Wire(self, server.ports[1]).ask({"type_message": 3, "agency": agency})
        return answer["payload"]

    def records(self):
        with open(f"{self.folder}/audit.log", encoding="utf-8") as file:
            return [json.loads(line) for line in file]


class Close(Orders):
    def test_a_draw_that_an_agency_never_finishes(self):
        server = Server(self, agencies=3)
        self.assert_taken(self.send(server, 1, [bet(7574)], last=True), 1)
        self.assert_taken(self.send(server, 2, [bet(17574), bet(2)]), 2)
        self.assertIn("cut off, with the bets that they have sent: 2-3", self.order("close", status=2))
        self.assert_taken(self.send(server, 2, [bet(3)], first=2), 3)
        closed = self.order_json("close", "--yes")
        self.assertEqual((closed["ok"], closed["already"], closed["missing"], closed["bets"]), (True, False, [[2, 3]], 4))
        self.assertIn(closed["state"], ("sealed", "drawn"))
        self.assert_closed(self.send(server, 2, [bet(4)], first=3), 3)
        self.assert_closed(self.send(server, 3, [bet(4)]), 0)
        self.assert_taken(self.send(server, 2, [bet(17574), bet(2)]), 3)
        self.assert_taken(self.send(server, 2, [], first=3, last=True), 3)
        self.assertEqual([self.winners(server, agency) for agency in (1, 2, 3)], ["7574", "17574", ""])
        self.assertIn("nothing has changed", self.order("close"))
        server.expect(r"action: agency_cut \| result: success \| agencia: 2 \| bets: 3")
        server.expect(r"action: agency_cut \| result: success \| agencia: 3 \| bets: 0")
        server.expect("action: client_finished", 1)
        server.expect(r"action: close_draw \| result: success .*bets: 4")

    def test_an_agency_that_is_cut_off_says_so(self):
        """Its file has more bets than were taken."""
        os.makedirs(f"{self.folder}/data")
        with open(f"{self.folder}/data/agency-1.csv", "w", encoding="utf-8") as file:
            file.writelines(bet(number) + "\n" for number in range(100))
        server = Server(self, agencies=1)
        self.assert_taken(self.send(server, 1, [bet(number) for number in range(40)]), 40)
        self.order("close", "--yes")
        agency = Agency(self, 1, server.ports, "--chunk-size", 10)
        self.assertEqual(agency.wait(), 1, agency.log())
        self.assertIn("60 of 100 bets were not taken", agency.log() + "".join(agency.errors))

    def test_it_holds_after_a_kill(self):
        server = Server(self, "--audit-log", "audit.log", agencies=2, servers=1)
        self.assert_taken(self.send(server, 1, [bet(7574)]), 1)
        self.order("close", "--yes")
        server.kill()
        server = Server(self, "--audit-log", "audit.log", agencies=2, servers=1)
        self.assert_closed(self.send(server, 1, [bet(2)], first=1), 1)
        self.assertEqual(self.winners(server, 1), "7574")
        self.assertIn("nothing has changed", self.order("close"))
        records = [record for record in self.records() if record["event"] in ("agency_finished", "order", "sealed")]
        self.assertEqual([(record.get("agency"), record.get("ending"), record.get("order"), record.get("result"))
                          for record in records],
                         [(1, "close", None, None), (2, "close", None, None), (None, None, None, None),
                          (None, None, "close draw=1 yes=1", "done"), (None, None, "close draw=1", "done")])


class CutOff(Orders):
    def test_it_closes_the_draw(self):
        """Also while nobody sends anything."""
        server = Server(self, "--close-at", "2999-01-01T21:00Z", agencies=2)
        server.wait_for(r"action: close_at \| result: success .*closes_at: 2999-01-01T21:00:00Z")
        self.assert_taken(self.send(server, 1, [bet(7574)]), 1)
        self.assertIn("has passed", self.order("close", "--at", "2020-01-01T00:00", status=2))
        self.assertIn("25:00", self.order("close", "--at", "25:00", status=2))
        self.assertRegex(self.order("close", "--at", "2998-01-01T21:00Z"),
                         r"closes at: 2998-01-01T21:00:00Z \(2998-01-01 18:00:00 here\), in \d+ d")
        self.assertIn("nothing has changed", self.order("close", "--at", "2998-01-01T21:00Z"))
        soon = self.close_soon()
        self.assertEqual(self.winners(server, 1), "7574")
        self.assert_closed(self.send(server, 1, [bet(2)], first=1), 1)
        server.expect(rf"action: cutoff \| result: success .*closes_at: {soon}")

    def close_soon(self):
        """Gives the order of a time that is about to come; where it has passed before the order is there, of a later one."""
        for seconds in 2, 5, 15:
            soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
            status, printed, errors = self.run_program("change", "--close-at", soon, "--json", environment={"RUNTIME_DIRECTORY": self.folder})
            if status == 0:
                break
            self.assertIn("has passed", printed + errors)
        self.assertEqual((status, json.loads(printed)["closes_at"]), (0, soon), errors)
        return soon

    def test_a_setting_that_has_passed(self):
        status, log, errors = self.run_program("server", "--close-at", "2020-01-01T21:00", "--server-port", 0,
                                               "--consult-server-port", 0, environment={"TZ": "Europe/Madrld"})
        self.assertNotEqual(status, 0)
        self.assertRegex(log + errors, "--close-at: .*has passed")
        self.assertRegex(log, r"WARNING +action: config .*TZ: Europe/Madrld \| message: is no time zone of this machine, so it means UTC")


class Change(Orders):
    def test_how_many_agencies(self):
        server = Server(self, agencies=2)
        self.assert_taken(self.send(server, 1, [bet(7574)], last=True), 1)
        self.assertIn("changed", self.order("change", "--agencies", 3))
        self.assert_taken(self.send(server, 3, [bet(1)]), 1)
        self.assertIn("agency 3 has sent", self.order("change", "--agencies", 1, status=1))
        self.assertIn("say --agencies N, --number NNNN, --close-at TIME or --beacon-pulse TIME", self.order("change", status=2))
        self.assertIn("the winning number is 0043", self.order("change", "--number", "0043"))
        server.expect(r"action: change_draw \| .*winning_number: 7574 → 0043")
        self.order("close", "--yes")
        self.assertIn("nothing of it changes any more", self.order("change", "--agencies", 4, status=1))


class Finish(Orders):
    def test_an_agency_that_will_send_no_more(self):
        server = Server(self, agencies=2)
        self.assert_taken(self.send(server, 1, [bet(7574)]), 1)
        self.assertIn("agency 1 ends with the 1 bets", self.order("finish", "--agency", 1, status=2))
        self.assertIn("is not from 1 to 2", self.order("finish", "--agency", 3, status=1))
        self.assertIn("--agency N", self.order("finish", status=2))
        self.assertIn("agency 1 has ended, with 1 bets", self.order("finish", "--agency", 1, "--yes"))
        self.assertIn("agency 1 had ended before", self.order("finish", "--agency", 1))
        self.assert_closed(self.send(server, 1, [bet(2)], first=1), 1)
        self.assert_taken(self.send(server, 2, [bet(3)], last=True), 1)
        self.assertEqual(self.winners(server, 1), "7574")
        self.assertIn("agency 2 had ended before", self.order("finish", "--agency", 2, "--yes"))
        server.expect(r"action: agency_ended \| result: success \| agencia: 1 \| bets: 1")


class Reset(Orders):
    def write_file(self, agency, numbers):
        os.makedirs(f"{self.folder}/data", exist_ok=True)
        with open(f"{self.folder}/data/agency-{agency}.csv", "w", encoding="utf-8") as file:
            file.writelines(bet(number) + "\n" for number in numbers)

    def test_an_agency_that_sends_the_wrong_file(self):
        """Its client is in the middle of it."""
        self.write_file(1, range(100_000, 300_000))
        server = Server(self, agencies=2)
        wrong = Agency(self, 1, server.ports, "--chunk-size", 1)
        server.wait_for("action: apuestas_almacenadas .*agencia: 1 ")
        wrong.process.send_signal(signal.SIGSTOP)
        would = self.order_json("reset", "--agency", 1, status=2)
        self.assertEqual(would["error"]["code"], "needs_yes")
        done = self.order_json("reset", "--agency", 1, "--yes")
        self.assertEqual((done["already"], done["bets"]), (False, 0), done)
        self.assertGreaterEqual(done["agency_voided"], would["would"]["agency_voided"])
        wrong.process.send_signal(signal.SIGCONT)
        self.assertEqual(wrong.wait(), 1, wrong.log())
        self.assertRegex(wrong.log(), "agency_reset.*the operator has reset this agency: start it again, with the right file")
        server.expect(r"action: agency_reset \| result: success \| agencia: 1 \| bets: \d+ \| voiding: 1")
        self.write_file(1, [17574, 2, 3])
        right = Agency(self, 1, server.ports)
        self.assert_taken(self.send(server, 2, [bet(7574)], last=True), 1)
        self.assertEqual(right.winners(), 1)
        self.assertEqual(self.winners(server, 1), "17574")
        self.assertIn("is drawn: what is in it stays", self.order("reset", "--agency", 1, "--yes", status=1))

    def test_one_agency_after_the_other(self):
        """README's sizes: a confined server has no file but its store's for what a reset moves."""
        sizes = (26936, 25518, 16014, 9238, 991)
        self.sample(sizes, (0,) * len(sizes))
        server = Server(self, agencies=len(sizes) + 1)
        for agency in range(1, len(sizes) + 1):
            Agency(self, agency, server.ports, "--chunk-size", 1000).wait_for("wait_for_draw")
        for agency, bets in enumerate(sizes, 1):
            self.assertEqual(self.order_json("reset", "--agency", agency, "--yes")["agency_voided"], bets)
        self.assertEqual(self.order_json("status")["bets"], 0)

    def test_one_that_waits_for_the_draw_is_told(self):
        """It has sent all of the wrong file. Whether its connection lasts or not, it does not wait for winners that it cannot have."""
        self.write_file(1, range(100_000, 101_200))
        server = Server(self, agencies=2)
        waiting = Agency(self, 1, server.ports)
        waiting.wait_for("wait_for_draw")
        done = self.order_json("reset", "--agency", 1, "--yes")
        self.assertEqual(done["agency_voided"], 1200, done)
        self.assertEqual(waiting.wait(), 1, waiting.log())
        self.assertRegex(waiting.log(), "agency_reset.*the operator has reset this agency: start it again, with the right file")
        self.write_file(1, [17574, 2, 3])
        right = Agency(self, 1, server.ports)
        right.wait_for("wait_for_draw")
        self.assert_taken(self.send(server, 2, [bet(7574)], last=True), 1)
        self.assertEqual((right.winners(), right.wait()), (1, 0))

    def test_one_that_asks_after_its_reset_is_told(self):
        """It was told that all is stored, and was reset before its question came: it is not held, and the right file's is."""
        server = Server(self, agencies=2, servers=1)
        question = {"type_message": 3, "agency": "1", "payload": None, "returns": True}
        self.assert_taken(self.send(server, 1, [bet(1)], last=True), 1)
        self.order("reset", "--agency", 1, "--yes")
        with self.assertRaises(EOFError, msg="it is sent to look"):
            Wire(self, server.ports[1]).ask(question)
        self.assert_taken(self.send(server, 1, [bet(7574)], last=True), 1)
        right = Wire(self, server.ports[1])
        right.send(question)
        self.assert_taken(self.send(server, 2, [bet(7574)], last=True), 1)
        self.assertEqual(right.receive()["payload"], "7574")

    def test_one_that_waits_with_the_right_file_goes_on(self):
        """Its central is another process by now, and compares."""
        self.write_file(1, [17574, 2, 3])
        ports = hold_ports()
        server = Server(self, agencies=2, ports=ports)
        self.assert_taken(self.send(server, 1, [bet(1)]), 1)
        self.order("reset", "--agency", 1, "--yes")
        right = Agency(self, 1, ports)
        right.wait_for("wait_for_draw")
        server.kill()
        server = Server(self, agencies=2, ports=ports)
        right.wait_for("connected again")
        self.assert_taken(self.send(server, 2, [bet(7574)], last=True), 1)
        self.assertEqual((right.winners(), right.wait()), (1, 0), right.log())

    def test_a_connection_that_has_sent_it(self):
        """Where it would go on, the right file has got to, too."""
        server = Server(self, agencies=1)
        wrong, right = Wire(self, server.ports[0]), Wire(self, server.ports[0])
        chunk = {"type_message": 1, "agency": 1, "first": 0, "payload": [bet(7574), bet(8)]}
        self.assert_taken(wrong.ask(chunk), 2)
        self.order("reset", "--agency", 1, "--yes")
        self.assert_taken(right.ask({**chunk, "payload": [bet(1), bet(17574)]}), 2)
        refused = wrong.ask({**chunk, "first": 2})
        self.assertEqual((refused.kind, refused.error["retryable"]), ("error agency_reset", False))
        self.assertEqual(wrong.ask({"type_message": 1, "agency": 1, "payload": [bet(9)]}).kind, "error agency_reset")
        self.assert_taken(right.ask({**chunk, "type_message": 2, "first": 2, "payload": []}), 2)
        self.assertEqual(self.winners(server, 1), "17574")

    def test_what_was_set_aside_is_kept(self):
        server = Server(self, "--audit-log", "audit.log", agencies=2, servers=1)
        self.assert_taken(self.send(server, 1, [bet(7574), bet(8)], last=True), 2)
        self.assertIn("the 2 bets of agency 1 leave the draw", self.order("reset", "--agency", 1, status=2))
        self.assertIn("agency 1 was reset: 2 bets are set aside", self.order("reset", "--agency", 1, "--yes"))
        self.assertIn("nothing has changed", self.order("reset", "--agency", 1, "--yes"))
        self.assertIn("is not from 1 to 2", self.order("reset", "--agency", 3, "--yes", status=1))
        server.kill()
        server = Server(self, "--audit-log", "audit.log", agencies=2, servers=1)
        self.assert_taken(self.send(server, 2, [bet(17574)], last=True), 1)
        self.assert_taken(self.send(server, 1, [bet(5)], last=True), 1)
        self.assertEqual([self.winners(server, agency) for agency in (1, 2)], ["", "17574"])
        server.signal(signal.SIGTERM)
        server.wait()
        status, voided, _ = self.run_program("export", "--store", self.store(), "--voided")
        self.assertEqual((status, voided.splitlines()), (0, [f"1,1,{bet(7574)}", f"1,1,{bet(8)}"]))
        self.assertEqual(sum(self.stored(self.store()).values()), 2)
        self.assertEqual(self.run_program("check", "--store", self.store())[0], 0)
        self.assertEqual([(record.get("agency"), record["event"], record.get("voiding"), record.get("bets"), record.get("later"))
                          for record in self.records() if record["event"] in ("agency_finished", "agency_reset")],
                         [(1, "agency_finished", None, 2, None), (1, "agency_reset", 1, 2, None),
                          (2, "agency_finished", None, 1, None), (1, "agency_finished", None, 1, None)])


class Number(Orders):
    def test_a_number_that_is_read_out(self):
        server = Server(self, "--number", "manual", agencies=1)
        bets = [bet(7574), bet(42), bet(17574)]
        self.assert_taken(self.send(server, 1, bets), 3)
        self.assertIn("0 of 1 agencies have finished", self.order("draw", "--number", "7574", "--yes", status=1))
        self.order("close", "--yes")
        answer = Wire(self, server.ports[1]).ask({"type_message": 3, "agency": 1, "wait": False})
        self.assertEqual(answer.kind, "not_ready")
        waits = Wire(self, server.ports[1])
        waits.send({"type_message": 3, "agency": 1})
        self.assertIn("there would be 2 winners among 3 bets", self.order("draw", "--number", "7574", "--dry-run"))
        self.assertIn("there would be 1 winner among 3 bets", self.order("draw", "--number", "0042", "--dry-run"))
        self.assertIn("for ever", self.order("draw", "--number", "7574", status=2))
        for number in "757", "07574", "757a":
            self.assertIn("four digits", self.order("draw", "--number", number, "--yes", status=2))
        self.assertIn("there are 2 winners among 3 bets", self.order("draw", "--number", "7574", "--yes"))
        self.assertEqual(waits.receive()["payload"], "7574,17574")
        self.assertIn("0042 is refused", self.order("draw", "--number", "0042", "--yes", status=1))
        self.assertIn("before: there are 2", self.order("draw", "--number", "7574", "--yes"))
        self.assertEqual(server.wait_for(r"action: sorteo \| result: success .*winning_number: (\d+)")[1], "7574")

    def test_a_restart_that_forgets_the_setting(self):
        server = Server(self, "--number", "manual", agencies=1, servers=1)
        self.assert_taken(self.send(server, 1, [bet(7574)], last=True), 1)
        server.kill()
        server = Server(self, agencies=1, servers=1)
        server.expect(r"action: open_draw .*state: sealed .*winning_number: manual")
        answer = Wire(self, server.ports[1]).ask({"type_message": 3, "agency": 1, "wait": False})
        self.assertEqual(answer.kind, "not_ready")
        self.order("draw", "--number", "7574", "--yes")
        self.assertEqual(self.winners(server, 1), "7574")

    def test_who_has_won(self):
        server = Server(self, agencies=2)
        self.assert_taken(self.send(server, 1, [bet(7574)], last=True), 1)
        self.assert_taken(self.send(server, 2, [bet(3)], last=True), 1)
        self.assertEqual(self.winners(server, 1), "7574")
        for agency, status, says in (1, 0, " 7574\n"), (2, 0, "agency 2 has no winners"), (3, 2, "--agency: 3 is not from 1 to 2"):
            ended, log, errors = self.run_program("winners", "--store", self.store(), "--agency", agency)
            self.assertEqual(ended, status)
            self.assertIn(says, log + errors)

    def test_an_agency_that_the_draw_has_not_is_not_exported(self):
        server = Server(self, agencies=2)
        self.assert_taken(self.send(server, 1, [bet(1)]), 1)
        self.order("reset", "--agency", 1, "--yes")
        for agency, flags, status, says in (2, (), 0, ""), (3, (), 2, "--agency: 3 is not from 1 to 2"), (2, ("--voided",), 0, ""), \
                (1, ("--voided",), 0, "1,1,"), (3, ("--voided",), 2, "--agency: 3 is not from 1 to 2"):
            with self.subTest(agency=agency, flags=flags):
                ended, log, errors = self.run_program("export", "--store", self.store(), "--agency", agency, *flags)
                self.assertEqual(ended, status)
                self.assertIn(says, log + errors)
                self.assertEqual(self.run_program("export", "--store", self.store(), "--agency", agency, *flags, "-o", "out.csv")[0], status)
                self.assertEqual(os.path.exists(os.path.join(self.folder, "out.csv")), status == 0)
                if status == 0:
                    os.unlink(os.path.join(self.folder, "out.csv"))

    def test_a_number_by_a_setting_is_known_before(self):
        server = Server(self, "--winning-number", 7574, agencies=1, servers=1)
        server.expect(r"WARNING .*action: number_known \|.*known before the bets")
        self.assertIn("fixed at its opening", self.order("draw", "--number", "7574", "--yes", status=1))
        status, _, errors = self.run_program("server", "--number", "manual", "--winning-number", 7574)
        self.assertEqual(status, 2)
        self.assertRegex(errors, "--number.*--winning-number")


if __name__ == "__main__":
    unittest.main()
