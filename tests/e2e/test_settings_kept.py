"""Restarted with other settings by mistake, a draw that has begun keeps its own.

Nothing is sealed, and no other number wins, unless somebody says that it is meant.
"""
import os
import shutil
import stat
import subprocess
import unittest

from harness import PROGRAM, ROOT, Process, Story, Wire, hang_s

ENDED = {"type_message": 2, "agency": "1", "first": 0, "payload": ["Ana,Paz,17,2000-01-01,7574"]}
FOUND = "action: open_draw | result: success | draw: 1 | state: "


class SettingsKept(Story):
    def start(self, *flags, **environment):
        """A server that is told nothing but this; it may not get as far as listening."""
        return Process(self, ["server", "--server-port", 0, "--consult-server-port", 0, *flags], environment=environment)

    def serve(self, *flags, **environment):
        server = self.start(*flags, **environment)
        server.port = int(server.wait_for(r"action: listen .* port: (\d+) \| consult")[1])
        return server

    def begin(self, *flags, **environment):
        """A draw that has begun: agency 1 has sent one bet, and ended."""
        server = self.serve(*flags, **environment)
        self.assertEqual(Wire(self, server.port).ask(ENDED)["next"], 1)
        server.kill()

    def refused(self, says, *flags, **environment):
        server = self.start(*flags, **environment)
        self.assertEqual(server.wait(), 2, server.log())
        self.assertIn(says, server.log().splitlines()[-1])
        self.assertEqual((server.log().count(says), server.errors), (1, []), "it was to be said once")
        return server

    def terms(self):
        """As they are stored."""
        return self.ask_store("SELECT state || ' ' || agencies || ' ' || winning_number FROM draws")

    def test_fewer_agencies_seal_nothing(self):
        self.begin("--agencies", 3)
        self.refused('--agencies: AGENCIES is 1, and draw "1" was opened with 3 and has bets: start with 3, with CHANGE=yes (--change) '
                     "to have 1 from now on, or with another DRAW", "--agencies", 1)
        self.assertEqual(self.terms(), "open 3 7574")
        self.serve("--agencies", 1, CHANGE="yes").wait_for(r"WARNING  action: change_draw .*agencies: 3 → 1$")
        self.assertRegex(self.terms(), "(sealed|drawn) 1 7574")

    def test_no_other_number_wins(self):
        self.begin("--agencies", 2, WINNING_NUMBER="17")
        server = self.serve("--agencies", 2)  # nobody says a number
        server.wait_for(r"action: open_draw .*winning_number: 0017$")
        server.kill()
        self.refused('environment: WINNING_NUMBER: WINNING_NUMBER is 7574, and draw "1" was opened with 17', "--agencies", 2,
                     WINNING_NUMBER="7574")
        self.assertEqual(self.terms(), "open 2 17")
        with open(os.path.join(self.folder, "config.ini"), "w", encoding="utf-8") as file:
            file.write("[DEFAULT]\nWINNING_NUMBER = 7574\nCHANGE = yes\n")
        self.serve("--config", "config.ini").wait_for(r"action: change_draw .*winning_number: 0017 → 7574$")
        self.assertEqual(self.terms(), "open 2 7574")

    def test_what_was_ordered_stays(self):
        """A supervisor starts it again with the settings of before."""
        self.begin("--agencies", 3)
        server = self.serve("--agencies", 3)
        self.assertEqual(self.run_program("change", "--agencies", 2, "--close-at", "2999-01-01T21:00Z")[0], 0)
        server.kill()
        server = self.serve("--agencies", 3, CLOSE_AT="2998-01-01T21:00Z")
        server.wait_for(r"WARNING  action: open_draw .*changed_at: \S+Z \| message: AGENCIES is 3 in the settings, and the draw waits for 2; "
                        r"CLOSE_AT is 2998-01-01T21:00Z in the settings, and the draw closes at 2999-01-01T21:00:00Z; that stays")
        self.assertEqual((self.terms(), self.ask_store("SELECT closes_at FROM draws")), ("open 2 7574", "2999-01-01T21:00:00Z"))
        server.kill()
        self.serve("--agencies", 3, CHANGE="yes").wait_for(r"WARNING  action: change_draw .*agencies: 2 → 3$")

    def test_another_draw_that_is_open(self):
        """A start that forgets its DRAW."""
        self.begin("--agencies", 3, "--draw", "night")
        server = self.serve("--agencies", 3)
        server.wait_for(r"WARNING  action: open_draw .*draw: 1 \| open: night \| agencies: 3 \| opened_at: \S+Z .*start it with --draw 'night'")
        server.kill()
        server = self.serve("--agencies", 3)
        self.assertNotIn("WARNING", server.log())  # it is no new one any more

    def test_the_backlog_counts_once(self):
        self.begin("--server-listen-backlog", 3)
        server = self.serve("--server-listen-backlog", 1)
        server.wait_for(r"action: open_draw .*finished: 1 of 3 \| bets: 1")
        self.assertEqual(self.terms(), "open 3 7574")

    def test_more_agencies_are_taken(self):
        self.begin("--agencies", 2)
        server = self.serve("--agencies", 4)
        server.wait_for(r"action: change_draw \| result: success \| draw: 1 \| agencies: 2 → 4$")
        self.assertEqual(Wire(self, server.port).ask({**ENDED, "agency": "4"})["next"], 1)

    def test_before_the_first_bet_what_is_given_is_taken(self):
        self.serve("--agencies", 5).kill()
        server = self.serve("--agencies", 2, WINNING_NUMBER="1")
        server.wait_for(r"INFO     action: change_draw .*agencies: 5 → 2$")
        server.wait_for(r"INFO     action: change_draw .*winning_number: 7574 → 0001$")
        self.assertEqual(self.terms(), "open 2 1")

    def test_a_closed_draw_warns_and_serves(self):
        self.begin("--agencies", 1)
        server = self.serve("--agencies", 4, WINNING_NUMBER="1")
        server.wait_for(r"WARNING  action: open_draw .*reason: the draw is closed, AGENCIES, WINNING_NUMBER, NUMBER and CLOSE_AT stay")
        self.assertEqual(Wire(self, server.port).ask({"type_message": 3, "agency": "1"})["payload"], "17")

    def test_a_number_that_nobody_has_given_yet(self):
        server = self.serve("--agencies", 1, NUMBER="manual")
        self.assertEqual(Wire(self, server.port).ask(ENDED)["next"], 1)
        server.kill()
        server = self.serve(WINNING_NUMBER="17")
        server.wait_for(r"WARNING  action: open_draw .*state: sealed \| agencies: 1 \| winning_number: manual \| reason: the draw is closed")
        self.assertNotIn("number_known", server.log())

    def test_the_first_line_says_what_was_found(self):
        for flags, found in (((), "new | finished: 0 of 2 | bets: 0"), ((), "open | finished: 0 of 2 | bets: 0"),
                             ((), "open | finished: 1 of 2 | bets: 1"),
                             (("--agencies", 1), "open | finished: 1 of 2 | bets: 1")):
            server = self.start("--agencies", 2, *flags)
            line = server.wait_for(r"action: open_draw .*").string
            self.assertIn(FOUND + found, line)
            if flags:
                self.assertEqual(server.wait(), 2)  # what was found is said before it is refused
                return
            port = int(server.wait_for(r"action: listen .* port: (\d+) \| consult")[1])
            if "open" in found:
                self.assertEqual(Wire(self, port).ask(ENDED)["next"], 1)
            server.kill()

    def test_containers_over_an_older_volume_say_what_to_do(self):
        """`system_up.sh 3`, with an engine that runs the server as the compose file says."""
        self.begin("--agencies", 5)
        project = os.path.join(self.folder, "project")
        os.makedirs(os.path.join(project, "data"))
        for name in ("system_up.sh", "generar-compose.sh", "Makefile"):
            shutil.copy2(os.path.join(ROOT, name), project)
        open(os.path.join(project, "data/agency-1.csv"), "w", encoding="utf-8").close()
        engine = os.path.join(self.folder, "docker")
        with open(engine, "w", encoding="utf-8") as file:
            file.write(f"""#!/bin/sh
case "$*" in
*" up -d") # the server of the compose file, in its environment
    set -- $(sed -n '/^  server:/,/^  client1:/s/^    - \\([A-Z]*=.*\\)/\\1/p' docker-compose-dev.yaml | grep -Ev "CHANGE|UPGRADE")
    cd {self.folder} && env "$@" ${{CHANGE:+"CHANGE=$CHANGE"}} timeout {hang_s()} {PROGRAM} server --server-port 0 \\
        --consult-server-port 0 --server-ip 127.0.0.1 >{self.folder}/server.log 2>&1
    [ $? -ne 2 ] ;;
logs*) cat {self.folder}/server.log ;;
esac
""")
        os.chmod(engine, stat.S_IRWXU)
        environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"}
        program = os.path.join(project, "build/release/quiniela")
        os.makedirs(os.path.dirname(program))
        os.symlink(PROGRAM, program)
        done = subprocess.run(["./system_up.sh", "3"], cwd=project, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, timeout=3 * hang_s())
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn("AGENCIES is 3, and draw \"1\" was opened with 5 and has bets: start with 5, with CHANGE=yes",
                      done.stdout)
        self.assertEqual(self.terms(), "open 5 7574")


if __name__ == "__main__":
    unittest.main()
