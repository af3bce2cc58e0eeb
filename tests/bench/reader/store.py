"""A real Prometheus on a back-filled history, asked through its HTTP API."""

import json
import multiprocessing
import pathlib
import re
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ProcessPoolExecutor

import pages

# The longest block that a Prometheus which keeps 30 days makes: 2 h * 3^n within a tenth of the time kept.
BLOCK_HOURS = 54


class Refused(Exception):
    """Prometheus answered a query with an error."""


history = None  # of a process that fills: what fill() was given


def begin(*given):
    global history
    history = given


def fill_block(span):
    """Writes the hours of one block as OpenMetrics and has promtool make the block of it."""
    folder, cluster, month_to_date, interval, incidents = history
    first, last = span
    text, blocks = folder / f"{first}.om", folder / f"{first}"
    with open(text, "w", encoding="ascii") as file:
        pages.write(cluster, month_to_date, pages.Page(file, first, last, interval), incidents)
        file.write("# EOF\n")
    subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", "-q",
                    f"--max-block-duration={BLOCK_HOURS}h", text, blocks],
                   check=True, stdout=subprocess.DEVNULL)
    text.unlink()
    for block in blocks.iterdir():
        block.rename(folder / "tsdb" / block.name)


def fill(folder, cluster, month_to_date, interval, incidents):
    """The whole history; the blocks begin where Prometheus' own would, so that it has nothing to compact."""
    (folder / "tsdb").mkdir()
    start = pages.START // 3600
    edges = [edge - start for edge in range(start - start % BLOCK_HOURS, start + cluster.hours, BLOCK_HOURS)]
    spans = [(max(edge, 0), min(edge + BLOCK_HOURS, cluster.hours)) for edge in edges]
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork"), begin,
                             (folder, cluster, month_to_date, interval, incidents)) as pool:
        list(pool.map(fill_block, spans))


class Prometheus:
    """Looks back a second less than an interval, so that a series ends at the scrape it is missing from."""

    def __init__(self, folder, interval):
        (folder / "prometheus.yml").write_text("")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb",
             "--storage.tsdb.retention.time=100y", f"--storage.tsdb.max-block-duration={BLOCK_HOURS}h",
             f"--query.lookback-delta={interval - 1}s", "--web.listen-address=127.0.0.1:0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        log = []
        for line in self.process.stderr:
            log.append(line)
            if found := re.search(r'msg="Listening on" address=(\S+)', line):
                self.base = f"http://{found.group(1)}/api/v1"
            if "Server is ready to receive web requests" in line:
                break
        else:
            raise RuntimeError("Prometheus did not start:\n" + "".join(log[-5:]))
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def cpu_seconds(self):
        """Of all its threads since its start; other work on the machine does not count in it."""
        return time.clock_gettime((~self.process.pid << 3) | 2)  # the process clock, clock_getcpuclockid(3)

    def ask(self, expression, moment, span=0, step=0):
        """(answer, statistics) at `moment`, or of the `span` that ends there; raises Refused.

        The answer is {labels: {time: value}}, labels as a frozenset of pairs.
        """
        asked = {"query": expression, "stats": "all"}
        asked |= {"start": moment - span, "end": moment, "step": step} if span else {"time": moment}
        data = urllib.parse.urlencode(asked).encode()
        try:
            with urllib.request.urlopen(f"{self.base}/query{'_range' if span else ''}", data) as answer:
                data = json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise Refused(json.load(error)["error"]) from None
        series = {frozenset((label, value) for label, value in row["metric"].items() if label != "__name__"):
                  {float(at): float(value) for at, value in row.get("values") or [row["value"]]}
                  for row in data["result"]}
        return series, data["stats"]


def version():
    said = subprocess.run(["prometheus", "--version"], capture_output=True, text=True, check=True)
    return re.search(r"version (\S+)", said.stdout + said.stderr).group(1)


def size(folder):
    """Bytes of all blocks."""
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())
