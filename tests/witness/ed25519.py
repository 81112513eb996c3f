"""Ed25519 by the `openssl` command: nothing that the program or the verifiers use of it."""
import os
import subprocess
import tempfile

PRIVATE, PUBLIC = bytes.fromhex("302e020100300506032b657004220420"), bytes.fromhex("302a300506032b6570032100")  # RFC 8410


def _openssl(*arguments, **files):
    """Runs it in a folder that has the files; the words that are their names stand for their paths."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False, timeout=60)


def public_of(seed):
    done = _openssl("pkey", "-inform", "DER", "-in", "key", "-pubout", "-outform", "DER", key=PRIVATE + seed)
    done.check_returncode()
    return done.stdout[len(PUBLIC):]


def sign(seed, message):
    done = _openssl("pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", "key", "-in", "message", key=PRIVATE + seed,
                    message=message)
    done.check_returncode()
    return done.stdout


def is_signed(public, message, signature):
    return _openssl("pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "key", "-sigfile", "signature",
                    "-in", "message", key=PUBLIC + public, message=message, signature=signature).returncode == 0
