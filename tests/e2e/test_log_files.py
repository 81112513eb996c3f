"""What becomes of the log: as JSON, in a file, and when that file is rotated or its disk is full."""
import json
import re
import unittest

from harness import Agency, Process, Story

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def unique(pairs):
    """An object, none of whose keys comes twice."""
    assert len({key for key, _ in pairs}) == len(pairs), f"expected each key once, came {pairs}"
    return dict(pairs)


def objects(text):
    """What each line says; each has to be an object of its own."""
    found = [json.loads(line, object_pairs_hook=unique) for line in text.splitlines()]
    for line in found:
        assert re.fullmatch(TIME, line["time"]), f"expected a UTC time with milliseconds, came {line}"
        assert all(isinstance(value, str) for value in line.values()), f"expected strings, came {line}"
    return found


class Json(Story):
    def fields(self, *lines):
        """Each line of a text log: level, action, result, and the rest by key."""
        return [{"level": match[1], **dict(field.split(": ", 1) for field in match[2].split(" | "))}
                for match in (re.match(r"\S+ \S+ (\w+) +(.*)", line) for line in lines)]

    def test_a_lottery_says_the_same_in_both_formats(self):
        self.sample([30, 20], [2, 1])
        said = {}
        for form in "text", "json":
            server = Process(self, ["server", "--log-format", form, "--agencies", 2, "--store", f"{form}.db", "--server-port", 0,
                                    "--consult-server-port", 0])
            listens = server.wait_for(r'action\W+listen.*\bport\W+(\d+)\W+consult_port\W+(\d+)')
            ports = int(listens[1]), int(listens[2])
            clients = [Agency(self, number, ports, environment={"CLI_LOG_FORMAT": form}) for number in (1, 2)]
            self.assertEqual([client.wait() for client in clients], [0, 0])
            server.signal(15)
            self.assertEqual(server.wait(), 0)
            for name, program in ("server", server), ("client", clients[0]):
                lines = objects(program.log()) if form == "json" else self.fields(*program.log().splitlines())
                said[form, name] = {(line["action"], line["result"], line["level"], *sorted(set(line) - {"time"})) for line in lines}
        for name in "server", "client":
            self.assertEqual(said["text", name], said["json", name])


if __name__ == "__main__":
    unittest.main()
