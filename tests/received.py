"""What comes over a connection, whole."""
import json
import struct


def exactly(connection, count):
    """So many bytes. EOFError when the connection is closed before; it shows those that came."""
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError(f"the connection was closed{f' after {data[:40]!r}' if data else ''}")
        data += more
    return data


def message(connection):
    """What a frame holds."""
    length, = struct.unpack(">I", exactly(connection, 4))
    return json.loads(exactly(connection, length))
