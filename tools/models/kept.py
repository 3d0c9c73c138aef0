"""What was learned, kept in a file under a hash of what it was learned from."""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import joblib
import structlog

logger = structlog.get_logger(__name__)

Learn = Callable[..., Mapping[str, Any]]
"""A function of a module, so that another process can call it."""


def learned(folder: Path, name: str, key: object, learn: Learn, *given: object) -> dict[str, Any]:
    """Return what `learn` makes of what is given: learned once in a process of its own, its arrays mapped from a file.

    `key` is everything that what is learned depends on.
    """
    path = folder / f"{name}-{hashlib.sha256(repr(key).encode()).hexdigest()[:24]}.joblib"
    if not path.is_file():
        logger.info("learning_once", what=name, folder=str(folder), minutes="about one")
        folder.mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:  # gives its memory back
            apart.submit(_learn_into, path, learn, given).result()
    found: dict[str, Any] = joblib.load(path, mmap_mode="r")
    return found


def _learn_into(path: Path, learn: Learn, given: tuple[object, ...]) -> None:
    temporary = path.with_suffix(f".{os.getpid()}")
    joblib.dump(dict(learn(*given)), temporary)
    temporary.replace(path)
