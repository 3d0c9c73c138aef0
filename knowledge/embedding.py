"""Texts as vectors: offline by default, any LangChain embedding by a setting."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

import numpy as np

from knowledge.lexicon import concepts, concepts_in
from rejoinder.domain.letter_runs import letter_runs

WORD_DIMENSIONS = 640
SHORTEST_RUN, LONGEST_RUN = 2, 4
CONCEPT_WEIGHT = 0.8


class Embedder(Protocol):
    """Turns texts into vectors of one length. `name` tells stores apart: vectors of two embedders never mix."""

    @property
    def name(self) -> str:
        """Short name, part of the collection's name."""

    def embed(self, texts: Sequence[str], language: str) -> list[list[float]]:
        """Return one vector of length 1 a text."""


@dataclass(frozen=True)
class OfflineEmbedder:
    """Character n-grams beside the concepts of the intent lexicon.

    The concepts are the same in every language, so that a question in Chinese finds a policy in English
    where both speak of returning goods. It knows no synonyms beyond the lexicon: see
    `docs/explanation/retrieval.md`.
    """

    name: str = "offline-2"

    def embed(self, texts: Sequence[str], language: str) -> list[list[float]]:
        """Return the vectors; the language chooses the lexicon."""
        vectors = np.hstack([_word_rows(texts), CONCEPT_WEIGHT * _concept_rows(texts, language)])
        rows: list[list[float]] = _of_length_one(vectors).tolist()
        return rows


def _word_rows(texts: Sequence[str]) -> np.ndarray:
    """Count the runs of letters inside words, each at the place and with the sign that its hash gives it."""
    rows = np.zeros((len(texts), WORD_DIMENSIONS))
    for row, text in enumerate(texts):
        for run, count in Counter(letter_runs(text, SHORTEST_RUN, LONGEST_RUN)).items():
            hashed = crc32(run.encode("utf-8", "surrogatepass"))
            rows[row, (hashed >> 1) % WORD_DIMENSIONS] += count if hashed & 1 else -count
    return _of_length_one(rows)


def _concept_rows(texts: Sequence[str], language: str) -> np.ndarray:
    names = {name: column for column, name in enumerate(concepts())}
    rows = np.zeros((len(texts), len(names)))
    for row, text in enumerate(texts):
        for sentence in concepts_in(text, language):
            rows[row, [names[name] for name in sentence]] = 1
    return _of_length_one(rows)


def _of_length_one(rows: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(norms == 0, 1, norms)


@dataclass(frozen=True)
class LangChainEmbedder:
    """A multilingual embedding by `provider:model`, such as `ollama:bge-m3`."""

    model: str

    @property
    def name(self) -> str:
        """The model's name with what a collection's name may hold."""
        return "".join(char if char.isalnum() else "-" for char in self.model)

    def embed(self, texts: Sequence[str], language: str) -> list[list[float]]:
        """Return the model's vectors."""
        from langchain.embeddings import init_embeddings  # slow to import, and rarely configured

        rows: list[list[float]] = init_embeddings(self.model).embed_documents(list(texts))
        return rows
