"""What the model has to say to people: what was seen, and how it differs from what may be."""
WORLDS_SHOWN = 3
TEXT_MOST = 160


def short(text):
    text = str(text)
    return text if len(text) < TEXT_MOST else f"{text[:TEXT_MOST * 2 // 3]} … {text[-TEXT_MOST // 3:]} ({len(text)} characters)"


def explained(what, worlds, why):
    """`why(world)`, if there is one, says what of it does not go with a world."""
    reasons = dict.fromkeys("; ".join(filter(None, (why(world) if why else "", state(world)))) for world in worlds)
    shown = "".join(f"\n      {reason}" for reason in list(reasons)[:WORLDS_SHOWN])
    more = f"\n      and {len(reasons) - WORLDS_SHOWN} states more" if len(reasons) > WORLDS_SHOWN else ""
    return f"{what}. No state that the model allows goes with that; allowed is:{shown}{more}"


def state(world):
    """Of the lottery, without its connections."""
    draw = "drawn" if world.drawn else "sealed" if world.closed else "open"
    sent = ", ".join(f"agency {number} has {short(list(agency.bets))}" + " and has finished" * agency.finished
                     for number, agency in enumerate(world.sent, 1) if agency.bets or agency.finished)
    return f"the draw is {draw} for {world.agencies} agencies with number {world.number}; {sent or 'nothing is stored'}"


def due(link):
    """What is owed on a connection, and what else may come."""
    if link.owed:
        return f"owed is {answer(link.owed[0])}"
    waits = [f"agency {agency} waits for the draw" for agency in link.held]
    return "nothing is owed" + (f", {' and '.join(waits)}" if waits else "") + (", it is to end" if link.ended else "")


def answer(owed):
    if owed.kind == 1:
        return f"'processed' with next {owed.next}" + (f" and a list from bet {owed.listed} on" if owed.stored is not None else "")
    if owed.kind == 4:
        return "a refusal: " + " or ".join(refusal(each.code, each.next, each.bet, sorted(map(str, each.fields))) for each in owed.refusals)
    return f"the winners {short(repr(owed.text))}" if owed.kind == 2 else "'not ready'"


def reply(seen):
    """On the wire."""
    kind, payload = seen.get("type_message"), seen.get("payload")
    if kind == 1:
        return f"'processed' with next {seen.get('next')}" + (f" and the list {short(seen['stored'])}" if "stored" in seen else "")
    if kind == 4 and isinstance(payload, dict):
        return "with a refusal: " + refusal(payload.get("code"), seen.get("next"), payload.get("bet"), [str(payload.get("field"))])
    return f"with the winners {short(repr(payload))}" if kind == 2 else short(seen)


def refusal(code, at, bet, fields):
    return f"{code} (next {at}, bet {bet}, field {' or '.join(fields)})"


def differences(seen, right):
    """By name: the values that are not what they are to be, or one of a set."""
    wrong = [name for name, value in right.items() if not (seen[name] in value if isinstance(value, set) else seen[name] == value)]
    return "; ".join(difference(name, seen[name], right[name]) for name in wrong)


def difference(name, seen, right):
    if isinstance(seen, list) and isinstance(right, list):
        if len(seen) != len(right):
            return f"{name}: there are {len(seen)}, and stored are {len(right)}"
        at = next(at for at, pair in enumerate(zip(seen, right)) if pair[0] != pair[1])
        return f"{name}: bet {at} is {short(repr(seen[at]))}, and stored is {short(repr(right[at]))}"
    right = " or ".join(sorted(map(str, right))) if isinstance(right, set) else right
    return f"{name}: is {seen}, and should be {right}"
