"""A small local classifier of intents: concepts shared by all languages, beside character n-grams.

Linear support vectors, and probabilities from their distances by one temperature that is fitted on
examples the vectors were not trained on.
"""

import hashlib
import itertools
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import hstack
from scipy.special import log_softmax, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from rejoinder.domain.reading import ScoredIntent

VERSION = "3"
FOLDS = 4
REGULARISATION = 0.3
CHARACTER_WEIGHT = 0.7
SEED = 20261121
KEPT = ("features", "weights", "offsets", "intents", "temperature")

Example = tuple[str, str, str]
"""Language, intent, text."""
ConceptsIn = Callable[[str, str], list[list[str]]]
"""Text and language to the concepts of each sentence."""


@dataclass(frozen=True)
class IntentClassifier:
    """A trained classifier; `concepts_in` is given anew when it is loaded.

    `weights` has a row a feature and a column an intent, in single precision, mapped from the file it is kept in.
    """

    features: Any
    weights: Any
    offsets: Any
    intents: tuple[str, ...]
    temperature: float
    concepts_in: ConceptsIn

    def classify(self, text: str, language: str) -> list[ScoredIntent]:
        """Return all intents with calibrated probabilities, likeliest first."""
        row = self.features.transform([(text, self.concepts_in(text, language))])
        chances = softmax(((row @ self.weights)[0] + self.offsets) * self.temperature)
        order = np.argsort(-chances)
        return [ScoredIntent(intent=self.intents[i], score=float(chances[i])) for i in order]


class Features:
    """Texts with their concepts to one sparse matrix."""

    def __init__(self) -> None:
        self.single = TfidfVectorizer(analyzer=_single, dtype=np.float32)
        self.pairs = TfidfVectorizer(analyzer=_pairs, min_df=2, sublinear_tf=True, dtype=np.float32)
        self.characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32
        )

    def fit_transform(self, rows: Sequence[tuple[str, list[list[str]]]]) -> Any:
        """Learn the features of the rows and return their matrix."""
        concepts = [row[1] for row in rows]
        parts = (
            self.single.fit_transform(concepts),
            self.pairs.fit_transform(concepts),
            CHARACTER_WEIGHT * self.characters.fit_transform([row[0].lower() for row in rows]),
        )
        return hstack(parts).tocsr()

    def transform(self, rows: Sequence[tuple[str, list[list[str]]]]) -> Any:
        """Return the matrix of new rows."""
        concepts = [row[1] for row in rows]
        parts = (
            self.single.transform(concepts),
            self.pairs.transform(concepts),
            CHARACTER_WEIGHT * self.characters.transform([row[0].lower() for row in rows]),
        )
        return hstack(parts).tocsr()


def _single(sentences: list[list[str]]) -> list[str]:
    return sorted({name for sentence in sentences for name in sentence})


def _pairs(sentences: list[list[str]]) -> list[str]:
    together = [f"{a}+{b}" for sentence in sentences for a, b in itertools.combinations(sentence, 2)]
    return [*_single(sentences), *together]


def train(examples: Sequence[Example], concepts_in: ConceptsIn) -> IntentClassifier:
    """Train on examples; the same examples always give the same classifier."""
    rows = [(text, concepts_in(text, language)) for language, _, text in examples]
    labels = np.array([intent for _, intent, _ in examples])
    features = Features()
    matrix = features.fit_transform(rows)
    model = LinearSVC(C=REGULARISATION, random_state=SEED).fit(matrix, labels)
    return IntentClassifier(
        features=features,
        weights=np.ascontiguousarray(model.coef_.T, dtype=np.float32),
        offsets=model.intercept_.astype(np.float32),
        intents=tuple(str(name) for name in model.classes_),
        temperature=_temperature(matrix, labels),
        concepts_in=concepts_in,
    )


def _temperature(matrix: Any, labels: Any) -> float:
    """Return the factor that makes held-out distances the best probabilities (least negative log likelihood)."""
    distances, truth = [], []
    for train_rows, test_rows in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(matrix, labels):
        model = LinearSVC(C=REGULARISATION, random_state=SEED).fit(matrix[train_rows], labels[train_rows])
        distances.append(model.decision_function(matrix[test_rows]))
        truth.append(np.searchsorted(model.classes_, labels[test_rows]))
    scores, right = np.vstack(distances), np.concatenate(truth)

    def loss(factor: float) -> float:
        return float(-log_softmax(scores * factor, axis=1)[np.arange(len(right)), right].mean())

    return float(minimize_scalar(loss, bounds=(0.5, 30), method="bounded").x)


def load_or_train(folder: Path, examples: Sequence[Example], concepts_in: ConceptsIn, key: str) -> IntentClassifier:
    """Return the classifier of these examples and this lexicon (`key`), trained once and then kept in the folder."""
    digest = hashlib.sha256(repr((VERSION, key, examples)).encode()).hexdigest()[:24]
    path = folder / f"intents-{digest}.joblib"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:  # gives its memory back
            apart.submit(_train_into, path, examples, concepts_in).result()
    return IntentClassifier(**joblib.load(path, mmap_mode="r"), concepts_in=concepts_in)


def _train_into(path: Path, examples: Sequence[Example], concepts_in: ConceptsIn) -> None:
    trained = train(examples, concepts_in)
    temporary = path.with_suffix(f".{os.getpid()}")
    joblib.dump({name: getattr(trained, name) for name in KEPT}, temporary)
    temporary.replace(path)
