"""Sends the first bets of an agency's file, and not its end: part.py FILE AGENCY COUNT. As an agency that is cut off does."""
import json
import socket
import sys

file, agency, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(file, encoding="utf-8") as lines:
    bets = [next(lines).rstrip("\r\n") for _ in range(count)]
message = json.dumps({"type_message": 1, "agency": agency, "payload": bets, "first": 0}).encode("ascii")
with socket.create_connection(("127.0.0.1", 12345), 30) as central:
    central.sendall(len(message).to_bytes(4, "big") + message)
    answer = central.makefile("rb")
    said = answer.read(int.from_bytes(answer.read(4), "big"))
    assert json.loads(said).get("next") == count, said
