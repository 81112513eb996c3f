"""What goes wrong, and in which state of the protocol: a schedule is made of steps, each a state and a fault.

A filter that lets so many bytes pass and then drops everything arms a step: the state is met exactly, and the filter's
counter says so. Then the fault itself takes the filter's place for a while.
"""
import dataclasses

from proxy import TO_AGENCY, TO_CENTRAL, Treatment

# The states of an agency. In TOLD, the winners themselves are lost at first.
CONNECT, CHUNK, ACKNOWLEDGEMENT, FINISH, WAIT, TOLD = STATES = (
    "connecting", "in a chunk", "acknowledgement lost", "last acknowledgement lost", "waiting for the draw",
    "being told")
ARMED = CHUNK, ACKNOWLEDGEMENT, FINISH, TOLD  # CONNECT is met as a client starts, WAIT when it says so

# What a filter at the router does to an agency's packets; {agency} is its address.
FILTERS = {
    "dropped to the central": ("ip saddr {agency} drop",),
    "dropped to the agency": ("ip daddr {agency} drop",),
    "dropped both ways": ("ip saddr {agency} drop", "ip daddr {agency} drop"),
    "reset to the agency": ("ip saddr {agency} ip protocol tcp reject with tcp reset", "ip daddr {agency} drop"),
    "reset to the central": ("ip daddr {agency} ip protocol tcp reject with tcp reset", "ip saddr {agency} drop"),
    "unreachable": ("ip saddr {agency} reject with icmp type host-unreachable", "ip daddr {agency} drop"),
    "prohibited": ("ip saddr {agency} reject with icmp type admin-prohibited",),
    "a fifth lost": ("ip saddr {agency} numgen random mod 100 < 20 drop",
                     "ip daddr {agency} numgen random mod 100 < 20 drop"),
    "half lost to the agency": ("ip daddr {agency} numgen random mod 100 < 50 drop",),
}
CABLES = ("agency switched off", "agency unplugged", "central switched off", "central unplugged")
GONE = ("agency gone", "central gone")  # with its kernel: nobody says goodbye
FAULTS = (*FILTERS, *CABLES, *GONE)
PROXIED = ("late", "in dribbles", "swallowed to the central", "swallowed to the agency", "cut to the central",
           "cut to the agency")


@dataclasses.dataclass
class Step:
    state: str
    fault: str
    hold_s: float  # how long the fault lasts
    at: float      # where in the upload, 0 to 1


def arming(step, address, bytes_up, bytes_down):
    """The rule that catches an agency in one of the states of ARMED."""
    return {
        CHUNK: f"ip saddr {address} quota over {int(step.at * bytes_up)} bytes counter name caught drop",
        ACKNOWLEDGEMENT: f"ip daddr {address} quota over {int(step.at * bytes_down)} bytes counter name caught drop",
        # A packet with a message has more than the headers' 52 to 76 bytes.
        FINISH: f"ip daddr {address} ip length > 80 counter name caught drop",
        TOLD: f"ip daddr {address} ip length > 80 counter name caught drop",
    }[step.state]


def treatment(fault, chance, bytes_up, bytes_down):
    """How the proxy does a fault of PROXIED."""
    if fault == "late":
        return Treatment(delay=chance.choice((0.02, 0.2, 1.0)))
    if fault == "in dribbles":
        return Treatment(dribble=chance.choice((1, 7, 100, 1000)))
    if fault.startswith("swallowed"):
        return Treatment(swallow=TO_CENTRAL if fault.endswith("central") else TO_AGENCY)
    up = fault.endswith("central")
    return Treatment(cut_after=1 + chance.randrange(bytes_up if up else bytes_down),
                     cut_direction=TO_CENTRAL if up else TO_AGENCY, reset=chance.random() < 0.5)


def plan_steps(chance, hold_max_s):
    """The steps of one agency, in the order of the states."""
    steps = [Step(chance.choice((CONNECT, CHUNK, ACKNOWLEDGEMENT)), chance.choice(FAULTS), 0, 0)
             for _ in range(chance.randrange(0, 3))]
    steps.sort(key=lambda step: STATES.index(step.state))
    if chance.random() < 0.25:
        steps = [Step(FINISH, chance.choice(FAULTS), 0, 0)]
    if chance.random() < 0.4:
        steps.append(Step(WAIT, chance.choice(FAULTS), 0, 0))
    if chance.random() < 0.4 or not steps:
        steps.append(Step(TOLD, chance.choice(FAULTS), 0, 0))
    for number, step in enumerate(steps):
        step.hold_s = min(hold_max_s, chance.choices(
            (chance.uniform(0, 0.5), chance.uniform(0.5, 2.5), chance.uniform(2.5, 8), chance.uniform(8, 22)),
            (70, 20, 8, 2))[0])
        step.at = chance.uniform(0, 0.4) if number == 0 else chance.uniform(0, 0.2)
    return steps


def plan_proxied(chance, hold_max_s):
    return [Step(CONNECT, chance.choice(PROXIED), min(hold_max_s, chance.uniform(0, 3)), 0)]
