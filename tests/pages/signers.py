"""A time-stamping authority and a witness, at https://tsa.example/ and https://witness.example/: signers.py CERTIFICATE KEY FOLDER.

FOLDER gets tsa.pem, the authority's certificate, and witness, its public key, before they listen. "ready" is said then.
"""
import http.server
import os
import ssl
import sys
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "verifiers"))
import beacon  # noqa: E402
import maker  # noqa: E402

authority = beacon.Authority()


class Signer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # pylint: disable=invalid-name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/add-checkpoint":  # of C2SP's tlog-witness: "old 0", an empty line, the note
            text = body.split(b"\n\n", 1)[1].split(b"\n\n", 1)[0] + b"\n"
            answer = maker.WITNESS.cosign(text, int(time.time()))
        else:
            answer = authority.answer(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def main():
    certificate, key, folder = sys.argv[1:]
    for name, data in (("tsa.pem", authority.certificate), ("witness", maker.WITNESS.vkey)):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    server = http.server.HTTPServer(("127.0.0.1", 443), Signer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
