"""A witness of C2SP's tlog-witness and tlog-cosignature, for tests: it signs what is consistent with all that it has signed.

    witness.py --folder FOLDER --name NAME --log VKEY…

keeps the latest checkpoint of each origin in FOLDER, its key too, and answers `POST /add-checkpoint` on a port of the loopback. It
prints its own key and that port. A log's key, named NAME, is trusted for the origin NAME, and for each that begins with NAME/.
"""
import argparse
import base64
import binascii
import hashlib
import http.client
import http.server
import os
import re
import struct
import sys
import threading
import time

import consistency
import ed25519

BODY_BYTES_MAX, PROOF_LINES_MAX = 128 * 1024, 63
DASH = "— ".encode()
DECIMAL = re.compile(rb"0|[1-9][0-9]{0,18}")


class Refused(Exception):
    """With the status that C2SP has for it, and a body."""

    def __init__(self, status, body, kind="text/plain"):
        super().__init__(body)
        self.status, self.body, self.kind = status, body, kind


def bad(why):
    return Refused(400, f"{why}\n".encode())


def decode(text):
    """Base64, in the one spelling that it has."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise bad("no base64") from None
    if base64.b64encode(data) != text:
        raise bad("not the base64 that it should be")
    return data


def number(text):
    if not DECIMAL.fullmatch(text):
        raise bad("no decimal number")
    return int(text)


class Verifier:
    """A log's key, out of a vkey."""

    def __init__(self, vkey):
        name, key_id, key = vkey.split("+", 2)
        self.name, self.key = name.encode(), decode(key.encode())
        self.id = hashlib.sha256(self.name + b"\n" + self.key).digest()[:4]
        if self.id.hex() != key_id or self.key[:1] != b"\x01" or len(self.key) != 33:
            raise ValueError(f"no Ed25519 key of a log: {vkey}")

    def is_of(self, origin):
        return origin == self.name or origin.startswith(self.name + b"/")

    def has_signed(self, text, lines):
        """By one of the signature lines; those of unknown keys do not count."""
        signatures = [payload[4:] for name, payload in lines if name == self.name and payload[:4] == self.id]
        return any(len(signature) == 64 and ed25519.is_signed(self.key[1:], text, signature) for signature in signatures)


class Checkpoint:
    def __init__(self, note):
        text, found, signatures = note.partition(b"\n\n")
        self.text = text + b"\n"
        lines = self.text.split(b"\n")[:-1]
        if not found or len(lines) < 3 or not lines[0] or not signatures.endswith(b"\n"):
            raise bad("no checkpoint")
        self.origin, self.size, self.root = lines[0], number(lines[1]), decode(lines[2])
        if len(self.root) != 32:
            raise bad("no root")
        self.signatures = [self._signature(line) for line in signatures[:-1].split(b"\n")]

    @staticmethod
    def _signature(line):
        name, found, payload = line[len(DASH):].partition(b" ")
        if not line.startswith(DASH) or not name or not found:
            raise bad("no signature line")
        return name, decode(payload)


def read_request(body):
    """The old size, the proof and the checkpoint."""
    head, found, note = body.partition(b"\n\n")
    first, *proof = head.split(b"\n")
    if not found or not first.startswith(b"old "):
        raise bad("no old size")
    if len(proof) > PROOF_LINES_MAX:
        raise bad("too long a proof")
    hashes = [decode(line) for line in proof]
    if any(len(value) != 32 for value in hashes):
        raise bad("no hash")
    return number(first[4:]), hashes, Checkpoint(note)


