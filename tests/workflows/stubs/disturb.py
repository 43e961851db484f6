"""In the middle of a job: have the sandbox's ingress refuse a host, or nobody any more."""

import json
import os
import urllib.request


def main() -> None:
    """Arm a fault, or clear all if no host is given."""
    host = os.environ.get("HARNESS_HOST", "")
    fault = {"part": "ingress", "kind": "reject", "status": 502, "times": 0, "key": host}
    request = urllib.request.Request(
        f"{os.environ['HARNESS_CONTROL']}/faults",
        data=json.dumps(fault).encode() if host else None,
        method="POST" if host else "DELETE",
    )
    urllib.request.urlopen(request, timeout=10).close()


if __name__ == "__main__":
    main()
