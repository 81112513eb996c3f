"""Where a browser cannot check, nothing is green and nothing is said to hold.

Over plain http from another machine's name, without Ed25519, or with one that takes everything.
"""
import http.server
import threading
import unittest

from paging import Paged, maker

# A browser that does not know Ed25519; one that knows a key, and says of everything that it is signed.
NO_ED25519 = """crypto.subtle.importKey = (form, data, algorithm, ...more) => (algorithm.name ?? algorithm) === 'Ed25519' ?
    Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')) :
    SubtleCrypto.prototype.importKey.call(crypto.subtle, form, data, algorithm, ...more);"""
TAKES_ALL = "crypto.subtle.verify = () => Promise.resolve(true);"
FAILS_LATER = "const digest = crypto.subtle.digest; crypto.subtle.digest = () => Promise.reject(new Error('no <more>'));"


class Unable(Paged):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(cls.page, "rb") as file:
            body = file.read()
        cls.asked = asked = []

        class Answers(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.port = server.server_address[1]

    def setUp(self):
        super().setUp()
        self.draw.witnesses = [maker.WITNESS]
        self.code = maker.base32(self.draw.code(1, 0)).decode()

    def open(self, url, before=None):
        tab = self.enterContext(self.browser.tab())
        if before:
            tab.before_each_page(before)
        tab.open(f"{url}#{self.code}")
        for data in self.draw.rules(), self.draw.seal((maker.WITNESS, 1795640460)):
            tab.apply("text => page.intake.addText(text)", data.decode())
        tab.evaluate("answer()")
        return tab

    def states(self, tab):
        return tab.evaluate("page.known.claims.list.map(claim => claim.state)")

    def nothing_holds(self, tab, word):
        self.assertEqual(tab.evaluate("[page.known.claims.status, document.querySelector('.good') === null, byId('unable').hidden]"),
                         [3, True, False])
        self.assertEqual(self.states(tab), ["not checked"] * 3)
        self.assertEqual(tab.evaluate("document.querySelectorAll('.bet').length"), 0)
        self.assertIn(word, tab.evaluate("byId('unable').innerText"))

    def test_over_plain_http(self):
        tab = self.open(f"http://lottery.test:{self.port}/verify.html")
        self.assertEqual(tab.evaluate("[isSecureContext, location.hash]"), [False, ""])
        self.nothing_holds(tab, "insecure connection")

    def test_on_this_machine(self):
        """A browser takes its own machine for secure. The server is asked for the page, and for nothing else."""
        self.asked.clear()
        tab = self.open(f"http://127.0.0.1:{self.port}/verify.html")
        self.assertEqual(tab.evaluate("page.known.claims.status"), 0)
        tab.apply("async url => { try { await fetch(url); } catch { } const image = new Image(); image.src = url; document.body.append(image); }",
                  f"http://127.0.0.1:{self.port}/leak")
        self.assertEqual(self.asked, ["/verify.html"])

    def test_without_ed25519(self):
        tab = self.open(f"file://{self.page}", NO_ED25519)
        self.nothing_holds(tab, "does not know the signatures")

    def test_one_that_takes_everything(self):
        tab = self.open(f"file://{self.page}", TAKES_ALL)
        self.nothing_holds(tab, "does not know the signatures")

    def test_without_webcrypto(self):
        tab = self.open(f"file://{self.page}", "Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined});")
        self.nothing_holds(tab, "insecure connection")

    def test_a_fault_of_its_own(self):
        """Whatever goes wrong later is said to be not checked."""
        tab = self.open(f"file://{self.page}")
        self.assertEqual(tab.evaluate("page.known.claims.status"), 0)
        tab.evaluate(f"{FAILS_LATER} answer()")
        self.assertEqual(tab.evaluate("page.known.claims.status"), 3)
        self.assertIn("failed, which is its own fault: Error: no <more>", tab.evaluate("byId('answer').innerText"))
        self.assertNotIn("ok", self.states(tab))


if __name__ == "__main__":
    unittest.main()
