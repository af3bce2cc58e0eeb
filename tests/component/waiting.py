"""Waiting for facts. The only place in the tests of the whole program where time is let pass."""

import time

# Long, because a machine may be busy or a sanitizer slow; a fact that comes is not waited for.
PATIENCE = 30.0


def wait_for(what, fact, seconds=PATIENCE):
    """The first true value of fact(); an OSError counts as not yet. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        try:
            value = fact()
            if value:
                return value
        except OSError as error:
            last = error
        time.sleep(0.01)
    raise AssertionError(f"waited {seconds:g} s for {what}" + (f"; last: {last}" if last else ""))
