"""An authority and certificates of every sort, good and bad, made with the openssl program."""
import datetime
import os
import subprocess

__unittest = True  # as in harness.py


def run(*arguments):
    done = subprocess.run([*map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, arguments))}: {done.stderr}")


class Authority:
    """Signs in a folder of its own: NAME.crt, NAME.key, crl.pem. One that has a `parent` is signed by that."""

    def __init__(self, folder, name="ca", parent=None):
        self.folder, self.name = folder, name
        os.makedirs(folder, exist_ok=True)
        (parent or self).sign(self, name, "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n",
                              days=30 if parent else 3650)
        for file, text in (("index.txt", ""), ("index.txt.attr", ""), ("crlnumber", "01\n")):
            with open(f"{folder}/{name}-{file}", "w", encoding="utf-8") as out:
                out.write(text)
        with open(f"{folder}/{name}.cnf", "w", encoding="utf-8") as out:
            out.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/{name}-index.txt\nnew_certs_dir={folder}\n"
                      f"crlnumber={folder}/{name}-crlnumber\ndefault_md=sha256\nunique_subject=no\nrand_serial=yes\npolicy=any\n"
                      "[any]\ncommonName=supplied\n")

    def _as_authority(self, *arguments):
        run("openssl", "ca", "-config", f"{self.folder}/{self.name}.cnf", "-cert", self.certificate(self.name),
            "-keyfile", self.key(self.name), *arguments)

    @staticmethod
    def _from(year, days):
        """The first and the last second of so many days from the beginning of a year, as openssl writes times."""
        first = datetime.datetime(year, 1, 1)
        return [f"{time:%Y%m%d%H%M%SZ}" for time in (first, first + datetime.timedelta(days=days))]

    def key(self, name):
        return f"{self.folder}/{name}.key"

    def certificate(self, name):
        return f"{self.folder}/{name}.crt"

    @property
    def revocations(self):
        """The list of them, made when it is first asked for."""
        path = self._revocations()
        if not os.path.exists(path):
            self.list_revoked()
        return path

    def _revocations(self):
        return f"{self.folder}/{self.name}-crl.pem"

    def issue(self, name, usage, names, year=None, days=30):
        """A certificate for `names` (as openssl writes them), good from now on, or from the beginning of a year."""
        self.sign(self, name, "basicConstraints=critical,CA:FALSE\n" + (f"extendedKeyUsage={usage}\n" if usage else "") +
                  (f"subjectAltName={names}\n" if names else ""), year, days)
        return self

    def sign(self, owner, name, extensions, year=None, days=30):
        """A new key in the owner's folder, and its certificate; both by one openssl where it can, as each costs its start."""
        config, csr = f"{owner.folder}/{name}.ext", f"{owner.folder}/csr"
        with open(config, "w", encoding="utf-8") as out:
            out.write(f"[req]\ndistinguished_name=subject\n[subject]\n[extensions]\n{extensions}")
        request = ("openssl", "req", "-config", config, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                   "-keyout", owner.key(name), "-subj", f"/CN={name}")
        if year:
            first, last = self._from(year, days)
            run(*request, "-new", "-out", csr)
            self._as_authority("-batch", "-notext", "-startdate", first, "-enddate", last, "-in", csr, "-extfile", config,
                               "-extensions", "extensions", "-out", owner.certificate(name))
        else:
            by = () if owner.certificate(name) == self.certificate(self.name) else (
                "-CA", self.certificate(self.name), "-CAkey", self.key(self.name))
            run(*request, "-x509", "-extensions", "extensions", "-days", days, *by, "-out", owner.certificate(name))

    def issue_server(self, name="server", **how):
        return self.issue(name, "serverAuth", "DNS:localhost,IP:127.0.0.1", **how)

    def issue_agency(self, number, name=None, **how):
        return self.issue(name or f"agency-{number}", "clientAuth", f"URI:urn:quiniela:agency:{number}", **how)

    def revoke(self, name, owner=None):
        self._as_authority("-revoke", (owner or self).certificate(name))
        self.list_revoked()

    def list_revoked(self, year=None):
        first, last = self._from(year, 30) if year else (None, None)
        when = ("-crl_lastupdate", first, "-crl_nextupdate", last) if year else ("-crldays", 30)
        self._as_authority("-gencrl", *when, "-out", self._revocations())

    def flags(self, name, revocations=False):
        """What a program is told to use the certificate of that name."""
        return ["--tls-cert", self.certificate(name), "--tls-key", self.key(name), "--tls-ca",
                self.certificate(self.name), *(["--tls-crl", self.revocations] if revocations else [])]


def join(path, *parts):
    """A file with the contents of the others, one after the other."""
    with open(path, "wb") as out:
        for part in parts:
            with open(part, "rb") as file:
                out.write(file.read())
    return path
