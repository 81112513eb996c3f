"""Keeps the texts that the program translates: script/translations

What is translated stands in the sources that po/sources.txt lists. Without --check it writes po/quiniela.pot anew, and gives each
po/LANGUAGE.po what is new in it, untranslated: write the translations there. With --check it writes nothing, and says what is missing,
out of date, or of another format. The exit status is 0 when nothing is.

With --page it notes in a translated page that it is as its source is now.
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(ROOT, "tests")]
import given  # noqa: E402
from structure import translated  # noqa: E402

# Functions that translate an argument of theirs, and which one it is. One pass of xgettext takes one argument of a function alone.
PASSES = (
    ("_", "N_", "translate_beside_log", "translate_count:1,2", "error_set:3", "error_set_system:3", "findings_add:3", "tell:2", "tell_line:2", "tell_file:2",
     "KIND:2", "bad:3", "cut_short:3", "check_unchanged:2", "refuse:1", "find:3"),
    ("findings_add:4", "tell:5", "tell_line:3", "tell_file:3", "KIND:3", "refuse:2"),
    ("findings_add:5", "refuse:3"),
)
DIRECTIVE = re.compile(r"%(?:<\w+>|[-+ #0]*[*\d]*(?:\.[*\d]*)?[hlz]*[a-zA-Z%])")
# Words of files that are no texts: kept_after.c's refuse has a file's ending there.
NO_TEXTS = {"result", "salt-key"}
TABLE = re.compile(r"=\s*\{.*?\};", re.DOTALL)
# With what stands before it: a text that is marked may be in several pieces.
LITERAL = re.compile(r'(\bN_\(\s*(?:"(?:[^"\\]|\\.)*"\s*)*)?"((?:[^"\\]|\\.)*)"')
SHOWN = 20  # faults


def run(*words, **more):
    done = subprocess.run(words, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", **more)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words[:3])} …: {done.stderr.strip() or done.returncode}")
    return done.stdout


def sources(root):
    with open(os.path.join(root, "po", "sources.txt"), encoding="utf-8") as file:
        patterns = file.read().split()
    for pattern in patterns:
        found = sorted(glob.glob(pattern, root_dir=root))
        if not found:
            raise RuntimeError(f"po/sources.txt: {pattern}: there is no such source")
        yield from found


def strings(entry, field):
    """A field's text, as it stands between the quotes."""
    found = re.search(rf'^{re.escape(field)} ((?:".*"\n?)+)', entry, re.MULTILINE)
    return "".join(re.findall(r'^"(.*)"$', found[1], re.MULTILINE)) if found else None


def is_text(entry):
    """Whether there are words to translate, and not only directives and signs."""
    msgid = strings(entry, "msgid")
    return msgid not in NO_TEXTS and re.search(r"[A-Za-z]", re.sub(r"\\.", "", DIRECTIVE.sub("", msgid))) is not None


def template(root):
    """What po/quiniela.pot has to be."""
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for number, keywords in enumerate(PASSES):
            parts.append(os.path.join(folder, f"{number}.pot"))
            run("xgettext", "--language=C", "--from-code=UTF-8", "--no-location", "--omit-header", "--sort-output", "-k",
                *[f"-k{word}" for word in keywords], "-o", parts[-1], *sources(root), cwd=root)
        merged = run("msgcat", "--no-location", "--use-first", "--sort-output", "--to-code=UTF-8", *parts)
    entries = [entry for entry in merged.strip().split("\n\n") if is_text(entry)]
    head = ('# What quiniela translates: written by script/translations.\nmsgid ""\nmsgstr ""\n"Project-Id-Version: quiniela\\n"\n'
            '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"')
    return "\n\n".join([head, *entries]) + "\n"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def told(path, entry):
    return f"{path}: \"{strings(entry, 'msgid')[:70]}\""


def unmarked(root):
    """A line for each text of a table that is not marked with N_, though another text of that table is."""
    for path in sources(root):
        code = read(os.path.join(root, path))
        for table in TABLE.finditer(code):
            if "N_(" not in table[0]:
                continue
            for literal in LITERAL.finditer(table[0]):
                if not literal[1] and re.search("[A-Za-z] [a-z]", literal[2]):
                    line = code.count("\n", 0, table.start() + literal.start()) + 1
                    yield f'{path}:{line}: "{literal[2][:70]}" stands beside texts in N_(), and is not in one'


def faults(root):
    """A line for each thing that is wrong."""
    yield from unmarked(root)
    pot = template(root)
    if read(os.path.join(root, "po", "quiniela.pot")) != pot:
        yield "po/quiniela.pot: the sources have other texts: script/translations"
    wanted = {strings(entry, "msgid"): entry for entry in pot.strip().split("\n\n")[1:]}
    for path in sorted(glob.glob("po/*.po", root_dir=root)):
        entries = [entry for entry in read(os.path.join(root, path)).strip().split("\n\n") if strings(entry, "msgid")]
        for entry in entries:
            if re.search("^#,.*fuzzy", entry, re.MULTILINE):
                yield f"{told(path, entry)} is fuzzy: is it right? then delete that word"
            elif not (strings(entry, "msgstr") or strings(entry, "msgstr[0]") and strings(entry, "msgstr[1]")):
                yield f"{told(path, entry)} is not translated"
        known = {strings(entry, "msgid") for entry in entries}
        for msgid, entry in wanted.items():
            if msgid not in known:
                yield f"{told(path, entry)} is missing: script/translations"
        try:
            run("msgfmt", "--check-format", "--check-domain", "-o", os.devnull, os.path.join(root, path))
        except RuntimeError as error:
            yield str(error)


def write(root):
    pot = os.path.join(root, "po", "quiniela.pot")
    with open(pot, "w", encoding="utf-8") as file:
        file.write(template(root))
    for path in glob.glob(os.path.join(root, "po", "*.po")):
        run("msgmerge", "--quiet", "--update", "--backup=none", "--no-location", "--sort-output", "--no-fuzzy-matching", path, pot)
        run("msgattrib", "--no-obsolete", "--no-location", "--sort-output", "-o", path, path)


def main():
    parser = argparse.ArgumentParser(prog="script/translations", description=__doc__, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help="write nothing, and say what is wrong")
    parser.add_argument("--page", metavar="PAGE", help="a page whose translation was renewed, such as docs/es/agency.md")
    options = parser.parse_args()
    given.understood()
    if options.page:
        try:
            translated.renew(options.root, options.page)
        except (OSError, ValueError) as error:
            print(f"script/translations: {error}", file=sys.stderr)
            return 1
        return 0
    if shutil.which("xgettext") is None:
        print("script/translations: xgettext is missing: script/bootstrap build installs gettext", file=sys.stderr)
        return 1
    try:
        if not options.check:
            write(options.root)
        found = list(faults(options.root))
    except (OSError, RuntimeError) as error:
        print(f"script/translations: {error}", file=sys.stderr)
        return 1
    if len(found) > SHOWN:
        found[SHOWN:] = [f"and {len(found) - SHOWN} more"]
    print("\n".join(found) or "every text is translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
