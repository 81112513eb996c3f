"""A TCP proxy at the router that can delay what passes, hand it on in dribbles, swallow it, and cut connections in the
middle of a message. It stands in for netem, and does what netem cannot: confirm bytes and then not pass them on.

How it treats a connection is settled when that is accepted; healing slows and cuts nothing any more, but a connection
whose bytes were swallowed never gets them back.
"""
import random
import selectors
import socket
import struct
import threading
import time

READ_BYTES = 65536
TO_CENTRAL, TO_AGENCY = 0, 1


class Treatment:
    """What happens to a connection's bytes. Delays in seconds; cut_after in bytes of one direction."""

    def __init__(self, delay=0.0, dribble=0, swallow=None, cut_after=None, cut_direction=TO_CENTRAL, reset=False):
        self.delay, self.dribble, self.swallow = delay, dribble, swallow
        self.cut_after, self.cut_direction, self.reset = cut_after, cut_direction, reset


class Pair:
    """One connection through the proxy: what each side has sent and the other has not been given yet."""

    def __init__(self, near, far, treatment):
        self.sockets = near, far
        self.treatment = treatment
        self.waiting = [], []  # of each direction: (when it is due, bytes)
        self.passed = [0, 0]
        self.ended = [False, False]


class Proxy(threading.Thread):
    """Listens at the router for one agency; connections to ports[i] go on to the central's ports[i]."""

    def __init__(self, world, stack, machine, targets, chance):
        super().__init__(daemon=True)
        self.chance = random.Random(chance.random())
        self.world, self.treatment, self.struck = world, Treatment(), 0
        self.selector, self.pairs, self.stopping = selectors.DefaultSelector(), set(), False
        self.lock = threading.Lock()  # between a connection's acceptance and its mending
        self.ports = []
        for target in targets:
            listener = world.router_socket()
            listener.bind((world.router_address(machine), 0))
            listener.listen()
            listener.setblocking(False)
            self.ports.append(listener.getsockname()[1])
            self.selector.register(listener, selectors.EVENT_READ, target)
        stack.callback(self.stop)
        self.start()

    def stop(self):
        self.stopping = True
        self.join()

    def treat(self, treatment):
        """How connections are treated from now on."""
        self.treatment = treatment

    def heal(self):
        with self.lock:
            self.treatment = Treatment()
            for pair in list(self.pairs):
                if pair.treatment.swallow is None:
                    pair.treatment = self.treatment

    def run(self):
        while not self.stopping:
            for key, _ in self.selector.select(0.005):
                if isinstance(key.data, tuple):
                    self._accept(key.fileobj, key.data)
                elif key.data in self.pairs:
                    self._read(key.fileobj, key.data)
            now = time.monotonic()
            for pair in list(self.pairs):
                for direction in (TO_CENTRAL, TO_AGENCY):
                    if pair in self.pairs:
                        self._pass_on(pair, direction, now)
        for pair in list(self.pairs):
            self._close(pair)
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()

    def _accept(self, listener, target):
        near, _ = listener.accept()
        far = self.world.router_socket()
        # The proxy, too, notices that the central is gone, and lets the agency know.
        far.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 2)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 5000)
        far.settimeout(3)
        try:
            far.connect(target)
        except OSError:
            far.close()
            near.close()
            return
        with self.lock:
            pair = Pair(near, far, self.treatment)
            self.pairs.add(pair)
        for each in pair.sockets:
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(each, selectors.EVENT_READ, pair)

    def _read(self, source, pair):
        direction = pair.sockets.index(source)
        if len(pair.waiting[direction]) > 64:
            return  # enough for now: the sender is slowed down
        try:
            data = source.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._close(pair)
            return
        if not data:
            pair.ended[direction] = True
            self.selector.unregister(source)
        elif pair.treatment.swallow == direction:
            self.struck += 1
            return
        due = time.monotonic() + self.chance.random() * pair.treatment.delay
        if pair.waiting[direction]:
            due = max(due, pair.waiting[direction][-1][0])
        pair.waiting[direction].append((due, data))

    def _pass_on(self, pair, direction, now):
        waiting, treatment, target = pair.waiting[direction], pair.treatment, pair.sockets[1 - direction]
        while waiting and waiting[0][0] <= now and pair in self.pairs:
            due, data = waiting.pop(0)
            piece = data[:treatment.dribble] if treatment.dribble else data
            cut = treatment.cut_after is not None and direction == treatment.cut_direction
            if cut:
                piece = piece[:max(0, treatment.cut_after - pair.passed[direction])]
            try:
                sent = target.send(piece) if piece else 0
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    if all(pair.ended) and not any(pair.waiting):
                        self._close(pair)
                    return
            except BlockingIOError:
                sent = 0
            except OSError:
                self._close(pair)
                return
            pair.passed[direction] += sent
            if cut and pair.passed[direction] >= treatment.cut_after:
                self._cut(pair)
                return
            if sent < len(data):
                waiting.insert(0, (due, data[sent:]))
                return

    def _cut(self, pair):
        self.struck += 1
        if pair.treatment.reset:
            for each in pair.sockets:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._close(pair)

    def _close(self, pair):
        self.pairs.discard(pair)
        for each in pair.sockets:
            try:
                self.selector.unregister(each)
            except (KeyError, ValueError):
                pass
            each.close()
