"""The past of a stage: what `backfill` asks for, held for an hour, as gauges are, and made into blocks."""

import os
import pathlib
import re
import subprocess
import time

from program import EXPORTER

MINUTE, HOUR, DAY = 60, 3600, 86400
# Prometheus looks back this far for a sample, so a figure that holds must be there that often.
LOOKBACK = 5 * MINUTE
LONG = 120
SAMPLE = re.compile(r"(\S.*) (\S+) (\d+)\n")


def moment(timestamp):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(timestamp))


def run(command, environment=None):
    said = subprocess.run(command, capture_output=True, text=True, timeout=LONG, check=False,
                          env={**os.environ, **(environment or {})})
    if said.returncode:
        raise AssertionError(f"{command[:3]} ended with {said.returncode}:\n{said.stdout}{said.stderr}")


def held(lines, now, spans):
    """The samples, each again every five minutes of the hour after it that lie in one of the spans.

    The live exporter shows a figure until it has the next one; `backfill` writes it once. Between two hourly
    samples an instant query finds nothing, and `offset 1d` is one.
    """
    for line in lines:
        match = SAMPLE.fullmatch(line)
        if not match:
            yield line
            continue
        series, value, at = match[1], match[2], int(match[3])
        yield line
        for again in range(at + LOOKBACK, min(at + HOUR, now), LOOKBACK):
            if any(begin <= again <= end for begin, end in spans):
                yield f"{series} {value} {again}\n"


def write(folder, configuration, labels, days, spans):
    """Blocks in folder/tsdb of so many days up to the last settled hour.

    `labels` are those of the live scrape. Within `spans`, each (begin, end) in seconds ago, there is a sample
    every five minutes, elsewhere every hour.
    """
    folder = pathlib.Path(folder)
    now = int(time.time())
    # The last whole hour that has settled for ten minutes, and one more to be safe.
    end = (now - 11 * MINUTE) // HOUR * HOUR
    raw, whole = folder / "history.om", folder / "held.om"
    run([EXPORTER, "backfill", f"--config.file={configuration}", "--from", moment(end - days * DAY),
         "--to", moment(end), "--step=1h", f"--output={raw}",
         *(f"--label={name}={value}" for name, value in labels.items())])
    spans = [(now - begin, now - end) for begin, end in spans]
    with raw.open() as lines, whole.open("w") as output:
        output.writelines(held(lines, now, spans))
    # Few and long blocks: promtool reads the whole file once for each of them.
    run([os.environ["PROMTOOL_BINARY"], "tsdb", "create-blocks-from", "openmetrics", "--quiet",
         "--max-block-duration=1000h", str(whole), str(folder / "tsdb")])
    raw.unlink()
    whole.unlink()
