"""What ctest knows of the tests of a build."""
import json

ASK = ("--show-only=json-v1",)
LIMIT_S = 1500  # ctest's own


def told(output):
    """The tests' descriptions in what ctest prints when it is asked so."""
    return json.loads(output)["tests"]


class Described:
    """A test. Its command is empty when its program is not built."""

    def __init__(self, described):
        properties = {each["name"]: each["value"] for each in described["properties"]}
        self.name, self.command = described["name"], described.get("command", [])
        self.environment = dict(each.split("=", 1) for each in properties.get("ENVIRONMENT", []))
        self.folder = properties.get("WORKING_DIRECTORY", ".")
        self.labels = properties.get("LABELS", [])
        self.limit = properties.get("TIMEOUT", LIMIT_S)
        self.skipped = properties.get("SKIP_RETURN_CODE")
