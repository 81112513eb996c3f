"""The page is made for one key, whole, and of sources that ask nobody anything and read no markup.

What can be seen without a browser.
"""
import base64
import hashlib
import os
import re
import tempfile
import unittest

from paging import SOURCES, maker, run_page
import beacon

KEY = maker.SERVER.vkey.decode()
# What would make markup of a text, or would ask somebody.
FORBIDDEN = ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "DOMParser", "createContextualFragment", "setHTML", "parseHTML",
             "srcdoc", "javascript:", "eval(", "Function(", "import(", "importScripts", "fetch(", "XMLHttpRequest", "WebSocket", "EventSource",
             "sendBeacon", "Worker(", "localStorage", "sessionStorage", "indexedDB", "document.cookie", "window.open", "postMessage",
             ".src", ".href =", "setTimeout(\"", "http://", "https://", "url(")


def sources():
    """The text of each of the page's files."""
    texts = {}
    for name in sorted(os.listdir(SOURCES)):
        with open(os.path.join(SOURCES, name), encoding="utf-8") as file:
            texts[name] = file.read()
    return texts


def made(*flags):
    done = run_page("--key", KEY, *flags)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return done.stdout.decode()


class Sources(unittest.TestCase):
    def test_they_read_no_markup_and_ask_nobody(self):
        for name, text in sources().items():
            if name.endswith((".js", ".css", ".html")):
                for word in FORBIDDEN:
                    self.assertNotIn(word, text, name)
        self.assertNotRegex(sources()["page.html"], r"<(link|img|iframe|object|embed|form|base)\b|\son[a-z]+=|\sstyle=")

    def test_all_scripts_are_in_the_page_once(self):
        listed = re.findall(r"([a-z0-9_]+\.js)\b", sources()["scripts.cmake"])
        self.assertEqual(sorted(listed), sorted(name for name in sources() if name.endswith(".js")))
        self.assertEqual(listed[0], "fragment.js", "the address is cleaned before anything else")

    def test_everything_is_said_in_spanish_too(self):
        said = set()
        for name, text in sources().items():
            for sentence in re.findall(r"say`([^`]*)`", re.sub("(?m)^ *//.*", "", text)) if name.endswith(".js") else ():
                places = iter(range(100))
                said.add(re.sub(r"\$\{[^}]*\}", lambda _: f"{{{next(places)}}}", sentence))  # pylint: disable=cell-var-from-loop
        said = {key for key in said if re.search("[A-Za-z]", key)}
        lines = re.findall(r"""^    (?:"([^"]*)"|'([^']*)'):\s*(?:"([^"]*)"|'([^']*)'),$""", sources()["spanish.js"], re.MULTILINE)
        spanish = {one or other: this or that for one, other, this, that in lines}
        self.assertEqual(len(lines), len(spanish), "a sentence is there twice")
        self.assertGreater(len(said), 200)
        self.assertEqual(set(spanish) - said, set(), "is never said")
        self.assertEqual(said - set(spanish), set(), "is not there")
        for key, text in spanish.items():
            self.assertEqual(sorted(re.findall(r"\{\d+\}", key)), sorted(re.findall(r"\{\d+\}", text)), key)

    def test_the_fixed_words_are_in_both_languages(self):
        found = re.findall(r'<span lang="(es|en)">', sources()["page.html"])
        self.assertGreater(len(found), 20)
        self.assertEqual(found, ["es", "en"] * (len(found) // 2))


class Made(unittest.TestCase):
    def test_it_is_whole(self):
        """Nothing is left to fill in, and the policy names just its own script and style."""
        page, texts = made(), sources()
        self.assertNotIn("{{", page)
        for tag, source in ("script", f"<script>{''.join(texts[name] for name in self.order(texts))}</script>"), ("style", f"<style>{texts['page.css']}</style>"):
            self.assertEqual((page.count(f"<{tag}"), page.count(f"</{tag}")), (1, 1))
            self.assertIn(source, page)
            hash_ = base64.b64encode(hashlib.sha256(source.split(">", 1)[1].rsplit("<", 1)[0].encode()).digest()).decode()
            self.assertIn(f"{tag}-src 'sha256-{hash_}'", page)
        self.assertIn("default-src 'none'; script-src", page)
        self.assertLess(page.index("Content-Security-Policy"), page.index("<script>"))
        self.assertNotIn("<!--", page)

    @staticmethod
    def order(texts):
        return re.findall(r"([a-z0-9_]+\.js)\b", texts["scripts.cmake"])

    def test_anybody_can_make_it_again(self):
        self.assertEqual(made(), made())

    def test_whom_it_trusts(self):
        page = made("--origin", "lottery.example/central/2026-11-25")
        self.assertIn(f'<bdi id="key">{KEY}</bdi>', page)
        self.assertIn('<bdi id="origin">lottery.example/central/2026-11-25</bdi>', page)
        self.assertIn('<bdi id="certificate-id"></bdi>', page)
        self.assertIn('<bdi id="origin"></bdi>', made())

    def test_the_certificate(self):
        test = beacon.Beacon()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "certificate.pem")
            with open(path, "wb") as file:
                file.write(test.certificate)
            page = made("--nist-cert", path)
            self.assertIn(test.id.hex(), page)
            self.assertIn(test.certificate.decode(), page)
            with open(path, "wb") as file:
                file.write(b"none")
            done = run_page("--key", KEY, "--nist-cert", path)
            self.refused(done, "--nist-cert: the beacon's certificate: is no certificate")

    def test_what_is_around_a_certificate_is_text(self):
        """PEM may have anything before it."""
        test = beacon.Beacon()
        with tempfile.NamedTemporaryFile() as file:
            file.write(b'</div><script>"&\n' + test.certificate)
            file.flush()
            self.assertIn("&lt;/div&gt;&lt;script&gt;&quot;&amp;\n-----BEGIN", made("--nist-cert", file.name))

    def refused(self, done, word, status=2):
        self.assertEqual((done.returncode, done.stdout), (status, b""))
        self.assertIn(word, done.stderr.decode())

    def test_wrong_use(self):
        self.refused(run_page(), "--key is missing")
        for flags, word in ((("--key", "x"), "--key: the key is not NAME+ID+BASE64"),
                            (("--key", maker.WITNESS.vkey.decode()), "is no key of a central"),
                            (("--key", maker.Key("A<b>", bytes(32)).vkey.decode()), "is no key of a central"),
                            (("--key", KEY, "--origin", "x"), "--origin: is no NAME/DRAW"),
                            (("--key", KEY, "--origin", "other.example/x/1"), "another name than the key's"),
                            (("--key", KEY, "--nist-cert", "/nowhere"), "--nist-cert: /nowhere"),
                            (("--key", KEY, "--output", "/nowhere/page.html"), "/nowhere")):
            done = run_page(*flags)
            self.refused(done, word, 1 if word == "/nowhere" else 2)



if __name__ == "__main__":
    unittest.main()
