"""A verifier of quiniela's draws that stands on the page of formats alone: docs/verifiable-draw.md."""
