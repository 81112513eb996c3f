"""An agency for asyncio: await send_file(), or AsyncAgency.run(). Cancel the task to end it."""
import asyncio
import ssl
from typing import Any, Optional, Set, Union

from . import tls
from .blocking import keep_alive
from .dialogue import Connect, Dialogue, Disconnect, Outcome, Send, Wait, open_bets
from .options import Options
from .sending import Bets

_READ_BYTES = 256 * 1024


class AsyncAgency:
    """As quiniela.Agency. A file is checked in a thread; it is read, and what a signed draw needs is written and checked, between two
    turns of the loop."""

    def __init__(self, options: Options, bets: Union[str, Bets]) -> None:
        self._options, self._bets = options, bets
        self._reader: Optional[asyncio.StreamReader] = None
        self._read: "Optional[asyncio.Task[bytes]]" = None  # of that reader, as long as nothing has come
        self._writer: Optional[asyncio.StreamWriter] = None
        self._until: Optional[float] = None
        self._is_stopped = False
        self._stopped: Optional[asyncio.Event] = None  # made by run(): before Python 3.10 it is of the loop there is when it is made
        self._context: Optional[ssl.SSLContext] = None

    def stop(self) -> None:
        """Makes run() end soon. From the loop's thread, or before run()."""
        self._is_stopped = True
        if self._stopped is not None:
            self._stopped.set()

    async def run(self) -> Outcome:
        """Until the winners are known, or stop() was called, or the task is cancelled. Raises QuinielaError."""
        self._context = tls.make_context(self._options.tls)
        bets = await asyncio.get_running_loop().run_in_executor(None, open_bets, self._options, self._bets)
        try:
            dialogue = Dialogue(self._options, bets)
            try:
                return await self._until_ended(dialogue)
            finally:
                dialogue.stop()
                self._close()
        finally:
            if isinstance(self._bets, str):
                bets.close()

    async def _until_ended(self, dialogue: Dialogue) -> Outcome:
        self._stopped = asyncio.Event()
        if self._is_stopped:
            self._stopped.set()
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            dialogue.start()
            await self._act(dialogue, stopped)
            while not dialogue.ended:
                await self._turn(dialogue, stopped)
                await self._act(dialogue, stopped)
            return dialogue.outcome()
        finally:
            stopped.cancel()

    # Actions

    async def _act(self, dialogue: Dialogue, stopped: "asyncio.Task[Any]") -> None:
        actions = dialogue.actions()
        while actions:
            for action in actions:
                if isinstance(action, Send):
                    if self._writer is not None:
                        self._writer.write(action.data)
                elif isinstance(action, Wait):
                    now = asyncio.get_running_loop().time()
                    self._until = None if action.seconds is None else now + action.seconds
                elif isinstance(action, Disconnect):
                    self._close()
                else:
                    await self._connect(dialogue, action, stopped)
            actions = dialogue.actions()

    def _close(self) -> None:
        if self._writer is not None:
            if self._writer.transport.get_write_buffer_size():
                self._writer.transport.abort()  # what was not sent is not to be sent
            else:
                self._writer.close()
        if self._read is not None:
            self._read.cancel()
        self._reader = self._writer = self._read = None

    async def _connect(self, dialogue: Dialogue, action: Connect, stopped: "asyncio.Task[Any]") -> None:
        self._close()
        attempt = asyncio.ensure_future(asyncio.open_connection(
            action.address.host, action.address.port, ssl=self._context, limit=_READ_BYTES,
            server_hostname=action.address.host if self._context else None))
        try:
            both: "Set[asyncio.Task[Any]]" = {attempt, stopped}
            await asyncio.wait(both, timeout=self._options.connect_timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not attempt.done():
                attempt.cancel()
        try:
            self._reader, self._writer = await attempt
            keep_alive(self._writer.get_extra_info("socket"))
            if self._context is not None:
                tls.check_purpose(self._writer.get_extra_info("ssl_object"))
        except asyncio.CancelledError:
            if not attempt.cancelled():
                raise
            if self._is_stopped:
                dialogue.stop()
            else:
                dialogue.lost("no connection in time")
        except ssl.SSLCertVerificationError as error:
            dialogue.distrusted(tls.say(error))
        except (OSError, UnicodeError) as error:
            dialogue.lost(tls.say(error))
        else:
            dialogue.connected()

    # Waiting

    async def _turn(self, dialogue: Dialogue, stopped: "asyncio.Task[Any]") -> None:
        """Waits for one thing to happen, and tells the dialogue."""
        left = None if self._until is None else max(0.0, self._until - asyncio.get_running_loop().time())
        waits: "Set[asyncio.Task[Any]]" = {stopped}
        if self._reader is not None:
            self._read = self._read or asyncio.ensure_future(self._reader.read(_READ_BYTES))
            waits.add(self._read)
        await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if stopped.done():
            dialogue.stop()
        elif self._read is not None and self._read.done():
            read, self._read = self._read, None
            self._take(dialogue, read)
        elif self._until is not None and asyncio.get_running_loop().time() >= self._until:
            self._until = None
            dialogue.waited()

    @staticmethod
    def _take(dialogue: Dialogue, read: "asyncio.Task[bytes]") -> None:
        try:
            data = read.result()
        except OSError as error:
            if tls.is_refusal(error):
                dialogue.refused(f"the central does not accept this agency's certificate: {tls.say(error)}")
            else:
                dialogue.lost(tls.say(error))
            return
        if data:
            dialogue.received(data)
        else:
            dialogue.lost("the central closed the connection")


async def send_file(path: str, options: Options) -> Outcome:
    """Sends the bets of a CSV file, and waits for the winners."""
    return await AsyncAgency(options, path).run()
