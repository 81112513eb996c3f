"""Machines and the cables between them: a central and agencies, each in a network namespace of its own, joined by a
router in another. Each has one interface, eth0, whose other end is at the router under the machine's name.
"""
import contextlib
import ctypes
import itertools
import json
import os
import signal
import socket
import subprocess
import threading

CENTRAL_PORTS = 12345, 12346
PREFIX = "quiniela-"
worlds = itertools.count(1)
libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000


class NotPermitted(Exception):
    """Namespaces cannot be made here."""


def run(*command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}\n{text or ''}")
    return done.stdout


def check_permitted():
    """Raises NotPermitted where namespaces, cables between them or filters cannot be made."""
    try:
        with contextlib.ExitStack() as stack:
            world = World(stack)
            world.add("agency1")
            world.filter("probe", "forward", "numgen random mod 100 < 0 drop")
    except (RuntimeError, OSError) as failure:
        raise NotPermitted(str(failure)) from failure


def remove_stale():
    """Removes what test programs that were killed have left."""
    for line in run("ip", "netns", "list").splitlines():
        name = line.split()[0]
        pid = name[len(PREFIX):].split("-")[0]
        if name.startswith(PREFIX) and pid.isdigit() and not os.path.exists(f"/proc/{pid}"):
            with contextlib.suppress(RuntimeError, ProcessLookupError):  # another test program was faster
                for left in run("ip", "netns", "pids", name).split():
                    os.kill(int(left), signal.SIGKILL)
                run("ip", "netns", "delete", name)


class World:
    def __init__(self, stack):
        self.name = f"{PREFIX}{os.getpid()}-{next(worlds)}"
        self.numbers, self.lock, self.filters = {}, threading.Lock(), itertools.count(1)
        self.router = f"{self.name}-router"
        run("ip", "netns", "add", self.router)
        stack.callback(self._delete, self.router)
        self.stack = stack
        run("ip", "-n", self.router, "link", "set", "lo", "up")
        run("ip", "netns", "exec", self.router, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1")

    def add(self, machine):
        """Makes a machine, or one that was destroyed anew, at the address that it had."""
        number = self.numbers.setdefault(machine, len(self.numbers) + 1)
        namespace = self.namespace(machine)
        run("ip", "netns", "add", namespace)
        self.stack.callback(self._delete, namespace)
        run("ip", "-n", self.router, "-batch", "-", text=f"""
link add {machine} type veth peer name eth0 netns {namespace}
address add 10.9.{number}.1/24 dev {machine}
link set {machine} up
""")
        run("ip", "-n", namespace, "-batch", "-", text=f"""
link set lo up
address add {self.address(machine)}/24 dev eth0
link set eth0 up
route add default via 10.9.{number}.1
""")

    def destroy(self, machine):
        """The machine is gone, with all that its kernel knew. What runs there must have ended."""
        run("ip", "netns", "delete", self.namespace(machine))
        # The kernel takes its time over the cable's end.
        with contextlib.suppress(RuntimeError):
            run("ip", "-n", self.router, "link", "delete", machine)

    @staticmethod
    def _delete(namespace):
        with contextlib.suppress(RuntimeError):  # destroyed before
            run("ip", "netns", "delete", namespace)

    def namespace(self, machine):
        return f"{self.name}-{machine}"

    def address(self, machine):
        return f"10.9.{self.numbers[machine]}.2"

    def router_address(self, machine):
        """The router's address as seen from the machine."""
        return f"10.9.{self.numbers[machine]}.1"

    def prefix(self, machine):
        """What to put before a command for it to run on the machine."""
        return ["ip", "netns", "exec", self.namespace(machine)]

    # Cables

    def unplug(self, machine):
        """The other end of the cable goes: the machine loses its carrier."""
        run("ip", "-n", self.router, "link", "set", machine, "down")

    def plug(self, machine):
        run("ip", "-n", self.router, "link", "set", machine, "up")

    def switch_off(self, machine):
        """The machine's own interface goes down, and its routes with it."""
        run("ip", "-n", self.namespace(machine), "link", "set", "eth0", "down")

    def switch_on(self, machine):
        run("ip", "-n", self.namespace(machine), "-batch", "-", text=f"""
link set eth0 up
route replace default via {self.router_address(machine)}
""")

    # Filters at the router

    def filter(self, name, *rules):
        """A table of rules for what is forwarded, or comes to the router itself. Returns its name."""
        table = f"{name}{next(self.filters)}"
        lines = "\n".join(rules[1:])
        run("ip", "netns", "exec", self.router, "nft", "-f", "-", text=f"""
table ip {table} {{
    counter caught {{ }}
    chain {rules[0]} {{
        type filter hook {rules[0]} priority 0;
        {lines}
    }}
}}
""")
        return table

    def caught(self, table):
        """How many packets the table's rules with `counter name caught` have seen."""
        listing = json.loads(run("ip", "netns", "exec", self.router, "nft", "-j", "list", "counters", "table", "ip",
                                 table))
        return sum(each["counter"]["packets"] for each in listing["nftables"] if "counter" in each)

    def unfilter(self, table):
        run("ip", "netns", "exec", self.router, "nft", "delete", "table", "ip", table)

    # Sockets of this program at the router

    def router_socket(self):
        """A TCP socket in the router's namespace. Another thread than the caller's goes there to make it."""
        made = []

        def make():
            descriptor = os.open(f"/run/netns/{self.router}", os.O_RDONLY)
            try:
                if libc.setns(descriptor, CLONE_NEWNET) == 0:
                    made.append(socket.socket())
            finally:
                os.close(descriptor)
        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        if not made:
            raise RuntimeError("no socket at the router")
        return made[0]
