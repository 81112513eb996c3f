"""The page answers files, texts and addresses, on a phone and by keys alone, and asks nobody anything."""
import base64
import os
import unittest

from paging import Paged, maker

GREEN, RED, AMBER = "rgb(23, 105, 43)", "rgb(163, 19, 27)", "rgb(255, 230, 166)"
VERDICT = "getComputedStyle(document.querySelector('#answer .verdict')).backgroundColor"
ANY_GREEN = f"[...document.querySelectorAll('*')].some(node => Object.values(['color', 'backgroundColor']).some(" \
            f"name => getComputedStyle(node)[name] === '{GREEN}'))"


class Shown(Paged):
    def setUp(self):
        super().setUp()
        self.draw.witnesses = [maker.WITNESS]
        self.seal = self.draw.seal((maker.WITNESS, 1795640460))
        self.proof, self.code = self.draw.proof(1, 0, self.seal), maker.base32(self.draw.code(1, 0)).decode()

    def open(self, fragment="", page=None, **size):
        tab = self.enterContext(self.browser.tab(**size))
        tab.open(f"file://{page or self.page}{fragment}")
        return tab

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    @staticmethod
    def answered(tab, items):
        """Waits for the answer about so many; gives the verdict's colour and the answer's text."""
        tab.until(f"page.known !== null && page.intake.items.length === {items}")
        return tab.evaluate(VERDICT), tab.evaluate("byId('answer').innerText")

    def asked_nobody(self, tab, page=None):
        self.assertEqual(tab.requests(), [f"file://{page or self.page}"])
        self.assertEqual(tab.complaints(), [])

    # Ways in

    def test_a_code_in_the_address(self):
        tab = self.open(f"#{self.code}")
        colour, text = self.answered(tab, 1)
        self.assertEqual(colour, AMBER, "one copy, and no witness: there may be another seal")
        self.assertIn("Nothing is false, but 1 of 2 claims were not checked", text)
        self.assertEqual(tab.evaluate("[location.href, isSecureContext]"), [f"file://{self.page}", True])
        went = [entry["url"] for entry in tab.call("Page.getNavigationHistory")["entries"]]
        self.assertEqual(went, ["about:blank", f"file://{self.page}"], "going back does not show it")
        self.assertFalse(tab.evaluate("document.documentElement.outerHTML").count(self.code[:100]))
        tab.evaluate(f"location.hash = '{maker.base32(self.draw.code(5, 1)).decode()}'")
        self.answered(tab, 2)
        self.assertEqual(tab.evaluate("location.href"), f"file://{self.page}")
        self.asked_nobody(tab)

    def test_it_is_taken_out_of_the_address_first(self):
        """Before there is anything of the page."""
        tab = self.enterContext(self.browser.tab())
        tab.before_each_page("""const replace = history.replaceState;
            history.replaceState = (...all) => { window.before = document.body === null; return replace.apply(history, all); };""")
        tab.open(f"file://{self.page}#{self.code}")
        self.assertTrue(tab.evaluate("window.before"))

    def test_files(self):
        tab = self.open()
        names = [("rules.note", self.draw.rules()), ("seal.note", self.seal), ("bet.tlog-proof", self.proof),
                 ("approval.note", self.draw.approval(7574)), ("result.note", self.draw.result(7574)), ("seal.json", self.draw.seal_json()),
                 ("agency-1.receipts", self.draw.receipt(1))]
        tab.choose_files("#files", [self.write(name, data) for name, data in names])
        colour, text = self.answered(tab, 7)
        self.assertEqual(colour, GREEN, text)
        self.assertIn("this bet wins with 7574", text)
        self.assertEqual(tab.evaluate("document.querySelector('.number').innerText"), "7574")
        tab.choose_files("#files", [self.write("other.note", maker.Draw({**maker.SMALL, 3: ("cut", [])}).seal())])
        colour, text = self.answered(tab, 8)
        self.assertEqual(colour, RED)
        self.assertIn("two seals were signed. A fraud", text)
        self.asked_nobody(tab)

    def test_an_agency_s_entry(self):
        """It has a tlog-proof, as the proof of a bet does, and is not taken for one."""
        tab = self.open()
        tab.choose_files("#files", [self.write("agency-1.entry", self.draw.entry_file(1)), self.write("bet.tlog-proof", self.proof),
                                    self.write("seal.note", self.seal)])
        colour, text = self.answered(tab, 3)
        self.assertEqual(colour, AMBER, text)
        self.assertIn("not checked agency-1.entry: is an agency's entry", text)
        self.assertNotIn("FALSE", text)

    def test_the_same_again_is_not_a_copy(self):
        tab = self.open()
        path = self.write("seal.note", self.draw.seal())
        for turn in 2, 4:  # one when files are chosen, one when they are checked
            tab.choose_files("#files", [path])
            tab.until(f"page.turn === {turn} && page.known !== null")
        colour, text = self.answered(tab, 1)
        self.assertEqual(colour, AMBER)
        self.assertIn("only one copy", text)

    def test_what_was_said_is_taken_back_at_once(self):
        """While further files are read, nothing is said."""
        tab = self.open(f"#{self.code}")
        self.answered(tab, 1)
        tab.evaluate("takeFiles([{name: 'x', size: 1, arrayBuffer: () => new Promise(() => {})}]); 0")
        self.assertEqual(tab.evaluate("[page.known, byId('answer').innerText]"), [None, ""])

    def test_a_file_that_cannot_be_read(self):
        tab = self.open()
        tab.evaluate("takeFiles([{name: 'x', size: 1, arrayBuffer: () => Promise.reject(new Error())}])")
        colour, text = self.answered(tab, 1)
        self.assertEqual(colour, AMBER)
        self.assertIn("not checked x: cannot be read", text)

    def test_dropped(self):
        tab = self.open()
        tab.evaluate(f"""(() => {{ const held = new DataTransfer();
            held.items.add(new File([arrayOf(atob('{base64.b64encode(self.proof).decode()}'))], 'bet.tlog-proof'));
            document.body.dispatchEvent(new DragEvent('drop', {{dataTransfer: held, bubbles: true, cancelable: true}})); }})()""")
        self.assertIn("bet 0 of agency 1", self.answered(tab, 1)[1])

    def test_what_is_forged_or_garbled_is_red(self):
        other = maker.Draw({**maker.SMALL, 1: ("finished", ["Ana,Núñez,30904465,1999-03-17,0001"])}, server=maker.Key(
            "lottery.example/central", bytes(32)))
        for number, (data, word) in enumerate((
                (other.proof(1, 0), "is not signed by"), (self.proof.replace(b"7574", b"7575"), "does not lead to the seal"),
                (self.proof.replace(b"quiniela proof v1", b"quiniela proof v2"), "line 1"), (self.proof[:-30], "does not end in a line end"),
                (maker.base32(self.draw.code(1, 0))[:-1], "code"), (self.draw.rules().replace(b"approvals 1", b"approvals 2"), "approvers"))):
            tab = self.open()
            tab.choose_files("#files", [self.write(f"forged-{number}", data)])
            colour, text = self.answered(tab, 1)
            self.assertEqual(colour, RED, text)
            self.assertIn(word, text)
            self.assertFalse(tab.evaluate(ANY_GREEN), text)

    def test_what_it_does_not_know_is_not_green(self):
        tab = self.open()
        tab.choose_files("#files", [self.write("rules.note", self.draw.rules()), self.write("seal.note", self.seal)])
        self.assertEqual(self.answered(tab, 2)[0], GREEN)
        for number, data in enumerate((b"", b"\0" * 100, self.draw.csv(1), self.draw.export(), b"constructor\n"), 3):
            tab.choose_files("#files", [self.write(f"unknown-{number}", data)])
            self.assertEqual(self.answered(tab, number)[0], AMBER)
        self.assertIn("is nothing that this page reads", self.answered(tab, number)[1])

    def test_what_is_too_large(self):
        tab = self.open()
        tab.choose_files("#files", [self.write("large.tlog-proof", self.proof.replace(b"Ana", b"A" * 2**20, 1))])
        colour, text = self.answered(tab, 1)
        self.assertEqual(colour, RED)
        self.assertIn("has more than 16384 bytes", text)
        self.assertLess(len(text), 2000)
        tab.choose_files("#files", [self.write("huge", b"entry " + bytes(16 * 1024 * 1024))])
        self.assertIn("this page reads no more", self.answered(tab, 2)[1])

    def test_too_many(self):
        """None is left out unseen: it may be what makes something false."""
        tab = self.open()
        tab.evaluate("for (let n = 0; n < 201; n++) page.intake.addText(`x ${n}`); answer()")
        colour, text = self.answered(tab, 200)
        self.assertEqual(colour, AMBER)
        self.assertIn("takes 200 things, and 1 more were left out", text)

    def test_a_page_whose_key_is_none(self):
        with open(self.page, encoding="utf-8") as file:
            text = file.read()
        key = maker.SERVER.vkey.decode()
        tab = self.open(f"#{self.code}", self.write("no-key.html", text.replace(f">{key}<", f">{key[:-1]}<").encode()))
        self.assertEqual(self.answered(tab, 1)[0], AMBER)
        self.assertFalse(tab.evaluate(ANY_GREEN))
        self.assertIn("this page has a key that is none", tab.evaluate("byId('unable').innerText"))

    def test_another_draw_or_key(self):
        for flags, key, word in (("--origin", "lottery.example/central/other"), maker.SERVER, "is of another draw"), (
                (), maker.Key("lottery.example/central", bytes(32)), "is not signed by"):
            page = self.make_page("other.html", *flags, key=key)
            colour, text = self.answered(self.open(f"#{self.code}", page), 1)
            self.assertEqual(colour, RED)
            self.assertIn(word, text)

    def test_a_changed_script_does_not_run(self):
        with open(self.page, "rb") as file:
            data = file.read()
        tab = self.enterContext(self.browser.tab())
        tab.navigate(f"file://{self.write('changed.html', data.replace(b'const firstFragment', b'const  firstFragment'))}")
        self.assertIn("Content Security Policy", str(tab.complaints()))
        self.assertEqual(tab.evaluate("typeof whyUnable"), "undefined")

    def test_markup_is_refused_by_the_browser(self):
        """By the page's policy, should a script ever try."""
        tab = self.open()
        self.assertEqual(tab.evaluate("(() => { try { document.body.innerHTML = '<b>x</b>'; return 'taken'; } catch (e) { return e.name; } })()"),
                         "TypeError")

    # How it looks

    def test_a_phone(self):
        """No wider than the phone, whatever is shown."""
        wide = "W" * 100
        draw = maker.Draw({1: ("finished", [f"{wide},{wide},{'9' * 16},1999-03-17,7"])})
        for fragment, files, language in ((f"#{self.code}", [], "es"), ("", [self.proof, self.draw.rules(), self.seal], "en"),
                                          (f"#{maker.base32(draw.code(1, 0)).decode()}", [draw.proof(1, 0), draw.rules()], "es")):
            tab = self.open(fragment, width=360, height=640, mobile=True)
            tab.evaluate(f"page.language = '{language}'")
            if files:
                tab.choose_files("#files", [self.write("x" * 100 + str(number), data) for number, data in enumerate(files)])
            self.answered(tab, len(files) + bool(fragment))
            tab.evaluate("document.querySelector('details').open = true")
            self.assertEqual(tab.evaluate("[innerWidth, document.documentElement.scrollWidth]"), [360, 360])
            self.assertEqual(tab.evaluate("[...document.querySelectorAll('*')].filter(node => node.getBoundingClientRect().right > 361).length"), 0)

    def test_keys_alone(self):
        tab = self.open()
        for key in ("Tab",) * 2:
            tab.press(key)
        self.assertEqual(tab.evaluate("document.activeElement.id"), "english")
        tab.press("Tab", modifiers=8)
        tab.press("Enter", text="\r")
        self.assertEqual(tab.evaluate("[document.documentElement.lang, byId('spanish').ariaPressed]"), ["es", "true"])
        ids = []
        for _ in range(4):
            tab.press("Tab")
            ids.append(tab.evaluate("document.activeElement.id"))
        self.assertEqual(ids, ["english", "files", "text", "check"])
        self.assertTrue(tab.evaluate("document.activeElement.matches(':focus-visible')"))
        tab.press("Tab", modifiers=8)
        tab.type(self.proof.decode().rstrip("\n"))
        tab.press("Tab")
        tab.press("Enter", text="\r")
        self.assertIn("Nada es falso, pero 1 de 2 afirmaciones quedan sin comprobar", self.answered(tab, 1)[1])
        tab.press("Tab")
        self.assertEqual(tab.evaluate("document.activeElement.innerText"), "Quitar")
        tab.press(" ", "Space", " ")
        tab.until("page.intake.items.length === 0")
        self.assertEqual(tab.evaluate("[byId('answer').innerText, document.activeElement.id]"), ["", "text"])

    def test_languages(self):
        for accepted, lang, title, other in (("es-AR", "es", "Comprobar un sorteo", "Check a draw"), ("pt-BR", "en", "Check a draw", "Comprobar")):
            tab = self.enterContext(self.browser.tab())
            tab.call("Emulation.setUserAgentOverride", userAgent="x", acceptLanguage=accepted)
            tab.open(f"file://{self.page}")
            self.assertEqual(tab.evaluate("document.documentElement.lang"), lang)
            text = tab.evaluate("document.body.innerText")
            self.assertIn(title, text)
            self.assertNotIn(other, text)

    # Fields of an enemy

    def test_fields_that_mislead(self):
        """A field that would turn the others round, hide something, or be markup."""
        row = "\u202eanA<script>document.title=1</script>,Nú\u200bñ\u0301ez\U000e0041&lt;,A1,2000-02-29,0007"
        draw = maker.Draw({1: ("finished", [row])})
        tab = self.open()
        name = "\u202egpj.<img src=x onerror=document.title=1>"
        tab.choose_files("#files", [self.write(name, draw.proof(1, 0))])
        _, text = self.answered(tab, 1)
        self.assertEqual(tab.evaluate("[document.scripts.length, document.images.length, document.title.includes('1')]"), [1, 0, False])
        fields = tab.evaluate("[...document.querySelectorAll('.bet dd')].map(node => [node.innerText, node.firstChild.tagName])")
        self.assertEqual(fields[1:3], [["\\u202eanA<script>document.title=1</script>", "BDI"],
                                       ["Nú\\u200bñ\u0301ez\\U000e0041&lt;", "BDI"]])
        marked = tab.evaluate("[...document.querySelectorAll('.bet mark')].map(node => node.innerText)")
        self.assertEqual(marked, ["\\u202e", "\\u200b", "\\U000e0041"])
        for hidden in "\u202e", "\u200b", "\U000e0041":
            self.assertNotIn(hidden, tab.evaluate("document.body.textContent"))
        self.assertIn("\\u202egpj.<img", text)
        self.assertEqual(tab.evaluate("[...document.querySelectorAll('.claims bdi')].some(node => node.children.length > 0 && node.querySelector(':not(mark)'))"),
                         False)

    def test_bytes_that_are_no_text(self):
        tab = self.open()
        tab.choose_files("#files", [self.write("bad", b"quiniela proof v1\nsalt \xff\xc2\x85\n")])
        self.assertIn('"\\xff\\u0085" is no base64', self.answered(tab, 1)[1])


if __name__ == "__main__":
    unittest.main()
