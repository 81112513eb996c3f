"""Says what has become of mutants: folder by folder, and each that nobody noticed."""
COUNTED = ("noticed", "survived", "unreached")


def folder_of(name):
    return name.rpartition("/")[0]


def table(pairs):
    """Of (mutant, record) pairs."""
    rows = {}
    for mutant, record in pairs:
        row = rows.setdefault(folder_of(mutant.file), {"seconds": 0.0})
        row[record["end"]] = row.get(record["end"], 0) + 1
        row["seconds"] += record["seconds"]
    lines = [f"{'folder':<14}{'mutants':>8}{'noticed':>9}{'survived':>9}{'unreached':>10}{'percent':>9}{'seconds':>9}"]
    total = {}
    for name in sorted(rows):
        lines.append(row_text(name, rows[name]))
        for key, value in rows[name].items():
            total[key] = total.get(key, 0) + value
    lines.append(row_text("all", total))
    same, none = total.get("same code", 0), total.get("no program", 0)
    lines.append(f"not counted: {same} that compile to the same code, {none} that do not compile")
    return "\n".join(lines)


def row_text(name, row):
    noticed, all_of_them = row.get("noticed", 0), sum(row.get(end, 0) for end in COUNTED)
    percent = f"{100 * noticed / all_of_them:.1f}" if all_of_them else "-"
    return (f"{name:<14}{all_of_them:>8}{noticed:>9}{row.get('survived', 0):>9}{row.get('unreached', 0):>10}"
            f"{percent:>9}{row.get('seconds', 0):>9.0f}")


def changed_lines(mutant, text):
    before, after = mutant.lines(text)
    marked = [f"    - {line}" for line in before.split("\n")] + [f"    + {line}" for line in after.split("\n")]
    return "\n".join(marked)


def survivor(mutant, record, text):
    how = {"unreached": "no test runs it"}.get(record["end"], f"{record.get('tried', 0)} tests passed")
    if record.get("left"):
        how += f", {record['left']} were not tried"
    if record.get("unsure"):
        how += f"; failed once and passed once: {', '.join(record['unsure'])}"
    where = f"{mutant.file}:{mutant.line}"
    return f"{mutant.id} {where} {mutant.function or mutant.mention}: {mutant.operator} ({how})\n{changed_lines(mutant, text)}"


def report(pairs, read):
    lines = [survivor(mutant, record, read(mutant.file)) for mutant, record in sorted(
        pairs, key=lambda pair: (pair[0].file, pair[0].line)) if record["end"] in ("survived", "unreached")]
    return "\n".join([*lines, "", table(pairs)])
