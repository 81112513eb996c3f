"""Ends the program as skipped where Hypothesis is not installed."""
import importlib.util
import sys

if importlib.util.find_spec("hypothesis") is None:
    print("skipped: python3-hypothesis is not installed (script/bootstrap)")
    sys.exit(77)
