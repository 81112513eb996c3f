"""What is known while the files that were given are checked, one after the other."""
from .bets import Entry, agency_key
from .claims import Claims
from .encoding import Refused
from .rules import Rules


class Case:
    def __init__(self, given):
        """`given` has the options, files opened (command.py)."""
        self.given = given
        self.claims = Claims()
        self.origin = given.origin        # of the draw, once it is known
        self.records = []                 # of the rules, those that are right in themselves
        self.rules: Rules | None = None   # the newest record
        self.seal = None                  # the text of the seal: that of the first one that is right
        self.seals = []                   # the seals of notes, with cosignatures
        self.copies = set()               # the files of seals that are this one
        self.second = False               # another seal than this one was there, too
        self.misfit = False               # a seal of this draw is signed, and of other agencies than the rules have
        self.times = []                   # (seconds, who): when the seal was seen
        self.has_open_time = False        # a time stamp from before the pulse may be of one of the rules' authorities
        self.secret = None
        self.entries: dict[int, Entry] = {}  # of agencies, proved to be in the seal
        self.listed = None                # a seal.json that gives the seal's root
        self.proofs = []                  # (name of the file, proof)
        self.receipts = []                # of each file
        self.numbers = None               # how many bets each number has, of an export that is right
        self.drawn = None                 # the number that the result says, or that follows from the pulse
        self.csv_numbers = None           # of an agency's CSV

    # Origin and keys

    def take_origin(self, origin):
        """All is of one draw: the one expected, or the first that was seen."""
        if self.origin is None:
            self.origin = origin
        if origin != self.origin:
            raise Refused(f"is of another draw: {origin.decode()} instead of {self.origin.decode()}")

    @property
    def keys(self):
        """Of the server."""
        return [self.rules.key] if self.rules else self.given.keys

    def check_signed(self, note):
        """Whether there is a key to check it with; refuses what none of them has signed."""
        is_signed = any([note.is_signed(key) for key in self.keys])
        for key in self.given.keys:  # a line of any key that is known is right
            if key not in self.keys:
                note.is_signed(key)
        if self.keys and not is_signed:
            raise Refused(f"is not signed by {' or '.join(map(str, self.keys))}")
        return bool(self.keys)

    def say_unknown(self, what, note, further=()):
        """Lines of unknown keys prove nothing, and are told."""
        known = [*self.given.keys, *self.keys, *further]
        for signature in note.unknown(known):
            self.claims.note(what, f"line {signature.line} is of a key that is not known, {signature}")

    def key_from_secret(self, agency):
        """K(a), as the salts' secret gives it; None without that."""
        return agency_key(self.secret, self.origin, agency) if self.secret is not None and self.origin is not None else None

    def agency_key(self, agency):
        """K(a), where it is known."""
        is_given = self.given.salt_key is not None and agency == self.given.agency
        return self.given.salt_key if is_given else self.key_from_secret(agency)
