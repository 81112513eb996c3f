"""Links of the pages, what stands twice in one, what the program, its tests and its scripts say of them, and whether the list of
sources is whole."""
import fnmatch
import os
import re
import subprocess
import urllib.parse

LINK = re.compile(r"\]\(([^()\s]*)\)")
ANCHOR = re.compile(r"""<a (?:id|name)="([^"]+)">""")
NAMED = re.compile(r"docs/([\w-]+\.md)")
# What a message says of a heading: …see "Damage of the log" in docs/store.md. In the source the text may go on in the next line.
HEADING = re.compile(r'\\"([^"\\]+)\\" in docs/([\w-]+\.md)')
SPEAKS_OF_PAGES = ("src", "tests", "script", "bench", "cmake", "packaging", "lib", "clients", "manual", "po", "deploy")


def prose(text):
    """The lines that are not in a fenced block, each with its number."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def anchors(text):
    """Where a link can lead to, as GitHub makes it: of two headings alike the second gets -1."""
    found = {}
    for _, line in prose(text):
        heading = re.match(r"#{1,6} (.*)", line)
        if heading:
            words = re.sub(r"\]\([^)]*\)", "]", heading[1]).strip().lower()
            slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            found[f"{slug}-{found[slug]}" if slug in found else slug] = 0
            found[slug] += 1
        found.update({name: 0 for name in ANCHOR.findall(line)})
    return set(found)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def files(root, *folders):
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders], cwd=root, check=True,
                            stdout=subprocess.PIPE).stdout
    return [name for name in sorted(listed.decode().split("\0")) if name and os.path.isfile(os.path.join(root, name))]


def said_twice(root, count=12):
    """A line for each place where a page begins to say again, word by word, what it has said: so a merge leaves it. Of tables,
    whose cells are often alike, nothing is said."""
    for name in files(root, "*.md"):
        words = [(number, word) for number, line in prose(read(os.path.join(root, name))) if not line.startswith("|")
                 for word in line.split()]
        first, goes_on = {}, False
        for place in range(len(words) - count + 1):
            number, text = words[place][0], " ".join(word for _, word in words[place:place + count])
            again = text in first
            if again and not goes_on:
                yield f"{name}:{number}: stands in line {first[text]}, too: {text}"
            first.setdefault(text, number)
            goes_on = again


def broken_links(root):
    """A line for each link of a page that leads nowhere. Links into the network are not looked at."""
    for name in files(root, "*.md"):
        for number, line in prose(read(os.path.join(root, name))):
            for link in LINK.findall(re.sub(r"`[^`]*`", "", line)):
                place, _, anchor = urllib.parse.unquote(link).partition("#")
                if re.match(r"[a-z]+:", place):
                    continue
                target = os.path.normpath(os.path.join(root, os.path.dirname(name), place)) if place else os.path.join(root, name)
                if not os.path.exists(target):
                    yield f"{name}:{number}: {link}: there is no such file"
                elif anchor and target.endswith(".md") and anchor not in anchors(read(target)):
                    yield f"{name}:{number}: {link}: there is no such heading"


def broken_words(root):
    """A line for each page, or heading of one, that a source names and that there is not."""
    for name in files(root, *SPEAKS_OF_PAGES):
        if name.startswith("tests/structure/"):  # it makes pages up
            continue
        text = read(os.path.join(root, name))
        for page in sorted(set(NAMED.findall(text))):
            if not os.path.exists(os.path.join(root, "docs", page)):
                yield f"{name}: docs/{page}: there is no such page"
        for heading, page in HEADING.findall(re.sub(r'"\n\s*"', "", text)):
            path = os.path.join(root, "docs", page)
            if os.path.exists(path) and not re.search(rf"^#+ {re.escape(heading)}$", read(path), re.MULTILINE):
                yield f"{name}: docs/{page} has no heading {heading!r}"


def unreached(root):
    """Pages of docs/ to which no way leads from README.md."""
    seen, ahead = set(), ["README.md"]
    while ahead:
        name = ahead.pop()
        path = os.path.join(root, name)
        if name not in seen and os.path.isfile(path):
            seen.add(name)
            places = [link.partition("#")[0] for link in LINK.findall(read(path))]
            ahead += [os.path.normpath(os.path.join(os.path.dirname(name), place)) for place in places if place.endswith(".md")]
    return [name for name in files(root, "docs/*.md") if name not in seen]


def named_sources(text):
    """The rows of the list of sources: (line, folder/name without its ending, which may have … in it). A name without a folder is
    of the one that the name before it has, or else the heading."""
    folders = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            folders = re.findall(r"(\w+)/", line)
        elif line.startswith("| `"):
            folder = folders[0]
            for name in re.findall(r"`([^`]+)`", line.split(" | ")[0]):
                first, _, rest = name.partition("/")
                if rest and first in folders:
                    folder, name = first, rest
                yield number, f"{folder}/{re.sub(r'[.]h$', '', name)}"


def misnamed_sources(root, page="docs/source-files.md"):
    """A line for each source that the list has not, or more than once, and for each row that is no source's. A name with … stands
    for those that no other row has."""
    sources = {os.path.splitext(name)[0][len("src/"):] for name in files(root, "src/*/*.[ch]", "src/*/*.cpp")}
    named, seen = list(named_sources(read(os.path.join(root, page)))), {}
    for number, name in named:
        if "…" not in name:
            seen.setdefault(name, []).append(number)
            if name not in sources:
                yield f"{page}:{number}: {name}: there is no such source"
    patterns = [name.replace("…", "*") for _, name in named if "…" in name]
    for name in sorted(sources):
        if len(seen.get(name, [])) > 1:
            yield f"{page}: {name} stands in the lines {', '.join(map(str, seen[name]))}"
        elif name not in seen and not any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
            yield f"{page}: {name} is not there"
