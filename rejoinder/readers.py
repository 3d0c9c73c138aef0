"""The reader that is always there, put together: rules of notices, and what was learned from examples."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from knowledge.instructions import instructs_the_reader
from knowledge.lexicon import concepts_in, examples, lexicon_hash
from knowledge.notice_catalog import notice_catalog
from knowledge.notice_examples import examples_hash, notice_examples
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.reading import Reading, ScoredIntent
from tools.models.builtin import BuiltinReader
from tools.models.classifier import IntentClassifier, load_or_train
from tools.models.notices import read_notice
from tools.models.notices.guessed import Guesses, Lessons, guesses_of

Made = TypeVar("Made")


class Late(Generic[Made]):
    """What is made when it is first asked for, and then kept: the desk and the pollers never ask."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._making = Lock()
        self._made: list[Made] = []

    def __call__(self) -> Made:
        """Return it."""
        with self._making:
            if not self._made:
                self._made.append(self._make())
        return self._made[0]


def builtin_reader(model_folder: Path) -> BuiltinReader:
    """Return the reader that needs no model and no network; what it learns is learned once and kept in the folder."""
    classifier = Late(partial(_classifier, model_folder))
    guesses = Late(partial(guesses_in, model_folder))

    def read(mail: InboundMail) -> Reading | None:
        return read_notice(mail, notice_catalog(), guesses())

    def classify(text: str, language: str) -> Sequence[ScoredIntent]:
        return classifier().classify(text, language)

    return BuiltinReader(read, classify, instructs_the_reader, concepts_in)


def _classifier(folder: Path) -> IntentClassifier:
    return load_or_train(folder, examples(), concepts_in, lexicon_hash())


def guesses_in(folder: Path) -> Guesses:
    """Return the guesses about notices that are kept in a folder, learned first where there are none."""
    return guesses_of(folder, examples_hash(), lessons)


def lessons() -> Lessons:
    """Return what guesses about notices are learned from."""
    return Lessons(notice_examples(), [text for _, _, text in examples()], notice_catalog())
