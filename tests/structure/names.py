"""Which functions and variables of other units a source file names, as libclang resolves them."""
import concurrent.futures
import hashlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from libclang import cindex, parse, parser_arguments  # noqa: E402
from units import Use, file_of, path_of, shown_path, unit  # noqa: E402

Kind = cindex.CursorKind
NAMED = (Kind.FUNCTION_DECL, Kind.VAR_DECL, Kind.CXX_METHOD, Kind.CONSTRUCTOR)
OUTER = (Kind.NAMESPACE, Kind.LINKAGE_SPEC, Kind.UNEXPOSED_DECL)  # what declarations may stand in
RECURSE = 2  # CXChildVisit_Recurse


class Reader:
    """Reads one source file: `defined` has the USR of everything that other files can name, and where it is; `named` has
    all that it names: by whom (file, function, line), what (USR and name) and, where this file tells, the file that has it."""

    def __init__(self, root, path, arguments):
        self.root, self.defined, self.named, self.paths = root, {}, [], {}
        for cursor in self._declarations(parse(file_of(root, path), arguments).cursor):
            self._read(cursor)

    def _place(self, cursor):
        """The path, as Sources has it; None for what stands elsewhere. Which file it is follows from the handle that libclang has for it."""
        file = cursor.location.file
        if file is None:
            return None
        if file.name not in self.paths:
            self.paths[file.name] = path_of(self.root, os.path.realpath(file.name))
        return self.paths[file.name]

    def _declarations(self, cursor):
        for child in cursor.get_children():
            if self._place(child) is None:
                continue
            if child.kind in OUTER:
                yield from self._declarations(child)
            else:
                yield child

    def _read(self, outer):
        if outer.kind in NAMED and outer.is_definition() and outer.linkage == cindex.LinkageKind.EXTERNAL:
            self.defined[outer.get_usr()] = self._place(outer)
        file = self._place(outer)

        def visit(cursor, _parent, _data):
            cursor._tu = outer._tu
            if cursor.kind in (Kind.DECL_REF_EXPR, Kind.MEMBER_REF_EXPR, Kind.CALL_EXPR):
                named = cursor.referenced
                if named is not None and named.kind in NAMED and named.linkage != cindex.LinkageKind.NO_LINKAGE:
                    definition = named.get_definition()
                    self.named.append([file, outer.spelling, cursor.location.line, named.get_usr(), named.spelling,
                                       self._place(definition) if definition else None])
            return RECURSE

        cindex.conf.lib.clang_visitChildren(outer, cindex.callbacks["cursor_visit"](visit), None)


def read(root, path, arguments):
    reader = Reader(root, path, arguments)
    return {"defined": reader.defined, "named": reader.named}


class Kept:
    """What was read before, kept in the build by a digest of all that it follows from."""

    def __init__(self, build):
        self.build, self.path, self.new = os.path.realpath(build), os.path.join(build, "structure.json"), {}
        try:
            with open(self.path, encoding="utf-8") as file:
                self.old = json.load(file)
        except (OSError, ValueError):
            self.old = {}
        with open(os.path.abspath(__file__), "rb") as file:
            self.reader = file.read()

    def key(self, sources, path, arguments):
        digest = hashlib.sha256(self.reader + repr([each.replace(self.build, "build") for each in arguments]).encode())
        for other in sources.all_included(path):
            digest.update(repr((other, sources.texts[other])).encode())
        return digest.hexdigest()

    def write(self):
        with open(f"{self.path}.{os.getpid()}", "w", encoding="utf-8") as file:
            json.dump(self.new, file)
        os.replace(file.name, self.path)


def compiled(build, root):
    """The arguments of each source file that the build compiles, by its path as Sources has it."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    found = {}
    for command in commands:
        path = os.path.realpath(os.path.join(command["directory"], command["file"]))
        if path_of(root, path) and os.path.exists(path):
            found[path_of(root, path)] = parser_arguments(command["command"])
    return found


def everything(sources, build):
    """What was read of each source file of src/. RuntimeError when the build does not know one, or one does not compile."""
    commands, kept = compiled(build, sources.root), Kept(build)
    files = sorted(path for path in sources.texts if not path.endswith(".h"))
    unknown = [path for path in files if path not in commands]
    if unknown:
        raise RuntimeError(f"the build does not compile {shown_path(unknown[0])}; is it in src/CMakeLists.txt, and {build} configured since?")
    keys = {path: kept.key(sources, path, commands[path]) for path in files}
    missing = [path for path in files if keys[path] not in kept.old]
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(read, [sources.root] * len(missing), missing, [commands[path] for path in missing])
        new = dict(zip(missing, done))
    kept.new = {keys[path]: new[path] if path in new else kept.old[keys[path]] for path in files}
    if new:
        kept.write()
    return [kept.new[keys[path]] for path in files]


def names(sources, build):
    """A Use for each time that a unit names a function or variable of another: once for each function that does."""
    results = everything(sources, build)
    where = {usr: path for result in results for usr, path in result["defined"].items()}
    seen = set()
    for result in results:
        for file, function, line, usr, name, path in result["named"]:
            path = path or where.get(usr)
            if path and unit(path) != unit(file) and (file, function, usr) not in seen:
                seen.add((file, function, usr))
                yield Use(unit(file), unit(path), shown_path(file), line, f"{function} names {name}")
