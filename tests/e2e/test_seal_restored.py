"""A store lost after its seal gets the same one again from the same bets, and none from others."""
import os
import shutil
import signal
import unittest

from harness import STORES, Agency, Server, until
from signed_draw import DRAW, NAME, SignedStory, maker

SIZES, WINNERS = (30, 5, 12), (2, 1, 0)
NUMBER = "7574"


class SealRestored(SignedStory):
    def serve(self, *flags, seals="seals", agencies=3, **how):
        return Server(self, "--draw", DRAW, "--sign-key", "keys/sign.key", "--sign-name", NAME, "--seal-dir", seals, "--number",
                      "manual", "--audit-log", "audit.log", *flags, agencies=agencies, servers=how.pop("servers", 1), **how)

    def send(self, server, agencies=(1, 2, 3)):
        """Each sends its file; they have nobody's winners to wait for."""
        started = [Agency(self, number, server.ports, "--chunk-size", 10) for number in agencies]
        for agency in started:
            agency.wait_for("action: wait_for_draw")
            agency.kill()
            agency.wait()

    def backed_up(self, server):
        """With the bets of agency 1, and of no other."""
        self.sample(SIZES, WINNERS)
        self.send(server, [1])
        self.order("backup", "--to", "copy.db")

    def lose_the_disk(self, server):
        """The store's; then the backup is there."""
        server.kill()
        for name in os.listdir(self.folder):
            if name.startswith("quiniela.db"):
                os.unlink(self.path(name))
        status, printed, errors = self.run_program("restore", self.path("copy.db"), "--store", "quiniela.db", "--yes")
        self.assertEqual(status, 0, printed + errors)

    def folder_of(self, seals):
        """Its files, but for those that are being written: they get their names when they are whole."""
        folder = self.path(seals, f"draw-{DRAW}")
        return {name: self.read(seals, f"draw-{DRAW}", name) for name in os.listdir(folder) if not name.startswith(".")}

    def sealed_folder(self, seals="seals"):
        """Once all of the seal is there: the list comes last."""
        until(lambda: {"seal.note", "seal.json"} <= self.folder_of(seals).keys(), "the seal's files")
        return self.folder_of(seals)

    def wait_for_result(self, seals="seals"):
        until(lambda: "result.note" in self.folder_of(seals), "the result")

    def change_a_bet(self, agency):
        """Of its file: as if it had sent others."""
        path = self.path("data", f"agency-{agency}.csv")
        with open(path, encoding="utf-8") as file:
            lines = file.readlines()
        with open(path, "w", encoding="utf-8") as file:
            file.writelines([lines[0].replace(lines[0].split(",")[2], "11111111"), *lines[1:]])

    def draw(self, number=NUMBER, status=0):
        return self.order("draw", "--number", number, "--yes", status=status)


@unittest.skipUnless(STORES.in_files, "a database is restored by its own tools")
class Restored(SealRestored):
    def sealed_and_lost(self, *, draws):
        server = self.serve()
        self.backed_up(server)
        self.send(server, [2, 3])
        seal = self.seal()
        if draws:
            self.draw()
            self.wait_for_result()
        kept = self.sealed_folder()
        self.assertEqual("result.note" in kept, draws)
        self.lose_the_disk(server)
        return seal, kept

    def test_the_same_bets_have_the_same_seal_and_the_draw_goes_on(self):
        seal, kept = self.sealed_and_lost(draws=False)
        server = self.serve()
        self.send(server)
        self.assertEqual(self.seal(), seal)
        self.assertEqual(self.folder_of("seals"), kept)
        self.draw()
        server.expect(r"action: sorteo \| result: success")
        self.wait_for_result()
        self.assertEqual(self.folder_of("seals").keys() - kept.keys(), {"result.note"})
        self.assert_verified("--seal", self.write("copy.note", seal), status=3)

    def test_a_number_that_was_drawn_stays(self):
        _, kept = self.sealed_and_lost(draws=True)
        server = self.serve()
        self.send(server)
        self.seal()
        self.assertIn("result.note", self.draw("0001", status=1))
        server.expect("action: sorteo", 0)
        self.draw()
        self.assertEqual(self.folder_of("seals"), kept)

    def test_other_bets_have_no_draw(self):
        _, kept = self.sealed_and_lost(draws=False)
        self.change_a_bet(2)
        server = self.serve()
        self.send(server)
        server.wait_for(r"action: seal \| result: fail \| draw: 2026-11-25 \| error: forked")
        self.assertIn("another seal of draw", self.draw(status=1))
        server.expect("action: sorteo", 0)
        now = self.folder_of("seals")
        self.assertEqual({name: now[name] for name in kept}, kept, "what was signed stays")
        self.expect_event("forked")
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        server = self.serve()
        self.assertIn("another seal of draw", self.draw(status=1))
        server.expect("action: sorteo", 0)

    def test_one_bet_fewer_has_no_draw(self):
        """An agency that does not come again, and is cut off."""
        self.sealed_and_lost(draws=False)
        server = self.serve()
        self.send(server, [1, 3])
        self.order("close", "--yes")
        server.wait_for(r"action: seal \| result: fail \| draw: 2026-11-25 \| error: forked")
        self.assertIn("another seal of draw", self.draw(status=1))

    def test_a_store_of_before_the_second_record(self):
        """It takes the record over, and the seal is the same."""
        server = self.serve(agencies=4)
        self.backed_up(server)
        self.order("change", "--agencies", 3)
        self.send(server, [2, 3])
        seal, kept = self.seal(), self.sealed_folder()
        self.assertIn("rules-1.note", kept)
        self.lose_the_disk(server)
        server = self.serve(agencies=4)
        server.wait_for(r"WARNING +action: rules .*records: 1 → 2 \| agencies: 3")
        self.send(server)
        self.assertEqual(self.seal(), seal)
        self.assertEqual(self.folder_of("seals"), kept)
        self.draw()

    def test_a_folder_that_has_the_seal_of_other_bets(self):
        """As a server would that was started elsewhere with a copy of the store: then no server draws."""
        server = self.serve()
        self.backed_up(server)
        os.makedirs(self.path("elsewhere", "seals"))
        shutil.copytree(self.path("seals", f"draw-{DRAW}"), self.path("elsewhere", "seals", f"draw-{DRAW}"))
        shutil.copy(self.path("copy.db"), self.path("other.db"))
        self.send(server, [2, 3])
        seal = self.seal()
        server.kill()
        self.change_a_bet(3)
        other = self.serve(seals="elsewhere/seals", store="other.db")
        self.send(other)
        self.assertNotEqual(self.sealed_folder("elsewhere/seals")["seal.note"], seal)
        other.kill()
        server = self.serve(seals="elsewhere/seals")
        server.wait_for(r"action: seal \| result: fail \| draw: 2026-11-25 \| error: forked")
        self.assertIn("another seal of draw", self.draw(status=1))
        server.kill()
        server = self.serve()  # with its own folder again: the store knows
        self.assertIn("another seal of draw", self.draw(status=1))
        server.expect("action: sorteo", 0)


