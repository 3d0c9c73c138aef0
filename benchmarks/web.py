"""Requests a second for the desk's pages and for signed webhooks, beside a bare FastAPI route."""

import hashlib
import hmac
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from benchmarks.case import run_all, service_runs
from benchmarks.client import request, send_all
from benchmarks.measuring import Scale, Table, milliseconds, per_second, ratio
from benchmarks.place import (
    FOLDER,
    LOGIN,
    LOGIN_PASSWORD,
    SECRET_ENV,
    SECRETS,
    Place,
    fill,
    free_port,
    place,
    stop,
    wait_for_web,
)

CONNECTIONS = 4
LISTED = 60


def web(scale: Scale) -> Sequence[Table]:
    """Ask for pages and post webhooks."""
    with place() as here:
        with here.program() as program:
            merchant_id = fill(program, range(LISTED))
            runs = service_runs(program.intake, merchant_id, range(LISTED), edition=0)
            run_all(program.worker, runs[:5])
            shown = program.store.run(runs[0]).case_id
        with bare_server() as bare_port, here.process("serve"):
            wait_for_web(here.web)
            kinds = _kinds(here, bare_port, shown, scale)
            spent: dict[str, list[float]] = {name: [] for name in kinds}
            for name, (port, requests) in kinds.items():  # webhooks last: each makes the list of cases longer
                share = len(requests) // scale.rounds
                for start in range(0, share * scale.rounds, share):
                    spent[name].append(send_all(port, requests[start : start + share], CONNECTIONS) / share)
    medians = {name: statistics.median(times) for name, times in spent.items()}
    floor = next(iter(medians.values()))
    return [
        Table(
            title="web",
            headings=("request", "requests/s", "ms each", "against the floor"),
            rows=tuple((name, per_second(1, s), milliseconds(s), ratio(s, floor)) for name, s in medians.items()),
            notes=(
                f"one process, {CONNECTIONS} connections, {scale.requests} requests a kind in {scale.rounds} rounds",
                f"the list shows {LISTED} cases, the case one mail with its draft",
            ),
        )
    ]


def _kinds(here: Place, bare_port: int, case_id: int, scale: Scale) -> dict[str, tuple[int, list[bytes]]]:
    """Return the requests of each kind with the port they go to; the floor first."""
    cookie = {"Cookie": log_in(here)}
    count, port = scale.requests, here.web_port
    return {
        "bare FastAPI route": (bare_port, [request("GET", f"http://127.0.0.1:{bare_port}/healthz", {})] * count),
        "GET /healthz (one query)": (port, [request("GET", f"{here.web}/healthz", {})] * count),
        "GET /cases": (port, [request("GET", f"{here.web}/cases", cookie)] * count),
        "GET /cases/{id}": (port, [request("GET", f"{here.web}/cases/{case_id}", cookie)] * count),
        "POST webhook, signed, new": (port, [webhook(here, number) for number in range(count)]),
        "POST webhook, signed, known": (port, [webhook(here, 0)] * count),
    }


def log_in(here: Place) -> str:
    """Log in as a reviewer does and return the cookie."""
    with httpx.Client(base_url=here.web) as client:
        client.post("/login", data={"login": LOGIN, "password": LOGIN_PASSWORD})
        client.get("/cases").raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def webhook(here: Place, number: int) -> bytes:
    """Return a dispute's webhook, signed as Stripe signs."""
    card = {"brand": "visa", "network_reason_code": "13.1", "case_type": "chargeback"}
    dispute = {
        "id": f"du_web_{number}",
        "object": "dispute",
        "amount": 6900,
        "currency": "eur",
        "charge": f"ch_web_{number}",
        "status": "needs_response",
        "reason": "product_not_received",
        "evidence_details": {"due_by": int(time.time()) + 9 * 86400},
        "payment_method_details": {"card": card},
    }
    event = {"id": f"evt_web_{number}", "type": "charge.dispute.created", "created": int(time.time())}
    body = json.dumps(event | {"data": {"object": dispute}}).encode()
    moment = int(time.time())
    signature = hmac.new(SECRETS[SECRET_ENV].encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "Stripe-Signature": f"t={moment},v1={signature}"}
    return request("POST", f"{here.web}/webhooks/stripe/main", headers, body)


@contextmanager
def bare_server() -> Iterator[int]:
    """Run the bare application while the block runs; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--port", str(port), "--no-access-log"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=FOLDER.parent)  # noqa: S603
    try:
        wait_for_web(f"http://127.0.0.1:{port}")
        yield port
    finally:
        stop(process)
