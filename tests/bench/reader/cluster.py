"""A made-up cluster that changes as real ones do, and its bill by the hour. The same seed, the same cluster.

Everything happens on the hour: pods start and end, usage changes. Deployments and stateful sets are rolled
out every few days, nodes are replaced and their pods move, cron jobs have a pod a run.
"""

import random
from array import array
from dataclasses import dataclass, field

GIB = 1024 ** 3
RESOURCES = ("cpu", "memory", "storage")
# name, cores, GiB, per core-hour, per GiB-hour, spot
INSTANCE_TYPES = [
    ("m6i.4xlarge", 16, 64, 0.0316, 0.00424, False),
    ("m6i.8xlarge", 32, 128, 0.0316, 0.00424, False),
    ("r6i.4xlarge", 16, 128, 0.0298, 0.00389, False),
    ("m6a.4xlarge", 16, 64, 0.0112, 0.00151, True),
]
VOLUME_PRICE = 0.000137  # per GiB-hour
# Usage beyond the request by the hour of the week, as a factor; None is a container that stays within it.
WAVES = [None, None,
         [1.4 if day < 5 and 8 <= hour < 19 else 1.0 for day in range(7) for hour in range(24)],
         [1.25 if 1 <= hour < 5 else 1.0 for day in range(7) for hour in range(24)],
         [1.0 + 0.02 * ((7 * hour + 3 * day) % 11) for day in range(7) for hour in range(24)]]
HEX = "0123456789abcdef"
LETTERS = "bcdfghjklmnpqrstvwxz2456789"


@dataclass
class Node:
    name: str
    instance_type: str
    spot: bool
    cores: int
    gibibytes: int
    core_price: float
    gibibyte_price: float
    zone: str
    machine: str
    uid: str
    born: int
    gone: int

    def price(self):
        return self.cores * self.core_price + self.gibibytes * self.gibibyte_price


@dataclass
class Volume:
    name: str
    claim: str
    machine: str
    uid: str
    size: int

    def price(self):
        return self.size * (VOLUME_PRICE / GIB)


@dataclass
class Container:
    name: str
    cores: float
    memory: int
    wave: list

    def cores_at(self, hour):
        return self.cores if self.wave is None else round(self.cores * self.wave[hour % 168], 4)

    def memory_at(self, hour):
        return self.memory if self.wave is None else int(self.memory * self.wave[hour % 168])


@dataclass
class Workload:
    namespace: str
    kind: str
    name: str
    containers: list
    cost: dict = field(default_factory=dict)


@dataclass
class Pod:
    workload: Workload
    name: str
    uid: str
    node: Node
    volume: Volume
    born: int
    gone: int
    cost: dict = field(default_factory=dict)


