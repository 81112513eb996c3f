"""client and doctor speak Spanish where the environment says so, and neither the log nor JSON changes.

No locale of the machine is needed. What is translated: docs/recipes.md ("A text in another language").
"""
import json
import os
import re
import shutil
import subprocess
import unittest

from doctor_story import Doctor
from harness import PROGRAM, Agency, Server, is_sanitized
from terminal import Terminal

SPANISH = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "es_AR.UTF-8", "LANGUAGE": ""}
ENGLISH = {"LC_ALL": "C"}


class Speaks(Doctor):
    def said(self, *arguments, environment=None):
        return self.run_program(*arguments, environment=environment or SPANISH)

    def test_help(self):
        for command, summary in (("client", "Hace funcionar una agencia"), ("doctor", "Averigua por qué una agencia no funciona")):
            status, text, errors = self.said(command, "--help")
            self.assertEqual((status, errors), (0, ""))
            self.assertIn(f"Uso: quiniela {command} [OPTION ...]\n{summary}", text)
            self.assertIn("Imprime esta ayuda y termina\n", text)
            self.assertLessEqual(max(map(len, text.splitlines())), 100, "columns are letters, not bytes")
            _, english, _ = self.said(command, "--help", environment=ENGLISH)
            flags = re.compile(r"^ +(?:-\w, )?(--[a-z-]+)", re.MULTILINE)
            self.assertEqual(flags.findall(text), flags.findall(english))

    def test_wrong_use(self):
        for arguments, said in (
                ((), "quiniela client: CLI_ID: falta: ¿qué agencia es esta? (--id N)\n"),
                (("--id", "x"), 'quiniela client: --id: "x" no es un número entero de 1 a 10000000\n'),
                (("--idd", "3"), "quiniela client: --idd: opción desconocida, o abreviatura de varias; ver quiniela client --help\n"),
                (("--id", "3", "--numero", "7"), "quiniela client: NOMBRE: falta: una apuesta necesita NOMBRE, APELLIDO, DOCUMENTO, "
                                                 "NACIMIENTO y NUMERO\n")):
            status, _, errors = self.said("client", *arguments)
            self.assertEqual((status, errors), (2, said))

    def test_other_commands_stay(self):
        for arguments in (("server", "--help"), ("server", "--agencies", "x"), ("status", "--help"), ("--help",)):
            english, spanish = (self.said(*arguments, environment=environment) for environment in (ENGLISH, SPANISH))
            self.assertEqual((int(spanish[0]), *spanish[1:]), (int(english[0]), *english[1:]))

    def test_doctor_of_a_wrong_number(self):
        server = Server(self, agencies=3)
        _, text, _ = self.said("doctor", "--id", 9, "--server-address", f"127.0.0.1:{server.ports[0]}")
        self.assertRegex(text, r"\nmal +agencia +unknown_agency: agencia: 9 no es de 1 a 3\. ")
        self.assertRegex(text, r"\nomitido +quién firma +no se preguntó, porque la central no acepta la pregunta de esta agencia")

    def test_doctor(self):
        server = Server(self, agencies=3)
        self.write("Ana,Gómez,30904465,1999-03-17\n")
        asked = ("doctor", "--id", 1, "--server-address", f"127.0.0.1:{server.ports[0]}")
        status, text, errors = self.said(*asked)
        self.assertEqual((status, errors), (1, ""))
        results = re.findall(r"^(\w[\w ]{,7}?) +(\S.{,20}?)  +(\S.*)$", text, re.MULTILINE)
        self.assertEqual([check for _, check, _ in results], [
            "opciones", "archivo", "recibos", "nombre", "conexión", "texto plano o TLS", "certif. de la central", "certificado propio",
            "reloj", "agencia", "lo almacenado", "quién firma"])
        self.assertEqual({result for result, _, _ in results}, {"ok", "mal", "omitido"})
        self.assertIn("agency-1.csv:1: ", text)
        self.assertIn("la apuesta tiene 4 campos en lugar de 5", text)
        self.assertIn("Corríjalo: de un archivo con una línea mala no se envía nada.", text)
        self.assertIn("nadie: el sorteo no está firmado", text)
        for line in text.splitlines():
            self.assertRegex(line, r"^\w.{7}  \w.{20}  \S", "columns begin under each other")
        english, spanish = (json.loads(self.said(*asked, "--json", environment=environment)[1]) for environment in (ENGLISH, SPANISH))
        for answer in (english, spanish):
            for check in answer["checks"]:
                check["message"] = re.sub(r"\d+ (ms|s) (ahead of|behind)", "", check["message"])
        self.assertEqual(english, spanish, "programs read the same everywhere")

    def test_log(self):
        """Each line of the log is as ever, also those of what goes wrong."""
        def lines(environment, *flags):
            agency = Agency(self, 1, self.server.ports, *flags, environment=environment)
            agency.wait()
            return [re.sub(r"^\S+ \S+", "", line) for line in agency.log().splitlines()]
        self.server = Server(self, agencies=3)
        self.write("Ana,Gómez,30904465,1999-03-17\nAna,Gómez,30904465,1999-02-30,7\nx\n")
        for flags in (("--check",), (), ("--data-dir", "nowhere")):
            english, spanish = lines(ENGLISH, *flags), lines(SPANISH, *flags)
            self.assertEqual(english, spanish)
            self.assertIn("result: fail", english[-1])


    def test_bar(self):
        server = Server(self, agencies=3)
        terminal = Terminal(self, "client", "--id", 1, "--server-address", f"127.0.0.1:{server.ports[0]}", environment=SPANISH)
        terminal.wait_for(r"^agencia 1 \[#{20}\] 100 %  apuestas almacenadas: 5, esperando el sorteo desde \d{4}-", above="wait_for_draw")
        terminal.press(b"\x03")
        self.assertEqual(terminal.wait(), 0)

    def test_privileged(self):
        """A program with rights that its starter has not says what it has always said."""
        if os.geteuid() != 0 or os.statvfs(self.folder).f_flag & os.ST_NOSUID:
            self.skipTest("needs root, and a folder where programs can be set-user-ID")
        os.chmod(self.folder, 0o755)
        shutil.copytree(os.path.join(os.path.dirname(PROGRAM), "locale"), f"{self.folder}/share/locale")
        os.mkdir(f"{self.folder}/bin")
        program = shutil.copy(PROGRAM, f"{self.folder}/bin/quiniela")
        for mode, user, said in ((0o755, 65534, "Uso:"), (0o4755, 65534, "Usage:"), (0o4755, 0, "Uso:")):
            os.chmod(program, mode)
            done = subprocess.run([program, "client", "--help"], env={**os.environ, **SPANISH}, user=user, check=True,
                                  stdout=subprocess.PIPE, encoding="utf-8", timeout=30)
            self.assertTrue(done.stdout.startswith(said), (mode, user, done.stdout[:20]))


