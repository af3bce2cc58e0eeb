"""A real Prometheus that scrapes one exporter, asked through its HTTP API."""

import json
import os
import pathlib
import urllib.parse

from program import Program, get, request
from waiting import wait_for

CONFIGURATION = """
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: opencost
    honor_labels: true
    static_configs: [{targets: ["%s"]}]
"""


class Prometheus(Program):
    """It scrapes `target`, unless a `configuration` of its own says otherwise."""

    def __init__(self, folder, target="", *flags, configuration=None):
        file = pathlib.Path(folder) / "prometheus.yml"
        file.write_text(configuration or CONFIGURATION % target)
        super().__init__([os.environ["PROMETHEUS_BINARY"], f"--config.file={file}",
                          f"--storage.tsdb.path={folder}/tsdb", "--web.listen-address=127.0.0.1:0", *flags],
                         folder)
        self.base = "http://" + self.find(r'msg="Listening on" address=(\S+)')

    def fetch(self, path, **parameters):
        """The data of an answer of its API; a refusal is an AssertionError that quotes it."""
        asked = urllib.parse.urlencode(parameters, doseq=True)
        return json.loads(get(f"{self.base}/api/v1/{path}?{asked}"))["data"]

    def query(self, expression, **parameters):
        """The instant vector: [(labels, value)]."""
        return [(row["metric"], float(row["value"][1]))
                for row in self.fetch("query", query=expression, **parameters)["result"]]

    def values(self, expression, *labels):
        """{(values of these labels): value}."""
        return {tuple(metric.get(label) for label in labels): value
                for metric, value in self.query(expression)}

    def wait_until_ready(self):
        wait_for("Prometheus to be ready", lambda: request(f"{self.base}/-/ready")[0] == 200)

    def wait_until_up(self):
        self.wait_until_ready()
        wait_for("Prometheus to have scraped",
                 lambda: self.values('up{job="opencost"}') == {(): 1.0})
