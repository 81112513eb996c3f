"""Whatever users and operators do, and in any order, one server keeps the contract.

The model of the contract (contract.py) beside one server on files, in any order of what may happen (rules.py, rules_files.py).

test_model.py                           what ctest runs: the same few examples each time
test_model.py --examples 500 --seed 7   a long run; a failing example is printed as a program, and the seed plays it again
"""
import sys

import available  # noqa: F401, first: it ends the program where Hypothesis is missing
import run
from rules_files import FilesLottery

if __name__ == "__main__":
    sys.exit(run.main(FilesLottery, __doc__, examples=4))
