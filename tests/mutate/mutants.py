"""A mutant: one place of one file that is to be written otherwise."""
import dataclasses
import hashlib
import re


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


@dataclasses.dataclass
class Mutant:
    file: str  # relative to the tree
    function: str
    operator: str
    line: int
    end_line: int
    start: int  # in bytes
    end: int
    before: str
    after: str
    mention: str = ""  # for a named constant: its name
    ordinal: int = 0  # among those of the function that are otherwise the same
    id: str = ""

    def name(self):
        """What it is called by, wherever in the file it stands."""
        return "|".join([self.file, self.function, self.operator, squeeze(self.before), squeeze(self.after),
                         str(self.ordinal)])

    def apply(self, text):
        """The file's bytes with the mutant in them, with as many lines."""
        after = self.after.encode()
        lines = text[self.start:self.end].count(b"\n") - after.count(b"\n")
        return text[:self.start] + after + b"\n" * max(lines, 0) + text[self.end:]

    def lines(self, text):
        """The lines that it changes, before and after."""
        first = text.rfind(b"\n", 0, self.start) + 1
        last = text.find(b"\n", self.end)
        before = text[first:last].decode()
        after = (text[first:self.start] + self.after.encode() + text[self.end:last]).decode()
        return before, after


def numbered(mutants):
    """Gives each its ordinal and its id; of those that make the same text only the first is left."""
    seen, counts, result = set(), {}, []
    for mutant in sorted(mutants, key=lambda m: (m.start, m.end, m.operator)):
        if (mutant.start, mutant.end, mutant.after) in seen:
            continue
        seen.add((mutant.start, mutant.end, mutant.after))
        key = mutant.name()
        mutant.ordinal = counts[key] = counts.get(key, 0) + 1
        mutant.id = hashlib.sha1(mutant.name().encode()).hexdigest()[:8]
        result.append(mutant)
    return result
