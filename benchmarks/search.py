"""Search in a merchant's documents beside a bare Chroma query, and what indexing a passage takes."""

import statistics
from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from benchmarks.measuring import Scale, Table, milliseconds, per_second, ratio, seconds_of
from benchmarks.place import place
from benchmarks.shop import sample, texts
from knowledge.embedding import OfflineEmbedder
from rejoinder.domain.documents import Document
from rejoinder.wiring import Program

PASSAGES_A_DOCUMENT = 10
LIMIT = 3
QUERIES = 40
DAY = date(2026, 11, 20)


def search(scale: Scale) -> Sequence[Table]:
    """Index a shop's documents, then ask the questions of its customers."""
    given = [_document(number) for number in range(max(1, scale.passages // PASSAGES_A_DOCUMENT))]
    with place() as here, here.program() as program:
        merchant_id = program.merchants["bench"].merchant_id
        program.library.index(merchant_id, _document(10_000_000))
        indexing = [seconds_of(lambda one=one: program.library.index(merchant_id, one)) for one in given]  # type: ignore[misc]
        stored = program.library._collection(merchant_id).count()
        queries = [text["subject"] + "\n" + text["body"] for text in texts()]
        _ask(program, merchant_id, queries[0], "en")
        times = [_times(program, merchant_id, queries[i % len(queries)], i) for i in range(QUERIES)]
    bare, embedding, whole = (statistics.median(column) for column in zip(*times, strict=True))
    passages = stored / (len(given) + 1)
    each = statistics.median(indexing) / passages
    rows = (
        ("Chroma query, vector given", milliseconds(bare), per_second(1, bare), ""),
        ("embedding the question", milliseconds(embedding), per_second(1, embedding), ratio(embedding, bare)),
        (
            "Library.search: words and meaning, dates, fused",
            milliseconds(whole),
            per_second(1, whole),
            ratio(whole, bare),
        ),
        ("indexing one passage", milliseconds(each), per_second(1, each), ""),
    )
    note = f"{stored} passages in the merchant's collection, {QUERIES} questions in five languages"
    return [Table(title="search", headings=("step", "ms", "a second", "against the floor"), rows=rows, notes=(note,))]


def _times(program: Program, merchant_id: int, query: str, number: int) -> tuple[float, float, float]:
    language = texts()[number % len(texts())]["language"]
    collection, embedder = program.library._collection(merchant_id), OfflineEmbedder()
    vectors: list[list[float]] = []
    embedding = seconds_of(lambda: vectors.extend(embedder.embed([query], language)))
    bare = seconds_of(lambda: collection.query(query_embeddings=vectors, n_results=4 * LIMIT, include=[]))  # type: ignore[arg-type]
    return bare, embedding, seconds_of(lambda: _ask(program, merchant_id, query, language))


def _ask(program: Program, merchant_id: int, query: str, language: str) -> None:
    program.library.search(merchant_id, query, on=DAY, limit=LIMIT, language=language)


def _document(number: int) -> Document:
    products = sample().products
    parts = []
    for part in range(PASSAGES_A_DOCUMENT):
        product = products[(number * 7 + part) % len(products)]
        parts.append(f"## {product.title} {number}-{part}\n\n" + f"{product.description} " * 6)
    return Document(
        key=f"products/{number}.md",
        title=f"Products, part {number}",
        topic="products",
        text="\n\n".join(parts),
        content_hash=sha256(str(number).encode()).hexdigest(),
    )
