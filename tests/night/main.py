"""Whole nights with an operator's orders, in which servers are killed. Says the seed of one that fails."""
import argparse
import concurrent.futures
import multiprocessing
import os
import random
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "crash")]
import given  # noqa: E402
import minder  # noqa: E402
import night as nights  # noqa: E402
import signed_night  # noqa: E402
from rounds import take_ports  # noqa: E402


class Ended:
    """Whether this process was told to end: what it plays ends at once, and it begins nothing else."""
    is_told = False

    @classmethod
    def tell(cls, *_):
        cls.is_told = True
        sys.exit(128 + signal.SIGTERM)


def play(seed, servers, is_signed):
    """Leaves nothing behind, also when it is interrupted, but the folder of a night that failed."""
    if Ended.is_told:
        raise KeyboardInterrupt
    night, failure = None, None
    try:
        night = (signed_night.SignedNight if is_signed else nights.Night)(seed, servers, take_ports)
        night.play()
    except Exception as reason:  # pylint: disable=broad-except
        failure = f"{type(reason).__name__}: {reason}"
    finally:
        minder.end_all()  # whoever was only just started when this was told to end, and is in nobody's list yet, too
        if night is not None:
            night.end(failure is None)
    if night is None:  # it could not even be begun
        return 0, 0, {True: 0, False: 0}, failure, None
    return night.kills, night.receipts, night.unanswered, failure, night.folder


def play_all(first, options):
    """Returns how many nights failed."""
    begun, kills, receipts, done, lost, failed = time.monotonic(), 0, 0, 0, 0, 0
    pool = concurrent.futures.ProcessPoolExecutor(min(options.jobs, options.rounds))
    try:
        for seed, future in [(seed, pool.submit(play, seed, options.servers, options.signed)) for seed in range(first, first + options.rounds)]:
            killed, kept, unanswered, failure, folder = future.result()
            kills, receipts, done, lost = kills + killed, receipts + kept, done + unanswered[True], lost + unanswered[False]
            failed += failure is not None
            if failure is not None:
                print(f"FAILED: script/night 1 --seed {seed} --servers {options.servers}{' --signed' * options.signed}: {failure} (what it left: {folder})", flush=True)
    except BaseException:  # the nights in hand end, too
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    print(f"night: {options.rounds} rounds from seed {first} with {options.servers} servers, {kills} kills | orders without an answer: "
          f"{done} done, {lost} not done{f' | {receipts} receipts' * options.signed} | {failed} failed, {time.monotonic() - begun:.1f} s")
    return failed


def main():
    parser = argparse.ArgumentParser(prog="script/night", description=__doc__, allow_abbrev=False)
    parser.add_argument("rounds", type=given.whole())
    parser.add_argument("--seed", type=given.whole(0), help="of the first night; the next ones have the next seeds")
    parser.add_argument("--servers", type=given.whole(1, 10), default=1, help="several share a PostgreSQL")
    parser.add_argument("--signed", action="store_true", help="draws that are signed, with receipts, seals and approvals")
    parser.add_argument("--jobs", type=given.whole(1, 100), default=2, help="nights at a time")
    options = parser.parse_args()
    given.understood()
    signal.signal(signal.SIGTERM, Ended.tell)
    return play_all(options.seed if options.seed is not None else random.randrange(1 << 30), options) > 0


if __name__ == "__main__":
    sys.exit(main())