class Cluster:
    """Nodes, volumes and pods of so many hours; `cost` of pods, workloads and namespaces by hour."""

    def __init__(self, seed, containers, hours):
        self.random = random.Random(seed)
        self.hours = hours
        self.volumes, self.pods, self.workloads = [], [], []
        self.slots = [self.machines(slot) for slot in range(max(5, containers // 60))]
        self.nodes = [node for slot in self.slots for node in slot]
        self.namespaces = ["kube-system", "monitoring"]
        self.namespaces += [f"team-{number:02}" for number in range(max(6, containers // 80))]
        self.populate(containers)
        self.add_up()

    def word(self, length, letters=LETTERS):
        return "".join(self.random.choices(letters, k=length))

    def uid(self):
        return "-".join(self.word(length, HEX) for length in (8, 4, 4, 4, 12))

    def machines(self, slot):
        """The nodes that follow one another in a place; each lives one to five weeks."""
        nodes, hour = [], -self.random.randrange(300)
        kind = INSTANCE_TYPES[slot % len(INSTANCE_TYPES)]
        name, cores, gibibytes, core_price, gibibyte_price, spot = kind
        while hour < self.hours:
            gone = hour + self.random.randrange(168, 840)
            address = f"ip-10-{slot}-{self.random.randrange(256)}-{len(nodes) + 4}"
            nodes.append(Node(f"{address}.eu-west-1.compute.internal", name, spot, cores, gibibytes,
                              core_price, gibibyte_price,
                              f"eu-west-1{'abc'[slot % 3]}", "i-0" + self.word(16, HEX), self.uid(),
                              max(hour, 0), min(gone, self.hours)))
            hour = gone
        return [node for node in nodes if node.gone > node.born]

    def populate(self, containers):
        for number, sidecars in enumerate((0, 1, 1)):
            self.deploy(self.namespaces[number % 2], "daemonset", f"agent-{number}", sidecars, self.slots)
            containers -= len(self.slots) * (1 + sidecars)
        for number in range(max(2, containers // 150)):
            namespace = self.random.choice(self.namespaces[2:])
            self.deploy(namespace, "job", f"report-{number}", 0, [None])
            containers -= number % 2
        weights = [1 / (1 + rank) ** 0.5 for rank in range(len(self.namespaces) - 2)]
        while containers > 0:
            namespace = self.random.choices(self.namespaces[2:], weights)[0]
            kind = "statefulset" if self.random.random() < 0.15 else "deployment"
            sidecars = int(self.random.random() < 0.45)
            replicas = min(self.random.choice((1, 2, 2, 3, 3, 4, 6, 8)), max(1, containers // (1 + sidecars)))
            self.deploy(namespace, kind, f"{kind[:5]}-{len(self.workloads)}", sidecars, [None] * replicas)
            containers -= replicas * (1 + sidecars)

    def deploy(self, namespace, kind, name, sidecars, places):
        draw = self.random
        main = Container("app", draw.choice((0.05, 0.1, 0.1, 0.2, 0.25, 0.5)),
                         draw.choice((128, 256, 256, 512, 1024, 2048)) * 1024 ** 2, draw.choice(WAVES))
        workload = Workload(namespace, kind, name,
                            [main, Container("proxy", 0.02, 64 * 1024 ** 2, None)][:1 + sidecars])
        self.workloads.append(workload)
        if kind == "job":
            often = int(name.rsplit("-", 1)[1]) % 2 == 1
            for hour in range(0 if often else 2, self.hours, 1 if often else 24):
                run = f"{name}-{29145600 + 60 * hour}-{self.word(5)}"
                self.start(workload, run, None, None, hour, hour + 1)
            return
        rollouts, hour = [], -draw.randrange(100)
        while hour < self.hours:
            hour += draw.randrange(40, 170)
            rollouts.append(hour)
        for ordinal, place in enumerate(places):
            volume = self.claim(name, ordinal) if kind == "statefulset" else None
            hour = 0
            while hour < self.hours:
                end = next(rollout for rollout in rollouts if rollout > hour)
                version = f"{rollouts.index(end) + 0x7d4cf4f75:x}"
                pod = {"deployment": f"{name}-{version}-{self.word(5)}", "statefulset": f"{name}-{ordinal}",
                       "daemonset": f"{name}-{self.word(5)}"}[kind]
                hour = self.start(workload, pod, volume, place, hour, end)

    def claim(self, name, ordinal):
        uid = self.uid()
        volume = Volume(f"pvc-{uid}", f"data-{name}-{ordinal}", "vol-0" + self.word(16, HEX), uid,
                        self.random.choice((20, 50, 100, 500)) * GIB)
        self.volumes.append(volume)
        return volume

    def start(self, workload, name, volume, place, hour, end):
        """A pod, for as long as its node is there; the hour it ends."""
        place = place or self.random.choice(self.slots)
        node = next(node for node in place if node.born <= hour < node.gone)
        end = min(end, node.gone, self.hours)
        self.pods.append(Pod(workload, name, self.uid(), node, volume, hour, end))
        return end

    def add_up(self):
        """The bill: a pod's is by its own hours, the others' by the cluster's."""
        self.cost = {name: {resource: array("d", bytes(8 * self.hours)) for resource in RESOURCES}
                     for name in self.namespaces}
        for workload in self.workloads:
            workload.cost = {resource: array("d", bytes(8 * self.hours)) for resource in RESOURCES}
        for pod in self.pods:
            hours, node, containers = range(pod.born, pod.gone), pod.node, pod.workload.containers
            pod.cost["cpu"] = array("d", (sum(each.cores_at(hour) for each in containers) * node.core_price
                                          for hour in hours))
            pod.cost["memory"] = array("d", (sum(each.memory_at(hour) for each in containers)
                                             * (node.gibibyte_price / GIB) for hour in hours))
            if pod.volume:
                pod.cost["storage"] = array("d", [pod.volume.price()]) * len(hours)
            for resource, costs in pod.cost.items():
                whole, part = self.cost[pod.workload.namespace][resource], pod.workload.cost[resource]
                for hour, cost in zip(hours, costs):
                    whole[hour] += cost
                    part[hour] += cost

    def alive(self, things, hour):
        return [thing for thing in things if thing.born <= hour < thing.gone]
