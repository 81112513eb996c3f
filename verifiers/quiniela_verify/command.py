"""The command: its flags, the files they name, and what is printed."""
import argparse
import contextlib
import errno
import os
import resource
import sys
import traceback

from . import checks_after, checks_bets, checks_number, checks_seal, encoding, notes
from .case import Case
from .claims import WRONG_USE, harmless
from .encoding import Refused
from .files import File, Unreadable, why_of
from .package import Package

EPILOGUE = """exit status: 0 every claim holds; 1 something is false; 2 wrong use, or a file that cannot be read; 3 nothing is false,
but a claim rests on what was not checked. Files that were not given are listed, and change no exit status."""


class _Once(argparse.Action):
    """A flag that may be given only once."""

    def __call__(self, parser, namespace, values, option_string=None):
        if getattr(namespace, self.dest) is not None:
            parser.error(f"{option_string}: is given twice")
        setattr(namespace, self.dest, values)


def _taken_by(read, called):
    """A type for argparse: bytes that `read` does not refuse; its value where it gives one."""
    def taken(text):
        data = os.fsencode(text)
        try:
            return read(data)
        except Refused as refused:
            raise argparse.ArgumentTypeError(f"is no {called}: {refused}") from None
    return taken


def _origin(data):
    encoding.origin(data)
    return data


def _parser():
    parser = argparse.ArgumentParser(prog="verify.py", allow_abbrev=False, epilog=EPILOGUE, description=(
        "Checks a draw of quiniela, offline: what is given is held against everything else that is given."))

    def once(flag, metavar, help_, type_=str, dest=None):
        parser.add_argument(flag, action=_Once, metavar=metavar, help=help_, type=type_, dest=dest)

    def many(flag, metavar, help_, type_=str, dest=None):
        parser.add_argument(flag, action="append", default=[], metavar=metavar, help=help_, type=type_, dest=dest)

    many("--key", "VKEY", "a key that you trust; may be repeated", _taken_by(lambda text: notes.vkey(text, notes.ED25519), "key"),
         "keys")
    once("--origin", "NAME/DRAW", "the draw that everything must be of", _taken_by(_origin, "origin"))
    many("--rules", "FILE", "a record of the rules; may be repeated")
    many("--seal", "FILE", "a copy of the seal; may be repeated: copies from several places must be one", dest="seals")
    once("--seal-json", "FILE", "what the sealed tree holds")
    once("--secret", "FILE", "the salts' secret")
    once("--agency", "N", "whose --csv and --salt-key, --receipts and --proof",
         _taken_by(lambda text: encoding.decimal(text, 1, encoding.AGENCIES_MAX), "agency"))
    once("--salt-key", "FILE", "the key of that agency's salts", dest="salt_key_file")
    once("--csv", "FILE", "that agency's bets, as it sent them")
    many("--receipts", "FILE", "an agency's receipts; may be repeated")
    many("--proof", "FILE", "the proof of a bet; may be repeated", dest="proofs")
    many("--code", "FILE", "what a proof's QR code holds; may be repeated", dest="codes")
    many("--token", "FILE", "a time stamp of the seal (RFC 3161); may be repeated", dest="tokens")
    many("--tsa-cert", "FILE", "a time-stamping authority's certificate; may be repeated", dest="tsa_certificates")
    once("--pulse", "FILE", "the beacon's pulse, NIST's JSON")
    once("--nist-cert", "FILE", "the beacon's certificate, which you have from NIST", dest="nist_certificate")
    many("--approval", "FILE", "an approval of the number; may be repeated", dest="approvals")
    many("--result", "FILE", "the signed result; may be repeated", dest="results")
    once("--export", "FILE", "all bets, as `quiniela export` writes them")
    once("--export-after", "FILE", "an export from after the draw, which must be the one of before, byte by byte")
    once("--winners", "FILE", "who has won, as `quiniela winners --csv` writes it")
    once("--package", "FOLDER", "an auditor's package: rules, seal, seal.json, secret and export")
    once("--manifest-hash", "HEX", "the SHA-256 of the package's manifest, as noted before the number was known",
         _taken_by(lambda text: encoding.hex_decode(text, 32), "SHA-256"))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


LISTS = ("rules", "seals", "receipts", "proofs", "codes", "tokens", "tsa_certificates", "approvals", "results")
SINGLE = ("seal_json", "secret", "salt_key_file", "csv", "pulse", "nist_certificate", "export", "export_after", "winners")


def read_flags(arguments=None):
    """What was given; ends with 2 where that makes no sense. No file has been opened yet."""
    parser = _parser()
    given = parser.parse_args(arguments)
    given.salt_key = None
    if given.package and (given.secret or given.export or given.seal_json):
        parser.error("--package has a secret, an export and a seal.json of its own")
    if (given.csv or given.salt_key_file) and given.agency is None:
        parser.error("--csv and --salt-key need --agency: whose are they?")
    if given.csv and not (given.salt_key_file or given.secret or given.package):
        parser.error("--csv needs --salt-key or --secret: without the salts its root cannot be computed")
    if given.export and not given.secret:
        parser.error("--export needs --secret: without the salts its roots cannot be computed")
    if (given.export_after or given.winners) and not (given.export or given.package):
        parser.error("--export-after and --winners need --export or --package to be compared with")
    if given.manifest_hash and not given.package:
        parser.error("--manifest-hash needs --package")
    if not given.package and not any(getattr(given, name) for name in LISTS + SINGLE):
        parser.error("there is nothing to check: see --help")
    return given


