"""The floor of the web: one route that returns a fixed text; `python -m uvicorn benchmarks.bare:app`."""

from fastapi import FastAPI
from starlette.responses import PlainTextResponse

app = FastAPI(openapi_url=None)


@app.get("/healthz")
def answer() -> PlainTextResponse:
    """Answer at once, from a worker thread as the desk's pages do."""
    return PlainTextResponse("ok")
