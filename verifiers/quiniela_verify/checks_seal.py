"""Rules, seals, who has seen them and when; proofs of bets."""
from . import openssl, proof, rules
from .bets import secret_hash
from .encoding import Refused, instant_text, sha256
from .files import read_secret
from .notes import NOTE_BYTES_MAX
from .number import time_holds
from .openssl import Missing
from .records import read_seal

# Rules ---------------------------------------------------------------------------------------------------


def _check_record(case, what, file):
    record = rules.read(file.read(NOTE_BYTES_MAX))
    record.note.check(record.key)
    for key in case.given.keys:
        record.note.is_signed(key)
    case.take_origin(record.origin)
    case.records.append(record)
    case.claims.ok(what, f"record {record.number} of {record.origin.decode()}, signed by {record.key}: {record.agencies} agencies, "
                         f"number {record.how}")
    case.say_unknown(what, record.note, [record.key])


def check_rules(case):
    for file in case.given.rules:
        with case.claims.about(f"rules {file.path}"):
            _check_record(case, f"rules {file.path}", file)
    if case.records:
        with case.claims.about("rules"):
            case.rules = rules.newest(case.records)
            last = case.rules.number
            case.claims.ok("rules", f"records 0 to {last} are one chain" if last else "record 0 is the only one given")
    if case.rules or not case.given.rules:
        _check_key(case)


def _check_key(case):
    given = case.given.keys
    if not given:
        case.claims.not_checked("key", "no --key: the key in the rules vouches only for itself" if case.rules else
                                "no --key, and no rules")
    elif case.rules and case.rules.key not in given:
        # The first record names the key, and no later one can name another.
        if any(record.number == 0 and record.note.is_signed(key) for record in case.records for key in given):
            case.claims.ok("key", f"the rules' key, {case.rules.key}, is another, and the one given has signed these rules, too")
        else:
            case.claims.false("key", f"the rules' key, {case.rules.key.text.decode()}, is none of those given")
    elif case.rules:
        case.claims.ok("key", f"the rules' key is the one given, {case.rules.key}")


def check_secret(case):
    if case.given.secret:
        what = f"secret {case.given.secret.path}"
        with case.claims.about(what):
            secret = read_secret(case.given.secret)
            if case.rules and secret_hash(secret) != case.rules.secret:
                raise Refused("is not the one whose hash is in the rules")
            case.secret = secret
            if case.rules:
                case.claims.ok(what, "is the one whose hash is in the rules")
            else:
                case.claims.not_checked(what, "no rules, which have its hash")
    if case.given.salt_key_file:
        with case.claims.about(f"salt key {case.given.salt_key_file.path}"):
            key = read_secret(case.given.salt_key_file)
            if case.key_from_secret(case.given.agency) not in (None, key):
                raise Refused("is not the one that the salts' secret gives")
            case.given.salt_key = key


# Seals ---------------------------------------------------------------------------------------------------

def _check_size(case, size):
    if case.rules and size != case.rules.agencies + 1:
        raise Refused(f"is of {size - 1} agencies, and the rules' record {case.rules.number} has {case.rules.agencies}")


def _take_seal(case, text, size):
    """Refuses another than those before: two seals of one draw are a fraud. Its signature is checked, where there is a key."""
    try:
        _check_size(case, size)
    except Refused:
        case.misfit = case.misfit or bool(case.keys)
        raise
    if case.seal is None:
        case.seal = text
    if text != case.seal:
        case.second = True
        raise Refused("is another seal of this draw" + (": two seals were signed. A fraud, whichever is right" if case.keys else ""))


def check_seals(case):
    for file in case.given.seals:
        what = f"seal {file.path}"
        with case.claims.about(what):
            seal = read_seal(file.read(NOTE_BYTES_MAX))
            case.take_origin(seal.origin)
            signed = case.check_signed(seal.note)
            _take_seal(case, seal.note.text, seal.size)
            case.seals.append(seal)
            case.copies.add(file.identity)
            if signed:
                case.claims.ok(what, f"of {seal.origin.decode()}, signed; SHA-256 {seal.hash.hex()}")
            else:
                case.claims.not_checked(what, "no key to check its signature with")
            case.say_unknown(what, seal.note, case.rules.witnesses if case.rules else ())


