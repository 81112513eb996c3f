"""What to send next, and what its answer means: the part of the dialogue in which bets are sent. Values in, values out."""
import enum
from collections import deque
from typing import Any, Deque, Iterator, List, NamedTuple, Optional, Tuple, Union

from . import wire
from .bets import digest_of
from .encoding import printable
from .errors import BadBets, NotBelieved, Refused
from .options import Options
from .promises import Promises, TryAgain, believing
from .source import BetsFile, BetsList
from .wire import Piece, Reply

Bets = Union[BetsFile, BetsList]
_AROUND_BYTES = 1024  # of a message, apart from its bets
_DRAW_BYTES_MAX = 512


class Step(enum.Enum):
    """What comes after an answer."""
    WAITS = 1      # for the next answer
    WORKS = 2      # `work` is to be gone through, and what then follows is in `after`
    DONE = 3       # every bet is stored
    CONNECTS = 4   # begin anew on a new connection, at once
    RETRIES = 5    # the same, later; `reason` says why


class Mode(enum.Enum):
    ASKING = 1     # for the rules, before a bet leaves
    OPENING = 2    # the first chunk of a connection
    STREAMING = 3
    COMPARING = 4
    LOOKING = 5    # whether the bets are still there


class Sent(NamedTuple):
    """A message in flight."""
    end: int       # how many bets there are up to and including it
    length: int
    last: bool = False
    lists: bool = False    # asks for a list of what is stored from `end` on
    draw: bool = False     # asks which draw it is
    rules: bool = False
    digest: Optional[bytes] = None  # of its bets, where a receipt is asked for

    @property
    def only_asks(self) -> bool:
        return self.length == 0 and not self.last


