"""The chart, rendered by both Helms."""

import functools
import json
import os
import pathlib
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/opencost-exporter"
BUILD = ROOT / "build/chart"
HELMS = ("4.1.4", "3.17.2")
NEWEST = HELMS[0]
VALUES = sorted(path.name.removesuffix("-values.yaml") for path in (CHART / "ci").glob("*-values.yaml"))
# What a cluster with all operators knows besides Kubernetes itself.
KINDS = ("monitoring.coreos.com/v1", "grafana.integreatly.org/v1beta1", "gateway.networking.k8s.io/v1")
ALL_KINDS = [word for kind in KINDS for word in ("--api-versions", kind)]


def helm(version, *words):
    """What this Helm says to these words, which is not seldom an error."""
    home = BUILD / "helm" / version
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "KUBECONFIG": os.devnull}
    return subprocess.run([home / "helm", *map(str, words)], capture_output=True, text=True, env=environment,
                          check=False)


def helm_or_fail(version, *words):
    done = helm(version, *words)
    if done.returncode:
        raise AssertionError(f"helm {version} {' '.join(map(str, words))}\n{done.stderr}")
    return done.stdout


def values_file(name):
    return CHART / "ci" / f"{name}-values.yaml"


def setting(values):
    """The words that set these values, given by their dotted paths."""
    return [word for path, value in values.items() for word in ("--set-json", f"{path}={json.dumps(value)}")]


def template(version, chart, *words):
    return helm_or_fail(version, "template", "release", chart, "--namespace", "costs", *ALL_KINDS, *words)


@functools.lru_cache(maxsize=None)
def text(name, version=NEWEST, chart=CHART):
    """All that is rendered with ci/<name>-values.yaml."""
    return template(version, chart, "-f", values_file(name))


def parsed(rendered):
    return [thing for thing in yaml.load_all(rendered, Loader=yaml.CSafeLoader) if thing]


@functools.lru_cache(maxsize=None)
def objects(name, version=NEWEST):
    return parsed(text(name, version))


def of_kind(things, kind):
    return [thing for thing in things if thing["kind"] == kind]


def with_values(values, *words, version=NEWEST):
    """The objects with these values and no file."""
    return parsed(template(version, CHART, *words, *setting(values)))


def refusal(values, version=NEWEST, kinds=True):
    """What is said when these values are refused, or None when they are not."""
    done = helm(version, "template", "release", CHART, *(ALL_KINDS if kinds else []), *setting(values))
    return done.stderr if done.returncode else None


def pods(things):
    """(object, pod's metadata, pod's spec) of all that makes a pod."""
    for thing in things:
        if thing["kind"] in ("Deployment", "StatefulSet"):
            template = thing["spec"]["template"]
            yield thing, template["metadata"], template["spec"]
        elif thing["kind"] == "Pod":
            yield thing, thing["metadata"], thing["spec"]


def exporter(things):
    """The same of the exporter itself."""
    return next(found for found in pods(things) if found[0]["kind"] != "Pod")