class Witness:
    def __init__(self, folder, name, logs, seed=None, clock=time.time):
        """`logs` are vkeys. The key is the seed's, or the one in the folder, which is made where there is none."""
        self.folder, self.name, self.clock, self.lock = folder, name.encode(), clock, threading.Lock()
        self.logs = [Verifier(log) for log in logs]
        self.seed = seed or self._own_seed()
        key = b"\x04" + ed25519.public_of(self.seed)
        self.id = hashlib.sha256(self.name + b"\n" + key).digest()[:4]
        self.vkey = f"{name}+{self.id.hex()}+{base64.b64encode(key).decode()}"

    def _own_seed(self):
        path = os.path.join(self.folder, "key")
        if not os.path.exists(path):
            self._keep("key", os.urandom(32))
        with open(path, "rb") as file:
            return file.read()

    def _keep(self, name, data):
        """Is there, or not, after any crash."""
        path = os.path.join(self.folder, name)
        with open(path + ".new", "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(path + ".new", path)
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    @staticmethod
    def _place(origin):
        return hashlib.sha256(origin).hexdigest()

    def latest(self, origin):
        """Size and root of the newest checkpoint that it has signed for the origin; (0, None) before the first."""
        try:
            with open(os.path.join(self.folder, self._place(origin)), "rb") as file:
                size, root = file.read().split(b"\n")[1:3]
        except FileNotFoundError:
            return 0, None
        return int(size), base64.b64decode(root)

    def add_checkpoint(self, body):
        """The signature line, or Refused."""
        old, proof, checkpoint = read_request(body)
        logs = [log for log in self.logs if log.is_of(checkpoint.origin)]
        if not logs:
            raise Refused(404, b"an unknown origin\n")
        if not any(log.has_signed(checkpoint.text, checkpoint.signatures) for log in logs):
            raise Refused(403, b"not signed by a key that is trusted for this origin\n")
        if old > checkpoint.size:
            raise bad("the old size is more than the size")
        with self.lock:  # between the comparison and what is kept nothing else may be signed
            self.check(old, proof, checkpoint)
            self._keep(self._place(checkpoint.origin), checkpoint.text)
        return self.cosign(checkpoint.text)

    def check(self, old, proof, checkpoint):
        size, root = self.latest(checkpoint.origin)
        if old != size:
            raise Refused(409, b"%d\n" % size, "text/x.tlog.size")
        if old == checkpoint.size and root is not None and root != checkpoint.root:
            raise Refused(409, b"%d\n" % size, "text/x.tlog.size")
        if (proof if old == 0 else not consistency.holds(old, root, checkpoint.size, checkpoint.root, proof)):
            raise Refused(422, b"the proof does not lead from the old size to this one\n")

    def cosign(self, text):
        now = int(self.clock())
        signature = ed25519.sign(self.seed, b"cosignature/v1\ntime %d\n" % now + text)
        return DASH + self.name + b" " + base64.b64encode(self.id + struct.pack(">Q", now) + signature) + b"\n"


class Cheating(Witness):
    """Signs whatever a log that it knows has signed."""

    def check(self, old, proof, checkpoint):
        pass


# HTTP ----------------------------------------------------------------------------------------------------

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version, timeout = "HTTP/1.1", 60

    def do_POST(self):  # pylint: disable=invalid-name  # http.server's name
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self.answer(404, b"there is only /add-checkpoint\n", close=True)
        elif not DECIMAL.fullmatch(length.encode()) or int(length) > BODY_BYTES_MAX:
            self.answer(400, b"no length, or too large\n", close=True)
        else:
            try:
                self.answer(200, self.server.witness.add_checkpoint(self.rfile.read(int(length))))
            except Refused as refused:
                self.answer(refused.status, refused.body, refused.kind)

    def answer(self, status, body, kind="text/plain", close=False):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Served:
    """A witness on a port of the loopback, for as long as the block lasts."""

    def __init__(self, witness, port=0):
        self.witness, self.server = witness, http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.witness, self.server.daemon_threads = witness, True
        self.port = self.server.server_address[1]

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def submit(port, note, old=0, proof=()):
    """Sends a checkpoint. The status, the kind of the answer, and its body: a line to put below the note when it is 200."""
    body = b"old %d\n" % old + b"".join(base64.b64encode(value) + b"\n" for value in proof) + b"\n" + note
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/add-checkpoint", body)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read()
    finally:
        connection.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--log", action="append", required=True, metavar="VKEY")
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    os.makedirs(asked.folder, exist_ok=True)
    served = Served(Witness(asked.folder, asked.name, asked.log), asked.port)
    print(f"{served.witness.vkey}\nport {served.port}", flush=True)
    try:
        served.server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