class Sending:
    """`stored` is how many bets are known to be; `out` what is to be sent."""

    def __init__(self, options: Options, bets: Bets, promises: Optional[Promises]) -> None:
        self._options, self._bets, self._promises = options, bets, promises
        self.stored = self._there = self._at = 0
        self.out: List[bytes] = []
        self.reason = ""
        self.warning: Optional[str] = None
        self.work: Iterator[None] = iter(())
        self.draw = ""
        self._window: Deque[Sent] = deque()
        self._mode = Mode.OPENING
        self._most = 0  # that ever counted as stored
        self._has_ended = self._classic = self._resynced = self._same_draw = self._was_another = False

    @property
    def counted(self) -> int:
        """How many bets count as stored: where the central signs, no more than it has given receipts for, whatever it says."""
        return min(self.stored, self._promises.covered) if self._promises else self.stored

    def has_grown(self) -> bool:
        """Whether more counts as stored than ever before, since the last call."""
        before, self._most = self._most, max(self._most, self.counted)
        return self._most > before

    def _retry(self, reason: str) -> Step:
        self.reason = reason
        return Step.RETRIES

    # Messages

    def _send(self, rows: Any, first: int, sent: Sent) -> None:
        names = sent.draw and self.stored > 0 and self.draw
        self._window.append(sent)
        self.out.append(wire.chunk(
            self._options.agency, rows, first, sent.last, stored=sent.end if sent.lists else None, draw=sent.draw,
            only_draw=self.draw if names else None, rules=sent.rules, receipt=sent.digest is not None))

    def _ask(self, first: int, sent: Sent) -> Step:
        """A message without bets."""
        self._send((), first, sent)
        return Step.WAITS

    def _send_chunk(self) -> None:
        first, room = self._at, wire.MESSAGE_BYTES_MAX - _AROUND_BYTES - 6 * _DRAW_BYTES_MAX
        rows = self._bets.rows(first, self._options.chunk_size)
        length = 0
        for row in rows:
            room -= wire.bet_bytes(row)
            if room < 0:
                break
            length += 1
        rows, end = rows[:length], first + length
        last, opens = end >= self._bets.total, self._mode is Mode.OPENING
        digest = digest_of(rows) if self._promises and rows else None
        self._at, self._has_ended = end, last
        self._send(rows, first, Sent(end, length, last, first == 0 and not last, opens, opens and self._promises is not None, digest))

    def _fill(self) -> Step:
        most = 1 if self._classic or self._mode is Mode.OPENING else self._options.window
        while len(self._window) < most and not self._has_ended:
            self._send_chunk()
        return Step.WAITS

    def _go_to(self, index: int) -> None:
        if index > self._bets.total:
            raise BadBets(f"{self._bets.name}: has {self._bets.total} bets, but {index} or more are already stored: another file was sent "
                          "for this agency, or this one has changed", code="conflict")
        self._at = index

    # Beginning

    def begin(self) -> Step:
        """On a new connection."""
        self._window.clear()
        self._has_ended = False
        self._mode = Mode.ASKING if self._promises else Mode.OPENING
        self._go_to(self.counted)
        if self._promises:
            return self._ask(self.stored, Sent(self.stored, 0, lists=self.stored == 0, draw=True, rules=True))
        return self._fill()

    def look(self) -> Step:
        """Whether every bet is still there: the end once more."""
        self._window.clear()
        self._mode, self._has_ended = Mode.LOOKING, True
        return self._ask(self.stored, Sent(self.stored, 0, last=True, draw=True, rules=self._promises is not None))

    @property
    def can_look(self) -> bool:
        """Of an agency without bets, the end would be a new one after a reset."""
        return not self._classic and not self._was_another and self.stored > 0

    def _stream(self) -> Step:
        self._mode = Mode.STREAMING
        self._go_to(self.counted)  # what has no receipt is sent once more: then it gets one
        return self._fill()

    # Comparing what is stored

    def _ask_stored(self) -> Step:
        self._mode = Mode.COMPARING
        return self._ask(0, Sent(self.stored, 0, lists=True))

    def _compare(self, pieces: List[Piece]) -> Iterator[None]:
        for piece in pieces:
            if piece.first + piece.length <= self._bets.total:
                same = digest_of(self._bets.rows(piece.first, piece.length)) == piece.digest
            else:
                same = False
                self._go_to(piece.first + piece.length)
            if not same:
                raise BadBets(f"{self._bets.name}: lines {piece.first + 1} to {piece.first + piece.length} are not the bets stored in "
                              "their place: another file was sent for this agency, or this one has changed",
                              getattr(self._bets, "name", None), piece.first + 1, code="conflict")
            self.stored = piece.first + piece.length
            yield

    def after_work(self) -> Step:
        return self._ask_stored() if self.stored < self._there else self._stream()

    def _on_ahead(self, sent: Sent, reply: Reply) -> Step:
        """The central has more than was sent on this connection."""
        self._there = reply.next
        if not sent.lists:
            return self._ask_stored()
        if not reply.stored:
            self.warning = "the central does not list what it has stored, and is believed"
            self.stored = self._there
            return self._stream()
        at = self.stored
        for place, piece in enumerate(reply.stored):
            follows = piece.first == at if place else piece.first <= at < piece.first + piece.length
            if not follows:
                return self._retry(f"the central's list of what is stored does not continue from bet {at}")
            at = piece.first + piece.length
        self._mode = Mode.COMPARING
        self.work = self._compare(reply.stored)
        return Step.WORKS

    # Answers

    def check_draw(self, reply: Reply) -> None:
        """What one draw has acknowledged is for no other."""
        if not self._window or not self._window[0].draw:
            return
        self._same_draw = reply.draw != "" and reply.draw == self.draw
        if self.stored > 0 and self.draw and reply.draw and not self._same_draw:
            raise Refused("other_draw", f'the central has another draw: "{printable(reply.draw)}"; {self.stored} bets of this agency are '
                                        f'in "{printable(self.draw)}". Nothing was sent there: ask the operator')
        if reply.kind == wire.PROCESSED and reply.next >= self._window[0].end and len(reply.draw.encode()) <= _DRAW_BYTES_MAX:
            self.draw = reply.draw

    def _keep(self, sent: Sent, reply: Reply) -> None:
        promises = self._promises
        if promises is None:
            return
        with believing():
            if sent.rules:
                promises.take_rules(reply)
            if sent.digest is not None:
                promises.take_receipt(reply, sent.end - sent.length, sent.length, sent.digest, sent.rules)

    def acknowledged(self, reply: Reply) -> Tuple[Step, Optional[Sent], bool]:
        """The step; what was acknowledged, if anything was; and whether the agency has come further than ever before."""
        if not self._window:
            return self._retry("the central acknowledged what was not sent"), None, False
        sent = self._window[0]
        self._classic = reply.next < 0
        if not self._classic and reply.next < sent.end:
            return self.resync(reply.next, "the central has fewer bets than it acknowledged"), None, False
        try:
            self._keep(sent, reply)
        except TryAgain as reason:
            return self._retry(str(reason)), None, False
        except NotBelieved as reason:
            had = max(reply.next, 0)
            before = f"{had} bets are stored there from before" if self._mode is Mode.ASKING else f"{had} bets are stored there"
            said = "nothing was sent" + (f", and {before}" if had else "") if self._mode is Mode.ASKING else before
            raise NotBelieved(reason.code, f"{said}: {reason}") from None
        self._window.popleft()
        self.stored = sent.end
        has_grown = self.has_grown()
        self._resynced = self._resynced and not has_grown
        return self._go_on(sent, reply), sent, has_grown

    def _go_on(self, sent: Sent, reply: Reply) -> Step:
        is_ahead = reply.next > sent.end
        if is_ahead and not sent.last and self._mode is not Mode.STREAMING:
            return self._on_ahead(sent, reply)
        self._mode = Mode.STREAMING
        if sent.last:
            if is_ahead:
                self._go_to(reply.next)
            return Step.DONE
        return self._fill()

    def resync(self, there: int, reason: str) -> Step:
        """The central has `there` bets, and this is where to go on."""
        had = self.stored
        if self._mode is Mode.LOOKING and not self._same_draw:
            self._was_another = True
            self.warning = (f"the central had acknowledged {had} bets, and now has {there}; it does not say which draw it has, so that "
                            "nothing is sent again: ask the operator")
            return Step.DONE
        self.stored = there
        if self._mode is Mode.LOOKING:
            self.warning = f"the central had acknowledged {had} bets, and now has {there}: the others are sent again"
            return Step.CONNECTS
        if self._resynced:
            return self._retry(reason)
        self._resynced = True
        self.warning = f"{reason}: the central has {there} bets, and sending goes on from there"
        return Step.CONNECTS

    def closed(self, there: int) -> int:
        """The draw was closed after `there` bets, as the central says. Returns how many were not taken, or have no receipt."""
        self.stored = there
        self._go_to(there)
        if self.counted < there:
            self.warning = f"the central says that it has {there} bets, and has given receipts for {self.counted}: no more count"
        return self._bets.total - self.counted

    def refused(self, reply: Reply) -> Refused:
        """What the central refuses for good, with the place of it."""
        where = ""
        if self._window and self._window[0].length:
            sent = self._window[0]
            first = sent.end - sent.length
            line = first + 1 + reply.bet if reply.bet is not None and reply.bet < sent.length else None
            where = f"{self._bets.name}:{line}: " if line else f"{self._bets.name}: lines {first + 1} to {sent.end}: "
        return Refused(reply.code, where + printable(f"{reply.message} ({reply.code})"))