def _check_proof(case, what, found):
    case.take_origin(found.origin)
    if case.given.agency not in (None, found.entry.agency):
        raise Refused(f"is of agency {found.entry.agency}, and --agency is {case.given.agency}")
    case.check_signed(found)
    _take_seal(case, found.seal_text, found.size)
    if found.seal:
        case.seals.append(found.seal)
        case.say_unknown(what, found.seal.note, case.rules.witnesses if case.rules else ())
    case.entries[found.entry.agency] = found.entry
    case.proofs.append((what, found))
    said = f"bet {found.index} of agency {found.entry.agency} ({found.entry.state.decode()}, {found.entry.count} bets)"
    if case.keys:
        case.claims.ok(what, f"{said} is in the seal: {found.row.decode()}")
    else:
        case.claims.not_checked(what, f"{said} leads to a seal whose signature there is no key for: {found.row.decode()}")


def check_proofs(case):
    for files, name, read in (case.given.proofs, "proof", proof.read_text), (case.given.codes, "code", proof.read_code):
        for file in files:
            what = f"{name} {file.path}"
            with case.claims.about(what):
                _check_proof(case, what, read(file.read(proof.PROOF_BYTES_MAX)))


def check_one_seal(case):
    """That there is no second seal: a witness of the rules signs only one; or copies from several places are the same."""
    if case.seal is None:
        return
    witnessed = _check_witnesses(case)
    copies = len(case.copies) + bool(case.proofs)
    if case.second or case.misfit:
        case.claims.false("seals", "there are two")
    elif witnessed:
        case.claims.ok("seals", f"there is one: {witnessed} of the rules' witnesses signed it, and a witness signs no second one")
    elif copies > 1:
        case.claims.ok("seals", f"{copies} copies, and they are one. No witness of the rules has signed it")
    else:
        case.claims.not_checked("seals", "only one copy, and no witness of the rules has signed it: there may be another seal")


def _check_witnesses(case):
    """How many of the rules' witnesses have signed the seal."""
    witnessed = 0
    for witness in case.rules.witnesses if case.rules else ():
        what = f"witness {witness}"
        with case.claims.about(what):
            times = [seal.note.cosigned(witness) for seal in case.seals]
            times = [time for time in times if time is not None]
            if times:
                witnessed += 1
                case.times.append((min(times), str(witness)))
                case.claims.ok(what, f"signed the seal at {instant_text(min(times))}")
    return witnessed


# Time stamps ---------------------------------------------------------------------------------------------

def _authorities(case):
    """The certificates given that the rules pin, in DER."""
    found = []
    for file in case.given.tsa_certificates:
        what = f"tsa certificate {file.path}"
        with case.claims.about(what):
            der = openssl.certificate(file.read())
            if case.rules and openssl.fingerprint(der) not in case.rules.authorities:
                raise Refused("is none that the rules name")
            found.append(der)
    return found


def _check_signed(case, token, stamped, authorities):
    """That one of the authorities has signed it, and that this can be said."""
    if case.seal is None or not case.rules:
        raise Missing(f"no {'seal' if case.seal is None else 'rules'} to check it with")
    if not authorities:
        raise Missing(f"no --tsa-cert {'that can be taken ' if case.given.tsa_certificates else ''}to check it with")
    for at, authority in enumerate(authorities, 1):
        try:
            return openssl.check_timestamp(token, stamped, sha256(case.seal), authority)
        except openssl.NotBy:
            if at == len(authorities) and set(case.rules.authorities) <= set(map(openssl.fingerprint, authorities)):
                raise
    raise Missing("is of none of the --tsa-cert, and the rules name another authority")


def _would_show(case, stamped):
    """Whether a token that says it is of this time would show, with its certificate, that the seal was there before the pulse."""
    return bool(case.rules and case.rules.authorities and case.rules.pulse and time_holds(stamped, case.rules.pulse.time))


def _check_token(case, what, file, authorities):
    """Form, hash and time first, for which no certificate is needed: a file beside the draw is no reason to leave open what is false
    without it."""
    given, stamped = file.read(openssl.TOKEN_BYTES_MAX), 0
    try:
        token, stamped = openssl.read_timestamp(given, None if case.seal is None else sha256(case.seal))
        _check_signed(case, token, stamped, authorities)
    except Missing:  # that of reading: nobody knows of when it is
        case.has_open_time |= _would_show(case, stamped)
        raise
    case.times.append((stamped, file.path))
    case.claims.ok(what, f"the seal was there at {instant_text(stamped)}")


def check_tokens(case):
    authorities = _authorities(case)
    for file in case.given.tokens:
        what = f"token {file.path}"
        with case.claims.about(what):
            _check_token(case, what, file, authorities)
