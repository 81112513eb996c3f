"""A model of the whole contract: what is stored, what may be acknowledged, and what each agency may be told.

It is written from docs/protocol.md, docs/operations.md and the design alone, and knows nothing of the program. Nobody sees when
the central deals with what is on its way to it, so the model keeps every world that may be: one in which a message has been dealt
with, and one in which it has not. What is seen then leaves only the worlds that go with it. When none is left, the contract is broken.
"""
from dataclasses import dataclass, replace

import tools
import words
from bets import culprits
from replies import Answer, Refusal, fits, refusal, refused


class Broken(AssertionError):
    """What was seen goes with no world."""


@dataclass(frozen=True)
class Agency:
    bets: tuple = ()
    finished: bool = False


@dataclass(frozen=True)
class Message:
    agency: int
    bets: tuple = ()
    first: int = None
    last: bool = False
    listed: int = None  # "stored" on the wire
    consult: bool = False
    wait: bool = True
    is_json: bool = True

    def bad(self):
        """What is wrong with it by itself: what it may be refused with."""
        if not self.is_json:
            return (Refusal("bad_json"),)
        at = next((at for at, bet in enumerate(self.bets) if culprits(bet)), None)
        return () if at is None else (Refusal("bad_bet", bet=at, fields=culprits(self.bets[at])),)


@dataclass(frozen=True)
class Link:
    """A connection: what the central has not dealt with, what it owes for the rest, and which consultations it holds."""
    consults: bool = False  # it came by the port that takes nothing else
    asked: tuple = ()
    owed: tuple = ()
    held: tuple = ()
    gives_up: bool = False  # its other end may send nothing more once something was refused
    gone: bool = False      # its other end is: what was sent may still be dealt with, and nobody reads the answer
    ended: bool = False     # the central has nothing more to say


@dataclass(frozen=True)
class World:
    agencies: int = 0
    number: int = 7574
    closed: bool = False  # every agency has finished
    drawn: bool = False
    shared: bool = False  # several servers: one may hear of the draw, and of fewer agencies, a second later
    sent: tuple = ()      # an Agency for each number, from 1 on
    links: tuple = ()     # pairs of name and Link

    def link(self, name):
        return dict(self.links)[name]

    def with_link(self, name, link):
        if link.gone:  # of what it sent counts only what may still change something
            left = (message for message in link.asked if not message.consult and not message.bad()
                    and not (message.agency <= len(self.sent) and self.sent[message.agency - 1].finished))
            link = replace(link, owed=(), held=(), asked=tuple(left))
        kept = ((each, link if each == name else old) for each, old in self.links)
        return replace(self, links=tuple(pair for pair in kept if pair[1].asked or not pair[1].gone))

    def with_agency(self, number, agency):
        return replace(self, sent=self.sent[:number - 1] + (agency,) + self.sent[number:]).sealed()

    def sealed(self):
        done = self.agencies > 0 and all(agency.finished for agency in self.sent[:self.agencies])
        return replace(self, closed=True) if done else self

    def winning(self, number):
        return [bet for bet in self.sent[number - 1].bets if int(bet.rsplit(",", 1)[1]) == self.number]

    def winners(self, number):
        return ",".join(bet.split(",")[2] for bet in self.winning(number))

    def all_winners(self):
        return sum(len(self.winning(number)) for number in range(1, len(self.sent) + 1))

    def bets(self):
        return sum(len(agency.bets) for agency in self.sent)

    def last_sender(self):
        return max((number for number, agency in enumerate(self.sent, 1) if agency != Agency()), default=0)


def deal_with_chunk(world, message):
    """The world behind it, and the answer."""
    agency = world.sent[message.agency - 1]
    count, bets = len(agency.bets), message.bets
    end, known = count + len(bets), ()
    if message.first is not None:
        end = message.first + len(bets)
        known = bets[:max(0, count - message.first)]
        if message.first > count:  # nothing is stored that leaves a gap in front of it
            return world, refused("gap", *(["agency_finished"] if agency.finished else []), at=count)
        if known != agency.bets[message.first:message.first + len(known)]:  # what is stored is never changed
            return world, refused("conflict", *(["agency_finished"] if agency.finished and end > count else []), at=count)
    if agency.finished and (end > count or message.first is None):  # nothing comes behind its end
        return world, refused("agency_finished", at=count)
    if message.last and end < count:  # its end is the end of all that it has sent
        return world, refused("conflict", at=count)
    bets = bets[len(known):]  # what is stored is acknowledged as often as it comes, and not stored again
    new = Agency(agency.bets + bets, agency.finished or message.last)
    lists = message.listed is not None and message.first == 0 and len(new.bets) > len(message.bets)
    answer = Answer(1, next=len(new.bets), stored=new.bets if lists else None, listed=message.listed)
    return (world.with_agency(message.agency, new) if new != agency else world), answer


