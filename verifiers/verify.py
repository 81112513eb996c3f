#!/usr/bin/env python3
"""Checks a draw of quiniela, offline, without any of quiniela's own code: verify.py --help.

It needs Python 3.11 and, for time stamps and NIST's certificate, the `openssl` command. One file of it for an auditor:
    python3 -m zipapp verifiers -m quiniela_verify.command:main -o verify.pyz
"""
import sys

from quiniela_verify.command import main

if __name__ == "__main__":
    sys.exit(main())
