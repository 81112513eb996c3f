"""libclang, wherever Debian has put it: `from libclang import cindex`."""
import glob
import shlex
import sys

try:
    import clang.cindex as cindex
except ImportError:  # Debian's, where another python3 comes first
    sys.path.append("/usr/lib/python3/dist-packages")
    import clang.cindex as cindex

if not cindex.Config.loaded:
    found = glob.glob("/usr/lib/llvm-14/lib/libclang*.so.1")
    if found:
        cindex.Config.set_library_file(sorted(found)[-1])


def parser_arguments(command):
    """What libclang needs to know of the line that compiles a file."""
    words = shlex.split(command)[1:]
    arguments = [word for word in words if word.startswith(("-I", "-D", "-std="))]
    for option, value in zip(words, words[1:]):
        if option == "-isystem":
            arguments += [option, value]
    return arguments


def parse(path, arguments, options=0):
    """The translation unit; RuntimeError when it does not compile."""
    unit = cindex.Index.create().parse(path, args=arguments, options=options)
    errors = [str(each) for each in unit.diagnostics if each.severity >= cindex.Diagnostic.Error]
    if errors:
        raise RuntimeError(f"{path} cannot be parsed: {errors[0]}")
    return unit
