"""A Prometheus of the story's own, in its folder and on a port of its own, which is asked what it has seen."""
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from harness import ROOT, hang_s, hold_port, until

PROMETHEUS, PROMTOOL = shutil.which("prometheus"), shutil.which("promtool")
RULES = os.path.join(ROOT, "deploy/prometheus/quiniela.yml")

CONFIG = """global: {{scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 200ms}}
rule_files: [quiniela.yml]
scrape_configs:
  - job_name: quiniela
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class Prometheus:
    """It scrapes the board on this port, and has the rules of deploy/ with next to nothing to wait for."""

    def __init__(self, story, port):
        self.story = story
        self.url = f"http://127.0.0.1:{(own := hold_port())}"
        with open(RULES, encoding="utf-8") as file:
            soon = re.sub(r"\bfor: \w+", "for: 0s", file.read())
        # What is looked for in a window of minutes is over as soon as what is asked now.
        soon = re.sub(r"((?:max|min)_over_time\(quiniela_[^()]*)\[\d+m\]", r"\1[2s]", soon)
        story.write("quiniela.yml", re.sub(r"\[\d+m\]\)\[\d+m:1m\]", "[2s])[4s:1s]", soon).encode())
        story.write("prometheus.yml", CONFIG.format(port=port).encode())
        self.log = open(story.path("prometheus.log"), "wb")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [PROMETHEUS, "--config.file=prometheus.yml", f"--web.listen-address=127.0.0.1:{own}", "--storage.tsdb.path=tsdb",
             "--storage.tsdb.retention.time=1h"], cwd=story.folder, stdout=self.log, stderr=self.log)
        story.addCleanup(self.end)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(hang_s())
        self.log.close()

    def _ask(self, path):
        if self.process.poll() is not None:
            raise AssertionError(f"Prometheus has ended: {self.story.read('prometheus.log').decode()}")
        try:
            with urllib.request.urlopen(self.url + path, timeout=hang_s()) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            if error.code == 503:
                return None  # it is not ready yet
            raise AssertionError(f"Prometheus did not understand {path}: {error.read().decode()}") from None
        except OSError:
            return None  # it is not there yet

    def query(self, expression):
        """Its samples, as (labels, value); none while Prometheus is not there yet."""
        data = self._ask("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        return [(sample["metric"], float(sample["value"][1])) for sample in data["result"]] if data else []

    def wait_for(self, expression, value):
        """Until it has seen this value, and no other one beside it."""
        seen = None

        def found():
            nonlocal seen
            seen = [sample for _, sample in self.query(expression)]
            return seen == [value]
        try:
            until(found, f"{expression} to be {value}", pause_s=0.05)
        except AssertionError as error:
            raise AssertionError(f"{error}; it was {seen}; {self.story.logs()}") from None

    def wait_for_labels(self, expression, label, value):
        """Until it has one sample, which has this label. A look that took too long is one without any."""
        until(lambda: [labels.get(label) for labels, _ in self.query(expression)] == [value], f"{expression} to have {label}={value}", pause_s=0.05)

    def firing(self):
        data = self._ask("/api/v1/alerts")
        return {alert["labels"]["alertname"]: alert for alert in data["alerts"]} if data else {}

    def wait_for_alert(self, name):
        return until(lambda: self.firing().get(name), f"the alert {name}", pause_s=0.05)

    def wait_until_quiet(self, name):
        until(lambda: self._ask("/api/v1/alerts") is not None and name not in self.firing(), f"the end of {name}", pause_s=0.05)
