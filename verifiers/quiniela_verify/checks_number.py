"""How the number came: pulse, approvals, result; and how many won."""
from collections import Counter

from . import number, pulse
from .encoding import Refused, instant_text, sha256
from .notes import NOTE_BYTES_MAX
from .openssl import Missing
from .records import read_approval, read_result

# Results -------------------------------------------------------------------------------------------------


def _check_seal_hash(case, hash_):
    """Whether there is a seal to compare it with."""
    if case.seal is not None and hash_ != sha256(case.seal):
        raise Refused("is of another seal than this one")
    return case.seal is not None


def _read_results(case):
    """The first good result; a second one must say the same."""
    first = None
    for file in case.given.results:
        what = f"result {file.path}"
        with case.claims.about(what):
            found = read_result(file.read(NOTE_BYTES_MAX))
            case.take_origin(found.origin)
            signed, sealed = case.check_signed(found.note), _check_seal_hash(case, found.seal)
            if first and first.note.text != found.note.text:
                raise Refused(f"says {found.number:04} and {found.winners} winners, and another result {first.number:04} and "
                              f"{first.winners}: two results of one draw" + (". A fraud, whichever is right" if signed else ""))
            first = found
            case.say_unknown(what, found.note)
            said = f"{found.number:04}, {found.winners} winners"
            if signed and sealed:
                case.claims.ok(what, f"{said}: signed, of this seal")
            else:
                case.claims.not_checked(what, f"{said}: no {'seal it is of' if signed else 'key to check its signature with'}")
    return first


# The pulse -----------------------------------------------------------------------------------------------

def _read_certificate(case):
    if not case.given.nist_certificate:
        return None
    what = f"nist certificate {case.given.nist_certificate.path}"
    with case.claims.about(what):
        found = pulse.read_certificate(case.given.nist_certificate.read(pulse.CERTIFICATE_BYTES_MAX))
        named = case.rules.pulse if case.rules else None
        if named and (found.id, found.key_hash) != (named.certificate_id, named.key_hash):
            raise Refused("is not the one that the rules name")
        if named:
            case.claims.ok(what, "is the one that the rules name")
        return found
    return None


def _read_pulse(case):
    """The pulse, if it is what the rules name."""
    certificate = _read_certificate(case)
    if not case.given.pulse:
        return None
    what = f"pulse {case.given.pulse.path}"
    with case.claims.about(what):
        found = pulse.read(case.given.pulse.read(pulse.PULSE_BYTES_MAX))
        if case.rules and not case.rules.pulse:
            raise Refused(f"the rules take a {case.rules.how} number, and no pulse")
        if case.rules:
            pulse.check_named(found, case.rules.pulse)
        if certificate:
            pulse.check(found, certificate)
        said = f"of {found.time_stamp.decode()}, chain {found.chain}, index {found.index}"
        if not case.rules:
            case.claims.not_checked(what, f"{said}: no rules, which name the pulse")
        elif not certificate:
            taken = " that can be taken" if case.given.nist_certificate else ""
            case.claims.not_checked(what, f"{said}: no certificate (--nist-cert){taken} to check its signature with, and the rules' is "
                                          "the central's word")
        else:
            case.claims.ok(what, f"{said}: the one that the rules name, signed")
        return found
    return None


def _check_time(case):
    """That the seal was there before the pulse."""
    if not case.rules or not case.rules.pulse or case.seal is None:
        return
    with case.claims.about("time"):
        at = case.rules.pulse.time
        good = [(seen, who) for seen, who in case.times if number.time_holds(seen, at)]
        if not good and case.has_open_time:
            raise Missing(f"nothing that was checked saw the seal {number.WITNESS_LEAD_S} s before the pulse of {instant_text(at)}, and a "
                          "time stamp was not checked")
        if not good:
            seen = "; ".join(f"{who}: {instant_text(seen)}" for seen, who in sorted(case.times))
            raise Refused(f"no witness and no time stamp saw the seal {number.WITNESS_LEAD_S} s before the pulse of "
                          f"{instant_text(at)}" + (f" ({seen})" if seen else ""))
        seen, who = min(good)
        case.claims.ok("time", f"{who} saw the seal at {instant_text(seen)}, before the pulse of {instant_text(at)}")


def _check_beacon(case, found, result):
    if case.seal is None or found is None:
        case.claims.not_checked("number", f"no {'seal' if case.seal is None else 'pulse'} to compute it from")
        return None
    derived, _ = number.derive(sha256(case.seal), found.output)
    if result and result.number != derived:
        case.claims.false("number", f"seal and pulse give {derived:04}, and the result says {result.number:04}")
    else:
        case.claims.ok("number", f"seal and pulse give {derived:04}")
    return derived


