"""The commands of a page: docs/testing.md ("The pages' commands") says how they stand in it."""
import re
from dataclasses import dataclass, field

FENCE = re.compile(r"^( *)```(\S*)$")
MARK = re.compile(r"^ *<!-- (exits|on|not run|given|by): (.+?) -->$|^ *<!-- (background|names only) -->$")
HERE_DOCUMENT = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")
OTHER_SHELLS = {"shell", "bash", "console", "zsh", "shell-session"}
# What a line begins with that is a command, wherever it stands.
COMMAND = re.compile(r"^(\$ |quiniela [a-z]+( (?!is |v\d)|$)|(sudo|systemctl|journalctl|curl|sqlite3|openssl|python3|export|install|apt|script/\S+|ctest|cmake|make|"
                     r"docker|ssh|psql|pg_\w+|createdb|mkdir|sha256sum)\s)")


class Wrong(Exception):
    """What is wrong with a page itself."""


@dataclass
class Command:
    page: str
    line: int
    text: str
    marks: dict = field(default_factory=dict)
    block: int = 0  # the line that the block begins in
    shown: list = field(default_factory=list)  # what it prints, with what stands before it in its block, as the page has it

    @property
    def status(self):
        return int(self.marks.get("exits", 0))

    @property
    def machine(self):
        """Where it is run: None is any machine. `by` names the test that runs it."""
        return self.marks.get("on")

    @property
    def only_named(self):
        return "names only" in self.marks or "not run" in self.marks or "by" in self.marks

    def where(self):
        return f"{self.page}:{self.line}"


def split(lines, number, page, marks):
    """The commands of a block: `lines`, the first of which has that number."""
    at = 0
    while at < len(lines):
        begin, text = at, lines[at]
        at += 1
        while text.endswith("\\") and at < len(lines):
            text += "\n" + lines[at]
            at += 1
        here = HERE_DOCUMENT.search(text)
        while here and at < len(lines):
            text += "\n" + lines[at]
            at += 1
            if lines[at - 1].strip() == here[1]:
                here = None
        if here:
            raise Wrong(f"{page}:{number + begin}: the here-document has no end {here[1]}")
        if text.strip() and not text.lstrip().startswith("#"):
            yield Command(page, number + begin, text, marks, number)


def text_behind(lines, at):
    """The lines of the ```text that follows, if one does."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at == len(lines) or lines[at].strip() != "```text":
        return []
    end = next((i for i in range(at + 1, len(lines)) if lines[i].strip() == "```"), at)
    return [line for line in lines[at + 1:end] if line.strip()]


def kind(line):
    """A line without what differs from night to night: words with figures in them, and how wide its columns are."""
    return " ".join(re.sub(r"\S*\d\S*", "0", line).split())


def not_said(shown, said):
    """The first line that was to be printed, and was not, in this order; None if all were. `…` stands for anything."""
    lines = iter([kind(line) for line in said.split("\n")])
    for line in shown:
        pattern = re.compile(".*".join(map(re.escape, kind(line).split("…"))))
        if kind(line) != "…" and not any(pattern.fullmatch(real) for real in lines):
            return line
    return None


def check_plain(line, page, number, what):
    if COMMAND.match(line):
        raise Wrong(f"{page}:{number}: a command in {what}: put it into ```sh, without a prompt, and what it prints into ```text")


def check_told(lines, number, page):
    """A server without `&` gives no prompt again, and the mark is not seen: the sentence before has to say where it is typed."""
    before = [line for line in lines[:number - 1] if line.strip() and not MARK.match(line)][-1:]
    if not before or "terminal" not in before[0]:
        raise Wrong(f"{page}:{number}: the mark `background` is no text: end the command with &, or say before it in which terminal it is typed")


def read(text, page):
    """Every command of a page, in order; those with the mark `given` are names of files in tests/pages/given/."""
    lines, found, marks, by, at = text.split("\n"), [], {}, None, 0
    was_blank = True
    while at < len(lines):
        line, number = lines[at], at + 1
        at += 1
        mark, fence = MARK.match(line), FENCE.match(line)
        if line.lstrip().startswith("<!--") and not mark and FENCE.match(lines[at] if at < len(lines) else ""):
            raise Wrong(f"{page}:{number}: nobody knows this mark of a block: {line.strip()}")
        if mark and mark[1] == "given":
            found.append(Command(page, number, mark[2], {"given": mark[2]}))
        elif mark and mark[1] == "by" and not FENCE.match(lines[at]):
            by = mark[2]  # of the whole page
            found.append(Command(page, number, "the page", {"by": by}))
        elif mark:
            marks[mark[1] or mark[3]] = mark[2] or ""
        elif fence:
            end = next((i for i in range(at, len(lines)) if lines[i].strip() == "```"), None)
            if end is None:
                raise Wrong(f"{page}:{number}: the block has no end")
            body = [inner[len(fence[1]):] for inner in lines[at:end]]
            if fence[2] == "sh":
                found += split(body, number + 1, page, {"by": by, **marks} if by else marks)
                if "background" in marks and not by:
                    check_told(lines, number, page)
                if found and found[-1].block == number + 1:
                    found[-1].shown = text_behind(lines, end + 1)
            elif marks:
                raise Wrong(f"{page}:{number}: {', '.join(marks)} stands before a block without commands")
            elif fence[2] in OTHER_SHELLS:
                raise Wrong(f"{page}:{number}: commands stand in ```sh, and not in ```{fence[2]}")
            elif not by:
                for offset, inner in enumerate(body):
                    if fence[2] in ("", "text"):
                        check_plain(inner, page, number + 1 + offset, f"```{fence[2]}")
            marks, at = {}, end + 1
        elif marks:
            raise Wrong(f"{page}:{number}: {', '.join(marks)} does not stand on the line before a block")
        elif line.startswith("    ") and was_blank:
            check_plain(line.lstrip(), page, number, "a block of four spaces")
        was_blank = not line.strip()
    return found


def commands(page, machine=None):
    """The commands of a page that are run on that machine ("systemd", …), in order; None: on any."""
    with open(page, encoding="utf-8") as file:
        found = read(file.read(), page)
    return [command for command in found if command.machine == machine and not command.only_named]