class Finds(Doctor):
    """Where the catalog comes from: what lies beside the program, and no place that the environment names."""

    def setUp(self):
        super().setUp()
        if is_sanitized():
            self.skipTest("glibc's gettext never frees what it looked for and did not find, which LeakSanitizer tells")

    def speaks(self, program, **environment):
        done = subprocess.run([program, "client", "--help"], env={**os.environ, **SPANISH, **environment}, check=True,
                              stdout=subprocess.PIPE, encoding="utf-8", timeout=30)
        return done.stdout.split(":")[0]

    def installed(self, name):
        os.makedirs(f"{self.folder}/{name}/bin")
        return shutil.copy(PROGRAM, f"{self.folder}/{name}/bin/quiniela")

    def test_installed(self):
        program = self.installed("prefix")
        self.assertEqual(self.speaks(program), "Usage", "there is no catalog yet")
        shutil.copytree(os.path.join(os.path.dirname(PROGRAM), "locale"), f"{self.folder}/prefix/share/locale")
        self.assertEqual(self.speaks(program), "Uso")
        self.assertEqual(self.speaks(program, LANGUAGE="en"), "Usage")
        link = f"{self.folder}/link"
        os.symlink(program, link)
        self.assertEqual(self.speaks(link), "Uso", "a link leads to where it is installed")

    def test_no_place_of_others(self):
        program = self.installed("other")
        shutil.copytree(os.path.join(os.path.dirname(PROGRAM), "locale"), f"{self.folder}/planted")
        for environment in ({"LANGUAGE": "../../../planted/es"}, {"LANGUAGE": f"{self.folder}/planted/es"},
                            {"LOCPATH": f"{self.folder}/planted", "NLSPATH": f"{self.folder}/planted/%L/%N",
                             "TEXTDOMAINDIR": f"{self.folder}/planted", "TEXTDOMAIN": "quiniela"}):
            self.assertEqual(self.speaks(program, **environment), "Usage")


if __name__ == "__main__":
    unittest.main()
