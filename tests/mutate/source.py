"""One source file as libclang sees it: its cursors, and where in the bytes of the file they stand."""
import bisect
import re

from libclang import cindex, parse, parser_arguments

Kind = cindex.CursorKind
STATEMENT_KINDS = (Kind.COMPOUND_STMT, Kind.CASE_STMT, Kind.DEFAULT_STMT, Kind.LABEL_STMT)
QUOTED = re.compile(rb'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|//[^\n]*|/\*.*?\*/', re.S)


class Source:
    """path: of the file; name: how it is called in reports; command: the line that compiles it."""

    def __init__(self, path, name, command):
        self.path, self.name = path, name
        with open(path, "rb") as file:
            self.text = file.read()
        self.unit = parse(path, parser_arguments(command), cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD)
        self._read_top()

    def _read_top(self):
        self.top, macros = [], []
        for cursor in self.unit.cursor.get_children():
            if not self.is_mine(cursor):
                continue
            if cursor.kind == Kind.MACRO_INSTANTIATION:
                macros.append((cursor.extent.start.offset, cursor.extent.end.offset, cursor.spelling))
            elif not cursor.kind.is_preprocessing():
                self.top.append(cursor)
        self.macros = []  # the outermost ones, in their order
        for macro in sorted(macros, key=lambda m: (m[0], -m[1])):
            if not self.macros or macro[0] >= self.macros[-1][1]:
                self.macros.append(macro)
        self.macro_starts = [start for start, _, _ in self.macros]

    @staticmethod
    def is_mine(cursor):
        return bool(cindex.conf.lib.clang_Location_isFromMainFile(cursor.location))

    def macro_at(self, offset):
        """The outermost macro that is used there: its start, its end and its name."""
        at = bisect.bisect_right(self.macro_starts, offset) - 1
        return self.macros[at] if at >= 0 and offset < self.macros[at][1] else None

    def span(self, cursor):
        """Where a cursor begins and ends; None when a macro has a part in its beginning or end."""
        start, end = cursor.extent.start.offset, cursor.extent.end.offset
        if end <= start:
            return None
        for offset in (start, end - 1):
            macro = self.macro_at(offset)
            if macro and not (start <= macro[0] and macro[1] <= end and self.is_plain(macro)):
                return None
        return start, end

    def is_plain(self, macro):
        """A macro that stands for a value (NULL, UINT64_MAX, true), or is called like a function."""
        return "assert" not in macro[2].lower()

    def of(self, span):
        return self.text[span[0]:span[1]].decode()

    def line(self, offset):
        return self.text.count(b"\n", 0, offset) + 1

    def blank(self):
        """The text, of the same length, with spaces in place of comments and the insides of strings."""
        if not hasattr(self, "_blank"):
            self._blank = QUOTED.sub(lambda m: re.sub(rb"[^\n]", b" ", m.group()), self.text)
        return self._blank

    def closing(self, offset):
        """Where the bracket that opens at the offset is closed."""
        depth, text = 0, self.blank()
        for match in re.finditer(rb"[()\[\]{}]", text[offset:]):
            depth += 1 if match.group() in b"([{" else -1
            if depth == 0:
                return offset + match.start()
        return None


def strip(cursor):
    """What stands within conversions and parentheses."""
    while cursor.kind in (Kind.UNEXPOSED_EXPR, Kind.PAREN_EXPR):
        inner = list(cursor.get_children())
        if len(inner) != 1:
            break
        cursor = inner[0]
    return cursor
