"""A small local classifier of intents: concepts shared by all languages, beside character n-grams.

Asking it needs numpy alone; what it knows is learned in `training.py`, in a process of its own.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rejoinder.domain.letter_runs import letter_runs
from rejoinder.domain.reading import ScoredIntent
from tools.models.kept import learned

VERSION = "4"
SHORTEST_RUN, LONGEST_RUN = 2, 5
KEPT = ("vocabularies", "weights", "offsets", "intents", "temperature")

Example = tuple[str, str, str]
"""Language, intent, text."""
ConceptsIn = Callable[[str, str], list[list[str]]]
"""Text and language to the concepts of each sentence."""
Features = tuple[str, list[list[str]]]
"""A text and its concepts."""


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """Terms of one kind, as tf-idf counts them.

    `rows` are the terms' places among all weights, `rarity` their inverse document frequencies, by place from `first`.
    `damped`: a term that comes often counts as the logarithm. `part`: how much the whole kind counts.
    """

    terms_in: Callable[[Features], Iterable[str]]
    rows: Mapping[str, int]
    first: int
    rarity: np.ndarray
    damped: bool
    part: float

    def weigh(self, features: Features) -> tuple[np.ndarray, np.ndarray]:
        """Return the places of the known terms, and what they count: a vector of length `part`."""
        found = Counter(self.rows[term] for term in self.terms_in(features) if term in self.rows)
        places = np.fromiter(found.keys(), dtype=np.intp, count=len(found))
        counts = np.fromiter(found.values(), dtype=np.float32, count=len(found))
        values = (1 + np.log(counts) if self.damped else counts) * self.rarity[places - self.first]
        return places, self.part * values / (np.linalg.norm(values) or 1)


@dataclass(frozen=True)
class IntentClassifier:
    """A trained classifier; `concepts_in` is given anew when it is loaded.

    `weights` has a row a term and a column an intent, in single precision, mapped from the file it is kept in.
    """

    vocabularies: tuple[Vocabulary, ...]
    weights: Any
    offsets: Any
    intents: tuple[str, ...]
    temperature: float
    concepts_in: ConceptsIn

    def classify(self, text: str, language: str) -> list[ScoredIntent]:
        """Return all intents with calibrated probabilities, likeliest first."""
        features = text, self.concepts_in(text, language)
        weighed = [vocabulary.weigh(features) for vocabulary in self.vocabularies]
        places, values = (np.concatenate(parts) for parts in zip(*weighed, strict=True))
        distances = (values @ self.weights[places] + self.offsets) * self.temperature
        chances = np.exp(distances - distances.max())
        chances /= chances.sum()
        order = np.argsort(-chances)
        return [ScoredIntent(intent=self.intents[i], score=float(chances[i])) for i in order]


def concepts_of(features: Features) -> list[str]:
    """Return the concepts of a text, each once."""
    return sorted({name for sentence in features[1] for name in sentence})


def pairs_of(features: Features) -> list[str]:
    """Return the concepts of a text, and those that stand in one sentence."""
    together = [f"{a}+{b}" for sentence in features[1] for a, b in itertools.combinations(sentence, 2)]
    return [*concepts_of(features), *together]


def runs_of(features: Features) -> Iterator[str]:
    """Yield the runs of letters inside the words of a text."""
    return letter_runs(features[0], SHORTEST_RUN, LONGEST_RUN)


def load_or_train(folder: Path, examples: Sequence[Example], concepts_in: ConceptsIn, key: str) -> IntentClassifier:
    """Return the classifier of these examples and this lexicon (`key`), trained once and then kept in the folder."""
    kept = learned(folder, "intents", (VERSION, key, examples), _learn, examples, concepts_in)
    return IntentClassifier(**kept, concepts_in=concepts_in)


def _learn(examples: Sequence[Example], concepts_in: ConceptsIn) -> dict[str, Any]:
    from tools.models.training import train  # a hundred megabytes of libraries that asking does not need

    trained = train(examples, concepts_in)
    return {name: getattr(trained, name) for name in KEPT}
