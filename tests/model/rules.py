"""What may happen in a small world, in any order: agencies send, send again, change a digit, ask, are cut off; servers are stopped,
killed and started with other settings; tools read beside. After each step the contract is held against what was seen, and somebody
new is served. What only one server on files knows stands in rules_files.py."""
import signal
import sys

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

import actors  # and with it what lies in tests/
import minder
import words
from bets import BAD, EDGES
from contract import Broken, Contract, Message
from happening import NOT_NOW, failed, happening, is_something

MOST = 3            # agencies
LINKS_MOST = 4      # connections at once
WORLDS_MOST = 40    # that may be, and
WAITING_MOST = 4    # messages that nobody knows the fate of: with more, first what is due is read
EXAMPLE_HANGS = 15   # an example that takes so many waits for a hang does hang
NAMES = ("Ana", "José", 'Ana "la Paz"')
NUMBERS = ("7574", "17", "0017", "1")

plain = st.builds(lambda name, document, number: f"{name},Paz,{document},2000-01-01,{number}", st.sampled_from(NAMES),
                  st.integers(1, 5), st.sampled_from(NUMBERS))
bets = st.one_of(plain, plain, plain, st.sampled_from(EDGES))
links = st.integers(0, LINKS_MOST)
agencies = st.integers(1, MOST)
afterwards = st.sampled_from(("read", "read", "go on", "go on", "cut", "close"))


def spoiled(bet, how):
    if how == "digit":
        return bet[:-1] + ("2" if bet[-1] == "1" else "1")
    if how == "name":
        return "X" + bet[1:]
    return bet