class Folders(SealRestored):
    def test_a_folder_that_is_lost_gets_all_back(self):
        server = self.serve()
        self.sample(SIZES, WINNERS)
        self.send(server)
        seal, kept = self.seal(), self.sealed_folder()
        server.kill()
        shutil.rmtree(self.path("seals"))
        server = self.serve()
        server.wait_for("WARNING +action: rules .*has nothing of this draw, and gets it now")
        server.wait_for(r"action: seal \| result: success")
        self.assertEqual(self.seal(), seal)
        server.wait_until(lambda: self.folder_of("seals") == kept)
        self.draw()

    @unittest.skipUnless(STORES.is_shared, "of a shared store")
    def test_two_servers_with_a_folder_each(self):
        first, second = self.serve(seals="one"), self.serve("--audit-log", "second.log", seals="two")
        control = "--control", f"quiniela-{first.ports[0]}.control"
        self.sample(SIZES, WINNERS)
        self.send(first, [1, 2])
        self.send(second, [3])
        self.assertEqual(self.sealed_folder("one"), self.sealed_folder("two"))
        self.order("draw", "--number", NUMBER, "--yes", *control)
        for seals in "one", "two":
            self.wait_for_result(seals)
        self.assertEqual(self.folder_of("one"), self.folder_of("two"))

    @unittest.skipUnless(STORES.is_shared, "of a shared store")
    def test_what_one_server_is_given_the_other_one_shows(self):
        """Also after the draw."""
        witnesses = [maker.Key("north.example/1", bytes([8]) * 32, 4), maker.WITNESS]
        flags = "--witnesses", ",".join(witness.vkey.decode() for witness in witnesses)
        first = self.serve(*flags, seals="one")
        second = self.serve(*flags, "--audit-log", "second.log", seals="two")
        controls = [("--control", f"quiniela-{server.ports[0]}.control") for server in (first, second)]
        self.sample(SIZES, WINNERS)
        self.send(first)
        seal = self.sealed_folder("two")["seal.note"]
        for count, witness in enumerate(witnesses):
            line = witness.cosign(seal.partition(b"\n\n")[0] + b"\n", 1_700_000_000)
            self.write("cosigned.note", seal + line)
            self.order("seal", "--add", "cosigned.note", *controls[0])
            until(lambda count=count: f"cosignature-{count}.note" in self.folder_of("two"), "the cosignature")
            shown = self.order("seal", *controls[1])
            self.assertIn(line.decode(), shown)
            if count == 0:
                self.order("draw", "--number", NUMBER, "--yes", *controls[0])
                self.wait_for_result("two")

    @unittest.skipUnless(STORES.is_shared, "of a shared store")
    def test_the_folder_of_one_server_has_another_seal(self):
        """Which the other one hears of before it is asked for the draw."""
        self.sample(SIZES, WINNERS)
        elsewhere = self.serve(seals="elsewhere", store="other.db")
        self.send(elsewhere)
        other = self.sealed_folder("elsewhere")
        elsewhere.kill()
        first, second = self.serve(seals="one"), self.serve("--audit-log", "second.log", seals="two")
        for name in "seal.note", "seal.json":
            self.write(os.path.join("two", f"draw-{DRAW}", name), other[name])
        self.send(first)
        second.wait_for(r"action: seal \| result: fail .* error: forked .*this draw is not made")
        second.expect("error: kept_other", 0)
        self.assertIn("another seal of draw", self.order("draw", "--number", NUMBER, "--yes", "--control",
                                                         f"quiniela-{first.ports[0]}.control", status=1))
        first.expect("action: sorteo", 0)
        self.assertEqual(self.other_seal("two"), other["seal.note"])


if __name__ == "__main__":
    unittest.main()
