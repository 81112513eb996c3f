"""A verifier of quiniela's draws that stands on the page of formats alone: docs/verifiable-draw.md."""
import sys

if sys.version_info < (3, 11):  # said here: whatever an older one stumbles over would end as 1, which is what something false is
    print("verify.py: needs Python 3.11 or newer", file=sys.stderr)
    sys.exit(2)
