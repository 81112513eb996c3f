"""What an operator orders in a night: the command, and how the store shows that it is done."""
import dataclasses
import math
import time
import typing

# Of a server until its answer, about: within them it is killed (kill_preload.c). The agencies' go on meanwhile.
CALLS = {"change": 25, "close": 45, "draw": 40, "finish": 40, "reset": 40, "seal": 30}
CALLS_SHARED = {"change": 75, "close": 75, "draw": 400, "finish": 60, "reset": 75, "seal": 75}  # and to its database


@dataclasses.dataclass
class Order:
    words: tuple
    is_done: typing.Callable  # asks a look at the store
    valid_until: float = math.inf  # later it is refused
    is_single: bool = False  # of several papers: not given to two servers at once

    @property
    def word(self):
        return self.words[0]

    def __str__(self):
        return " ".join(map(str, self.words))


class Late(Exception):
    """The machine was so busy that the time for an order has passed."""


def call_within(word, is_shared, chance):
    """A moment from before the order until after its answer; more often near to that."""
    most = (CALLS_SHARED if is_shared else CALLS)[word]
    return chance.randrange(chance.choice((1, most * 2 // 3)), most * 5 // 4)


def utc(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def finish(agency):
    return Order(("finish", "--agency", agency, "--yes"), lambda look: look.agency(agency)["ending"] == "operator")


def reset(agency):
    """The first one of this agency."""
    return Order(("reset", "--agency", agency, "--yes"), lambda look: look.agency(agency)["voidings"] == 1)


def change_agencies(agencies):
    return Order(("change", "--agencies", agencies), lambda look: look["agencies"] == agencies)


def change_number(number):
    return Order(("change", "--number", f"{number:04}"), lambda look: look["winning_number"] == number)


def close_at(moment, chance):
    words = chance.choice((("close", "--at"), ("change", "--close-at")))
    return Order((*words, utc(moment)), lambda look: look["closes_at"] == utc(moment), moment)


def close():
    return Order(("close", "--yes"), lambda look: look["state"] != "open")


def draw(number, approvals=()):
    return Order(("draw", "--number", f"{number:04}", *approvals, "--yes"),
                 lambda look: look["state"] == "drawn" and look["winning_number"] == number, is_single=bool(approvals))
