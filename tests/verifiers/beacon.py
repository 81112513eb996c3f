"""A beacon like NIST's, with a key that openssl makes for the test; and a time-stamping authority."""
import hashlib
import json
import os
import struct
import subprocess
import tempfile

import maker


def openssl(*arguments, stdin=b""):
    return subprocess.run(["openssl", *arguments], input=stdin, check=True, capture_output=True).stdout


def lp(data):
    return struct.pack(">I", len(data)) + data


class Named:
    """A beacon, as rules name it."""

    def __init__(self, certificate, chain):
        self.certificate, self.chain = certificate, chain
        key = openssl("x509", "-noout", "-pubkey", stdin=certificate)
        self.id = hashlib.sha512(openssl("x509", "-outform", "DER", stdin=certificate)).digest()
        self.key_hash = hashlib.sha256(openssl("pkey", "-pubin", "-pubout", "-outform", "DER", stdin=key)).digest()

    def named(self, time):
        """What stands behind `nist` in the rules."""
        return b"%d %s %s %s" % (self.chain, time.encode(), self.id.hex().encode(), maker.b64(self.key_hash))


class Beacon(Named):
    def __init__(self, bits=2048, chain=2):
        with tempfile.TemporaryDirectory() as folder:
            key, certificate = (os.path.join(folder, name) for name in ("key.pem", "certificate.pem"))
            openssl("req", "-x509", "-newkey", f"rsa:{bits}", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=beacon",
                    "-days", "1")
            with open(key, "rb") as file:
                self.key = file.read()
            with open(certificate, "rb") as file:
                super().__init__(file.read(), chain)

    def pulse(self, stamp, index=7, **changed):
        """Signed, as JSON. `changed` fields are signed as well."""
        def value(name):
            return hashlib.sha512(name.encode()).digest()
        lists = ["previous", "hour", "day", "month", "year"]
        fields = {"uri": f"https://beacon.example/2.0/chain/{self.chain}/pulse/{index}", "version": "Version 2.0", "cipherSuite": 0,
                  "period": 60000, "certificateId": self.id.hex(), "chainIndex": self.chain, "pulseIndex": index,
                  "timeStamp": stamp,
                  "statusCode": 0, **changed}
        random, external, precommitment = value("random"), bytes(64), value("next")
        message = (lp(fields["uri"].encode()) + lp(fields["version"].encode()) + struct.pack(">II", fields["cipherSuite"],
                                                                                             fields["period"])
                   + lp(bytes.fromhex(fields["certificateId"])) + struct.pack(">QQ", fields["chainIndex"],
                                                                              index) + lp(stamp.encode())
                   + lp(random) + lp(external) + struct.pack(">I", 0) + lp(external) + b"".join(lp(value(name)) for name in lists)
                   + lp(precommitment) + struct.pack(">I", fields["statusCode"]))
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.key)
            file.flush()
            signature = openssl("dgst", "-sha512", "-sign", file.name, stdin=message)
        fields.update({"localRandomValue": random.hex().upper(),
                       "external": {"sourceId": external.hex(), "statusCode": 0, "value": external.hex()},
                       "listValues": [{"uri": None, "type": name, "value": value(name).hex().upper()} for name in lists],
                       "precommitmentValue": precommitment.hex(), "signatureValue": signature.hex().upper(),
                       "outputValue": hashlib.sha512(message + signature).hexdigest().upper()})
        self.output = hashlib.sha512(message + signature).digest()
        return json.dumps({"pulse": fields}, indent=1).encode()

    def forged(self, stamp, other):
        """A pulse that says it is this beacon's, signed by another's key."""
        key, self.key = self.key, other.key
        try:
            return self.pulse(stamp)
        finally:
            self.key = key


CONFIGURATION = """[tsa]
default_tsa = it
[it]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[stamping]
extendedKeyUsage = critical,timeStamping
"""


class Authority:
    """A time-stamping authority: a CA's certificate, which the rules pin, and one that it has issued for stamping."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self._write("conf", CONFIGURATION.format(folder=self.folder.name).encode())
        self._write("serial", b"01\n")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self._path("ca.key"),
                "-out", self._path("ca"), "-subj", "/CN=ca", "-days", "2")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self._path("key"), "-out",
                self._path("csr"), "-subj", "/CN=stamps")
        openssl("x509", "-req", "-in", self._path("csr"), "-CA", self._path("ca"), "-CAkey", self._path("ca.key"),
                "-CAcreateserial", "-out", self._path("certificate"), "-days", "1", "-extfile", self._path("conf"), "-extensions",
                "stamping")
        self.certificate = self._read("ca")
        self.fingerprint = hashlib.sha256(openssl("x509", "-outform", "DER", stdin=self.certificate)).digest()

    def _path(self, name):
        return os.path.join(self.folder.name, name)

    def _write(self, name, data):
        with open(self._path(name), "wb") as file:
            file.write(data)

    def _read(self, name):
        with open(self._path(name), "rb") as file:
            return file.read()

    def answer(self, query):
        """To a query in DER, whoever has made it."""
        self._write("query", query)
        openssl("ts", "-reply", "-config", self._path("conf"), "-queryfile", self._path("query"), "-signer",
                self._path("certificate"),
                "-inkey", self._path("key"), "-out", self._path("answer"))
        return self._read("answer")

    def stamp(self, data):
        """The answer, and its token alone."""
        self._write("data", data)
        answer = self.answer(openssl("ts", "-query", "-data", self._path("data"), "-sha256", "-cert"))
        openssl("ts", "-reply", "-in", self._path("answer"), "-token_out", "-out", self._path("token"))
        return answer, self._read("token")

    def is_answer(self, answer, query):
        """Whether `openssl ts -verify` takes it."""
        self._write("answer", answer)
        self._write("query", query)
        return subprocess.run(["openssl", "ts", "-verify", "-in", self._path("answer"), "-queryfile", self._path("query"), "-CAfile",
                               self._path("ca")], check=False, capture_output=True).returncode == 0
