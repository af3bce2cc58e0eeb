"""Runs the benchmarks and prints their ratios as Markdown. Standard library only."""

import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bench"
QUICK = "--quick" in sys.argv[1:]
SIZES = [1_000, 10_000] if QUICK else [1_000, 10_000, 100_000]


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{model.group(1) if model else platform.processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def path_times():
    """CPU milliseconds of each benchmark, by (name, size), and what it counted."""
    out = subprocess.run(
        [BUILD / "tests/bench/bench_path", "--benchmark_format=json",
         f"--benchmark_min_time={0.05 if QUICK else 1}",
         "--benchmark_filter=/(" + "|".join(map(str, SIZES)) + ")$"],
        check=True, capture_output=True, text=True).stdout
    times = {}
    for row in json.loads(out)["benchmarks"]:
        name, size = row["name"].rsplit("/", 1)
        times[name, int(size)] = row
    return times


def gigabytes(row):
    return row["bytes_per_second"] / 1e9


def print_path(times):
    print("### Decoding\n")
    print("GB/s of answer on one core; in brackets what `decode` reaches of it.\n")
    print("| pods | `decode` | structural pass, new parser | structural pass, parser kept warm |")
    print("| --- | --- | --- | --- |")
    for size in SIZES:
        ours = gigabytes(times["decode", size])
        cells = []
        for name in ("structural_pass_fresh", "structural_pass_reused"):
            theirs = gigabytes(times[name, size])
            cells.append(f"{theirs:.2f} ({ours / theirs:.2f})")
        print(f"| {size:,} | {ours:.2f} | {cells[0]} | {cells[1]} |")
    print("\n### Rendering\n")
    print("CPU time for the same series. `render` is families, text and deflate; without the deflate it")
    print("does what prometheus-cpp's Registry and TextSerializer do, which is what the ratio compares.\n")
    print("| pods | series | `render` | without deflate | prometheus-cpp 1.0.1 | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for size in SIZES:
        ours, theirs = times["render", size], times["render_prometheus_cpp", size]
        text = ours["cpu_time"] - times["deflate", size]["cpu_time"]
        print(f"| {size:,} | {ours['series']:,.0f} | {ours['cpu_time']:.1f} ms | {text:.1f} ms | "
              f"{theirs['cpu_time']:.0f} ms | {theirs['cpu_time'] / text:.0f}x |")
    print("\n### Answer to page\n")
    print("`derive` is tenants, efficiency, what is remembered of workloads, and savings; `all` renders their")
    print("families, too.\n")
    print("| pods | decode | roll up | derive | render | all, CPU |")
    print("| --- | --- | --- | --- | --- | --- |")
    for size in SIZES:
        cells = [f"{times[name, size]['cpu_time']:.1f} ms"
                 for name in ("decode", "roll_up", "derive", "render", "answer_to_page")]
        print(f"| {size:,} | " + " | ".join(cells) + " |")
    if ("render_folded", 100_000) in times:
        folded = times["render_folded", 100_000]
        print(f"\n100,000 pods folded into {folded['series']:,.0f} series: "
              f"{folded['cpu_time']:.1f} ms a page.")


def print_memory(folder):
    print("\n### Peak memory\n")
    print("Resident memory of a process that publishes the answer three times.\n")
    print("| pods | series | answer MB | text MB | deflated MB | peak MB | peak / answer |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size in SIZES:
        answer = folder / f"{size}.json"
        program = BUILD / "tests/bench/bench_memory"
        subprocess.run([program, "write", str(size), answer], check=True)
        row = subprocess.run([program, "read", answer], check=True, capture_output=True, text=True).stdout
        print(f"| {size:,} {row.strip()}", flush=True)
        answer.unlink()


def print_requests():
    print("\n### What OpenCost is asked\n")
    print("A day of the default schedule, one source, nothing failing: the mean of "
          f"{7 if QUICK else 30} days.\n")
    print(subprocess.run([BUILD / "tests/bench/bench_requests", "7" if QUICK else "30"], check=True,
                         capture_output=True, text=True).stdout, end="", flush=True)


def print_ledger():
    print("\n### The ledger\n")
    print("31 days of as many workloads each, in a file; opening includes SQLite's check of all pages.\n")
    print("| workloads | write a day | file | open | add up the month |")
    print("| --- | --- | --- | --- | --- |")
    for workloads in [200, 2_000] if QUICK else [200, 2_000, 20_000]:
        with tempfile.TemporaryDirectory(prefix="exporter-bench-") as folder:
            print(subprocess.run([BUILD / "tests/bench/bench_ledger", str(workloads), folder], check=True,
                                 capture_output=True, text=True).stdout, end="", flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=60) as answer:
        return answer.read()


def wait_for(url, ready):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if ready(get(url)):
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"{url} did not become ready")


def cpu_seconds(pids):
    ticks = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def children(pid):
    return [int(child) for child in
            pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def load(url, pids, gzip):
    """Requests a second, and CPU microseconds of the server a request."""
    command = ["wrk", "-t1", "-c8", "--timeout=60s", f"-d{1 if QUICK else 5}s"]
    if gzip:
        command += ["-H", "Accept-Encoding: gzip"]
    before = cpu_seconds(pids)
    out = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    spent = cpu_seconds(pids) - before
    requests = int(re.search(r"(\d+) requests in", out).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit(out)
    return rate, spent / requests * 1e6


NGINX = """
daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=10;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port}; root {folder}/root;
    default_type "text/plain; version=0.0.4; charset=utf-8";
    location /gzip {{ add_header Content-Encoding gzip; }}
  }}
}}
"""


def print_scrapes(folder):
    print("\n### Scraping\n")
    print("wrk with 8 connections on the same machine; nginx serves the same bytes from a file.\n")
    print("| page | bytes | ours: scrapes/s | nginx | ours: CPU/scrape | nginx |")
    print("| --- | --- | --- | --- | --- | --- |")
    (folder / "root").mkdir()
    nginx_port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=nginx_port))
    exporter_port = free_port()
    base = f"http://127.0.0.1:{exporter_port}/metrics?collect[]=cost"
    for pods in SIZES[:-1] if QUICK else SIZES:
        exporter = subprocess.Popen(
            [BUILD / "exporter/opencost-exporter", "demo", f"--pods={pods}",
             f"--nodes={max(6, pods // 30)}", f"--web.listen-address=127.0.0.1:{exporter_port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENCOST_EXPORTER_LEDGER_BACKFILL_DAYS": "0"})
        nginx = None
        try:
            wait_for(base, lambda page: b"opencost_cluster_cost_today" in page)
            (folder / "root/text").write_bytes(get(base))
            (folder / "root/gzip").write_bytes(get(base, {"Accept-Encoding": "gzip"}))
            if os.geteuid() == 0:
                subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
            nginx = subprocess.Popen(["nginx", "-c", configuration, "-p", folder])
            wait_for(f"http://127.0.0.1:{nginx_port}/text", lambda page: len(page) > 0)
            for name in ("gzip", "text"):
                size = (folder / "root" / name).stat().st_size
                theirs = load(f"http://127.0.0.1:{nginx_port}/{name}", children(nginx.pid), False)
                ours = load(base, [exporter.pid], name == "gzip")
                print(f"| {pods:,} pods, {name} | {size:,} | {ours[0]:,.0f} | {theirs[0]:,.0f} "
                      f"({theirs[0] / ours[0]:.2f}x) | {ours[1]:,.0f} us | {theirs[1]:,.0f} us |", flush=True)
        finally:
            for process in (nginx, exporter):
                if process is not None:
                    process.send_signal(signal.SIGTERM)
                    process.wait(timeout=20)


def main():
    print(f"Machine: {machine()}.\n")
    print_path(path_times())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="exporter-bench-"))
    try:
        print_memory(folder)
        print_requests()
        print_ledger()
        if shutil.which("nginx") and shutil.which("wrk"):
            print_scrapes(folder)
        else:
            print("\nNo scrape table: nginx and wrk are not both installed.")
    finally:
        shutil.rmtree(folder)


main()
