#!/usr/bin/env python3
"""Shows from the system calls of a whole run that every acknowledgement came after the sync of its commit.

Reads what `strace -f -yy` writes (a file or a pipe). A bet counts as written when a write to the store's log that holds
its text has ended; as synced when a sync of the log that began after that has ended well. An acknowledgement leaves when
its write to the socket begins: by then every bet that it speaks for must be synced, and so must the store's directory.
Bets tell by their document whose they are and where they belong: Z<agency>Z<index>.
"""
import argparse
import re
import sys

CALL = re.compile(r"^(\d+) +(\w+)\((.*)$", re.S)
RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$", re.S)
BET = re.compile(r"Z(\d+)Z(\d{7})")
AGENCY = re.compile(r'\\"agency\\": ?\\"(\d+)\\"')
ACKNOWLEDGED = re.compile(r'\\"next\\":(\d+)')
RESULT = re.compile(r"\) += (-?\d+)[^)]*$")
DESCRIPTOR = re.compile(r"^(\d+)<(TCP\w*:\[.*?\]|[^>]*)>")
UNFINISHED = " <unfinished ...>"
WRITES = ("pwrite64", "write", "writev", "sendto", "sendmsg")
SYNCS = ("fdatasync", "fsync")


class Checker:
    def __init__(self, log_path, directory):
        self.log_path, self.directory = log_path, directory
        self.begun = {}              # by thread: the call it is in, and what was known when it began
        self.written = {}            # by agency: the bets that are written but not known to be synced
        self.synced = {}             # by agency: the bets that are synced
        self.prefix = {}             # by agency: how many bets, from the first one on, are synced
        self.directory_synced = False
        self.agency_of = {}          # by socket
        self.acknowledgements = self.syncs = self.failed_syncs = 0
        self.violations = []

    def take(self, line):
        line = line.rstrip("\n")
        match = RESUMED.match(line)
        if match:
            thread, call, rest = match.groups()
            before = self.begun.pop(thread, None)
            if before is not None and before[0] == call:
                self.end(call, before[1] + rest, before[2])
            return
        match = CALL.match(line)
        if not match:
            return
        thread, call, arguments = match.groups()
        known = self.begin(call, arguments)
        if arguments.endswith(UNFINISHED):
            self.begun[thread] = (call, arguments[:-len(UNFINISHED)], known)
        else:
            self.end(call, arguments, known)

    def begin(self, call, arguments):
        """A call begins. Returns what must be known when it ends."""
        if call in SYNCS:  # it covers what was written before it began
            return {agency: set(bets) for agency, bets in self.written.items()}
        if call in WRITES:
            match = DESCRIPTOR.match(arguments)
            if match and match[2].startswith("TCP"):
                self.check_acknowledgements(match[2], arguments)
        return None

    def end(self, call, arguments, known):
        match, result = DESCRIPTOR.match(arguments), RESULT.search(arguments)
        if not match or not result:
            return
        what, good = match[2], int(result[1]) >= 0
        if call in ("read", "recvfrom", "recvmsg") and what.startswith("TCP"):
            agency = AGENCY.search(arguments)
            if agency:
                self.agency_of[what] = int(agency[1])
        elif call == "pwrite64" and what == self.log_path and good:
            for agency, index in BET.findall(arguments):
                agency, index = int(agency), int(index)
                if index not in self.synced.get(agency, ()):
                    self.written.setdefault(agency, set()).add(index)
        elif call in SYNCS:
            self.end_sync(what, good, known)

    def end_sync(self, what, good, known):
        if not good:
            self.failed_syncs += 1
        elif what == self.directory:
            self.directory_synced = True
        elif what == self.log_path:
            self.syncs += 1
            for agency, bets in known.items():
                self.synced.setdefault(agency, set()).update(bets)
                self.written[agency] -= bets
                while self.prefix.get(agency, 0) in self.synced[agency]:
                    self.prefix[agency] = self.prefix.get(agency, 0) + 1

    def check_acknowledgements(self, socket, arguments):
        for next_bet in map(int, ACKNOWLEDGED.findall(arguments)):
            self.acknowledgements += 1
            agency = self.agency_of.get(socket)
            if not self.directory_synced:
                self.violations.append(f"agency {agency} was told {next_bet} before the directory was synced")
            if agency is None or self.prefix.get(agency, 0) < next_bet:
                self.violations.append(f"agency {agency} was told {next_bet} while {self.prefix.get(agency, 0)} of its "
                                       "bets were synced")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trace")
    parser.add_argument("--log", required=True, help="the path of the store's log (STORE-wal)")
    parser.add_argument("--directory", required=True, help="that of the store's directory")
    parser.add_argument("--at-least", type=int, default=1, help="acknowledgements, or the trace shows nothing")
    options = parser.parse_args()
    checker = Checker(options.log, options.directory)
    with open(options.trace, encoding="utf-8", errors="replace") as trace:
        for line in trace:
            checker.take(line)
    print(f"{checker.acknowledgements} acknowledgements, {checker.syncs} syncs of the log ({checker.failed_syncs} failed "
          f"syncs in all), {len(checker.violations)} violations", *checker.violations[:10], sep="\n")
    return 1 if checker.violations or checker.acknowledgements < options.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
