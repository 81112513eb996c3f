#!/usr/bin/env python3
"""Checks a draw of quiniela, offline, without any of quiniela's own code: verify.py --help.

It needs Python 3.11 and, for time stamps and NIST's certificate, the `openssl` command. One file of it for an auditor:
    python3 -m zipapp verifiers -m quiniela_verify.command:run -o verify.pyz
"""
import sys

try:
    from quiniela_verify.command import run
except ImportError as error:  # of which Python makes 1, which is what something false is
    print(f"verify.py: its folder quiniela_verify must stand beside it: {error}", file=sys.stderr)
    sys.exit(2)

if __name__ == "__main__":
    run()