def open_files(given, stack):
    """Opens everything, so that nothing is said when a file cannot be read. The stack (contextlib) closes it."""
    for name in LISTS:
        setattr(given, name, [stack.enter_context(File(path)) for path in getattr(given, name)])
    for name in SINGLE:
        path = getattr(given, name)
        setattr(given, name, None if path is None else stack.enter_context(File(path)))
    if given.package is not None:
        given.package = Package(given.package)
        stack.callback(given.package.close)


# The package ---------------------------------------------------------------------------------------------

def _take_package(case):
    given, package = case.given, case.given.package
    what = f"package {package.path}"
    package.read()
    for name, file in package.files.items():
        if name.startswith("rules-"):
            given.rules.append(file)
        elif name.startswith("token-"):
            given.tokens.append(file)
    given.seals += [package.files[name] for name in ("seal.note",) if name in package.files]
    given.seal_json, given.secret, given.export = (package.files.get(name) for name in ("seal.json", "secret.txt", "export.csv"))
    for fault in package.faults:
        case.claims.false(what, fault)
    if not package.faults:
        with case.claims.about(what):
            case.take_origin(package.origin)
            case.claims.ok(what, f"its {package.count} files are those of the manifest")
    _check_manifest(case, what, package.manifest_hash)


def _check_manifest(case, what, found):
    wanted = case.given.manifest_hash
    if found and wanted is None:
        case.claims.note(what, f"the manifest's SHA-256 is {found.hex()}: compare it with what was noted before the draw")
    elif found == wanted and found:
        case.claims.ok(f"{what}, manifest", "is the one whose SHA-256 was noted")
    elif wanted:
        case.claims.false(f"{what}, manifest", "is not the one whose SHA-256 was noted")


# All checks ----------------------------------------------------------------------------------------------

NOT_GIVEN = (
    ("rules", "--rules", "how the number comes, who watches, and how many agencies there are"),
    ("seals", "--seal", "copies of the seal from other places"),
    ("seal_json", "--seal-json", "which rules are sealed, and how many bets of each agency"),
    ("receipts", "--receipts", "that what an agency was acknowledged is sealed"),
    ("csv", "--csv", "that an agency's bets are sealed as it sent them"),
    ("proofs", "--proof", "that a bet is sealed"),
    ("export", "--export", "that the stored bets are those sealed, and how many won"),
    ("export_after", "--export-after", "that nothing stored was changed since"),
    ("winners", "--winners", "that those who were told have won, and no others"),
    ("tokens", "--token", "when the seal was there"),
    ("results", "--result", "the number drawn"),
)
NOT_GIVEN_BY_HOW = {"beacon": (("pulse", "--pulse", "the number's origin"),
                               ("nist_certificate", "--nist-cert", "whose pulse it is")),
                    "manual": (("approvals", "--approval", "that the number was approved"),)}


def _list_not_given(case):
    how = case.rules.how if case.rules else None
    for name, flag, shows in NOT_GIVEN + NOT_GIVEN_BY_HOW.get(how, ()):
        has_use = case.given.export or name not in ("export_after", "winners")
        if has_use and not getattr(case.given, name) and not (name == "proofs" and case.given.codes):
            case.claims.not_given(flag, f"would show {shows}")


def check(given):
    """Checks what was given (open_files). The case has the claims."""
    case = Case(given)
    if given.package:
        _take_package(case)
    checks_seal.check_rules(case)
    checks_seal.check_seals(case)
    checks_seal.check_proofs(case)
    checks_seal.check_one_seal(case)
    checks_seal.check_tokens(case)
    checks_seal.check_secret(case)
    checks_bets.check_receipts(case)
    checks_bets.check_seal_json(case)
    checks_bets.check_receipts_kept(case)
    checks_bets.check_csv(case)
    checks_bets.check_export(case)
    checks_number.check_number(case)
    checks_after.check_later_export(case)
    checks_after.check_winners_list(case)
    _list_not_given(case)
    return case


def _fail(why):
    """Tells what is wrong, with the use or with a file."""
    print(f"verify.py: {why}", file=sys.stderr)
    return WRONG_USE


def _system_error(error):
    name = f"{harmless(str(error.filename))}: " if error.filename is not None else ""
    return name + (why_of(error) if error.errno == errno.EMFILE else error.strerror or str(error))


def _print(text):
    if sys.stdout is None:
        return "there is none"
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
    except OSError as error:
        return _system_error(error)
    return None


def main(arguments=None):
    """Returns the exit status."""
    given = read_flags(arguments)
    try:
        with contextlib.ExitStack() as stack:
            open_files(given, stack)
            case = check(given)
    except Unreadable as error:
        return _fail(error)
    except OSError as error:
        return _fail(_system_error(error))
    if not case.claims.all:
        return _fail("nothing was checked: what was given says nothing by itself")
    origin = case.origin.decode() if case.origin else None
    fault = _print(case.claims.json(origin) if given.json else case.claims.text())
    return case.claims.status if fault is None else _fail(f"standard output: {fault}")


# The process ---------------------------------------------------------------------------------------------

def _status():
    """Of main(), and 2 for whatever goes wrong in it: Python would make it 1, which is what something false is."""
    try:
        return main()
    except SystemExit as end:
        return end.code
    except Exception:  # pylint: disable=broad-exception-caught  # also a fault of its own says nothing of the draw
        with contextlib.suppress(OSError):
            traceback.print_exc()
        return WRONG_USE


def _flush_all():
    """Whether all that was printed has left. What has not is dropped: Python would try again in the end, and make it 120."""
    is_out = True
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            is_out = False
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return is_out


def _raise_descriptor_limit():
    """All files that are given are open at once: as many as this process may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # then the limit stays as it was
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def run():
    """The whole process: ends it with the exit status. What starts the verifier calls this, and not main()."""
    _raise_descriptor_limit()
    status = _status()
    sys.exit(status if _flush_all() else WRONG_USE)
