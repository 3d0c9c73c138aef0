"""All benchmarks by name."""

from collections.abc import Mapping

from benchmarks.case import case
from benchmarks.growth import growth
from benchmarks.intake import intake
from benchmarks.measuring import Benchmark
from benchmarks.memory import memory
from benchmarks.packet import packet
from benchmarks.search import search
from benchmarks.web import web

BENCHMARKS: Mapping[str, Benchmark] = {
    "intake": intake,
    "case": case,
    "growth": growth,
    "web": web,
    "search": search,
    "memory": memory,
    "packet": packet,
}
