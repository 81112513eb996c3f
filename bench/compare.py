"""Compares the processor time that the central uses for a bet with that of another commit: script/compare COMMIT

Both centrals are measured in turn, round by round, under the same load: our own sender, with chunks of 1000 bets from five
agencies. So only the central differs. Each round gives a ratio, ours to theirs; their median is what counts.
"""
import argparse
import os
import statistics
import subprocess
import sys

import builds
from processes import Failed, ended_by, run, run_json, say, settle

sys.path.insert(0, os.path.join(builds.ROOT, 'tests'))
import given  # noqa: E402

FIGURES = ('central_ns_a_bet', 'central_user_ns_a_bet', 'central_system_ns_a_bet')
AGENCIES = 5


def arguments():
    parser = argparse.ArgumentParser(prog='script/compare', description=__doc__, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('commit', type=builds.commit, nargs='?', help='to compare the working tree with')
    parser.add_argument('--rounds', type=given.whole(1), default=15, help='how often each is measured (default 15)')
    parser.add_argument('--bets', type=given.whole(1), default=4_000_000, help='bets of a measurement (default 4000000)')
    parser.add_argument('--chunk-size', type=given.whole(1), default=1000, help='bets of a chunk (default 1000)')
    parser.add_argument('--dir', type=given.folder, default='/var/tmp', help='folder on a real disk for the stores (default /var/tmp)')
    parser.add_argument('--at-most', type=given.number(0, above=True), metavar='RATIO',
                        help='exit with 1 when the median ratio is above it')
    parser.add_argument('--programs', nargs=2, type=given.program, metavar=('OURS', 'THEIRS'),
                        help='compare these, and build nothing')
    options = parser.parse_args()
    if (options.commit is None) == (options.programs is None):
        parser.error('a commit, or --programs')
    return options


def built(name):
    """Builds the working tree and that commit. The paths of both programs."""
    say('building the working tree')
    run(os.path.join(builds.ROOT, 'script', 'build'), 'release')
    return os.path.join(builds.ROOT, 'build', 'release', 'quiniela'), builds.at_commit(name)


def measure(options, sender, program):
    settle()
    return run_json(sender, 'bench', '--self', '--program', program, '--bets', options.bets, '--chunk-size',
                    options.chunk_size, '--agencies', AGENCIES, '--prepared', '--dir', options.dir, '--json')


def measure_all(options, ours, theirs):
    """The figures of each round, in pairs. Who comes first changes: what the machine does to the second must not count for one."""
    rounds = []
    for number in range(1, options.rounds + 1):
        if number % 2:
            pair = measure(options, ours, ours), measure(options, ours, theirs)
        else:
            pair = tuple(reversed((measure(options, ours, theirs), measure(options, ours, ours))))
        rounds.append(pair)
        a, b = (figures[FIGURES[0]] for figures in pair)
        print(f'round {number}: ours {a:.1f}, theirs {b:.1f} ns a bet' + (f', ratio {a / b:.3f}' if b else ''), flush=True)
    return rounds


def show(name, ours, theirs):
    """A line for one figure; returns the median of its ratios, None when too little was measured for any."""
    if not all(theirs):
        print(f'{name}: too few bets to measure it')
        return None
    ratios = sorted(a / b for a, b in zip(ours, theirs))
    median = statistics.median(ratios)
    print(f'{name}: ours {statistics.median(ours):.1f}, theirs {statistics.median(theirs):.1f}, '
          f'ratio {median:.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})')
    return median


def main():
    options = arguments()
    lock = options.programs or given.alone(os.path.join(builds.ROOT, 'build', 'bench.lock'))  # two runs at once would measure each other
    if lock is None:
        say('script/compare: another run is under way')
        return 1
    try:
        rounds = measure_all(options, *(options.programs or built(options.commit)))
    except (Failed, subprocess.CalledProcessError, OSError) as reason:
        say(f'script/compare: {reason}')
        return 1
    print(f'rounds: {options.rounds}, of {options.bets} bets in chunks of {options.chunk_size}; medians, and ratios from least to most')
    medians = [show(name, *([figures[name] for figures in side] for side in zip(*rounds))) for name in FIGURES]
    return 1 if options.at_most is not None and (medians[0] is None or medians[0] > options.at_most) else 0


if __name__ == '__main__':
    sys.exit(ended_by('script/compare', main))
