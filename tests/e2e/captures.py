"""Captures of TCP connections, written without a privilege: a proxy takes down what passes, and says it as packets."""
import socket
import struct
import threading

CLIENT, SERVER = b"\x0a\x00\x00\x01", b"\x0a\x00\x00\x02"
RAW_IP = 101  # the kind of link: packets begin with IP's header


class Capture:
    """What passed between clients and ports of a server, in order."""

    def __init__(self):
        self.lock = threading.Lock()
        self.passed = []  # (client's port, server's port, whether to the server, bytes)
        self.next_client = 40000

    def client(self):
        with self.lock:
            self.next_client += 1
            return self.next_client

    def add(self, client, port, to_server, data):
        with self.lock:
            self.passed.append((client, port, to_server, data))

    def begin(self, client, port):
        """A new connection from this port of the client: its SYN."""
        self.add(client, port, True, b"")

    def bytes_of(self, to_server):
        """All that passed in this direction, connection by connection."""
        found = {}
        for client, port, direction, data in self.passed:
            if direction == to_server:
                found[client, port] = found.get((client, port), b"") + data
        return found

    def pcap(self, segment=1400, snap=65535):
        """The file, in which no segment has more than so many bytes, and of each packet so many are kept."""
        packets, sent = [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, snap, RAW_IP)], {}
        for client, port, to_server, data in self.passed:
            for at in range(0, len(data), segment) if data else [0]:
                packets.append(self._packet(sent, client, port, to_server, data[at:at + segment], snap, len(packets)))
        return b"".join(packets)

    @staticmethod
    def _packet(sent, client, port, to_server, part, snap, number):
        way, back = (client, port, to_server), (client, port, not to_server)
        ports = (client, port) if to_server else (port, client)
        if not part:  # it begins elsewhere than the connection before it has ended
            sent[way], sent[back] = sent.get(way, 0) + 1_000_000, sent.get(back, 0) + 1_000_000
        at, acknowledged, flags = (1 + sent.get(way, 0), 1 + sent.get(back, 0), 0x18) if part else (sent[way], 0, 0x02)
        tcp = struct.pack(">HHIIBBHHH", *ports, at, acknowledged, 5 << 4, flags, 65535, 0, 0)
        sent[way] = sent.get(way, 0) + len(part)
        ends = (CLIENT, SERVER) if to_server else (SERVER, CLIENT)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(part), 0, 0, 64, 6, 0, *ends)
        packet = ip + tcp + part
        kept = packet[:snap]
        return struct.pack("<IIII", 1_795_694_400 + number // 1000, number % 1000 * 1000, len(kept), len(packet)) + kept


class Proxy:
    """Listens for agencies, and passes what comes to a port of the server and back; in the capture its port is `shown`."""

    def __init__(self, story, capture, port, shown):
        self.capture, self.target, self.shown = capture, port, shown
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.story = self.listener.getsockname()[1], story
        story.addCleanup(self.listener.close)
        story.addCleanup(self.listener.shutdown, socket.SHUT_RDWR)  # which ends the wait for agencies
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                agency, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            client = self.capture.client()
            self.story.addCleanup(agency.close)
            self.story.addCleanup(server.close)
            for one, other, to_server in ((agency, server, True), (server, agency, False)):
                threading.Thread(target=self._pass, args=(one, other, client, to_server), daemon=True).start()

    def _pass(self, one, other, client, to_server):
        try:
            while data := one.recv(65536):
                self.capture.add(client, self.shown, to_server, data)  # before the other end can answer it
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass
