"""Ports that are named before the program is there that listens on them."""
import socket


def hold():
    """A socket with a port of 127.0.0.1 that nobody else gets while the socket is open. It is bound, and does not listen: the
    system gives that port to nobody who wants just any; but a program that names it gets it, if it allows addresses in use
    (SO_REUSEADDR), as servers do: also when it comes a second time."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


def number(held):
    return held.getsockname()[1]
