"""How the classifier of intents learns.

Linear support vectors, and probabilities from their distances by one temperature that is fitted on
examples the vectors were not trained on.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import hstack
from scipy.special import log_softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from tools.models.classifier import (
    ConceptsIn,
    Example,
    Features,
    IntentClassifier,
    Vocabulary,
    concepts_of,
    pairs_of,
    runs_of,
)

FOLDS = 4
REGULARISATION = 0.3
CHARACTER_WEIGHT = 0.7
SEED = 20261121


def train(examples: Sequence[Example], concepts_in: ConceptsIn) -> IntentClassifier:
    """Train on examples; the same examples always give the same classifier."""
    labels = np.array([intent for _, intent, _ in examples])
    matrix, vocabularies = learn_terms([(text, concepts_in(text, language)) for language, _, text in examples])
    model = LinearSVC(C=REGULARISATION, random_state=SEED).fit(matrix, labels)
    return IntentClassifier(
        vocabularies=vocabularies,
        weights=np.ascontiguousarray(model.coef_.T, dtype=np.float32),
        offsets=model.intercept_.astype(np.float32),
        intents=tuple(str(name) for name in model.classes_),
        temperature=temperature(matrix, labels),
        concepts_in=concepts_in,
    )


def learn_terms(features: Sequence[Features]) -> tuple[Any, tuple[Vocabulary, ...]]:
    """Return the matrix of the texts, a row each, and the vocabularies whose terms are its columns."""
    kinds = (
        (TfidfVectorizer(analyzer=concepts_of, dtype=np.float32), 1.0),
        (TfidfVectorizer(analyzer=pairs_of, min_df=2, sublinear_tf=True, dtype=np.float32), 1.0),
        (TfidfVectorizer(analyzer=runs_of, min_df=2, sublinear_tf=True, dtype=np.float32), CHARACTER_WEIGHT),
    )
    parts = [part * terms.fit_transform(features) for terms, part in kinds]
    firsts = accumulate((part.shape[1] for part in parts), initial=0)
    vocabularies = tuple(_vocabulary(*kind, first) for kind, first in zip(kinds, firsts, strict=False))
    return hstack(parts).tocsr(), vocabularies


def _vocabulary(terms: TfidfVectorizer, part: float, first: int) -> Vocabulary:
    return Vocabulary(
        terms_in=terms.analyzer,
        rows={term: first + int(place) for term, place in terms.vocabulary_.items()},
        first=first,
        rarity=terms.idf_.astype(np.float32),
        damped=terms.sublinear_tf,
        part=part,
    )


def temperature(matrix: Any, labels: Any, folds: int = FOLDS, regularisation: float = REGULARISATION) -> float:
    """Return the factor that makes held-out distances the best probabilities (least negative log likelihood)."""
    distances, truth = [], []
    for train_rows, test_rows in StratifiedKFold(folds, shuffle=True, random_state=SEED).split(matrix, labels):
        model = LinearSVC(C=regularisation, random_state=SEED).fit(matrix[train_rows], labels[train_rows])
        given = model.decision_function(matrix[test_rows])
        distances.append(np.column_stack([-given, given]) if given.ndim == 1 else given)
        truth.append(np.searchsorted(model.classes_, labels[test_rows]))
    scores, right = np.vstack(distances), np.concatenate(truth)

    def loss(factor: float) -> float:
        return float(-log_softmax(scores * factor, axis=1)[np.arange(len(right)), right].mean())

    return float(minimize_scalar(loss, bounds=(0.5, 30), method="bounded").x)