def deal(world, name):
    """The worlds in which the central has dealt with the first message that waits on that connection."""
    link = world.link(name)
    message, link = link.asked[0], replace(link, asked=link.asked[1:])
    bad = message.bad()
    if message.is_json and not 1 <= message.agency <= world.agencies:
        bad += (refusal("unknown_agency"),)
    if link.consults and not message.consult and message.is_json:
        bad += (refusal("bad_message", "type_message"),)
    if message.consult and (not bad or world.shared and message.is_json and message.agency <= len(world.sent)):
        return consult(world, name, link, message)
    answer = Answer(4, refusals=bad)
    if not bad:
        world, answer = deal_with_chunk(world, message)
    rests = [link.asked, ()] if answer.kind == 4 and link.gives_up else [link.asked]
    return [world.with_link(name, replace(link, asked=rest, owed=link.owed + (answer,))) for rest in rests]


def consult(world, name, link, message):
    def answered(world, link, *answers):
        return world.with_link(name, replace(link, owed=link.owed + answers))
    worlds = []
    if message.agency > world.agencies:
        worlds.append(answered(world, link, refused("unknown_agency")))
    if not world.drawn or world.shared:
        if not message.wait:
            worlds.append(answered(world, link, Answer(3)))
        elif message.agency in link.held:
            worlds.append(answered(world, link, Answer(4, refusals=(Refusal("bad_message", fields=frozenset([None, "agency"])),))))
        else:
            worlds.append(answered(world, replace(link, held=link.held + (message.agency,))))
    if world.closed and message.agency <= world.agencies:  # then the draw may have been made
        done = replace(link, asked=(), ended=True) if link.consults else link
        worlds.append(answered(replace(world, drawn=True), done, Answer(2, text=world.winners(message.agency))))
    return worlds


def reachable(worlds):
    """These, and all that may come of them while nobody sends anything more."""
    seen, left = dict.fromkeys(worlds), list(worlds)  # in an order that is the same each time
    while left:
        world = left.pop()
        for name, link in world.links:
            for other in deal(world, name) if link.asked else ():
                if other not in seen:
                    seen[other] = None
                    left.append(other)
    return list(seen)


def take(world, name, reply):
    """The worlds that are left of this one when that reply is read from the connection."""
    link = world.link(name)
    if link.owed and fits(reply, link.owed[0]):
        yield world.with_link(name, replace(link, owed=link.owed[1:]))
    if not world.closed or link.ended:
        return
    for agency in link.held:  # the draw is made
        rest = tuple(each for each in link.held if each != agency)
        answer = Answer(2, text=world.winners(agency)) if agency <= world.agencies else refused("unknown_agency")
        if fits(reply, answer) and not (link.consults and link.owed):
            left = replace(link, held=rest)
            if link.consults:
                left = replace(link, asked=(), held=(), ended=True)
            yield replace(world.with_link(name, left), drawn=True)


