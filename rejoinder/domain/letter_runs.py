"""Runs of letters inside words: what tells texts apart where no dictionary is."""

from collections.abc import Iterator


def letter_runs(text: str, shortest: int, longest: int) -> Iterator[str]:
    """Yield the runs of `shortest` to `longest` letters of each word in lower case, a blank for either edge of it."""
    for word in text.lower().split():
        edged = f" {word} "
        for length in range(shortest, min(longest, len(edged)) + 1):
            yield from (edged[at : at + length] for at in range(len(edged) - length + 1))
