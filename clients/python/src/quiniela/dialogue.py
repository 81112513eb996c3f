"""What an agency says to a central, as a machine without sockets, clocks or threads: it is told what has happened, and says what to do.

A driver calls start(), and carries out what actions() gives, in order; then it calls connected(), received(), lost(), distrusted(),
refused() or waited() as things happen, and looks at actions() again, until `ended`. Events of a connection that is gone must not be
told. Nothing here waits; only the agency's files are read and written.
"""
import contextlib
import enum
import time
from dataclasses import dataclass
from typing import Iterator, List, Optional, Union

from . import wire
from .bets import winning
from .encoding import printable
from .errors import BadSetting, QuinielaError, Refused
from .options import Address, Event, Options, read_addresses
from .promises import Promises, TryAgain, believing
from .sending import Bets, Sending, Step
from .source import BetsFile
from .wire import Reply

_RETRY_S, _RETRY_MOST_S = 0.1, 5.0
_POLL_S, _POLL_MOST_S = 1.0, 30.0
_RETRY_AFTER_MOST_S = 60.0  # a central may ask for no longer pause
_PATIENCE_GROWTH = 16
_STEP_BETS = 20_000  # looked at between two looks at the connection


@dataclass(frozen=True)
class Connect:
    """Connect, by TLS where the options say so. What there was of a connection is gone."""
    address: Address


@dataclass(frozen=True)
class Disconnect:
    """Close the connection, or give up making one."""


@dataclass(frozen=True)
class Send:
    data: bytes


@dataclass(frozen=True)
class Wait:
    """Call waited() in so many seconds, and forget the wait before; None: only forget it."""
    seconds: Optional[float]


Action = Union[Connect, Disconnect, Send, Wait]


@dataclass(frozen=True)
class Outcome:
    """How it ended. `winners`: documents, in the order of the agency's bets, one for each bet that has won; None when it was stopped
    before they were known. `not_taken`: how many bets came too late, and take no part. `number`: of a signed draw, the winning one.
    `unchecked`: why signatures could not be checked on this machine; None where they were, or were not to be."""
    agency: int
    bets: int
    stored: int
    winners: Optional[List[str]]
    not_taken: int = 0
    number: Optional[int] = None
    unchecked: Optional[str] = None


class _Phase(enum.Enum):
    IDLE, CONNECTING, SENDING, WORKING, CONSULTING, POLLING, BACKING_OFF, ENDED = range(8)


class _Route:
    """Servers in a random order, each tried in turn."""

    def __init__(self, options: Options, addresses: List[Address]) -> None:
        self._random, self._addresses, self._at, self.failed = options.random, list(addresses), 0, 0
        self._random.shuffle(self._addresses)

    @property
    def here(self) -> Address:
        return self._addresses[self._at]

    def go_on(self) -> bool:
        """To the next one; whether it was not tried since the last success."""
        self.failed += 1
        if self.failed < len(self._addresses):
            self._at = (self._at + 1) % len(self._addresses)
            return True
        self.failed = self._at = 0
        self._random.shuffle(self._addresses)
        return False


