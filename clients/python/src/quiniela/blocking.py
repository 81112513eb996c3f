"""An agency that blocks until it has its winners."""
import select
import socket
import ssl
import time
from typing import Optional, Union

from . import tls
from .dialogue import Connect, Dialogue, Disconnect, Outcome, Send, Wait, open_bets
from .options import Address, Options
from .sending import Bets

_READ_BYTES = 256 * 1024


def keep_alive(connection: socket.socket) -> None:
    """So that a machine that has vanished is noticed, however long the draw takes; and small messages leave at once."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 6)):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class Agency:
    """Sends an agency's bets, and waits for its winners: run(), once. stop() may be called from any thread or signal handler.

    `bets`: the path of a CSV file, a BetsFile or a BetsList. Raises BadSetting and BadBets.
    """

    def __init__(self, options: Options, bets: Union[str, Bets]) -> None:
        self._context = tls.make_context(options.tls)
        self._options = options
        self._owned = isinstance(bets, str)
        self._bets = open_bets(options, bets)
        try:
            self._dialogue = Dialogue(options, self._bets)
        except BaseException:
            self._close_bets()
            raise
        self._socket: Optional[socket.socket] = None
        self._out = bytearray()
        self._until: Optional[float] = None
        self._stopped = False
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)

    def _close_bets(self) -> None:
        if self._owned:
            self._bets.close()

    def stop(self) -> None:
        """Makes run() end soon; while it is connecting, within `connect_timeout`. Names are looked up by the system, which may take
        longer."""
        self._stopped = True
        try:
            self._wake_in.send(b"\0")
        except OSError:
            pass  # it is full, or has ended

    def run(self) -> Outcome:
        """Until the winners are known, or stop() was called. Raises QuinielaError when it has failed for good, and what
        `on_event` raises; anything else is tried again, for ever."""
        try:
            self._dialogue.start()
            self._act()
            while not self._dialogue.ended:
                if self._stopped:
                    self._dialogue.stop()
                else:
                    self._turn()
                self._act()
            return self._dialogue.outcome()
        finally:
            self._dialogue.stop()
            self._act()
            self._close_bets()
            self._wake_in.close()
            self._wake_out.close()

    # Actions

    def _act(self) -> None:
        actions = self._dialogue.actions()
        while actions:
            for action in actions:
                if isinstance(action, Send):
                    self._out += action.data
                elif isinstance(action, Wait):
                    self._until = None if action.seconds is None else time.monotonic() + action.seconds
                elif isinstance(action, Disconnect):
                    self._close()
                else:
                    self._connect(action)
            actions = self._dialogue.actions()

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._out.clear()

    def _connect(self, action: Connect) -> None:
        self._close()
        try:
            self._socket = self._made(action.address)
        except ssl.SSLCertVerificationError as error:
            self._dialogue.distrusted(tls.say(error))
        except (OSError, UnicodeError) as error:
            self._dialogue.lost(tls.say(error))
        else:
            self._dialogue.connected()

    def _made(self, address: Address) -> socket.socket:
        connection = socket.create_connection(address, timeout=self._options.connect_timeout)
        try:
            keep_alive(connection)
            if self._context is not None:
                secured = self._context.wrap_socket(connection, server_hostname=address.host)
                connection = secured
                tls.check_purpose(secured)
            connection.setblocking(False)
        except BaseException:
            connection.close()
            raise
        return connection

    # Waiting

    def _turn(self) -> None:
        """Waits for one thing to happen, and tells the dialogue."""
        reads, writes = [self._wake_out], []
        if self._socket is not None:
            reads.append(self._socket)
            writes = [self._socket] if self._out else []
        left = None if self._until is None else max(0.0, self._until - time.monotonic())
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            left = 0.0
        ready = _select(reads, writes, left)
        if self._stopped:
            return
        if self._socket is not None and ready:
            self._exchange(self._socket)
        elif self._until is not None and time.monotonic() >= self._until:
            self._until = None
            self._dialogue.waited()

    def _exchange(self, connection: socket.socket) -> None:
        """Only an error of the connection itself is one of the connection: what the dialogue raises is somebody else's."""
        try:
            data = self._read(connection)
            if data is None and self._out:
                self._write(connection)
        except OSError as error:
            if tls.is_refusal(error):
                self._dialogue.refused(f"the central does not accept this agency's certificate: {tls.say(error)}")
            else:
                self._dialogue.lost(tls.say(error))
            return
        if data:
            self._dialogue.received(data)
        elif data is not None:
            self._dialogue.lost("the central closed the connection")

    @staticmethod
    def _read(connection: socket.socket) -> Optional[bytes]:
        """None when nothing has come."""
        try:
            return connection.recv(_READ_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None

    def _write(self, connection: socket.socket) -> None:
        try:
            with memoryview(self._out) as view:
                sent = connection.send(view[:_READ_BYTES])
            del self._out[:sent]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass


def _select(reads: "list[socket.socket]", writes: "list[socket.socket]", seconds: Optional[float]) -> bool:
    """Whether anything is ready; by poll where there is one, as descriptors may be above 1023."""
    if not hasattr(select, "poll"):
        found = select.select(reads, writes, [], seconds)
        return bool(found[0] or found[1])
    poll = select.poll()
    for each in reads:
        poll.register(each, select.POLLIN | (select.POLLOUT if each in writes else 0))
    return bool(poll.poll(None if seconds is None else int(seconds * 1000) + 1 if seconds else 0))


def send_file(path: str, options: Options) -> Outcome:
    """Sends the bets of a CSV file, and waits for the winners."""
    return Agency(options, path).run()