class Lottery(RuleBasedStateMachine):
    shared = False
    also_happens = frozenset()  # besides the rules
    rarely_happens = frozenset()  # rules that can seldom be followed: in a long run they have to be

    def __init__(self):
        super().__init__()
        signal.alarm(EXAMPLE_HANGS * actors.hang_s())  # run.py says so, and ends what was started
        self.centrals = []
        self.steps = []  # what happened, for people
        self.place = actors.Place()
        self.place.setUp()
        self.contract = Contract(MOST, self.shared)
        self.centrals = [actors.Central(self.place)]
        self.wires = {}      # by name: the wire and its server's place
        self.has_read = set()  # agencies whose winners somebody has read from the servers that run
        self.counted = 0
        self.store = None
        self.first_settings = None  # to begin with

    def make_store(self):
        return "n.db"

    def teardown(self):
        error = sys.exc_info()[1]
        try:
            if error is None:
                assume(is_something(self.steps))
                self.everything_ends_well()
        except AssertionError as last:
            error = last
            raise
        finally:
            if isinstance(error, Exception):
                failed(self.steps, error)
            elif error is not None:
                minder.end_all()  # whoever was only just started, and is in nobody's list yet, too
            self.place.doCleanups()

    # Connections ------------------------------------------------------------------------------------------

    def name(self, kind):
        self.counted += 1
        return f"{kind}{self.counted}"

    def address(self):
        """Of somebody who was never there before."""
        return f"127.0.{1 + self.counted // 200}.{1 + self.counted % 200}"

    def connect(self, consults=False, server=0, slow=False):
        name = self.name("wire")
        central = self.centrals[server % len(self.centrals)]
        wire = actors.Wire(self.place, central.ports[consults], self.address(), slow)
        self.wires[name] = (wire, central)
        self.contract.connect(name, consults, reads=not slow)
        return name

    def pick(self, which, consults=False):
        """One of those that are open, or a new one."""
        names = [name for name in self.wires if self.contract.any().link(name).consults == consults]
        return names[which] if which < len(names) else self.connect_anew(consults, which)

    def connect_anew(self, consults=False, server=0):
        if len(self.wires) >= LINKS_MOST:
            self.cut(next(iter(self.wires)), "close")
        return self.connect(consults, server)

    def cut(self, name, how="cut", unread=False):
        if len(self.contract.gone()) > 1 and not unread:
            self.drain(name)
        if name not in self.wires:
            return
        if how == "cut":  # the central may not have seen any more that all has arrived
            self.has_read -= self.contract.asking[name] or set()
        self.contract.cut(name)
        wire, _ = self.wires.pop(name)
        if how == "cut":
            wire.reset()
        else:
            wire.socket.close()

    def send(self, name, *messages):
        self.contract.send(name, *messages)
        self.wires[name][0].socket.sendall(b"".join(map(actors.on_the_wire, messages)))

    def receive(self, name):
        wire, _ = self.wires[name]
        try:
            reply = wire.receive()
        except (EOFError, ConnectionError, TimeoutError) as error:
            raise Broken(f"{name} got {error!r}; {words.due(self.contract.any().link(name))}") from error
        asking = self.contract.asking[name]
        self.contract.received(name, reply)
        if reply["type_message"] == 2 and asking and len(asking) == 1:
            self.has_read |= asking
        if self.contract.is_over(name):
            if not wire.is_ended():
                raise Broken(f"{name} has its winners, and something came behind them")
            self.contract.ended(name)
            self.cut(name, "close")
        return reply

    def drain(self, name):
        while name in self.wires and self.contract.is_due(name):
            self.receive(name)

    def drain_all(self):
        for name in list(self.wires):
            self.drain(name)

    def then(self, name, what):
        if what == "read":
            self.drain(name)
        elif what in ("cut", "close"):
            self.cut(name, what)
        self.come_to_know()

    def is_unclear(self):
        return len(self.contract.worlds) > WORLDS_MOST or self.contract.waiting() > WAITING_MOST

    def come_to_know(self):
        """When too much may be: reads what is due, or has everybody go, or starts the servers again."""
        if self.is_unclear():
            self.drain_all()
        if self.is_unclear():
            for name in list(self.wires):
                self.cut(name, "close")
        if self.is_unclear():
            for central in self.centrals:
                self.stop(central, False)
            for central in self.centrals:
                self.start(central, None, None, False)

    def ask(self, message, server=0):
        """Somebody new is served, and gone again."""
        name = self.connect(server=server)
        self.send(name, message)
        self.drain(name)
        self.cut(name)

    # Rules ------------------------------------------------------------------------------------------------

    @initialize(count=st.integers(1, MOST), number=st.sampled_from((7574, 17)), loops=st.integers(1, 2))
    def opens(self, count, number, loops):
        self.first_settings = count, number
        for central in self.centrals:
            central.loops = loops

    def begin(self):
        """With the first step: an example without one costs nothing."""
        if self.store is None:
            self.store = self.make_store()
            for central in self.centrals:
                self.start(central, *self.first_settings, False)

    @happening(which=links, agency=st.integers(1, MOST + 1), back=st.integers(0, 5), known=st.integers(0, 5),
               new=st.lists(bets, max_size=3), form=st.sampled_from(("placed",) * 5 + ("classic", "listed", "gap", "last")),
               spoil=st.sampled_from((None,) * 5 + ("digit", "digit", "name", "json")), what=afterwards)
    def sends(self, which, agency, back, known, new, form, spoil, what):
        stored = self.contract.any().sent[agency - 1].bets if agency <= MOST else ()
        first = 0 if form == "listed" else max(0, len(stored) - back)
        resent = list(stored[first:first + known])
        payload = resent + (new if first + known >= len(stored) and form != "listed" else [])
        if form == "classic":
            first, payload = None, new
        elif form == "gap":
            first = len(stored) + 1 + back
        if payload and spoil:
            at = max(0, min(len(resent), len(payload)) - 1)
            payload[at] = spoiled(payload[at], spoil)
        name = self.pick(which)
        self.send(name, Message(agency, tuple(payload), first, form == "last", back if form == "listed" else None,
                                is_json=spoil != "json"))
        self.then(name, what)

    @happening(which=links, agency=st.integers(1, MOST + 1), good=st.lists(bets, max_size=2), bad=st.sampled_from(BAD),
               more=st.lists(bets, max_size=1), classic=st.booleans(), last=st.booleans(), what=afterwards)
    def a_bad_bet_comes(self, which, agency, good, bad, more, classic, last, what):
        """In a chunk of which nothing is stored then."""
        stored = self.contract.any().sent[agency - 1].bets if agency <= MOST else ()
        name = self.pick(which)
        self.send(name, Message(agency, (*good, bad, *more), None if classic else len(stored), last))
        self.then(name, what)

    @happening(agency=agencies, good=st.lists(bets, max_size=2))
    def each_bad_bet_comes(self, agency, good):
        name = self.connect_anew()
        for bad in BAD:
            self.send(name, Message(agency, (*good, bad), len(self.contract.any().sent[agency - 1].bets)))
            self.drain(name)

    @happening(which=links, agency=agencies, new=st.lists(bets, min_size=1, max_size=2), place=st.integers(1, 1000),
               rest=st.booleans(), what=afterwards)
    def a_frame_comes_in_pieces(self, which, agency, new, place, rest, what):
        """Somebody else is served in between. Of what never comes whole nothing is stored."""
        name = self.pick(which)
        message = Message(agency, tuple(new), len(self.contract.any().sent[agency - 1].bets))
        data = actors.on_the_wire(message)
        at = 1 + place % (len(data) - 1)
        self.wires[name][0].socket.sendall(data[:at])
        self.ask(Message(agency, (), 0, False, 0))
        if rest:
            self.contract.send(name, message)
            self.wires[name][0].socket.sendall(data[at:])
            self.then(name, what)
        else:
            self.cut(name, what)

    @happening(which=links, agency=agencies, classic=st.booleans(), new=st.lists(bets, max_size=2), what=afterwards)
    def finishes(self, which, agency, classic, new, what):
        name = self.pick(which)
        count = len(self.contract.any().sent[agency - 1].bets)
        self.send(name, Message(agency, tuple(new), None if classic else count, True))
        self.then(name, what)

    @happening()
    def everyone_finishes(self):
        self.all_finish()

    def all_finish(self, count=None):
        """The first ones, or every one."""
        self.drain_all()
        for agency in range(1, (count or self.contract.any().agencies) + 1):
            if not all(world.sent[agency - 1].finished for world in self.contract.worlds):
                self.ask(Message(agency, (), None, True))

    @happening(which=links, agency=st.integers(1, MOST + 1), wait=st.booleans(), consults=st.booleans(), what=afterwards)
    def consults(self, which, agency, wait, consults, what):
        name = self.pick(which, consults)
        self.send(name, Message(agency, consult=True, wait=wait))
        self.then(name, what)

    @happening(agency=agencies, consults=st.booleans())
    def asks_twice_for_the_draw(self, agency, consults):
        """One consultation of an agency is held on a connection, and the next is refused before what is asked behind it is answered."""
        if self.contract.any().closed:
            return NOT_NOW
        name = self.connect_anew(consults)
        self.send(name, *[Message(agency, consult=True)] * 2, Message(agency, consult=True, wait=False))
        self.drain(name)

    @happening(agency=agencies, new=st.lists(bets, max_size=2), last=st.booleans(), what=afterwards)
    def a_chunk_comes_by_the_consultations_port(self, agency, new, last, what):
        name = self.connect_anew(consults=True)
        self.send(name, Message(agency, tuple(new), len(self.contract.any().sent[agency - 1].bets), last))
        self.then(name, what)

    @happening(which=links)
    def reads_what_is_due(self, which):
        if which >= len(self.wires):
            return NOT_NOW
        self.drain(list(self.wires)[which])

    @happening(which=links, how=st.sampled_from(("cut", "close")))
    def is_cut(self, which, how):
        if which >= len(self.wires):
            return NOT_NOW
        self.cut(list(self.wires)[which], how)

    # Servers ----------------------------------------------------------------------------------------------

    def start(self, central, count, number, change, store=None):
        serves = central.start(store or self.store, count, number, change)
        self.contract.started(count, number, change, serves)
        return serves

    def stop(self, central, kill):
        names = [name for name, (_, other) in self.wires.items() if other is central]
        gone = self.contract.gone() if len(self.centrals) == 1 else set()
        central.stop(kill)
        self.contract.stop({*names, *gone})
        for name in names:
            self.wires.pop(name)[0].socket.close()
        self.has_read.clear()

    @happening(server=st.integers(0, 2), kill=st.booleans(), count=st.sampled_from((None, None, 1, 2, 3)),
               number=st.sampled_from((None, None, 7574, 17)), change=st.booleans(), data=st.data())
    def restarts(self, server, kill, count, number, change, data):
        central = self.centrals[server % len(self.centrals)]
        self.stop(central, kill)
        store = self.between(central, kill, data)
        if not self.start(central, count, number, change, store) and not self.start(central, None, None, False, store):
            raise Broken("it does not start with the settings that are stored")

    def between(self, central, kill, data):
        """What somebody does to a store without a server; the name to start the next one with."""
        return self.store

    # Tools ------------------------------------------------------------------------------------------------

    def other_name(self, data):
        return self.store

    @happening(tool=st.sampled_from(("export", "status", "check", "ping")), server=st.integers(0, 2), data=st.data())
    def is_looked_at(self, tool, server, data):
        if tool == "ping":
            port = self.centrals[server % len(self.centrals)].ports[0]
            if self.place.run_program("ping", "--address", f"127.0.0.1:{port}")[0] != 0:
                raise Broken("a server that works does not answer a ping")
        elif not self.look(tool, self.other_name(data)):
            raise Broken(f"{tool} failed on a good store")

    def look(self, tool, store):
        """Whether the tool takes the store for whole; what it says then has to be so."""
        if tool == "export":
            lines = actors.exported(self.place, store)
            if lines is not None:
                self.contract.exported(lines)
            return lines is not None
        if tool == "status":
            status = actors.status_of(self.place, store)
            if status is not None:
                self.contract.status(status)
            return status is not None
        status, output, _ = self.place.run_program("check", "--store", store)
        if status == 0:
            self.contract.checked(actors.counted(output))
        return status == 0

    def wait_until_told(self):
        """Who has read its winners is told, as soon as its system has acknowledged them."""
        def are_told():
            self.look("status", self.store)
            return self.has_read <= self.contract.told
        actors.harness.until(are_told, f"agencies {self.has_read}, who have read their winners, to be told", 0.1)

    # After each step --------------------------------------------------------------------------------------

    @invariant()
    def somebody_new_is_served(self):
        if self.contract.is_new:
            return
        agency, at, stored = 1 + self.counted % MOST, 0, 1
        name = self.connect(server=self.counted)
        while at < stored:  # asks for the list of all that is stored, and each piece has to be of it
            self.send(name, Message(agency, (), 0, False, at))
            reply = self.receive(name)
            stored = reply.get("next", 0)
            at = reply["stored"][-1]["first"] + reply["stored"][-1]["count"] if at < stored else stored
        self.cut(name)

    def everything_ends_well(self):
        self.all_finish()
        self.drain_all()
        late = [name for name in self.wires if any(world.link(name).held for world in self.contract.worlds)]
        if late:
            raise Broken(f"{late} wait for the draw, and it was made: {words.state(self.contract.any())}")
        for agency in range(1, self.contract.any().agencies + 1):
            self.reads_its_winners(agency)
        self.wait_until_told()
        for name, (wire, _) in list(self.wires.items()):  # what came besides has to be owed in some world
            while name in self.wires and actors.select.select([wire.socket], [], [], 0)[0]:
                self.receive(name)
        for tool in ("export", "check"):
            if not self.look(tool, self.store):
                raise Broken(f"{tool} failed on a good store")

    def reads_its_winners(self, agency):
        for server in range(len(self.centrals)):
            name = self.connect(consults=True, server=server)
            self.send(name, Message(agency, consult=True))
            while name in self.wires:
                self.receive(name)
