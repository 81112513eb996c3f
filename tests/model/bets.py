"""What is a bet, from the table of docs/protocol.md alone, and bets at the edges of that table."""
import datetime
import re
from functools import lru_cache

FIELDS = ("nombre", "apellido", "documento", "nacimiento", "numero")
CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")


def is_name(text):
    return 1 <= len(text.encode()) <= 100 and not CONTROL.search(text)


def is_date(text):
    try:
        return re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


KINDS = (is_name, is_name, re.compile("[0-9A-Za-z]{1,16}").fullmatch, is_date,
         lambda text: re.fullmatch("[0-9]+", text) and int(text) <= 9999)


@lru_cache(maxsize=None)
def culprits(bet):
    """The fields that may be named as what is wrong with it; none where it is good."""
    values = bet.split(",")
    if len(values) != len(FIELDS):
        return frozenset([FIELDS[min(len(values), len(FIELDS) - 1)]])
    if len(bet.encode()) > 512:
        return frozenset(FIELDS)
    return frozenset(field for field, is_kind, value in zip(FIELDS, KINDS, values) if not is_kind(value))


def bet(name="Ana", last_name="Paz", document="1", born="2000-01-01", number="1"):
    return ",".join((name, last_name, document, born, number))


SHORT = len(bet(number=""))
EDGES = (
    bet(name="é" * 50), bet(last_name="L" * 100), bet(name="\u2028"), bet(name="\xa0"), bet(document="Z" * 16),
    bet(born="2000-02-29"), bet(born="1999-12-31"), bet(born="0001-01-01"), bet(born="9999-12-31"),
    bet(number="0"), bet(number="9999"), bet(number="7574".zfill(512 - SHORT)),
)
BAD = (
    bet(name=""), bet(name="é" * 50 + "L"), bet(last_name="L" * 101), bet(last_name=""), bet(name="\x1f"), bet(name="\x7f"),
    bet(last_name="\x9f"), bet(document=""), bet(document="Z" * 17), bet(document="ñ"), bet(document="1-2"),
    bet(born="2000-02-30"), bet(born="1900-02-29"), bet(born="2001-04-31"), bet(born="2001-00-10"), bet(born="2001-13-01"),
    bet(born="2001-01-00"), bet(born="2001-12-32"), bet(born="0000-01-01"), bet(born="2001-1-01"), bet(born="20010101"),
    bet(number="10000"), bet(number="-1"), bet(number=""), bet(number="1 "), bet(number="7574".zfill(513 - SHORT)),
    bet() + ",", "Ana,Paz,1,2000-01-01", "", bet(name="", number=""),
)
