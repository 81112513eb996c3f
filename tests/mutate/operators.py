"""The bugs that are planted: what a careless change brings. mutants_of() finds all of one source file.

edge        a comparison's edge: < and <=, > and >=, == and !=
negate      a condition of if, while, for, do or ?: the other way round
constant    an integer one more or one less; true and false
leave out   a statement: a call, an assignment, a return
arguments   two arguments of a call exchanged that have one type
calls       two calls exchanged that follow each other
logic       && and ||
ignore      a call that failed taken for one that went well
shorten     a length that is handed on, one less

Assertions, texts of the log and of errors, sizes of arrays and times are left as they are: a wait that is one
millisecond longer is no bug. Nor is what means the same program by its kind: operands exchanged of a comparison that
is only asked whether they differ, and of a product; room for one more.
"""
import re

from mutants import Mutant, numbered
from source import Kind, STATEMENT_KINDS, strip

EDGES = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
SPOKEN = re.compile(r"^(log_|error_set|error_add)")  # calls with texts for people
TIME = re.compile(r"_(NS|US|MS|S|SECONDS|MINUTES|HOURS|DAYS)$")
ASKS = re.compile(r"(^|_)(is|has|can|was|are|holds|equals?)_")  # calls that fail in nothing
ALLOCATES = re.compile(r"^(malloc|calloc|realloc|reallocarray|memory_(allocate|zeroed|resize|resize_array))$")
MULTIPLIES = re.compile(r"^(calloc|reallocarray|memory_zeroed|memory_resize_array)$")
COMPARES = re.compile(r"^(memcmp|str(n?)(case)?cmp|CRYPTO_memcmp)$")
NUMBER = re.compile(r"^(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)$")
EXPRESSION_STATEMENTS = (Kind.BINARY_OPERATOR, Kind.COMPOUND_ASSIGNMENT_OPERATOR, Kind.UNARY_OPERATOR)