class Contract:
    """What may be, as far as anybody has seen."""

    def __init__(self, most, shared=False):
        self.worlds = [World(sent=(Agency(),) * most, shared=shared)]
        self.told = set()         # agencies that status has said are told: they stay so
        self.may_be_told = set()  # winners may have reached them on a connection that is gone
        self.asking = {}          # by connection: the agencies whose winners may reach it
        self.is_new = True

    def see(self, what, worlds, why=None):
        """`why(world)` says what of it does not go with a world."""
        worlds = list(dict.fromkeys(worlds))
        if not worlds:
            raise Broken(words.explained(what, reachable(self.worlds), why))
        self.worlds = worlds

    # What somebody does -----------------------------------------------------------------------------------

    def connect(self, name, consults=False, gives_up=False, reads=True):
        """`reads`: whatever is sent to it arrives."""
        link = Link(consults=consults, gives_up=gives_up)
        self.asking[name] = set() if reads else None
        self.worlds = [replace(world, links=world.links + ((name, link),)) for world in self.worlds]

    def send(self, name, *messages):
        if self.asking.get(name) is not None:
            self.asking[name] |= {message.agency for message in messages if message.consult and message.is_json}
        self.worlds = [world if world.link(name).ended else
                       world.with_link(name, replace(world.link(name), asked=world.link(name).asked + messages))
                       for world in self.worlds]

    def cut(self, name):
        """What was sent may still be dealt with, or never; nobody reads any answer."""
        self._forget(name)
        self.see(f"{name} was cut", (world.with_link(name, replace(world.link(name), gone=True)) for world in reachable(self.worlds)))

    def stop(self, names):
        """A server ended, and with it these connections: what it had not dealt with is gone."""
        for name in names:
            self._forget(name)
        self.see("a server ended", (replace(world, links=tuple(pair for pair in world.links if pair[0] not in names))
                                    for world in reachable(self.worlds)))

    def _forget(self, name):
        asking = self.asking.pop(name, None)
        if asking and any(world.closed for world in reachable(self.worlds)):
            self.may_be_told |= asking

    # What somebody sees -----------------------------------------------------------------------------------

    def started(self, agencies, number, change, serves):
        """A server was started with these settings (None: not given), and serves, or was refused as wrong use."""
        def start(world):
            wanted = replace(world, agencies=world.agencies if agencies is None else agencies,
                             number=world.number if number is None else number).sealed()
            if self.is_new:
                return wanted if serves else None
            if world.closed:  # what a draw was sealed with holds, whatever is given
                return world if serves else None
            worse = wanted.agencies < world.agencies or wanted.number != world.number
            wrong = (wanted.agencies < world.last_sender()  # who has sent is never left out
                     or world.last_sender() > 0 and worse and not change)  # nor are the terms changed by mistake
            return (None if serves else world) if wrong else (wanted if serves else None)
        self.see(f"a server {'serves' if serves else 'does not serve'} with AGENCIES={agencies}, WINNING_NUMBER={number}, CHANGE={change}",
                 (left for left in map(start, reachable(self.worlds)) if left is not None))
        self.is_new = False

    def received(self, name, reply):
        self.see(f"{name} was answered {words.reply(reply)}",
                 (left for world in reachable(self.worlds) for left in take(world, name, reply)),
                 lambda world: words.due(world.link(name)))

    def ended(self, name):
        """The central ended a connection by itself: only one whose answer was all that it was for."""
        self.see(f"{name} was ended", (world for world in self.worlds if world.link(name).ended and not world.link(name).owed),
                 lambda world: words.due(world.link(name)))

    def exported(self, lines):
        """What is stored, in lines of agency and bet, each agency's in their order."""
        self._agrees("export", {"bets": sorted(lines, key=lambda line: int(line.split(",")[0]))}, lambda world: {
            "bets": [f"{number},{bet}" for number, agency in enumerate(world.sent, 1) for bet in agency.bets]})

    def checked(self, counts):
        self._agrees("check", counts, tools.checked)

    def status(self, status):
        is_drawn = status["state"] == "drawn"
        self._agrees("status", tools.status_seen(status, len(self.any().sent)), lambda world: tools.status(world, is_drawn))
        self.worlds = list(dict.fromkeys(replace(world, drawn=is_drawn) for world in self.worlds))
        told = {each["agency"] for each in status["by_agency"] if each["told"]}
        may_be = self.may_be_told.union(*filter(None, self.asking.values())) if is_drawn else set()
        if not self.told <= told <= may_be:
            raise Broken(f"status says that agencies {sorted(told)} are told: it had said so of {sorted(self.told)}, "
                         f"and the winners of {sorted(may_be)} may have arrived")
        self.told = told

    def _agrees(self, tool, seen, right):
        """Only worlds are left in which each value is as seen, or one of a set of them."""
        def why(world):
            return words.differences(seen, right(world))
        self.see(f"{tool} shows what is not so", (world for world in reachable(self.worlds) if not why(world)), why)

    def client_says_all_is_stored(self, name, number, bets):
        whole = Agency(tuple(bets), True)
        self.see(f"the client of agency {number} says that all is stored",
                 (world for world in reachable(self.worlds) if world.sent[number - 1] == whole and not world.link(name).asked),
                 lambda world: words.differences({"its file": list(bets)}, {"its file": list(world.sent[number - 1].bets)}))

    def client_gives_up(self, name, number, bets):
        """It has been refused: something else is stored, or was."""
        self.see(f"the client of agency {number} gave up, though its file is what is stored",
                 (world for world in reachable(self.worlds) if not world.link(name).asked
                  and world.sent[number - 1] != Agency(tuple(bets), True)))

    # What may be asked ------------------------------------------------------------------------------------

    def is_due(self, name):
        """Whether an answer must come on that connection, in every world, whatever comes first."""
        def due(world):
            link = world.link(name)
            answered = any(not (message.consult and message.wait) for message in link.asked)
            return link.owed or not link.ended and (answered or (world.closed and (link.held or link.asked)))
        return all(map(due, self.worlds))

    def is_over(self, name):
        return all(world.link(name).ended and not world.link(name).owed for world in self.worlds)

    def gone(self):
        """Connections that are gone and of which nobody knows what was taken."""
        return {name for world in self.worlds for name, link in world.links if link.gone}

    def waiting(self):
        """How many messages have perhaps not been dealt with."""
        return max(sum(len(link.asked) for _, link in world.links) for world in self.worlds)

    def any(self):
        return self.worlds[0]
