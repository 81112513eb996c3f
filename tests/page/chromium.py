"""Drives a headless Chromium by its DevTools protocol, over two pipes: nothing listens anywhere."""
import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

PROGRAM = os.environ.get("QUINIELA_CHROMIUM") or shutil.which("chromium")
PATIENCE_S = 240  # of one answer: thousands of checks, on a busy machine
FLAGS = ("--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
         "--disable-dev-shm-usage", "--no-proxy-server", "--host-resolver-rules=MAP lottery.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")


class Failed(AssertionError):
    """What the browser answered with."""


class Chromium:
    """A browser, with a profile of its own. `with` ends it."""

    def __init__(self, *flags):
        self.profile = tempfile.TemporaryDirectory(prefix="quiniela-chromium-")
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        sandbox = ("--no-sandbox",) if os.getuid() == 0 else ()
        # The browser reads from descriptor 3, and writes to 4. Others that have those numbers here move out of the way.
        start = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'
        inherited = [fcntl.fcntl(each, fcntl.F_DUPFD, 20) for each in (theirs_in, theirs_out)]
        with open(os.path.join(self.profile.name, "errors"), "wb") as errors:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                ["bash", "-c", start, "start", *map(str, inherited), PROGRAM, *FLAGS, *sandbox,
                 f"--user-data-dir={self.profile.name}/profile", *flags, "about:blank"],
                pass_fds=inherited, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, start_new_session=True,
                env={**os.environ, "HOME": self.profile.name})
        for descriptor in (theirs_in, theirs_out, *inherited):
            os.close(descriptor)
        self.reading, self.writing = ours_in, ours_out
        self.buffer, self.number, self.answers, self.events = b"", 0, {}, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.reading)
        os.close(self.writing)
        shutil.rmtree(self.profile.name, ignore_errors=True)
        self.profile.cleanup()

    def errors(self):
        with open(os.path.join(self.profile.name, "errors"), encoding="utf-8", errors="replace") as file:
            return file.read()[-2000:]

    def _receive(self, until):
        """Takes in what has come; waits for something."""
        ready, _, _ = select.select([self.reading], [], [], max(0, until - time.monotonic()))
        data = os.read(self.reading, 1 << 20) if ready else b""
        if not data:
            raise Failed(f"the browser has {'ended' if ready else 'not answered'}: {self.errors()}")
        self.buffer += data
        *messages, self.buffer = self.buffer.split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                self.events.append(message)

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        data, until = json.dumps(message).encode() + b"\0", time.monotonic() + PATIENCE_S
        while data:
            data = data[os.write(self.writing, data):]
        while self.number not in self.answers:
            self._receive(until)
        answer = self.answers.pop(self.number)
        if "error" in answer:
            raise Failed(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def wait_for(self, method, session, **wanted):
        """An event that came, or comes, with these parameters; it is taken."""
        until = time.monotonic() + PATIENCE_S
        while True:
            for event in self.events:
                if event["method"] == method and event.get("sessionId") == session and wanted.items() <= event["params"].items():
                    self.events.remove(event)
                    return event["params"]
            self._receive(until)

    def tab(self, **size):
        return Tab(self, **size)


class Tab:
    """A page of the browser."""

    def __init__(self, browser, width=1000, height=800, mobile=False):
        self.browser = browser
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Network", "Log":
            self.call(f"{domain}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.call("Target.closeTarget", targetId=self.target)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def before_each_page(self, script):
        self.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def navigate(self, url):
        """Waits until that page is loaded: the empty one, which a tab begins with, may be only now, too."""
        loader = self.call("Page.navigate", url=url)["loaderId"]
        self.browser.wait_for("Page.lifecycleEvent", self.session, loaderId=loader, name="load")

    def open(self, url):
        """Waits until the page is ready (page.js)."""
        self.navigate(url)
        self.until("document.documentElement.dataset.ready === 'yes'")

    def evaluate(self, expression):
        """The value of the expression, or what its promise gives."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Failed(f"{expression[:200]}: {details.get('exception', {}).get('description') or details['text']}")
        return answer["result"].get("value")

    def until(self, condition):
        """Waits until the expression is true."""
        self.evaluate(f"""new Promise(done => {{
            const look = () => {{ try {{ if ({condition}) return done(); }} catch {{ }} setTimeout(look, 5); }};
            look(); }})""")

    def apply(self, function, *arguments):
        """What the function (of the page's language) gives for the arguments."""
        return self.evaluate(f"({function})(...{json.dumps(arguments)})")

    def events(self, *methods):
        """Those that have come to this page."""
        self.evaluate("new Promise(done => setTimeout(done))")
        return [event["params"] for event in self.browser.events
                if event.get("sessionId") == self.session and event["method"] in methods]

    def requests(self):
        return [event["request"]["url"] for event in self.events("Network.requestWillBeSent")]

    def complaints(self):
        """What the browser logged: errors of scripts, and what the page's policy forbade."""
        said = [event["entry"]["text"] for event in self.events("Log.entryAdded")]
        return said + [event["exceptionDetails"]["text"] for event in self.events("Runtime.exceptionThrown")]

    def press(self, key, code=None, text=None, modifiers=0):
        """A key, down and up."""
        what = {"key": key, "code": code or key, "modifiers": modifiers, "windowsVirtualKeyCode": {"Tab": 9, "Enter": 13, " ": 32}.get(key, 0)}
        self.call("Input.dispatchKeyEvent", type="keyDown", **what, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **what)

    def type(self, text):
        """As if it were pasted."""
        self.call("Input.insertText", text=text)

    def choose_files(self, selector, paths):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=list(paths))

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]))
