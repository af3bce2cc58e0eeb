"""Whether two answers of Prometheus say the same."""

# Names that the two sides have for one thing.
SAME = {"controller": "workload", "controller_kind": "workload_type"}
# A millionth of a value; beside it only what differences of equals leave in the last digits.
TOLERANCE, DUST = 1e-6, 1e-12


def disagreement(theirs, ours):
    """How the answers differ, the first that is found; empty if they agree to one millionth."""
    if not theirs:
        return "the join answers nothing"
    named = {frozenset((SAME.get(label, label), value) for label, value in labels): points
             for labels, points in ours.items()}
    if theirs.keys() != named.keys():
        labels = min(theirs.keys() ^ named.keys(), key=sorted)
        return f"only {'the join' if labels in theirs else 'the gauge'} has {dict(labels)}"
    for labels, points in theirs.items():
        if points.keys() != named[labels].keys():
            at = min(points.keys() ^ named[labels].keys())
            return f"only {'the join' if at in points else 'the gauge'} has {dict(labels)} at {at:.0f}"
        for at, value in points.items():
            other = named[labels][at]
            if not abs(value - other) <= TOLERANCE * abs(value) + DUST:
                return f"{dict(labels)} at {at:.0f}: join {value!r}, gauge {other!r}"
    return ""
