"""`quiniela keys` makes keys that openssl and the central accept, and keeps existing ones."""
import os
import subprocess
import unittest

from harness import Agency, Server, Story


class Keys(Story):
    def keys(self, *flags, status=0):
        got, printed, errors = self.run_program("keys", "--dir", "keys", *flags)
        self.assertEqual(got, status, printed + errors)
        return printed + errors

    def path(self, name):
        return os.path.join(self.folder, "keys", name)

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False)

    def is_good(self, name, purpose, *more):
        return self.openssl("verify", "-CAfile", self.path("ca.crt"), "-x509_strict", "-purpose", purpose, *more,
                            self.path(name)).returncode == 0

    def flags(self, name):
        return ["--tls-cert", self.path(name + ".crt"), "--tls-key", self.path(name + ".key"), "--tls-ca",
                self.path("ca.crt"), "--tls-crl", self.path("crl.pem")]

    def content(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def test_they_are_for_what_they_are_for(self):
        self.keys("--agencies", 3)
        for name, purpose, good in (("server.crt", "sslserver", True), ("server.crt", "sslclient", False),
                                    ("agency-3.crt", "sslclient", True), ("agency-3.crt", "sslserver", False)):
            self.assertEqual(self.is_good(name, purpose), good, (name, purpose))
        self.assertTrue(self.is_good("server.crt", "sslserver", "-verify_hostname", "localhost"))
        self.assertTrue(self.is_good("server.crt", "sslserver", "-verify_ip", "127.0.0.1"))
        self.assertFalse(self.is_good("server.crt", "sslserver", "-verify_hostname", "elsewhere"))
        text = self.openssl("x509", "-in", self.path("agency-3.crt"), "-noout", "-text").stdout
        self.assertIn("URI:urn:quiniela:agency:3\n", text)
        self.assertFalse(os.path.exists(self.path("agency-4.crt")))

    def test_nobody_else_can_read_a_key(self):
        self.keys()
        self.assertEqual(os.stat(self.path("")).st_mode & 0o777, 0o700)
        modes = {"key": 0o600, "crt": 0o644, "pem": 0o644, "authority": 0o700}
        for name in os.listdir(self.path("")) + ["authority/ca.key"]:
            self.assertEqual(os.stat(self.path(name)).st_mode & 0o777, modes[name.split(".")[-1]], name)

    def test_the_authority_s_key_lies_apart(self):
        """A server may read the folder that its certificate is in. One that an older version has left there is moved."""
        self.keys()
        self.assertFalse(os.path.exists(self.path("ca.key")))
        key, certificate = self.content("authority/ca.key"), self.content("ca.crt")
        os.rename(self.path("authority/ca.key"), self.path("ca.key"))
        os.rmdir(self.path("authority"))
        self.assertIn("keys/ca.key: moved to keys/authority/ca.key", self.keys())
        self.assertEqual((self.content("authority/ca.key"), self.content("ca.crt")), (key, certificate))
        self.assertFalse(os.path.exists(self.path("ca.key")))
        self.assertNotIn("moved", self.keys())

    def test_what_is_there_is_kept(self):
        self.keys("--agencies", 1)
        before = {name: self.content(name) for name in os.listdir(self.path(""))
                  if name not in ("crl.pem", "authority")}
        self.assertIn("agency-N.crt: 1 made, 1 kept", self.keys("--agencies", 2))
        self.assertEqual({name: self.content(name) for name in before}, before)
        os.unlink(self.path("agency-1.crt"))
        self.keys("--agencies", 2)
        self.assertEqual(self.content("agency-1.key"), before["agency-1.key"])
        self.assertNotEqual(self.content("agency-1.crt"), before["agency-1.crt"])

    def test_one_that_is_revoked(self):
        self.keys("--agencies", 3)
        check = ["-crl_check", "-CRLfile", self.path("crl.pem")]
        self.assertTrue(self.is_good("agency-3.crt", "sslclient", *check))
        for _ in range(2):
            self.keys("--revoke", "agency-3")
        self.keys("--agencies", 3)
        self.assertFalse(self.is_good("agency-3.crt", "sslclient", *check))
        self.assertTrue(self.is_good("agency-2.crt", "sslclient", *check))
        revoked = self.openssl("crl", "-in", self.path("crl.pem"), "-noout", "-text").stdout
        self.assertEqual(revoked.count("Serial Number:"), 1)
        self.assertIn("keys/agency-9.crt: No such file or directory", self.keys("--revoke", "agency-9", status=2))
        self.assertIn("is not a name", self.keys("--revoke", "../agency-1", status=2))
        self.assertIn("--revoke and --sign-name", self.keys("--revoke", "agency-1", "--sign-name", "lottery.example/central", status=2))

    def test_a_lottery_with_them(self):
        self.keys("--agencies", 2, "--names", "localhost,127.0.0.1")
        self.sample((30, 20), (1, 2))
        server = Server(self, *self.flags("server"), "--once", agencies=2)
        agencies = [Agency(self, n, server.ports, *self.flags(f"agency-{n}")) for n in (1, 2)]
        self.assertEqual([agency.winners() for agency in agencies], [1, 2])
        self.assertEqual(server.wait(), 0)

    def test_files_that_do_not_fit(self):
        self.keys("--agencies", 1)
        ca, key = self.content("ca.crt"), self.content("agency-1.key")
        with open(self.path("authority/ca.key"), "wb") as file:
            file.write(key)
        self.assertIn("keys/authority/ca.key: is not the key of keys/ca.crt", self.keys(status=2))
        with open(self.path("authority/ca.key"), "wb") as file:
            file.write(ca)
        self.assertIn("keys/authority/ca.key: is not a key in PEM", self.keys(status=2))
        os.unlink(self.path("authority/ca.key"))
        self.assertIn("keys/authority/ca.key: No such file or directory", self.keys(status=2))

    def test_what_is_asked_for_wrongly(self):
        for names in ("", "a b", "x,,y", "x," + "y" * 300, "a,DNS:b"):
            if names:
                self.assertIn("is neither a name nor an address", self.keys("--names", names, status=2))
        with open(self.path("")[:-1] + "-file", "w", encoding="utf-8"):
            pass
        status, _, errors = self.run_program("keys", "--dir", "keys-file/below")
        self.assertEqual(status, 1)
        self.assertIn("keys-file/below: cannot be created: Not a directory", errors)


if __name__ == "__main__":
    unittest.main()
