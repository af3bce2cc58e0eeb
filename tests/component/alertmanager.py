"""A real Alertmanager with the routes and inhibitions of the example, and the webhook it sends to."""

import http.server
import json
import os
import pathlib
import threading

import yaml

from program import Program, get, request
from waiting import wait_for


class Webhook:
    """Keeps every message: [(receiver, alert)], in the order of arrival."""

    def __init__(self):
        received = self.received = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # the name is http.server's
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                received.extend((self.path.strip("/"), alert) for alert in message["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def wait_for(self, name, status="firing", after=0, **labels):
        """The first (receiver, alert) of this name, status and labels of those that came after so many."""
        wanted = {"alertname": name, **labels}.items()

        def look():
            return next(((receiver, alert) for receiver, alert in self.received[after:]
                         if alert["status"] == status and wanted <= alert["labels"].items()), None)
        return wait_for(f"{name} {status} {labels or ''}", look)


def configuration(example, webhook):
    """The example with its routes and inhibitions; each receiver is the webhook, and nothing waits long."""
    told = yaml.safe_load(pathlib.Path(example).read_text())
    del told["templates"]
    for receiver in told["receivers"]:
        resolved = receiver["webhook_configs"][0].get("send_resolved", True)
        name = receiver["name"]
        receiver.clear()
        receiver.update(name=name, webhook_configs=[{"url": f"{webhook}/{name}", "send_resolved": resolved}])

    def hasten(route):
        route.update({key: "1s" for key in ("group_wait", "group_interval")
                      if key in route or route is told["route"]})
        for inner in route.get("routes", []):
            hasten(inner)
    hasten(told["route"])
    return yaml.safe_dump(told)


class Alertmanager(Program):
    def __init__(self, folder, example, webhook):
        file = pathlib.Path(folder) / "alertmanager.yml"
        file.write_text(configuration(example, webhook))
        super().__init__([os.environ["ALERTMANAGER_BINARY"], f"--config.file={file}",
                          f"--storage.path={folder}/alertmanager", "--web.listen-address=127.0.0.1:0",
                          "--cluster.listen-address="], folder)
        self.address = self.find(r'msg="Listening on" address=(\S+)')
        wait_for("Alertmanager to be ready", lambda: request(f"http://{self.address}/-/ready")[0] == 200)

    def alerts(self, **labels):
        """The alerts with these labels that have not ended."""
        return [alert for alert in json.loads(get(f"http://{self.address}/api/v2/alerts"))
                if labels.items() <= alert["labels"].items()]