class Finder:
    def __init__(self, source):
        self.source, self.mutants, self.function, self.statement = source, [], "", None
        self.allocates = False  # within a call that asks for memory

    def add(self, operator, span, after, mention=""):
        source = self.source
        outer = self.statement or span
        self.mutants.append(Mutant(source.name, self.function, operator, source.line(span[0]),
                                   source.line(max(outer[1], span[1]) - 1), *span, source.of(span), after, mention))

    def walk_top(self):
        for cursor in self.source.top:
            self.walk_declaration(cursor)
        return numbered(self.mutants)

    def walk_declaration(self, cursor):
        """Functions with a body, also those within classes and namespaces; and named constants."""
        body = [child for child in cursor.get_children() if child.kind == Kind.COMPOUND_STMT]
        if body:
            self.function = cursor.spelling
            self.last_return(cursor, body[-1])
            self.walk(body[-1])
            self.function = ""
        elif cursor.kind == Kind.ENUM_CONSTANT_DECL:
            self.named_constant(cursor)
        elif cursor.kind in (Kind.ENUM_DECL, Kind.NAMESPACE, Kind.CLASS_DECL, Kind.STRUCT_DECL,
                             Kind.LINKAGE_SPEC, Kind.UNEXPOSED_DECL):
            for child in cursor.get_children():
                if self.source.is_mine(child):
                    self.walk_declaration(child)

    def named_constant(self, cursor):
        if not TIME.search(cursor.spelling):
            for child in cursor.get_children():
                self.walk(child, mention=cursor.spelling)

    def last_return(self, function, body):
        """The return at a function's end: without it a function that gives something back gives anything."""
        statements = list(body.get_children())
        self.kept_return = None
        if statements and statements[-1].kind == Kind.RETURN_STMT and function.result_type.spelling != "void":
            self.kept_return = statements[-1].extent.start.offset

    def walk(self, cursor, mention=""):
        source, kind, outer, allocated = self.source, cursor.kind, self.statement, self.allocates
        macro = source.macro_at(cursor.extent.start.offset)
        if macro and "assert" in macro[2].lower():
            return
        if kind == Kind.CALL_EXPR:
            self.allocates = bool(ALLOCATES.match(cursor.spelling))
        if kind.is_statement() or kind == Kind.CALL_EXPR:
            self.statement = (cursor.extent.start.offset, cursor.extent.end.offset)
            if kind in (Kind.IF_STMT, Kind.WHILE_STMT, Kind.FOR_STMT, Kind.SWITCH_STMT, Kind.COMPOUND_STMT):
                self.statement = None
        handler = HANDLERS.get(kind)
        if handler:
            handler(self, cursor, *([mention] if kind in LITERALS else []))
        if kind in STATEMENT_KINDS:
            self.statements(cursor)
        for child in self.worth_walking(cursor):
            self.walk(child, mention)
        self.statement, self.allocates = outer, allocated

    def worth_walking(self, cursor):
        children = list(cursor.get_children())
        if cursor.kind == Kind.VAR_DECL:  # what it begins with, not its type
            name = cursor.location.offset
            equals = self.source.blank().find(b"=", name, cursor.extent.end.offset)
            return [c for c in children if equals != -1 and c.extent.start.offset > equals]
        if cursor.kind == Kind.INIT_LIST_EXPR and self.source.text[
                cursor.extent.start.offset:cursor.extent.end.offset] in (b"{0}", b"{ 0 }"):
            return []
        if cursor.kind == Kind.CALL_EXPR and SPOKEN.match(cursor.spelling):
            return []
        return children

    # One operator each.

    def binary(self, cursor):
        source = self.source
        left, right = list(cursor.get_children())
        between = (left.extent.end.offset, right.extent.start.offset)
        sign = source.blank()[between[0]:between[1]].decode().strip()
        where = source.blank().find(sign.encode(), between[0])
        if source.macro_at(where):
            return
        if sign in EDGES:
            whole = source.span(cursor)
            if whole:
                text = source.of(whole)
                at = where - whole[0]
                self.add("edge", whole, text[:at] + EDGES[sign] + text[at + len(sign):])
        elif sign in ("&&", "||"):
            whole = source.span(cursor)
            if whole:
                other = "||" if sign == "&&" else "&&"
                self.add("logic", whole, f"(({source.of((whole[0], between[0]))}) {other} "
                                         f"({source.of((between[1], whole[1]))}))")

    def condition(self, span, first=True):
        """Of an if (first) or a loop, given the span of what stands in its parentheses."""
        text = self.source.of(span).strip()
        start = span[0] + self.source.of(span).index(text) if text else span[0]
        if text and not self.source.macro_at(start):
            self.add("negate", (start, start + len(text.encode())), f"!({text})")

    def bracketed(self, cursor, keyword):
        """The span within the parentheses after the keyword."""
        start = cursor.extent.start.offset
        if self.source.macro_at(start):
            return None
        opening = self.source.blank().find(b"(", self.source.blank().find(keyword, start))
        closing = self.source.closing(opening)
        return closing and (opening + 1, closing)

    def conditional(self, cursor):
        keyword = {Kind.IF_STMT: b"if", Kind.WHILE_STMT: b"while"}[cursor.kind]
        span = self.bracketed(cursor, keyword)
        if not span:
            return
        conditions = [c for c in cursor.get_children() if c.extent.start.offset >= span[0]]
        if conditions and not self.is_plain_comparison(conditions[0]):
            self.condition(span)
        if cursor.kind == Kind.IF_STMT and conditions:
            self.ignored(conditions[0])

    def is_plain_comparison(self, cursor):
        """An == or !=, of which the edge is the other way round already."""
        children = list(strip(cursor).get_children())
        if strip(cursor).kind != Kind.BINARY_OPERATOR or len(children) != 2:
            return False
        sign = self.source.blank()[children[0].extent.end.offset:children[1].extent.start.offset].strip()
        return sign in (b"==", b"!=")

    def do(self, cursor):
        condition = list(cursor.get_children())[-1]
        span = self.source.span(condition)
        if span and not self.is_plain_comparison(condition):
            self.condition(span)

    def loop(self, cursor):
        span = self.bracketed(cursor, b"for")
        if not span:
            return
        depth, cuts, text = 0, [], self.source.blank()
        for at in range(*span):
            byte = text[at:at + 1]
            depth += (byte in b"([{") - (byte in b")]}")
            if byte == b";" and depth == 0:
                cuts.append(at)
        if len(cuts) == 2:
            self.condition((cuts[0] + 1, cuts[1]))

    def choice(self, cursor):
        condition = list(cursor.get_children())[0]
        span = self.source.span(condition)
        if span and not self.is_plain_comparison(condition):
            self.condition(span)

    def ignored(self, condition):
        """In the condition of an if: !call(…), which becomes a call that cannot fail; call(…) < 0 and the like."""
        source, inner = self.source, strip(condition)
        span = source.span(inner)
        children = list(inner.get_children())
        if not span or not children:
            return
        called = strip(children[0])
        if inner.kind == Kind.UNARY_OPERATOR and source.of(span).startswith("!") and called.kind == Kind.CALL_EXPR:
            if not ASKS.search(called.spelling):
                self.add("ignore", span, f"!({source.of(span)[1:]} || 1)")
        elif inner.kind == Kind.BINARY_OPERATOR and len(children) == 2:
            sign = source.blank()[children[0].extent.end.offset:children[1].extent.start.offset].strip()
            if sign in (b"&&", b"||"):
                self.ignored(children[0])
                self.ignored(children[1])
            elif called.kind == Kind.CALL_EXPR and sign in (b"!=", b"<", b"==", b"<="):
                self.add("ignore", span, f"(({source.of(span)}) && 0)")

    def integer(self, cursor, mention=""):
        source, start = self.source, cursor.extent.start.offset
        macro = source.macro_at(start)
        if macro:
            if macro[2] in ("true", "false") and start == macro[0]:
                self.add("constant", (macro[0], macro[1]), {"true": "false", "false": "true"}[macro[2]], mention)
            return
        span = source.span(cursor)
        match = span and NUMBER.match(source.of(span))
        if match:
            digits, suffix = match.groups()
            base = 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" and len(digits) > 1 else 10
            less = int(digits, base) - 1
            for other in (less,) if self.allocates else (less + 2, less):
                shown = {16: hex(other), 8: f"0{other:o}", 10: str(other)}[base]
                self.add("constant", span, f"({shown}{suffix})" if other < 0 else shown + suffix, mention)

    def boolean(self, cursor, mention=""):
        span = self.source.span(cursor)
        if span and self.source.of(span) in ("true", "false"):
            self.add("constant", span, {"true": "false", "false": "true"}[self.source.of(span)], mention)

    def call(self, cursor):
        source, arguments = self.source, list(cursor.get_arguments())
        if SPOKEN.match(cursor.spelling) or cursor.referenced is None or source.span(cursor) is None:
            return
        parameters = list(cursor.referenced.get_arguments())
        spans = [source.span(argument) for argument in arguments]
        for span, parameter, argument in zip(spans, parameters, arguments):
            if span and parameter.type.spelling == "size_t" and strip(argument).kind != Kind.INTEGER_LITERAL:
                self.add("shorten", span, f"({source.of(span)}) - 1")
        types = [bare(parameter.type) for parameter in parameters]
        if MULTIPLIES.match(cursor.spelling) or self.only_asks_whether_they_differ(cursor):
            return
        for i in range(min(len(types), len(spans))):
            for j in range(i + 1, min(len(types), len(spans))):
                if types[i] == types[j] and spans[i] and spans[j] and source.of(spans[i]) != source.of(spans[j]):
                    middle = source.of((spans[i][1], spans[j][0]))
                    self.add("arguments", (spans[i][0], spans[j][1]),
                             source.of(spans[j]) + middle + source.of(spans[i]))

    def only_asks_whether_they_differ(self, call):
        """A call of memcmp or its like, with == 0, != 0, ! or nothing around it."""
        text, (start, end) = self.source.blank(), self.source.span(call)
        return bool(COMPARES.match(call.spelling)) and not re.match(rb"\s*[<>]", text[end:end + 8])

    def statements(self, block):
        """Of a block, one after the other: each that can be left out, and calls that can change places."""
        before = None
        for statement in block.get_children():
            kind, span = self.statement_kind(statement)
            self.statement = None
            if kind:
                self.add("leave out", span, "")
            if kind == "call" and before and self.source.of(before) != self.source.of(span):
                middle = self.source.of((before[1], span[0]))
                self.add("calls", (before[0], span[1]), self.source.of(span) + middle + self.source.of(before))
            before = span if kind == "call" else None

    def statement_kind(self, statement):
        """What kind of statement it is, None for one that stays; and its span, without the semicolon."""
        source, inner = self.source, strip(statement)
        span = (statement.extent.start.offset, statement.extent.end.offset)
        macro = source.macro_at(span[0])
        if macro:
            is_call = source.is_plain(macro) and statement.kind.is_expression() and source.text[macro[1]:macro[1] + 1] == b";"
            return ("call", (macro[0], macro[1])) if is_call else (None, span)
        if source.blank()[span[1]:span[1] + 1] != b";":
            return None, span
        if inner.kind == Kind.CSTYLE_CAST_EXPR:
            inner = strip(list(inner.get_children())[-1])
        if inner.kind == Kind.CALL_EXPR:
            return "call", span
        if inner.kind == Kind.RETURN_STMT:
            return (None if span[0] == self.kept_return else "return"), span
        return ("assignment" if inner.kind in EXPRESSION_STATEMENTS else None), span


def bare(kind):
    """A type's name without its qualifiers, so that what may be exchanged has the same."""
    return re.sub(r"\b(const|restrict|volatile|__restrict)\b|\s+", "", kind.get_canonical().spelling)


LITERALS = (Kind.INTEGER_LITERAL, Kind.CXX_BOOL_LITERAL_EXPR)
HANDLERS = {
    Kind.BINARY_OPERATOR: lambda finder, cursor: len(list(cursor.get_children())) == 2 and finder.binary(cursor),
    Kind.IF_STMT: Finder.conditional, Kind.WHILE_STMT: Finder.conditional, Kind.DO_STMT: Finder.do,
    Kind.FOR_STMT: Finder.loop, Kind.CONDITIONAL_OPERATOR: Finder.choice, Kind.CALL_EXPR: Finder.call,
    Kind.INTEGER_LITERAL: Finder.integer, Kind.CXX_BOOL_LITERAL_EXPR: Finder.boolean}


def mutants_of(source):
    return Finder(source).walk_top()
