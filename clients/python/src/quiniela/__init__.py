"""An agency of quiniela, a lottery: sends bets to the central, waits for the draw, and checks what the central signs.

    from quiniela import Options, send_file
    outcome = send_file("agency-3.csv", Options(agency=3, servers=["central:12345"], consult=["central:12346"]))
    print(outcome.winners)

For asyncio: quiniela.aio. Without sockets: quiniela.Dialogue. See docs/python.md.
"""
from .blocking import Agency, send_file
from .dialogue import Connect, Dialogue, Disconnect, Outcome, Send, Wait
from .errors import BadBets, BadSetting, NotBelieved, QuinielaError, Refused
from .options import TLS, Address, Event, Options
from .source import BetsFile, BetsList
from .version import __version__

__all__ = ["Address", "Agency", "BadBets", "BadSetting", "BetsFile", "BetsList", "Connect", "Dialogue", "Disconnect", "Event",
           "NotBelieved", "Options", "Outcome", "QuinielaError", "Refused", "Send", "TLS", "Wait", "__version__", "send_file"]
