"""What may happen, and how often it did. What never does in a long run tests nothing, so the run fails (run.py)."""
import os
import sys
from collections import Counter
from functools import wraps

from hypothesis.stateful import rule

NOT_NOW = "a rule returns it where it cannot be done in the world as it is: then it does not count"
# Hypothesis begins with ten examples and more in which nothing happens, or the same again and again, unless they are no good.
STEPS_LEAST, KINDS_LEAST = 5, 4
counts = Counter()
_names = []
_failures = []
_again = ""  # the options that play an example


def happening(**drawn_from):
    """A rule that is counted."""
    def decorate(function):
        @wraps(function)
        def counted(machine, **drawn):
            machine.begin()
            machine.steps.append(f"{function.__name__}({', '.join(f'{name}={value!r}' for name, value in drawn.items())})")
            if function(machine, **drawn) is not NOT_NOW:
                happened(function.__name__)
        _names.append(function.__name__)
        return rule(**drawn_from)(counted)
    return decorate


def begins(again):
    """The next one is played again, and it alone, with these arguments."""
    global _again
    _again = again


def is_something(steps):
    """Whether an example of these steps is worth to be counted."""
    return len(steps) >= STEPS_LEAST and len({step.partition("(")[0] for step in steps}) >= KINDS_LEAST


def rules(machine):
    """The names of its rules that have to happen in every run."""
    return {name for name in _names if hasattr(machine, name)} - machine.rarely_happens


def never(names):
    """Those of them that have not happened."""
    return sorted(name for name in names if counts[name] == 0)


def happened(what):
    counts[what] += 1


def failed(steps, error):
    """Keeps why the first example failed: played again, when races go otherwise, it may fail for another reason, or not at all."""
    if not _failures:
        _failures.append(error)
        print("first failed:", *steps, f"{type(error).__name__}: {error}", sep="\n    ", flush=True)
        print(f"that example alone: {os.path.basename(sys.argv[0])} {_again}", flush=True)


def names(machine):
    """All that has to happen now and then: the machine's rules, and what else it names."""
    return sorted(machine.also_happens | machine.rarely_happens | rules(machine))
