"""What a container meets when it looks for OpenCost: a name server, and a server with a certificate."""

import http.server
import pathlib
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
import urllib.error
import urllib.request


class NameServer:
    """Knows these names as 127.0.0.1, without IPv6; all others do not exist."""

    def __init__(self, *names):
        self.names, self.asked = {name.lower() for name in names}, []
        answer = self.answer

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                question, endpoint = self.request
                endpoint.sendto(answer(question), self.client_address)

        self.server = socketserver.UDPServer(("127.0.0.1", 53), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, question):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        name, kind = ".".join(labels).lower(), struct.unpack("!H", question[at + 1:at + 3])[0]
        self.asked.append(name)
        known = name in self.names
        records = [b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton("127.0.0.1")] * (
            known and kind == 1)
        header = question[:2] + struct.pack("!HHHHH", 0x8580 if known else 0x8583, 1, len(records), 0, 0)
        return header + question[12:at + 5] + b"".join(records)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class SecureProxy:
    """`opencost` behind HTTPS, with a certificate for `name` that an authority of its own signed: `ca`."""

    def __init__(self, folder, opencost, name):
        self.ca = pathlib.Path(folder, "ca.crt")
        openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key",
                "-out", "ca.crt", "-days", "2", "-subj", "/CN=Authority of a test")
        openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr",
                "-subj", "/CN=OpenCost")
        pathlib.Path(folder, "names").write_text(f"subjectAltName=DNS:{name}\n")
        openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", "server.crt", "-days", "2", "-extfile", "names")

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                try:
                    with urllib.request.urlopen(opencost + self.path) as answer:
                        status, body = answer.status, answer.read()
                except urllib.error.HTTPError as refusal:
                    status, body = refusal.code, refusal.read()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pathlib.Path(folder, "server.crt"), pathlib.Path(folder, "server.key"))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.handle_error = lambda *_: None  # a client that does not trust us hangs up
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
