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
    def __init__(self, folder, target):
        configuration = pathlib.Path(folder) / "prometheus.yml"
        configuration.write_text(CONFIGURATION % target)
        super().__init__([os.environ["PROMETHEUS_BINARY"], f"--config.file={configuration}",
                          f"--storage.tsdb.path={folder}/tsdb", "--web.listen-address=127.0.0.1:0"],
                         folder)
        self.base = "http://" + self.find(r'msg="Listening on" address=(\S+)')

    def query(self, expression):
        """The instant vector: [(labels, value)]."""
        asked = urllib.parse.urlencode({"query": expression})
        answer = json.loads(get(f"{self.base}/api/v1/query?{asked}"))
        return [(row["metric"], float(row["value"][1])) for row in answer["data"]["result"]]

    def values(self, expression, *labels):
        """{(values of these labels): value}."""
        return {tuple(metric.get(label) for label in labels): value
                for metric, value in self.query(expression)}

    def wait_until_up(self):
        wait_for("Prometheus to be ready", lambda: request(f"{self.base}/-/ready")[0] == 200)
        wait_for("Prometheus to have scraped",
                 lambda: self.values('up{job="opencost"}') == {(): 1.0})
