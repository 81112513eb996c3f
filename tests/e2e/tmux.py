"""A terminal for people, with a shell in it: what tmux shows of it, keys that are pressed, its size."""
import os
import re
import subprocess

from harness import PROGRAM, until

PROMPT = "ready> "


class Tmux:
    """A tmux of its own, which ends with the story; its screen has no scrollback. The shell finds the program as $quiniela."""

    def __init__(self, story, columns=80, rows=24, **variables):
        self.command = ["tmux", "-u", "-S", os.path.join(story.folder, "tmux"), "-f", os.devnull]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("CLI_", "SERVER_", "TMUX", "LC_", "LANG"))}
        environment.pop("NO_COLOR", None)
        environment.update({"LC_ALL": "C.UTF-8", "PS1": PROMPT, "quiniela": PROGRAM, "RUNTIME_DIRECTORY": story.folder, "TZ": "UTC",
                            "ENV": "", "HISTFILE": "", **variables})
        story.addCleanup(subprocess.run, [*self.command, "kill-server"], capture_output=True, check=False)
        # bash, for its jobs; it looks at no file.
        subprocess.run([*self.command, "new-session", "-d", "-x", str(columns), "-y", str(rows), "bash", "--norc", "--noprofile", "-i"],
                       cwd=story.folder, env=environment, check=True)
        self.expect(re.escape(PROMPT.strip()))

    def tell(self, *arguments):
        return subprocess.run([*self.command, *arguments], stdout=subprocess.PIPE, check=True).stdout.decode()

    def text(self, *flags):
        """The screen's rows, each without the spaces at its end; with -e also how they are marked."""
        return self.tell("capture-pane", "-p", *flags)

    def expect(self, pattern, *flags):
        """Waits until the screen has the pattern (`^` and `$` are a row's), and gives the match back."""
        shown = ""

        def found():
            nonlocal shown
            shown = self.text(*flags)
            return re.search(pattern, shown, re.MULTILINE)
        try:
            return until(found, "")
        except AssertionError:
            raise AssertionError(f"waited for {pattern!r} on the screen, which has:\n{shown}") from None

    def press(self, *keys):
        """Keys by their names, such as Enter or C-c, or what they show."""
        self.tell("send-keys", *keys)

    def run(self, line):
        self.press("-l", line)
        self.press("Enter")

    def resize(self, columns, rows):
        self.tell("resize-window", "-x", str(columns), "-y", str(rows))

    def is_in_other_screen(self):
        return self.tell("display-message", "-p", "#{alternate_on}").strip() == "1"
