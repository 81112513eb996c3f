"""The command: python3 -m quiniela send|winners|verify. Exit codes: 0 done; 1 it has failed, or something is false; 2 wrong use, or a
file cannot be read; 3 nothing is false, but something was not checked."""
import argparse
import contextlib
import os
import signal
import sys
import traceback
from typing import List, Optional, TextIO

from .blocking import Agency
from .dialogue import Outcome
from .encoding import AGENCIES_MAX, decimal, printable
from .errors import BadBets, BadSetting, NotTrue, QuinielaError
from .options import TLS, Event, Options
from .verify import verify
from .version import __version__

DONE, FAILED, WRONG_USE, NOT_CHECKED = 0, 1, 2, 3


def _tell(text: str) -> None:
    """Texts of several lines come from this package; whatever else would steer a terminal is escaped. An agency does not end because
    nobody can read what it tells: standard error may be full or closed."""
    if sys.stderr is not None:  # for print() that would be standard output
        with contextlib.suppress(OSError, ValueError):
            print("\n".join(map(printable, text.split("\n"))), file=sys.stderr, flush=True)


def _say(event: Event) -> None:
    _tell(f"{event.kind}: {event.text}")


def _list(text: str) -> List[str]:
    return [part.strip() for part in text.split(",")]


class _Once(argparse.Action):
    """A flag whose second value would silently take the place of the first."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, option_string: Optional[str] = None) -> None:
        if getattr(namespace, self.dest) is not None:
            parser.error(f"{option_string}: is given twice")
        setattr(namespace, self.dest, values)


def _agency(text: str) -> int:
    try:
        return decimal(os.fsencode(text), 1, AGENCIES_MAX)
    except NotTrue as reason:
        raise argparse.ArgumentTypeError(str(reason)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m quiniela", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="send|winners|verify")
    for name, help_ in (("send", "send a file of bets, and wait for the winners"),
                        ("winners", "the same, and print the winning documents, one a line")):
        each = commands.add_parser(name, help=help_, description=help_)
        each.add_argument("file", help="the agency's CSV file")
        each.add_argument("--agency", type=_agency, required=True, help="its number")
        each.add_argument("--server", type=_list, required=True, metavar="HOST:PORT[,…]", help="the central's port for bets")
        each.add_argument("--consult", type=_list, default=[], metavar="HOST:PORT[,…]", help="its port for consultations")
        each.add_argument("--chunk-size", type=int, default=1000, help="bets a message (1000)")
        each.add_argument("--strict", action="store_true", help="refuse an empty file, and a last line without a line end")
        each.add_argument("--tls-cert", help="the agency's certificate")
        each.add_argument("--tls-key", help="its key")
        each.add_argument("--tls-ca", help="the authority")
        each.add_argument("--tls-crl", help="its revocation list")
        each.add_argument("--central-key", metavar="VKEY", help="the key of the central's signed draw")
        each.add_argument("--receipts", metavar="PATH", help="where to keep receipts; FILE with .receipts in place of .csv")
        each.add_argument("--quiet", action="store_true", help="only the end, and no steps")
    check = commands.add_parser("verify", allow_abbrev=False, help="check what a central has signed", description=(
        "check what a central has signed: a flag without \"once\" may be repeated, and all that it names is checked"))
    check.add_argument("--key", action="append", default=[], metavar="VKEY", help="the central's key")
    check.add_argument("--agency", action=_Once, type=_agency, help="the agency's number, of --csv and --salt-key; once")
    for name in ("rules", "seal", "proof", "entry", "receipts", "result"):
        check.add_argument(f"--{name}", action="append", default=[], metavar="FILE")
    for name in ("csv", "salt-key"):
        check.add_argument(f"--{name}", action=_Once, metavar="FILE", help="once")
    return parser


def _options(given: argparse.Namespace) -> Options:
    files = (given.tls_cert, given.tls_key, given.tls_ca)
    if any(files) and not all(files):
        raise BadSetting("--tls-cert, --tls-key and --tls-ca: give all three, or none")
    receipts = given.receipts
    if given.central_key and not receipts:
        receipts = os.path.splitext(given.file)[0] + ".receipts"
    return Options(given.agency, given.server, given.consult, given.chunk_size, central_key=given.central_key, receipts=receipts,
                   strict=given.strict, on_event=None if given.quiet else _say,
                   tls=TLS(given.tls_cert, given.tls_key, given.tls_ca, given.tls_crl) if all(files) else None)


def _send(given: argparse.Namespace) -> int:
    agency = Agency(_options(given), given.file)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: agency.stop())
    outcome = agency.run()
    _print_outcome(outcome, given.command == "winners")
    if outcome.not_taken:
        return FAILED
    return NOT_CHECKED if outcome.unchecked else DONE


def _print_outcome(outcome: Outcome, lists: bool) -> None:
    if outcome.winners is None:
        _tell(f"stopped: {outcome.stored} of {outcome.bets} bets are stored, and the winners are not known yet: start it again")
        return
    if outcome.not_taken:
        _tell(f"the draw was closed: {outcome.not_taken} bets take no part")
    if outcome.unchecked:
        _tell(f"not checked: {outcome.unchecked}")
    print("\n".join(outcome.winners) if lists else f"{len(outcome.winners)} of {outcome.stored} bets have won",
          end="" if lists and not outcome.winners else "\n")


def main(arguments: Optional[List[str]] = None) -> int:
    given = _parser().parse_args(arguments)
    if sys.stdout is None and given.command != "send":
        _tell("quiniela: standard output is closed, and what was asked for would be told nobody")
        return WRONG_USE
    try:
        return verify(given) if given.command == "verify" else _send(given)
    except BadSetting as error:
        _tell(f"quiniela: {error}")
        return WRONG_USE
    except BadBets as error:
        _tell(str(error))
        return FAILED
    except QuinielaError as error:
        _tell(f"{error.code}: {error}")
        return FAILED


# The process -----------------------------------------------------------------------------------------------

def _status(failed: int) -> int:
    """Of main(); `failed` for whatever goes wrong in it."""
    try:
        return main()
    except OSError as error:
        _tell(f"quiniela: {error}")
    except Exception:  # pylint: disable=broad-exception-caught  # also a fault of its own says nothing of the draw
        _tell(traceback.format_exc().rstrip("\n"))
    return failed


def _flush(stream: Optional[TextIO]) -> bool:
    """Whether all that was printed has left. What has not is dropped: Python would try again in the end, and make it 120."""
    if stream is None:
        return True
    try:
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        _tell(f"quiniela: what was to be printed cannot be written: {error.strerror}")
        return False
    return True


def run() -> None:
    """The whole process: ends it with the exit status, which is 1 for `verify` only where something is false. Python would end with 1 for
    whatever goes wrong."""
    failed = WRONG_USE if sys.argv[1:2] == ["verify"] else FAILED
    try:
        status = _status(failed)
    except SystemExit as end:  # of wrong use, or of --help
        status = end.code if isinstance(end.code, int) else WRONG_USE
    is_out = _flush(sys.stdout)
    with contextlib.suppress(OSError):
        _flush(sys.stderr)  # nobody has to read what is told
    sys.exit(status if is_out else failed)
