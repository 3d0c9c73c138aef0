from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from knowledge.lexicon import concepts_in, examples
from tools.models.classifier import IntentClassifier, Vocabulary, load_or_train, runs_of
from tools.models.training import learn_terms, train

FEW = [example for example in examples() if example[0] in ("en", "de") and example[1].startswith("order.")]
TEXTS = [(text, concepts_in(text, language)) for language, _, text in FEW]


@pytest.fixture(scope="module")
def vocabularies() -> tuple[Vocabulary, ...]:
    return learn_terms(TEXTS)[1]


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=200) | st.sampled_from([text for text, _ in TEXTS]))
def test_runs_of_letters_are_those_of_scikit_learn(text: str) -> None:
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()
    assert sorted(runs_of((text, []))) == sorted(theirs(text))


def test_a_text_is_weighed_as_it_was_when_learning(vocabularies: tuple[Vocabulary, ...]) -> None:
    matrix, _ = learn_terms(TEXTS)
    for row, features in enumerate(TEXTS):
        ours = np.zeros(matrix.shape[1], dtype=np.float32)
        for vocabulary in vocabularies:
            places, values = vocabulary.weigh(features)
            ours[places] = values
        np.testing.assert_allclose(ours, matrix[row].toarray()[0], atol=1e-5)


@pytest.mark.parametrize("text", ["", "   ", "…", "x", "𝕏" * 5])
def test_a_text_of_unknown_terms_still_has_chances(text: str) -> None:
    found = train(FEW, concepts_in).classify(text, "en")
    assert sum(one.score for one in found) == pytest.approx(1, abs=1e-4)
    assert {one.intent for one in found} == {intent for _, intent, _ in FEW}


def test_what_was_trained_is_kept_and_answers_the_same(tmp_path: Path) -> None:
    def asked(classifier: IntentClassifier) -> list[tuple[str, float]]:
        return [(one.intent, round(one.score, 5)) for one in classifier.classify("Where is my parcel?", "en")]

    first = load_or_train(tmp_path, FEW, concepts_in, "key")
    kept = [path.name for path in tmp_path.iterdir()]
    assert asked(load_or_train(tmp_path, FEW, concepts_in, "key")) == asked(first) == asked(train(FEW, concepts_in))
    assert [path.name for path in tmp_path.iterdir()] == kept
