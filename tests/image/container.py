"""The image as a container runtime would start it: its entry point and its user, a read-only root, PID 1."""

import json
import os
import pathlib
import shlex
import signal
import subprocess

from program import Program
from waiting import PATIENCE

WORK = pathlib.Path(os.environ["IMAGE_WORK"])
ROOT = WORK / "root"
IMAGE = json.loads((WORK / "image.json").read_text())
SETTINGS = IMAGE["Docker"]["config"]

START = """
set -e
mount --bind {root} {root}
{mounts}
mount -t proc proc {root}/proc
mount -o remount,bind,ro {root}
exec env -i {environment} $(command -v chroot) --userspec={user} {root} {command}
"""


def command(*arguments, mounts=(), environment=()):
    """The command line of a container; `mounts` are (file or folder, path inside, "rw" or "ro")."""
    lines = []
    for source, inside, mode in mounts:
        target = shlex.quote(f"{ROOT}{inside}")
        lines.append(f"mount --bind {shlex.quote(str(source))} {target}")
        lines.append(f"mount -o remount,bind,{mode} {target}")
    script = START.format(root=ROOT, mounts="\n".join(lines), user=SETTINGS["User"],
                          environment=" ".join(shlex.quote(f"{name}={value}") for name, value in environment),
                          command=shlex.join([*SETTINGS["Entrypoint"], *arguments]))
    return ["unshare", "--mount", "--pid", "--fork", "sh", "-c", script]


def prepare():
    """The mount points a runtime makes."""
    for folder in ("proc", "config", "ledger"):
        (ROOT / folder).mkdir(exist_ok=True)
    for file in ("etc/hosts", "etc/resolv.conf"):
        (ROOT / file).touch()


class Container(Program):
    def __init__(self, folder, *arguments, **settings):
        super().__init__(command(*arguments, **settings), folder)

    @property
    def pid(self):
        """Of the exporter, as it is called outside."""
        unshare = self.process.pid
        return int(pathlib.Path(f"/proc/{unshare}/task/{unshare}/children").read_text())

    def signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        # unshare would not take it along: to change the user is to forget whose child one is.
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
        self.process.wait()


def run(*arguments, **settings):
    """(exit code, what it printed) of a container that ends by itself."""
    said = subprocess.run(command(*arguments, **settings), text=True, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE)
    return said.returncode, said.stdout
