"""Circles among units that use each other: the shortest one through each use."""
import collections


class Graph:
    """uses: a list of Use. What is asked for are lists of Use, each of them a circle that begins at its least name."""

    def __init__(self, uses):
        self.why, self.next = {}, collections.defaultdict(list)
        for use in uses:
            if (use.user, use.used) not in self.why:
                self.why[use.user, use.used] = use
                self.next[use.user].append(use.used)

    def _way(self, start, end):
        """The shortest way from one unit to another, as their names; None when there is none."""
        before, queue = {start: None}, collections.deque([start])
        while queue:
            at = queue.popleft()
            if at == end:
                way = []
                while at is not None:
                    way.append(at)
                    at = before[at]
                return way[::-1]
            for other in self.next[at]:
                if other not in before:
                    before[other] = at
                    queue.append(other)
        return None

    def circles(self):
        """The shortest one through each use that is part of one; each circle once, the shortest first."""
        found = {}
        for user, used in self.why:
            way = self._way(used, user)
            if way:
                least = way.index(min(way))
                way = way[least:] + way[:least]
                found[tuple(way)] = [self.why[pair] for pair in zip(way, way[1:] + way[:1])]
        return [found[way] for way in sorted(found, key=lambda way: (len(way), way))]
