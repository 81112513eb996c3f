"""What may happen besides where one server has its store in files: other names of it, a second server, a damaged log, agencies' own
programs, and what one client can do to everybody: many connections, floods that nobody reads the answers of, slow readers."""
import os
import shutil

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition

import actors
from contract import Broken, Message
from happening import NOT_NOW, happened, happening
from rules import Lottery, agencies, bets, spoiled

NAMES = ("n.db", "./n.db", "link/n.db", "folder/n.db", "absolute")
MEMORY_GROWTH_MAX = 24 << 20  # of a server whose few connections have no reason to hold a tenth of that
CROWDS_MOST = 2
WINNERS_MANY = 600
FLOODS = {
    "consultations": Message(1, consult=True),
    "winners": Message(1, consult=True),
    "lists": Message(1, (), 0, False, 0),
    "ends": Message(1, (), 1 << 40, True),
    "nonsense": Message(1, is_json=False),
}
FLOOD_BYTES = 24 << 20
FLOOD_BREAK = Message(1, (), 0, False)  # now and then something good, so that nobody is closed for what is refused

names = st.sampled_from(NAMES)


class FilesLottery(Lottery):
    also_happens = frozenset(("a hard link is made", "a log is damaged"))

    def __init__(self):
        super().__init__()
        self.crowd, self.floods, self.clients = [], [], {}

    def make_store(self):
        os.mkdir(self.place.path("link"))
        os.symlink("../n.db", self.place.path("link", "n.db"))
        os.symlink(".", self.place.path("folder"))
        return "n.db"

    def named(self, name):
        return self.place.path("n.db") if name == "absolute" else name

    def stop(self, central, kill):
        for client in list(self.clients):
            self.client_is_gone(client)
        super().stop(central, kill)
        for wire in self.crowd + self.floods:
            wire.socket.close()
        self.crowd, self.floods = [], []

    # Names, and files that somebody touches -----------------------------------------------------------------

    def other_name(self, data):
        return self.named(data.draw(names, "name"))

    @happening(name=names)
    def a_second_server_starts(self, name):
        """Is refused, and nothing changes for the first one: after each step it is asked for all that is stored."""
        if not self.centrals[0].is_refused(self.named(name)):
            raise Broken(f"two servers work on one store, the second by the name {name}")
        if not self.look("export", self.named(name)):
            raise Broken("export failed on a store that a second server was kept from")

    def between(self, central, kill, data):
        what = data.draw(st.sampled_from(("nothing", "nothing", "damage", "hard link")), "meanwhile")
        if what == "hard link":
            os.link(self.place.path("n.db"), self.place.path("other.db"))
            for name in ("n.db", "other.db"):
                self.nobody_takes(central, name, "with two names")
            os.unlink(self.place.path("other.db"))
            happened("a hard link is made")
        elif what == "damage" and kill:
            self.is_damaged(central, data)
        return self.named(data.draw(names, "name"))

    def nobody_takes(self, central, name, what):
        takers = [tool for tool in ("export", "status", "check") if self.look(tool, name)]
        if takers or not central.is_refused(name):
            raise Broken(f"a store {what} was taken by {takers or 'a server'}, by the name {name}")

    def is_damaged(self, central, data):
        """A bit flips in the log, in front of its last commit: it is refused by everybody, and nothing is changed."""
        log = self.place.path("n.db-wal")
        end = actors.last_commit(log)
        if not end:
            return
        shutil.copy(log, self.place.path("kept"))
        actors.flip(log, data.draw(st.integers(0, end - 1), "place"), data.draw(st.integers(0, 7), "bit"))
        self.nobody_takes(central, self.named(data.draw(names, "damaged name")), "with whole commits behind a damaged one")
        shutil.copy(self.place.path("kept"), log)
        happened("a log is damaged")

    # Agencies' own programs -------------------------------------------------------------------------------

    @happening(agency=agencies, more=st.lists(bets, max_size=4), skip=st.integers(0, 3), size=st.integers(1, 3),
               spoil=st.sampled_from((None, None, "digit", "name")), place=st.integers(0, 5), how=st.sampled_from(("ends", "killed")))
    def a_client_runs(self, agency, more, skip, size, spoil, place, how):
        """With what is stored in its file, or less of it, or something else in a place, and perhaps more."""
        stored = list(self.contract.any().sent[agency - 1].bets)
        content = (stored[:len(stored) - skip] if skip == 3 else stored) + more
        if content and spoil:
            content[min(place, len(content) - 1)] = spoiled(content[min(place, len(content) - 1)], spoil)
        if not content or len(stored) > 20 or agency > self.contract.any().agencies:
            return NOT_NOW
        name = self.name("client")
        self.contract.connect(name, gives_up=True)
        self.contract.send(name, *(Message(agency, (bet,), first) for first, bet in enumerate(content)),
                           Message(agency, (), len(content), True))
        self.contract.may_be_told.add(agency)
        client = actors.Client(self.place, agency, self.centrals[0].ports, content, size, name)
        self.clients[name] = client
        if how == "killed" and len(self.contract.worlds) == 1:
            client.wait_until(lambda: client.count("action: apuestas?_enviadas?") or client.ended())
        elif client.outcome() == "stored":
            self.contract.client_says_all_is_stored(name, agency, content)
        else:
            self.contract.client_gives_up(name, agency, content)
        self.client_is_gone(name)

    def client_is_gone(self, name):
        self.clients.pop(name).kill()
        self.contract.cut(name)
        self.come_to_know()

    # One against everybody --------------------------------------------------------------------------------

    @happening(count=st.integers(10, 30), agency=agencies, what=st.sampled_from(("holds", "is silent", "begins")))
    @precondition(lambda self: len(self.crowd) < 30 * CROWDS_MOST)
    def a_crowd_comes(self, count, agency, what):
        """From one address. Whoever of it is closed for want of room is closed."""
        if what == "holds":
            self.contract.may_be_told.add(agency)
        for _ in range(count):
            wire = actors.Wire(self.place, self.centrals[0].ports[1], f"127.1.0.{1 + len(self.crowd) // 1000}")
            self.crowd.append(wire)
            bytes_ = actors.on_the_wire(Message(agency, consult=True))
            wire.push(bytes_ if what == "holds" else bytes_[:len(bytes_) // 2] if what == "begins" else b"")

    @happening(agency=agencies)
    def an_agency_has_many_winners(self, agency):
        return self.give_many_winners(agency)

    def give_many_winners(self, agency):
        world = self.contract.any()
        if agency > world.agencies or world.sent[agency - 1].finished or len(world.sent[agency - 1].bets) >= 20:
            return NOT_NOW
        many = tuple(f"Ana,Paz,{number:016},2000-01-01,{world.number}" for number in range(WINNERS_MANY))
        return self.ask(Message(agency, many))

    @happening(what=st.sampled_from(tuple(FLOODS)))
    @precondition(lambda self: len(self.floods) < 2)
    def a_flood_comes(self, what):
        """Whoever sends it reads nothing."""
        if what == "winners":
            self.give_many_winners(1)
            self.all_finish()
        if FLOODS[what].consult:
            self.contract.may_be_told.add(FLOODS[what].agency)
        wire = actors.Wire(self.place, self.centrals[0].ports[0], f"127.2.0.{1 + len(self.floods)}", slow=True)
        self.floods.append(wire)
        some = actors.on_the_wire(FLOODS[what]) * 100 + actors.on_the_wire(FLOOD_BREAK)
        wire.push(some * (FLOOD_BYTES // len(some)))

    @happening(agency=agencies, reads=st.booleans(), consults=st.booleans())
    def somebody_reads_slowly(self, agency, reads, consults):
        """It is told when all of its winners have arrived, read or not; if it goes away before, it is not."""
        self.give_many_winners(agency)
        self.all_finish()
        world = self.contract.any()
        if agency > world.agencies or len(world.winners(agency)) < 16 * WINNERS_MANY:
            return NOT_NOW
        name = self.connect(consults=consults, slow=True)
        self.send(name, Message(agency, consult=True))
        wire = self.wires[name][0]
        actors.select.select([wire.socket], [], [], actors.hang_s())
        for _ in range(3):  # a moment passes before it is stored who has been told
            self.ask(Message(agency, (), 0, False))
            self.look("status", self.store)
        if reads:
            self.contract.may_be_told.add(agency)
            self.has_read.add(agency)
            self.receive(name)
            self.wait_until_told()
        else:
            if wire.arrived() > len(world.winners(agency)):  # more than its buffer should hold, but the system has it
                self.contract.may_be_told.add(agency)
            self.cut(name, unread=True)
            self.ask(Message(agency, (), 0, False))
            self.look("status", self.store)

    @invariant()
    def memory_stays_bounded(self):
        central = self.centrals[0]
        if central.process is not None and central.memory() - central.at_start > MEMORY_GROWTH_MAX:
            raise Broken(f"the server has grown by {(central.memory() - central.at_start) >> 20} MiB")
