"""An authority and certificates of every sort, good and bad, made with the openssl program."""
import os
import subprocess


def run(*arguments, before=()):
    for _ in range(5):
        done = subprocess.run([*before, *map(str, arguments)], capture_output=True, text=True, check=False)
        if "sem_open" not in done.stderr:  # faketime names a semaphore by its process, and one that was killed leaves its own
            break
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, arguments))}: {done.stderr}")


class Authority:
    """Signs in a folder of its own: NAME.crt, NAME.key, crl.pem. One that has a `parent` is signed by that."""

    def __init__(self, folder, name="ca", parent=None):
        self.folder, self.name = folder, name
        os.makedirs(folder, exist_ok=True)
        self._key(name)
        if parent is None:
            run("openssl", "req", "-x509", "-new", "-key", self.key(name), "-subj", f"/CN={name}", "-days", 3650,
                "-out", self.certificate(name), "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                before=self._on("2001"))
        else:
            parent.sign(self, name, "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n")
        for file, text in (("index.txt", ""), ("index.txt.attr", ""), ("crlnumber", "01\n")):
            with open(f"{folder}/{name}-{file}", "w", encoding="utf-8") as out:
                out.write(text)
        with open(f"{folder}/{name}.cnf", "w", encoding="utf-8") as out:
            out.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/{name}-index.txt\n"
                      f"crlnumber={folder}/{name}-crlnumber\ndefault_md=sha256\n")
        self.list_revoked()

    @staticmethod
    def _on(year):
        """What has a program believe that it is another year. The authority's own certificate is of all years."""
        return ["faketime", f"{year}-01-01 12:00:00"] if year != "2001" else []

    def key(self, name):
        return f"{self.folder}/{name}.key"

    def certificate(self, name):
        return f"{self.folder}/{name}.crt"

    @property
    def revocations(self):
        return f"{self.folder}/{self.name}-crl.pem"

    def _key(self, name):
        run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.key(name))
        os.chmod(self.key(name), 0o600)

    def issue(self, name, usage, names, year=None, days=30):
        """A certificate for `names` (as openssl writes them), good from now on, or from the beginning of a year."""
        self._key(name)
        self.sign(self, name, "basicConstraints=critical,CA:FALSE\n" + (f"extendedKeyUsage={usage}\n" if usage else "") +
                  (f"subjectAltName={names}\n" if names else ""), year, days)
        return self

    def sign(self, owner, name, extensions, year=None, days=30):
        """The certificate of a key in the owner's folder."""
        with open(f"{owner.folder}/{name}.ext", "w", encoding="utf-8") as out:
            out.write(extensions)
        run("openssl", "req", "-new", "-key", owner.key(name), "-subj", f"/CN={name}", "-out", f"{owner.folder}/csr")
        run("openssl", "x509", "-req", "-in", f"{owner.folder}/csr", "-CA", self.certificate(self.name), "-CAkey",
            self.key(self.name), "-set_serial", "0x" + os.urandom(16).hex(), "-days", days, "-extfile",
            f"{owner.folder}/{name}.ext", "-out", owner.certificate(name), before=self._on(year) if year else ())

    def issue_server(self, name="server", **how):
        return self.issue(name, "serverAuth", "DNS:localhost,IP:127.0.0.1", **how)

    def issue_agency(self, number, name=None, **how):
        return self.issue(name or f"agency-{number}", "clientAuth", f"URI:urn:quiniela:agency:{number}", **how)

    def revoke(self, name, owner=None):
        run("openssl", "ca", "-config", f"{self.folder}/{self.name}.cnf", "-cert", self.certificate(self.name),
            "-keyfile", self.key(self.name), "-revoke", (owner or self).certificate(name))
        self.list_revoked()

    def list_revoked(self, year=None):
        run("openssl", "ca", "-config", f"{self.folder}/{self.name}.cnf", "-cert", self.certificate(self.name),
            "-keyfile", self.key(self.name), "-gencrl", "-crldays", 30, "-out", self.revocations,
            before=self._on(year) if year else ())

    def flags(self, name, revocations=False):
        """What a program is told to use the certificate of that name."""
        return ["--tls-cert", self.certificate(name), "--tls-key", self.key(name), "--tls-ca",
                self.certificate(self.name), *(["--tls-crl", self.revocations] if revocations else [])]


def join(path, *parts):
    """A file with what stands in the others, one behind the other."""
    with open(path, "wb") as out:
        for part in parts:
            with open(part, "rb") as file:
                out.write(file.read())
    return path
