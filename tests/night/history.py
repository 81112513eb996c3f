"""What a night's store may become: nothing that was acknowledged is lost, nothing that is settled changes, orders are whole."""
import json

from agencies import Wrong, winning

STATES = ("open", "sealed", "drawn")
FOR_EVER = ("number_mode", "closed_at", "sealed_at", "drawn_at", "root")  # once they are there


def need(holds, what):
    if not holds:
        raise Wrong(what)


def recorded_orders(audits, are_papers=False):
    """How many orders these audit logs have as done; a paper that comes with a draw's number is none. A killed server's last line may
    be cut."""
    done = 0
    for path in audits:
        with open(path, encoding="utf-8") as file:
            records = map(json.loads, filter(lambda line: line.endswith("}\n"), file))
            done += sum(record["event"] == "order" and record["result"] == "done" and record["order"].startswith("paper") == are_papers
                        for record in records)
    return done


class History:
    """`agencies` are the night's, by number. What may be ordered is written into `finishes`, `sizes` and `cutoffs` beforehand."""

    def __init__(self, store, agencies, is_manual, size, signing=None):
        self.store, self.agencies, self.is_manual, self.signing = store, agencies, is_manual, signing
        self.finishes, self.resets, self.sizes, self.cutoffs = set(), set(), {size}, {None}
        self.before, self.sealed_bets = None, None

    # The draw's and the agencies' columns

    def look(self):
        folders = self.signing.all_kept() if self.signing else []
        look = self.store.look()
        self._is_whole(look)
        if self.signing:
            self.signing.is_whole(look, folders)
        if self.before is not None:
            self._goes_on_from(self.before, look)
        self.before = look
        return look

    def _is_whole(self, look):
        """No order is done in part."""
        state, ended = look["state"], {number: row["ending"] for number, row in look["by_agency"].items() if row["ending"]}
        has_number = look["winning_number"] is not None
        need(state == "open" or all(number in ended for number in range(1, look["agencies"] + 1)), f"not all have ended: {look}")
        need((state != "open") == (look["sealed_at"] is not None), f"sealed, or not? {look}")
        need(("close" in ended.values()) == (look["closed_at"] is not None), f"a close, or not? {look}")
        need((state == "drawn") == (look["drawn_at"] is not None), f"drawn, or not? {look}")
        need(not self.is_manual or has_number == (state == "drawn"), f"a number, and no draw, or the reverse: {look}")
        need(state == "drawn" or not look["winners"], f"winners without a draw: {look}")
        need({number for number, how in ended.items() if how == "operator"} <= self.finishes, f"nobody ordered that end: {look}")
        need(look["agencies"] in self.sizes and look["closes_at"] in self.cutoffs, f"nobody ordered that: {look}")
        need(all((row["finished_at"] is None) == (row["ending"] is None) for row in look["by_agency"].values()), f"an end in part: {look}")
        for number, row in look["by_agency"].items():
            need(row["voidings"] <= (number in self.resets), f"agency {number} was reset too often: {look}")

    def _goes_on_from(self, before, look):
        """What was settled stays."""
        need(STATES.index(before["state"]) <= STATES.index(look["state"]), f"from {before} to {look}")
        for name in FOR_EVER + ("winning_number",) * (before["state"] == "drawn") + ("agencies", "closes_at") * (before["state"] != "open"):
            need(before[name] in (None, look[name]), f"{name} was {before[name]}, and is {look[name]}")
        for number, row in before["by_agency"].items():
            need(row["ending"] is None or row == look.agency(number), f"agency {number} was {row}, and is {look.agency(number)}")
            need(row["voidings"] <= look.agency(number)["voidings"], f"agency {number}'s resets went back: {look}")
        need(before["state"] != "drawn" or before["winners"] == look["winners"], f"the winners were {before['winners']}: {look}")

    # The bets

    def acknowledged(self):
        return {number: list(agency.acknowledged) for number, agency in self.agencies.items()}

    def compare(self):
        """What is stored with what was acknowledged by now. Returns the stored bets, by agency."""
        acknowledged, finished = self.acknowledged(), [number for number, agency in self.agencies.items() if agency.finished]
        look = self.look()
        stored = self.store.bets()
        self.holds(stored, acknowledged, look)
        for number in finished:
            need(look.agency(number)["ending"] is not None, f"agency {number}'s last chunk is acknowledged, and is not stored: {look}")
        if look["state"] != "open":
            need(self.sealed_bets in (None, stored), "what is stored has changed since the seal")
            self.sealed_bets = stored
        return stored

    def holds(self, stored, acknowledged, look=None):
        """Whether what is stored has all of this, each bet once, and nothing that was not sent. Without `look` at the same store it may
        have been stored before a reset or after it."""
        for number, agency in self.agencies.items():
            bets, first = stored.get(number, []), look.agency(number)["voidings"] if look else 0
            need(any(self._is_life(bets, agency, life, acknowledged[number]) for life in range(first, 1 + (number in self.resets))),
                 f"what is stored of agency {number} after {first} resets is not the beginning of what it sends, or too little: "
                 f"{acknowledged[number]} are acknowledged, {len(bets)} are stored: {bets}")

    @staticmethod
    def _is_life(bets, agency, life, acknowledged):
        sent, least = (agency.lives[life], acknowledged[life]) if life < len(acknowledged) else ([], 0)
        return bets == sent[:len(bets)] and len(bets) >= least

    def winners(self, number):
        return {agency: documents for agency, bets in self.sealed_bets.items() if (documents := winning(bets, number))}
