"""One night from the opening to the winners: an operator's orders to real servers, which are killed between them and within them.

Twenty agencies send meanwhile. One is silent, others never finish. A seed chooses what is ordered, in which order, and where
servers die. An order that was answered is done; one that was not is done whole or not at all; ordered once more it is done, once.
"""
import concurrent.futures
import functools
import json
import math
import os
import random
import re
import shutil
import subprocess
import tempfile
import time

import orders
import stores
from agencies import NUMBERS, Agency, Wrong
from central import HANG_S, PASSED, PROGRAM, Server, must, run, until
from history import History, need, recorded_orders

AGENCIES = 20
CLIENTS = (1, 2)  # those that are the program's own
SLACK, ENDED, RESET, SILENT = 17, 18, 19, 20
FAR = "2999-01-01T21:00:00Z"
CALLS_OF_A_CUTOFF = 80  # within which a server is killed (kill_preload.c)
CALLS_OF_A_BACKUP = 60


class Night:
    def __init__(self, seed, servers, take_ports):
        self.seed, self.chance, self.program = seed, random.Random(seed), PROGRAM
        self.folder = tempfile.mkdtemp(prefix="quiniela-night-")
        self.kills, self.receipts, self.unanswered = 0, 0, {True: 0, False: 0}  # orders, that were done all the same or were not
        self.marks, self.client_processes, self.notes = [], {}, []
        self.is_manual = self.chance.random() < 0.8
        self.how = self.chance.choice(("now", "now", "at", "setting"))
        self.closes_text = FAR if self.chance.random() < 0.5 else None
        self.cutoff = None
        self.servers = []
        self.store = (stores.PostgresStore if servers > 1 else stores.SqliteStore)(self)
        ports = [take_ports(self.marks) for _ in range(servers)]
        self.servers = [Server(self, number, each) for number, each in enumerate(ports)]
        self.signing = self.sign()
        self.agencies = {number: Agency(number, self.size(number), seed, ports, is_slack=number == SLACK, promises=self.promises(number))
                         for number in range(1, AGENCIES + 2) if number not in CLIENTS}
        self.history = History(self.store, self.agencies, self.is_manual, AGENCIES, self.signing)
        self.history.cutoffs.add(FAR)

    # What a signed night does otherwise (signed_night.py)

    def sign(self):
        return None

    def promises(self, _number):
        return None

    def client_flags(self, _number):
        return []

    def number_settings(self, look, _server):
        return ["--number", "manual"] if self.is_manual and (look is None or self.chance.random() < 0.5) else []  # it may be forgotten later

    def steps_before_the_close(self):
        return []

    def around_the_seal(self):
        pass

    def note(self, text):
        self.notes.append(f"{time.time():.3f} {text}")

    def size(self, number):
        return 5 if number == SLACK else self.chance.choice((0, 1, 5, 20, 60)) if number < SLACK else self.chance.randrange(2, 30)

    def settings(self, server):
        """Of a server that starts now: as the draw is."""
        look = self.history.before
        settings = ["--agencies", str(look["agencies"] if look else AGENCIES), *self.number_settings(look, server)]
        if not self.is_manual:
            settings += ["--winning-number", str(look["winning_number"] if look else NUMBERS[0])]
        if self.closes_text and (look is None or self.history.before["closes_at"] == self.first_cutoff):
            settings += ["--close-at", self.closes_text]
        return settings

    # What befalls servers

    def alive(self):
        return self.chance.choice([server for server in self.servers if server.is_alive()])

    def kill(self, server):
        """Ends one, and looks at what is left, while it is away."""
        server.kill()
        self.note(f"killed server {server.number}")
        self.history.compare()

    def give(self, order):
        fates = ("within", "within", "within", "between", "none")
        if len(self.servers) > 1 and order.valid_until == math.inf and not order.is_single:
            fates += ("at once", "at once")
        server, fate = self.alive(), self.chance.choice(fates)
        if fate == "at once":
            self.give_two(order)
            return
        if fate == "between":
            self.kill(server)
            server.start()
        call = orders.call_within(order.word, len(self.servers) > 1, self.chance)
        self.note(f"{order} to server {server.number}: {fate} {call if fate == 'within' else ''}")
        if fate == "within":
            server.arm(call)
        answer = self.ask(order, server)
        if fate == "within":
            self.end_within(order, server, answer)
        else:
            need(answer and not answer["already"], f"{order}: the answer was {answer}")
            look = self.history.look()
            need(order.is_done(look), f"{order}: it was answered, and is not done: {look}")
            self.give_again(order, look)

    def give_two(self, order):
        """To two servers at the same moment: one of them does it. While that takes long the other one gives up, and changes nothing."""
        servers = self.chance.sample([server for server in self.servers if server.is_alive()], 2)
        self.note(f"{order} to servers {servers[0].number} and {servers[1].number} at once")
        recorded = self.recorded(order)
        with concurrent.futures.ThreadPoolExecutor(2) as both:
            ended = list(both.map(functools.partial(self.run_order, order), servers))
        answers = [json.loads(printed) for _, printed, _ in ended if printed.startswith("{")]
        done = [answer for answer in answers if answer["ok"]]
        beaten = [answer for answer in answers if not answer["ok"] and re.match("another server", answer["error"]["message"])]
        need(len(done) + len(beaten) == 2 and sum(not answer["already"] for answer in done) == 1,
             f"{order}, given to two servers at once, should be done by one of them: {ended}")
        found = self.recorded(order) - recorded
        need(found == len(done), f"{order}: {len(done)} answers, and {found} records of them")
        look = self.history.look()
        need(order.is_done(look), f"{order}: it was answered, and is not done: {look}")
        self.give_again(order, look)

    def recorded(self, order):
        return recorded_orders([server.audit for server in self.servers], order.word == "seal")

    def run_order(self, order, server=None):
        place = ["--control", server.control] if server else []
        return run(self, *order.words, "--store", self.store.address, *place, "--json")

    def ask(self, order, server=None):
        """The answer, which the audit log has; or None when the server was killed before it came."""
        recorded = self.recorded(order)
        status, printed, errors = self.run_order(order, server)
        if status == 0:
            found = self.recorded(order) - recorded
            need(found == 1, f"{order} was answered, and {found} records tell of it")
            return json.loads(printed)
        if time.time() >= order.valid_until and re.search("has passed|not_open", printed):
            raise orders.Late
        need(server is not None, f"{order} ended with {status}: {printed}{errors}")
        until(lambda: not server.is_alive(), f"the end of a server that refused {order}: {printed}{errors}")
        return None

    def end_within(self, order, server, answer):
        """The server is dead, or dies now. The order is given once more."""
        server.arm(0)
        self.kill(server)
        before = self.history.before
        was_done = order.is_done(before)
        self.unanswered[was_done] += answer is None
        self.note(f"it was {'answered' if answer else 'not answered'}, and is {'done' if was_done else 'not done'}")
        need(was_done or not answer, f"{order}: it was answered, and is not done: {before}")
        is_later = len(self.servers) > 1 and self.chance.random() < 0.5
        if not is_later:
            server.start()
        self.give_again(order, before if was_done else None)
        if is_later:
            server.start()

    def give_again(self, order, done):
        """Where it was `done`, as this look shows, nothing changes."""
        again = self.ask(order, self.alive())
        need(again and (again["already"] or not done), f"{order}: it was done, and once more it says {again}")
        look = self.history.look()
        need(order.is_done(look), f"{order}: ordered once more, and not done: {look}")
        need(not done or look.is_same(done, self.is_manual) or time.time() >= order.valid_until,  # then it has closed the draw
             f"{order}, ordered once more, made {look} of {done}")

    def refuse(self, code, *words):
        """An order that cannot be carried out changes nothing. The server says why."""
        before = self.history.look()
        status, printed, errors = run(self, *words, "--store", self.store.address, "--control", self.alive().control, "--json")
        need(status == 1 and printed.startswith("{") and json.loads(printed)["error"]["code"] == code,
             f"{words} should be refused as {code}, and ended with {status}: {printed}{errors}")
        look = self.history.look()
        need(look.is_same(before, self.is_manual), f"{words}, which was refused, made {look} of {before}")

    # What the agencies do

    def begin_agencies(self):
        data = f"{self.folder}/data"
        os.mkdir(data)
        for number in CLIENTS:
            self.agencies[number] = Agency(number, self.chance.choice((1, 30, 60)), self.seed, [])  # only its bets: it is never started
            with open(f"{data}/agency-{number}.csv", "w", encoding="utf-8") as file:
                file.writelines(text + "\n" for text in self.agencies[number].lives[0])
        for number, agency in self.agencies.items():
            if number < SILENT and number not in CLIENTS:
                agency.start()

    def begin_client(self, number):
        addresses = [",".join(f"127.0.0.1:{server.ports[which]}" for server in self.servers) for which in (0, 1)]
        with open(f"{self.folder}/client-{number}.log", "wb") as log:
            self.client_processes[number] = subprocess.Popen(
                [PROGRAM, "client", "--id", str(number), "--server-address", addresses[0], "--server-consult-address", addresses[1],
                 "--chunk-size", "7", "--winners", *self.client_flags(number)], cwd=self.folder, stdout=log, stderr=log)

    def allow(self, share):
        """The agencies go on while the operator does, too. Two of them would have more to send at the close."""
        for number, agency in self.agencies.items():
            if number not in CLIENTS and number < SILENT:
                all_of_it = len(agency.lives[-1]) + (number < ENDED or self.history.before["state"] != "open")  # with its last chunk
                agency.allow(int(min(share, 1) * all_of_it))
        self.agencies[SLACK].allow(1 << 30)

    # The night

    def open(self):
        ahead_s = 3
        while not self.begin_servers(ahead_s):
            ahead_s *= 2
        if self.cutoff is not None:
            self.history.cutoffs.add(orders.utc(self.cutoff))
        self.first_cutoff = self.history.look()["closes_at"]
        need((self.first_cutoff is not None) == (self.closes_text is not None), f"the cut-off is {self.first_cutoff}")

    def begin_servers(self, ahead_s):
        """Whether one of them has read a cut-off of the settings in time: then the others take it from the draw, however late."""
        if self.how == "setting":
            self.cutoff = int(time.time()) + ahead_s
            self.closes_text = time.strftime("%H:%M:%S", time.localtime(self.cutoff))
        for server in self.servers:
            server.begin()
        late = [server for server in self.servers if not server.wait_until_it_listens()]
        for server in late:
            need(self.how == "setting" and PASSED in server.log(), f"server {server.number} did not start: {server.log()}")
        if len(late) == len(self.servers):
            return False
        for server in late:
            server.start()
        return True

    def before_the_close(self):
        steps = [self.back_up, lambda: self.begin_client(1), lambda: self.begin_client(2)]
        if self.how != "setting":
            steps += [lambda: self.give_finish(ENDED), self.give_size, lambda: self.give_cutoff(int(time.time()) + 3600),
                      self.refuse_number, self.give_reset]
        if not self.is_manual and self.how != "setting":
            steps.append(lambda: self.give(orders.change_number(self.chance.choice(NUMBERS[1:]))))
        steps += self.steps_before_the_close()
        self.chance.shuffle(steps)
        for place, step in enumerate(steps):
            self.allow((place + self.chance.random()) / len(steps) * 1.2)
            step()

    def give_finish(self, agency):
        self.history.finishes.add(agency)
        self.give(orders.finish(agency))

    def give_size(self):
        self.history.sizes.add(AGENCIES + 1)
        self.give(orders.change_agencies(AGENCIES + 1))

    def give_cutoff(self, moment):
        self.history.cutoffs.add(orders.utc(moment))
        self.give(orders.close_at(moment, self.chance))

    def give_reset(self):
        """Of an agency that has sent, and goes on sending."""
        agency = self.agencies[RESET]
        agency.allow(max(1, len(agency.lives[0]) // 2))
        until(lambda: agency.acknowledged[0] > 0, "a bet of the agency that is to be reset")
        self.history.resets.add(RESET)
        self.give(orders.reset(RESET))
        kept, acknowledged = self.store.bets(None, "--voided").get(RESET, []), agency.acknowledged[0]
        need(all(text.startswith("1,") for text in kept), f"what is kept is not of the first reset: {kept}")
        voided = [text.removeprefix("1,") for text in kept]
        need(voided == agency.lives[0][:len(voided)] and len(voided) >= acknowledged,
             f"{acknowledged} bets were acknowledged before the reset, {len(voided)} are kept: {voided}")
        agency.begin_anew(self.chance.randrange(2, 30))

    def refuse_number(self):
        self.refuse("not_sealed" if self.is_manual else "number_fixed", "draw", "--number", "7574", "--yes")

    def close(self):
        if self.how == "at":
            self.give_soon()
        if self.cutoff is None:
            self.give(orders.close())
        else:
            self.watch_cutoff()
        self.history.compare()
        for agency in self.agencies.values():
            need(self.cutoff is None or agency.latest < self.cutoff,
                 f"agency {agency.number} sent a bet {agency.latest - (self.cutoff or 0):.3f} s after the cut-off for the first time, and "
                 "it was taken")

    def give_soon(self):
        """A cut-off, unless that takes longer than until then."""
        moment = int(time.time()) + 2
        try:
            self.give_cutoff(moment)
        except orders.Late:
            self.note("it was too late for this cut-off")
            for server in self.servers:
                server.arm(0)
                if not server.is_alive():
                    server.start()
        self.cutoff = moment if self.history.look()["closes_at"] == orders.utc(moment) else None

    def watch_cutoff(self):
        """The close comes by itself, though servers die around it."""
        self.allow(1)
        time.sleep(max(0, self.cutoff - time.time() - self.chance.choice((0.02, 0.3))))
        server = self.alive()
        server.arm(self.chance.randrange(1, CALLS_OF_A_CUTOFF))
        until(lambda: not server.is_alive() or self.store.look()["state"] != "open", "a server to die, or the cut-off")
        server.arm(0)
        self.kill(server)
        self.note(f"at the cut-off the draw was {self.history.before['state']}")
        server.start()
        until(lambda: self.history.look()["state"] != "open", "the cut-off")
        need(self.history.before["closed_at"] >= orders.utc(self.cutoff - 1), f"it was closed too early: {self.history.before}")

    def after_the_close(self):
        """Late agencies come, and orders for what is so."""
        size = self.history.before["agencies"]
        for number in range(SILENT, size + 1):
            self.agencies[number].allow(1 << 30)
            self.agencies[number].start()
        self.allow(1)
        steps = [self.restore, lambda: self.refuse("not_open", "change", "--agencies", size + 5), self.refuse_other_cutoff]
        if self.is_manual:
            steps.append(self.count_winners)
        self.chance.shuffle(steps)
        for step in steps:
            step()
        need(self.ask(orders.close())["already"], "a second close")

    def refuse_other_cutoff(self):
        self.refuse("not_open", "close", "--at", orders.utc(time.time() + 60), "--yes")

    def count_winners(self):
        """A dry run stores nothing; history would see it."""
        number = self.chance.choice(NUMBERS)
        printed = must(self, "draw", "--number", f"{number:04}", "--dry-run", "--store", self.store.address, "--control",
                       self.alive().control, "--json")
        counted = sum(map(len, self.history.winners(number).values()))
        need(json.loads(printed)["number_winners"] == counted, f"{counted} bets would win with {number}: {printed}")
        self.history.compare()

    def draw(self):
        """Returns the number."""
        if not self.is_manual:  # it comes by itself
            until(lambda: self.history.look()["state"] == "drawn", "the draw")
            return self.history.before["winning_number"]
        number = self.chance.choice(NUMBERS)
        self.give(orders.draw(number))
        self.refuse("number_stored", "draw", "--number", f"{number + 1:04}", "--yes")
        need(self.ask(orders.draw(number))["already"], "the same number again")
        return number

    # Backup and restore

    def back_up(self):
        """While a server is killed, or the backup itself, which is made once more then."""
        self.backed_up = self.history.acknowledged()
        command, self.backup = self.store.begin_backup(1)
        fate, server = self.chance.choice(("server", "backup", "none")), self.alive()
        self.note(f"backup, killed: {fate}")
        with open(f"{self.folder}/backup.log", "wb") as log:
            process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        if fate == "server":
            server.arm(self.chance.randrange(1, CALLS_OF_A_BACKUP))
            until(lambda: not server.is_alive() or process.poll() is not None, "a server to die, or the backup")
            server.arm(0)
            self.kill(server)
            server.start()
        elif fate == "backup":
            time.sleep(self.chance.random() * 0.05)
            process.kill()
        if process.wait() == 0:
            return
        need(fate == "backup", f"the backup ended with {process.returncode}")
        command, self.backup = self.store.begin_backup(2)
        self.backed_up = self.history.acknowledged()
        must(self, *command[1:], program=command[0])

    def restore(self):
        self.store.restore(self.backup)
        self.store.check(self.store.restored)
        self.history.holds(self.store.bets(self.store.restored), self.backed_up)

    # The end

    def expect_winners(self, number):
        """Everybody is told what the script has counted."""
        winners = self.history.winners(number)
        need(self.history.look()["winners"] == winners, f"with {number} there should win {winners}: {self.history.before}")
        told = [agency for each, agency in self.agencies.items() if each not in CLIENTS and each <= self.history.before["agencies"]]
        until(lambda: all(agency.winners is not None or agency.failure for agency in told), "the agencies to be told")
        for agency in told:
            need(agency.failure is None, agency.failure)
            need(agency.winners == winners.get(agency.number, []), f"agency {agency.number} was told {agency.winners}: {winners}")
        for each, process in self.client_processes.items():
            self.expect_client(each, process, winners.get(each, []))
        printed = must(self, "winners", "--store", self.store.address, "--csv").splitlines()
        need([line.split(",")[::2] for line in printed] == [[str(each), document] for each in sorted(winners) for document in winners[each]],
             f"winners prints {printed}, and there should win {winners}")

    def expect_client(self, number, process, winners):
        status = process.wait(HANG_S)
        with open(f"{self.folder}/client-{number}.log", encoding="utf-8") as file:
            log = file.read()
        is_whole = self.history.before.agency(number)["ending"] == "finished"
        need(status == (0 if is_whole else 1), f"client {number} ended with {status}: {self.history.before.agency(number)} {log}")
        printed = [line for line in log.splitlines() if line and line.isalnum()]
        need(not is_whole or printed == winners, f"client {number} printed {printed}, and there should win {winners}")

    def play(self):
        self.begin_agencies()
        self.open()
        self.before_the_close()
        self.close()
        self.around_the_seal()
        self.after_the_close()
        number = self.draw()
        self.expect_winners(number)
        self.history.compare()
        for server in self.servers:
            server.end()
            must(self, "verify", server.audit)
        draws = sum(open(f"{self.folder}/{name}", encoding="utf-8").read().count("action: sorteo | result: success")
                    for name in os.listdir(self.folder) if name.startswith("server-") and name.endswith(".log"))
        need(draws <= 1, f"the draw was made {draws} times")
        self.store.check()
        self.history.compare()
        if self.signing:
            self.signing.check(number)

    def end(self, is_good):
        """Leaves nothing running; and no folder, when all was good."""
        for agency in self.agencies.values():
            agency.stop()
        for process in [server.process for server in self.servers] + list(self.client_processes.values()):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        for mark in self.marks:
            mark.close()
        self.store.drop()
        if is_good:
            shutil.rmtree(self.folder)
        else:
            with open(f"{self.folder}/notes", "w", encoding="utf-8") as file:
                file.write("\n".join(self.notes) + "\n")