# Approvals -----------------------------------------------------------------------------------------------

def _take_approvers(approved, found, approvers):
    """Who signed it; each key approves one number, once."""
    signers = [key for key in approvers if found.note.is_signed(key)]
    if not signers:
        raise Refused("is signed by none of the approvers of the rules")
    for key in signers:
        other = approved.get(key)
        if other not in (None, found.number):
            raise Refused(f"{key} has approved two numbers, {other:04} and {found.number:04}: a fraud")
        if other is not None:
            raise Refused(f"the approval of {key} is given twice")
    for key in signers:
        approved[key] = found.number
    return signers


def _read_approvals(case):
    """The number that each approver has approved."""
    approved = {}
    for file in case.given.approvals:
        what = f"approval {file.path}"
        with case.claims.about(what):
            found = read_approval(file.read(NOTE_BYTES_MAX))
            case.take_origin(found.origin)
            sealed = _check_seal_hash(case, found.seal)
            if not case.rules:
                case.claims.not_checked(what, "no rules, which name the approvers")
                continue
            signers = _take_approvers(approved, found, case.rules.approvers)
            case.say_unknown(what, found.note, case.rules.approvers)
            said = f"{found.number:04}, by {' and '.join(map(str, signers))}"
            if sealed:
                case.claims.ok(what, said)
            else:
                case.claims.not_checked(what, f"{said}: no seal it is of")
    return approved


def _say_enough(case, approved, count):
    others = len(approved) - count
    case.claims.ok("approvals", f"{count} approvers, and the rules ask for {case.rules.approvals}"
                                + (f"; {others} approved another number, which does not count" if others else ""))


def _check_approved(case, approved, result):
    """That enough have approved the result's number. Approvers may differ: those of that number count, and no others."""
    rules = case.rules
    counts = Counter(approved.values())
    enough = [count for count in counts.values() if count >= rules.approvals]
    if result is None and not approved:
        return
    if not rules.approvals:
        case.claims.not_checked("number", "the rules ask for no approvals: it is the operator's word")
    elif not approved and not case.given.approvals:
        case.claims.not_checked("approvals", f"the rules ask for {rules.approvals}, and none was given")
    elif result is not None and counts[result.number] >= rules.approvals:
        _say_enough(case, approved, counts[result.number])
    elif result is not None:
        case.claims.false("approvals", f"{counts[result.number]} are for {result.number:04}, of {len(approved)} given, and the rules ask "
                                       f"for {rules.approvals}")
    elif len(enough) == 1:
        _say_enough(case, approved, enough[0])
    elif not enough:
        case.claims.not_checked("approvals", f"{max(counts.values())} of the {rules.approvals} that the rules ask for")
    else:
        case.claims.not_checked("approvals", f"{len(enough)} numbers have as many as the rules ask for: a result says which")


# The number ----------------------------------------------------------------------------------------------

def check_number(case):
    result = _read_results(case)
    found = _read_pulse(case)
    approved = _read_approvals(case)
    is_asked = bool(case.given.results or case.given.pulse)
    drawn = result.number if result else None
    if not case.rules:
        if is_asked:
            case.claims.not_checked("number", "how it comes is not known without rules")
    elif case.rules.how == "beacon" and is_asked:
        _check_time(case)
        derived = _check_beacon(case, found, result)
        drawn = derived if drawn is None else drawn
    elif case.rules.how == "manual":
        _check_approved(case, approved, result)
    elif case.rules.how == "fixed" and is_asked:
        case.claims.not_checked("number", "was fixed by the operator: nothing is claimed of it")
    case.drawn = drawn
    _check_winners(case, result)
    _say_who_wins(case, drawn)


def _check_winners(case, result):
    if result is None or case.numbers is None:
        return
    with case.claims.about("winners"):
        if case.numbers[result.number] != result.winners:
            raise Refused(f"{case.numbers[result.number]} bets are on {result.number:04}, and the result says {result.winners}")
        case.claims.ok("winners", f"{result.winners} bets are on {result.number:04}, as the result says")


def _say_who_wins(case, drawn):
    if drawn is None:
        return
    for what, proof in case.proofs:
        wins = "wins" if proof.number == drawn else "does not win"
        case.claims.note(what, f"its number is {proof.number:04}: this bet {wins} with {drawn:04}")
    if case.csv_numbers:
        case.claims.note(f"csv {case.given.csv.path}", f"{case.csv_numbers[drawn]} of its sealed bets are on {drawn:04}")