class Dialogue:
    def __init__(self, options: Options, bets: Bets) -> None:
        """Raises BadSetting where what is kept of a signed draw does not fit. The caller goes on owning `bets`."""
        self._options, self._bets = options, bets
        self._promises: Optional[Promises] = None
        if options.central_key is not None and options.receipts is not None:
            if bets.is_at(options.receipts):
                raise BadSetting(f"receipts: {options.receipts} is the file of bets")
            self._promises = Promises(options.agency, options.central_key, options.receipts, options.tls is not None)
        self._sending = Sending(options, bets, self._promises)
        self._route = _Route(options, read_addresses("servers", options.servers))
        self._consult = _Route(options, read_addresses("consult", options.consult or options.servers))
        self._actions: List[Action] = []
        self._frames = wire.Frames()
        self._phase = _Phase.IDLE
        self._consulting = self._linked = self._said_waiting = False
        self._look_can = self._look_on = self._look_owed = False
        self._failures = self._polls = self._not_taken = 0
        self._patience = options.answer_timeout
        self._has_good, self._bad_since = False, -1.0
        self._work: Iterator[None] = iter(())
        self._winners: Optional[List[str]] = None
        self._number: Optional[int] = None
        self._error: Optional[QuinielaError] = None
        self._has_warned = False

    # For the driver ----------------------------------------------------------------------------------------

    def actions(self) -> List[Action]:
        """What is to be done since the last call."""
        actions, self._actions = self._actions, []
        return actions

    @property
    def ended(self) -> bool:
        return self._phase is _Phase.ENDED

    def outcome(self) -> Outcome:
        """Once it has ended; raises why it has failed."""
        if self._error is not None:
            raise self._error
        unchecked = self._promises.unchecked if self._promises else None
        return Outcome(self._options.agency, self._bets.total, self._sending.counted, self._winners, self._not_taken, self._number,
                       unchecked)

    def start(self) -> None:
        for warning in self._bets.warnings:
            self._tell("warning", warning)
        self._connect()

    def connected(self) -> None:
        self._has_good = True
        self._tell("connected", f"connected to {self._here.here}")
        with self._guarded():
            self._up()

    def received(self, data: bytes) -> None:
        self._frames.feed(data)
        frames = self._frames
        try:
            while frames is self._frames and self._linked:
                frames.most = wire.REPLY_BYTES_MAX if self._consulting else wire.ANSWER_BYTES_MAX
                message = frames.next()
                if message is None:
                    return
                reply = wire.read_reply(message)
                with self._guarded():
                    self._on_reply(reply)
        except wire.BadReply as reason:
            self._come_later(str(reason))

    def lost(self, reason: str) -> None:
        """The connection has ended, or could not be made."""
        self._back_off(reason)
        self._look_lost(bool(self._options.consult))

    def distrusted(self, reason: str) -> None:
        """The server's certificate is not accepted. It may be one of several servers, or be mended in a moment."""
        now = time.monotonic()
        self._bad_since = now if self._bad_since < 0 else self._bad_since
        if not self._has_good and now - self._bad_since >= self._options.trust_timeout:
            self.refused(reason)
        else:
            self.lost(reason)

    def refused(self, reason: str) -> None:
        """The central does not accept this agency, for good."""
        self._fail(Refused("not_authorized", f"{self._here.here}: {reason}"))

    def waited(self) -> None:
        if self._phase is _Phase.BACKING_OFF:
            self._connect()
        elif self._phase is _Phase.POLLING:
            with self._guarded():
                self._ask_winners()
        elif self._phase is _Phase.WORKING:
            with self._guarded():
                self._go_on_working()
        elif self._phase in (_Phase.SENDING, _Phase.CONSULTING):
            waited = self._patience
            self._patience = min(self._patience * 2, self._options.answer_timeout * _PATIENCE_GROWTH)
            self.lost(f"no answer within {waited:g} s")

    def stop(self) -> None:
        """Ends it; outcome() then has no winners."""
        if not self.ended:
            self._end()

    # Phases ------------------------------------------------------------------------------------------------

    def _tell(self, kind: str, text: str) -> None:
        if self._options.on_event:
            self._options.on_event(Event(kind, text, self._sending.counted))

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Whatever fails for good ends the dialogue, as its outcome."""
        try:
            with believing():
                yield
        except QuinielaError as error:
            self._fail(error)

    def _drop(self) -> None:
        if self._linked:
            self._linked = False
            self._actions.append(Disconnect())
        self._frames = wire.Frames()

    def _end(self) -> None:
        self._drop()
        self._wait(None)
        self._phase = _Phase.ENDED
        if self._promises:
            self._promises.close()

    def _fail(self, error: QuinielaError) -> None:
        self._error = error
        self._end()

    def _wait(self, seconds: Optional[float]) -> None:
        self._actions.append(Wait(seconds))

    @property
    def _here(self) -> _Route:
        return self._consult if self._consulting and self._options.consult else self._route

    def _connect(self) -> None:
        self._drop()
        self._phase, self._linked = _Phase.CONNECTING, True
        self._wait(None)
        self._actions.append(Connect(self._here.here))

    def _back_off(self, reason: str) -> None:
        where, fresh = self._here.here, self._here.go_on()
        most = _RETRY_S if fresh else min(_RETRY_S * 2 ** min(self._failures, 16), _RETRY_MOST_S)
        self._failures += not fresh
        seconds = self._options.random.uniform(0, most)
        self._drop()
        self._phase = _Phase.BACKING_OFF
        self._tell("retry", f"{where}: {reason}; next attempt in {seconds:.1f} s")
        self._wait(seconds)

    def _come_later(self, reason: str) -> None:
        self._back_off(reason)
        self._look_lost(True)

    def _look_lost(self, may_ask: bool) -> None:
        """Looking comes first. But the servers that took the bets may be gone for good, and those with the winners still there: so both
        are tried in turn."""
        if self._consulting and self._look_can:
            self._look_owed = self._look_on = True
            self._consulting = False
        elif self._look_on and may_ask:
            self._look_on, self._consulting = False, True

    def _up(self) -> None:
        if self._consulting:
            self._ask_winners()
        else:
            self._carry_out(self._sending.look() if self._look_on else self._sending.begin())

    # Sending -----------------------------------------------------------------------------------------------

    def _say_resumed(self) -> None:
        if self._sending.warning:
            self._tell("resumed", self._sending.warning)
            self._sending.warning = None

    def _carry_out(self, step: Step) -> None:
        self._say_resumed()
        self._actions.extend(Send(data) for data in self._sending.out)
        self._sending.out.clear()
        if step is Step.WAITS:
            self._phase = _Phase.SENDING
            self._wait(self._patience)
        elif step is Step.WORKS:
            self._work_at(self._sending.work)
        elif step is Step.DONE:
            if not self._look_on:
                self._tell("all_stored", f"all {self._sending.counted} bets are stored")
            self._look_can = self._sending.can_look
            self._look_on = self._look_owed = False
            self._begin_consulting()
        elif step is Step.CONNECTS:
            self._look_on = self._look_owed = self._said_waiting = False
            self._connect()
        else:
            self._come_later(self._sending.reason)

    def _work_at(self, work: Iterator[None]) -> None:
        self._phase, self._work = _Phase.WORKING, work
        self._wait(0)

    def _go_on_working(self) -> None:
        try:
            next(self._work)
            self._wait(0)
        except StopIteration:
            if self._consulting:
                self._end()
            else:
                self._carry_out(self._sending.after_work())
        except TryAgain as reason:
            self._come_later(str(reason))

    def _on_acknowledged(self, reply: Reply) -> None:
        step, sent, has_grown = self._sending.acknowledged(reply)
        if has_grown:
            self._failures = self._here.failed = 0
        if sent is not None and not sent.only_asks:
            self._patience = self._options.answer_timeout
            if not self._look_on:
                self._tell("stored", f"{sent.length} bets are stored, {sent.end} of {self._bets.total}")
        self._carry_out(step)

    def _on_draw_closed(self, reply: Reply) -> None:
        """What was taken takes part, and has its winners: they are asked for on a new connection, as on this one there may be answers to
        what was sent ahead."""
        self._not_taken = self._sending.closed(reply.next if reply.next >= 0 else self._sending.stored)
        self._tell("draw_closed", f"{printable(reply.message)}: {self._not_taken} bets of {self._bets.name} were not taken")
        self._say_resumed()
        self._consulting = True
        self._look_can = self._look_on = self._look_owed = False
        self._connect()

    # Answers -----------------------------------------------------------------------------------------------

    def _on_reply(self, reply: Reply) -> None:
        if not self._consulting:
            self._sending.check_draw(reply)
        if reply.kind == wire.ERROR:
            self._on_error(reply)
        elif not self._consulting and reply.kind == wire.PROCESSED:
            self._on_acknowledged(reply)
        elif self._consulting and reply.kind == wire.WINNERS:
            self._on_winners(reply)
        elif self._consulting and reply.kind == wire.NOT_READY:
            self._on_not_drawn(reply)
        else:
            self._come_later("the central's answer does not match the question")
        self._say_unchecked()

    def _say_unchecked(self) -> None:
        if self._promises and self._promises.unchecked and not self._has_warned:
            self._has_warned = True
            self._tell("warning", self._promises.unchecked)

    def _on_error(self, reply: Reply) -> None:
        said = printable(f"{reply.message} ({reply.code})")
        if not self._consulting and reply.code == "gap" and reply.next >= 0:
            self._carry_out(self._sending.resync(reply.next, "gap"))
        elif not self._consulting and reply.code == "draw_closed":
            self._on_draw_closed(reply)
        elif reply.retryable:
            self._come_later(said)
        elif self._consulting:
            self._fail(Refused(reply.code, f"all bets are stored, and the winners are refused: {said}"))
        else:
            self._fail(self._sending.refused(reply))

    # Consulting --------------------------------------------------------------------------------------------

    def _begin_consulting(self) -> None:
        self._consulting = True
        if self._options.consult:
            self._connect()
        else:
            self._ask_winners()

    def _ask_winners(self) -> None:
        now = self._look_owed
        asks = {"returns": self._look_can and not now}
        seal: Union[None, bool, str] = None
        if self._promises:
            asks.update(rules=True, key=self._promises.lacks_key)
            seal = True if self._promises.seal is None else self._promises.seal.decode("utf-8")
        self._phase = _Phase.CONSULTING
        self._actions.append(Send(wire.consultation(self._options.agency, not now, seal=seal, **asks)))
        if not self._said_waiting:
            self._said_waiting = True
            self._tell("waiting", "waiting for the draw")
        self._wait(self._patience if now else None)

    def _on_not_drawn(self, reply: Reply) -> None:
        self._patience = self._options.answer_timeout
        self._here.failed = 0
        if self._promises:
            try:
                is_new = self._promises.take_waiting(reply)
            except TryAgain as reason:
                self._come_later(str(reason))
                return
            if is_new:
                self._tell("sealed", "the seal has come, and is on the disk")
                if not self._look_owed:
                    self._ask_winners()
                    return
        if self._look_owed:
            self._look_on, self._consulting = True, False
            self._connect()
            return
        most = min(_POLL_S * 2 ** min(self._polls, 16), _POLL_MOST_S)
        self._polls += 1
        self._phase = _Phase.POLLING
        self._wait(max(min(reply.retry_after_ms / 1000, _RETRY_AFTER_MOST_S), self._options.random.uniform(0, most)))

    def _on_winners(self, reply: Reply) -> None:
        if reply.documents.count(",") >= max(self._bets.total, 1):
            self._come_later(f"the central tells more winners than the {self._bets.total} bets of this agency")
            return
        documents = reply.documents.split(",") if reply.documents else []
        if self._promises is None:
            self._winners = documents
            self._end()
            return
        try:
            result = self._promises.take_winners(reply)
        except TryAgain as reason:
            self._come_later(str(reason))
            return
        self._drop()
        self._work_at(self._hold_winners(documents, reply.documents, result.number, result.winners))

    def _hold_winners(self, told: List[str], text: str, number: int, all_winners: int) -> Iterator[None]:
        """Whether they are the agency's own bets on the number, of those that the central has taken or given a receipt for."""
        promises = self._promises
        assert promises is not None
        count, found, lines = min(self._bets.total, max(self._sending.stored, promises.covered)), [], []
        for first in range(0, count, _STEP_BETS):
            for index, document in winning(self._bets.rows(first, min(_STEP_BETS, count - first)), number, first):
                found.append(document)
                lines.append(index + 1)
            yield
        if told != found:
            promises.refute_winners(text, self._what_differs(told, found, lines, number))
        if len(found) > all_winners:
            promises.refute_winners(text, f"the central's signed result has {all_winners} winners in all, and {self._bets.name} alone has "
                                          f"{len(found)} bets on {number:04d}")
        self._winners, self._number = told, number

    def _what_differs(self, told: List[str], found: List[str], lines: List[int], number: int) -> str:
        left = list(found)
        for document in told:
            if document not in left:
                return f"the central tells a winner who is none: document {document[:40]!r} has no such bet on {number:04d}"
            left.remove(document)
        if left:
            line = [line for line, document in zip(lines, found) if document == left[0]][told.count(left[0])]
            return f"the central leaves out a winner: document {left[0]} has a bet on {number:04d} in {self._bets.name}, line {line}"
        return "the central tells the winners in another order than that of the bets"


def open_bets(options: Options, bets: Union[str, Bets]) -> Bets:
    """A path is opened, and checked whole."""
    return BetsFile(bets, options.strict) if isinstance(bets, str) else bets
