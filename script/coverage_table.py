"""Prints gcovr's summary as a table, a row for each folder of src/, and for lib/: coverage_table.py SUMMARY.json."""
import collections
import json
import re
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        files = json.load(file)["files"]
    folders = collections.defaultdict(collections.Counter)
    for each in files:
        # Headers are found through links (src/CMakeLists.txt): build/coverage/include/LIBRARY/FOLDER/FILE.
        path = re.sub(r"^build/coverage/include/\w+/(lib/)?", lambda link: link[1] or "src/", each["filename"])
        parts = path.split("/")
        for folder in ("lib" if parts[0] == "lib" else "/".join(parts[:2]) if len(parts) > 2 else "src/main.c", "all"):
            folders[folder].update({kind: each[kind] for kind in (
                "line_total", "line_covered", "branch_total", "branch_covered")})
    print(f"{'folder':14} {'lines':>7} {'run':>7} {'%':>6} {'branches':>9} {'taken':>7} {'%':>6}")
    for folder, counts in sorted(folders.items(), key=lambda each: (each[0] == "all", each[0])):
        lines, branches = max(1, counts["line_total"]), max(1, counts["branch_total"])
        print(f"{folder:14} {counts['line_total']:7} {counts['line_covered']:7} "
              f"{100 * counts['line_covered'] / lines:6.1f} {counts['branch_total']:9} {counts['branch_covered']:7} "
              f"{100 * counts['branch_covered'] / branches:6.1f}")


main()
