"""What the tools that read a store are to show of a world: by name the value, or a set of those that it may be."""


def checked(world):
    return {"bets": world.bets(), "winners": {0, world.all_winners()} if world.closed else {0}}


def status(world, is_drawn):
    state = {"drawn"} if world.drawn else {"sealed", "drawn"} if world.closed else {"open"}
    right = {"state": state, "agencies": world.agencies, "bets": world.bets(),
             "finished": sum(agency.finished for agency in world.sent),
             "winning_number": {world.number} if is_drawn else {None, world.number},
             "winners": world.all_winners() if is_drawn else None}
    for number, agency in enumerate(world.sent, 1):
        no_row = set() if agency.bets or agency.finished else {None}
        winners = len(world.winning(number)) if is_drawn else None
        for name, value in (("bets", len(agency.bets)), ("finished", agency.finished), ("winners", winners)):
            right[f"{name} of agency {number}"] = {value} | no_row
    return right


def status_seen(status, most):
    """The same names, of what status has printed for people's programs."""
    rows = {each["agency"]: each for each in status["by_agency"]}
    return {**status, **{f"{name} of agency {number}": rows.get(number, {}).get(name)
                         for number in range(1, most + 1) for name in ("bets", "finished", "winners")}}
