"""1,000 clients that are idle or slow hold their connections while others scrape and ask: who is good is answered."""

import resource
import socket
import statistics
import time
import unittest

from api import PREFIX, Client, Installation
from program import Case
from waiting import PATIENCE

HELD = 1000
ROUNDS = 60
IDLE_SECONDS = 30  # of which docs/http.md speaks
TARGETS = ("/metrics", "/-/healthy", PREFIX + "/cost/namespaces", PREFIX + "/cost/pods?limit=1000",
           PREFIX + "/cost/trends?aggregate=namespace")


class Slow:
    """A connection that keeps a server busy with nothing, in one of four ways."""

    WAYS = ("idle", "header", "body", "reader")

    def __init__(self, address, way, token):
        self.address, self.way, self.token = address, way, token
        self.since = time.monotonic()
        self.socket = socket.create_connection(address, PATIENCE)
        if way == "header":
            self.socket.sendall(b"GET /metrics HTTP/1.1\r\nHost: slow\r\nX-Slow: ")
        elif way == "body":
            self.socket.sendall(b"POST " + PREFIX.encode() + b"/collections HTTP/1.1\r\nHost: slow\r\n"
                                b"Authorization: Bearer " + token.encode() + b"\r\n"
                                b"Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n ")
        elif way == "reader":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            # As often as it takes to fill every buffer in between; of what is not made anew for each.
            self.socket.sendall(b"GET /metrics?collect[]=cost HTTP/1.1\r\nHost: slow\r\n\r\n" * 20)

    def hold(self):
        """A little more, so that nobody takes it for gone. Who says nothing at all is closed in time, and comes again;
        whether that was in time is what is returned."""
        if self.way in ("header", "body"):
            self.socket.sendall(b" ")
        elif not self.open():
            lasted = time.monotonic() - self.since
            self.socket.close()
            self.__init__(self.address, self.way, self.token)
            return lasted >= IDLE_SECONDS - 1
        return True

    def open(self):
        """Whether the other side still holds it. What it has sent stays where it is."""
        self.socket.setblocking(False)
        try:
            return self.socket.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            self.socket.setblocking(True)


class SlowClientsTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = HELD + 500
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise unittest.SkipTest(f"{wanted} open files are wanted, {hard} are allowed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        cls.installation = Installation(cls.folder, cls.started_for_all)

    def latencies(self, between):
        """Milliseconds by target, of one good client that keeps its connection and one that makes a new one."""
        kept = self.installation.client("shop")
        self.addCleanup(kept.close)
        found = {}
        for number in range(ROUNDS):
            between(number)
            for target in TARGETS:
                for fresh in (False, True):
                    client = self.installation.client("shop") if fresh else kept
                    began = time.perf_counter()
                    answer = client.ask(target, Accept_Encoding="gzip")
                    found.setdefault(target, []).append((time.perf_counter() - began) * 1000)
                    self.assertEqual(answer.status, 200, answer)
                    if fresh:
                        client.close()
        return found

    def test_good_clients_are_answered(self):
        host, _, port = self.installation.base.removeprefix("http://").partition(":")
        alone = self.latencies(lambda number: None)
        held = []
        self.addCleanup(lambda: [each.socket.close() for each in held])
        for number in range(HELD):
            way = Slow.WAYS[number % len(Slow.WAYS)]
            held.append(Slow((host, int(port)), way, self.installation.tokens["admin"]))

        def hold(number):
            for each in held[number % 10::10]:
                self.assertTrue(each.hold(), f"{each.way}: closed, though not for long enough idle")

        beside = self.latencies(hold)
        self.assertEqual([each.way for each in held if not each.hold()], [], "closed, though not for long enough idle")
        print(f"\n| milliseconds, of {2 * ROUNDS} | alone: median | 99 % | most "
              f"| beside {HELD} slow ones: median | 99 % | most |\n| --- | --: | --: | --: | --: | --: | --: |")
        for target in TARGETS:
            cells = []
            for times in (alone[target], beside[target]):
                cells += [statistics.median(times), statistics.quantiles(times, n=100)[98], max(times)]
            print(f"| `{target}` | " + " | ".join(f"{cell:.1f}" for cell in cells) + " |")


if __name__ == "__main__":
    unittest.main()
