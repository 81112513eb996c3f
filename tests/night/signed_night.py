"""A night whose draw is signed: more kills from the close to the draw, folders that are lost, receipts, and verifiers in the end."""
import re
import time

import orders
from agencies import NUMBERS
from central import must, until
from history import need
from night import CLIENTS, FAR, RESET, Night
from signed import HOWS, Signing

CALLS_OF_A_START = 130  # and of what it does for the seal, within which a server is killed (kill_preload.c)
IGNORANT = 16  # an agency that knows nothing of signed draws


class SignedNight(Night):
    def sign(self):
        self.number_comes = HOWS[self.seed % len(HOWS)]  # some nights in a row have all of them
        self.is_manual = self.number_comes != "fixed"
        self.how = self.chance.choice(("now", "at", "at", "setting"))
        if self.number_comes == "beacon":
            self.closes_text = FAR
        return Signing(self, self.number_comes)

    def promises(self, number):
        return self.signing.promises(number) if number not in (RESET, IGNORANT) else None

    def client_flags(self, number):
        if number != CLIENTS[0]:
            return []
        return ["--central-key", self.signing.vkey, "--receipts", f"{self.signing.folder}/client-{number}.receipts"]

    def number_settings(self, look, server):
        flags = self.signing.flags(server)
        if self.number_comes == "beacon" and look and look["closes_at"] != self.first_cutoff:
            flags += ["--close-at", look["closes_at"]]
        return flags

    # Before the close

    def steps_before_the_close(self):
        # A cut-off of the settings may have come by then.
        return [self.refuse_receipted, self.refuse_seal] if self.how != "setting" else []

    def refuse_seal(self):
        """Of a draw that is open."""
        must(self, "seal", "--store", self.store.address, "--control", self.alive().control, status=1)

    def refuse_receipted(self):
        """Whoever has a receipt is not reset."""
        agency = max((each for each in self.agencies.values() if each.promises), key=lambda each: each.promises.count)
        if agency.promises.count > 0:
            self.refuse("receipted", "reset", "--agency", agency.number, "--yes")

    # From the close on

    def watch_cutoff(self):
        """More often than not it passes while no server runs: all is left to starts that are killed."""
        if self.chance.random() < 0.3:
            super().watch_cutoff()
            return
        self.allow(1)
        time.sleep(max(0, self.cutoff - time.time() - 0.3))
        for server in self.servers:
            self.kill(server)
        time.sleep(max(0, self.cutoff + 0.1 - time.time()))
        self.start_under_fire(self.servers)
        until(lambda: self.history.look()["state"] != "open", "the cut-off")

    def around_the_seal(self):
        for _ in range(self.chance.randrange(1, 4)):
            self.restart_under_fire()
        self.wait_until_shown()
        self.history.compare()

    def restart_under_fire(self):
        """One server is killed, or all are. One may have lost its folder."""
        servers = self.servers if self.chance.random() < 0.5 else [self.alive()]
        for server in servers:
            self.kill(server)
        if self.chance.random() < 0.2:
            self.note(f"server {servers[0].number} has lost its folder")
            until(lambda: not any(agency.consults_at in servers[0].ports for agency in self.agencies.values()),
                  "the agencies to look for the seal that it has shown them")
            self.signing.lose_folder(servers[0].number)
        self.start_under_fire(servers)

    def start_under_fire(self, servers):
        """They start and go on to the seal, and are killed on that way, some times; then they start for good."""
        for _ in range(self.chance.randrange(1, 5)):
            for server in servers:
                server.begin(self.chance.randrange(1, CALLS_OF_A_START))
            for server in servers:
                until(lambda each=server: not each.is_alive() or self.is_shown(each), f"server {server.number} to die, or the seal")
                server.arm(0)
                self.kill(server)
                self.note(f"killed within its start: {server.number}; root: {self.history.before['root'] is not None}")
        for server in servers:
            server.start()

    @staticmethod
    def is_shown(server):
        return re.search(r"action: seal \| result: success", server.log())

    def wait_until_shown(self):
        for server in self.servers:
            until(lambda each=server: not each.is_alive() or self.is_shown(each), f"server {server.number} to show the seal")

    def count_winners(self):
        if self.number_comes != "beacon":
            super().count_winners()

    def draw(self):
        if not self.is_manual:
            until(lambda: self.history.look()["state"] == "drawn", "the draw")
            number = self.history.before["winning_number"]
        elif self.number_comes == "beacon":
            number = self.draw_by_pulse()
        else:
            number = self.draw_by_hand()
        self.restart_under_fire()
        until(lambda: self.signing.are_complete(self.history.look()), "every folder to have all of it")
        return number

    def draw_by_hand(self):
        number = self.chance.choice(NUMBERS)
        if self.number_comes == "approved":
            self.refuse("not_approved", "draw", "--number", f"{number:04}", "--yes")
        order = orders.draw(number, self.signing.approve(number))
        self.give(order)
        self.wait_until_shown()
        self.refuse("number_stored", "draw", "--number", f"{number + 1:04}", "--yes")
        need(self.ask(order)["already"], "the same number again")
        return number

    def draw_by_pulse(self):
        self.refuse("number_fixed", "draw", "--number", "7574", "--yes")
        self.give(self.signing.witness())
        order, number = self.signing.pulse()
        self.wait_until_shown()
        self.give(order)
        self.wait_until_shown()
        need(self.ask(order)["already"], "the same pulse again")
        return number
