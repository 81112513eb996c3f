"""Two builds of the central in turn: the processor time that each uses for a bet, and the ratio within each round.

script/compare builds both and calls this. The sender is ours each time, so only the central differs.
"""

import argparse
import statistics
import sys

from processes import Failed, run_json, say, settle

FIGURES = ('central_ns_a_bet', 'central_user_ns_a_bet', 'central_system_ns_a_bet')


def arguments():
    parser = argparse.ArgumentParser(prog='script/compare COMMIT', description='Compare the processor time that the '
                                     'central uses for a bet with that of another commit, both in turn.')
    parser.add_argument('--rounds', type=int, default=15, help='how often each is measured (default 15)')
    parser.add_argument('--bets', type=int, default=4_000_000, help='bets of a measurement (default 4000000)')
    parser.add_argument('--chunk-size', type=int, default=1000, help='bets of a chunk (default 1000)')
    parser.add_argument('--dir', default='/var/tmp', help='folder on a real disk for the stores (default /var/tmp)')
    parser.add_argument('--at-most', type=float, metavar='RATIO', help='exit 1 when the median ratio is above it')
    parser.add_argument('--ours', required=True, help=argparse.SUPPRESS)
    parser.add_argument('--theirs', required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def measure(options, program):
    settle()
    return run_json(options.ours, 'bench', '--self', '--program', program, '--bets', options.bets, '--chunk-size',
                    options.chunk_size, '--agencies', 5, '--prepared', '--dir', options.dir, '--json')


def quartiles(values):
    """The first quartile, the median and the third."""
    return statistics.quantiles(values, n=4, method='inclusive') if len(values) > 1 else values * 3


def show(name, ours, theirs):
    """A line for one figure; returns the median of its ratios."""
    ratios = quartiles([a / b for a, b in zip(ours, theirs)])
    print(f'{name:26} ours {statistics.median(ours):7.1f}  theirs {statistics.median(theirs):7.1f}  '
          f'ratio {ratios[1]:.3f} (quartiles {ratios[0]:.3f} and {ratios[2]:.3f})')
    return ratios[1]


def main():
    options = arguments()
    rounds = []
    try:
        for number in range(options.rounds):
            # Who comes first changes from round to round: what a machine does to the second must not count for one.
            order = [options.ours, options.theirs] if number % 2 == 0 else [options.theirs, options.ours]
            figures = {program: measure(options, program) for program in order}
            rounds.append((figures[options.ours], figures[options.theirs]))
            ours, theirs = (pair['central_ns_a_bet'] for pair in rounds[-1])
            say(f'round {number + 1}: {ours:.1f} and {theirs:.1f} ns a bet, ratio {ours / theirs:.3f}')
    except Failed as reason:
        say(f'script/compare: {reason}')
        return 1
    print(f'{options.rounds} rounds of {options.bets} bets, chunks of {options.chunk_size}; ns of the central a bet, medians')
    medians = [show(name, [ours[name] for ours, _ in rounds], [theirs[name] for _, theirs in rounds])
               for name in FIGURES]
    return 1 if options.at_most is not None and medians[0] > options.at_most else 0


if __name__ == '__main__':
    sys.exit(main())
