"""Labels and their values, in lines, in cells, on two lines, in a table with a header."""

import re
from collections.abc import Iterator, Mapping

from tools.models.notices.columns import Columns
from tools.models.notices.tables import NOISE, Labelled, Span, cells_of, lines_of, read_table, trim
from tools.models.notices.texts import close_key, label_key, without_courtesy, without_number_word
from tools.models.notices.unmarked import unmarked
from tools.models.notices.words import Meaning, Words

_COLON = re.compile(r"(?<!\d)[:=](?!//)|(?<=\d)[:=](?!\d)(?!//)|(?<=\d)\s[:=]\s")
_GAP = re.compile(r"\.{3,}\s*|(?:\s?\.){3,40}\s*|…+\s*|_{3,}\s*|·{3,}\s*|\s{3,}|\s+[-=]+>?\s+|\s{2,}")
_COLUMN_GAP = re.compile(r"\s{2,}")
_BRACKETS = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]")
_BEFORE_CURRENCY = re.compile(r"[\s,(/:]{1,3}(?:(?:in|en|em|в)\s)?")
_PARTS = re.compile(r"\s*[/|(（)）\[\]]\s*|\s+-\s+")
_SENTENCES = re.compile(r"。.|[^\W\d_]{3}[.!?] [^\W\d_]|.{90}")
_LONGEST_LABEL = 70
_FARTHEST_LABEL = 200
_LONGEST_NAME = 60


class Labels:
    """Looks labels up, a source's own first."""

    def __init__(self, words: Words, source: str, language: str) -> None:
        own = words.source_labels.get(source, {})
        # A word that several languages have means what it means in the notice's own.
        self._own: Mapping[str, Meaning] = {**words.labels_in.get(language, {}), **own}
        self._all = words.labels
        self._words = words

    def whole(self, folded: str) -> Meaning | None:
        """Return what the text means when all of it is a label."""
        if not folded or len(folded) > _LONGEST_LABEL:
            return None
        key = label_key(folded)
        for spelling in (key, close_key(key), without_number_word(key), without_courtesy(key)):
            if found := self._own.get(spelling) or self._all.get(spelling):
                return found
        bare = label_key(_BRACKETS.sub(" ", folded))
        if bare != key and (bare in self._own or bare in self._all):
            return self._own.get(bare) or self._all[bare]
        return self._bilingual(folded) or self._shaped(folded, bare) or self._with_currency(folded)

    def ending(self, folded: str) -> tuple[Meaning, int] | None:
        """Return the longest label at the end of the text and where it begins."""
        tail_start = max(0, len(folded) - _LONGEST_LABEL)
        starts = [
            m.start()
            for m in re.finditer(r"(?<!\w)\w|(?<=[\u3040-\u9fff\uac00-\ud7af])\w", folded)
            if m.start() >= tail_start
        ]
        for start in starts:
            key = label_key(folded[start:])
            found = self._own.get(key) or self._all.get(key)
            if found and (not found.whole or _free_standing(folded[:start])):
                return found, start
        return None

    def _shaped(self, folded: str, key: str) -> Meaning | None:
        """Return what a label with any words in it means, if the words are of an answer and of nothing else."""
        found = next((meaning for shape, meaning in self._words.shaped if shape.fullmatch(key)), None)
        if found is None:
            return None
        tags = self._words.roles.tags(folded)
        return found if "answer" in tags and "not_due" not in tags else None

    def _with_currency(self, folded: str) -> Meaning | None:
        """Return what a label means that names its money behind it: `сумма, руб.`, `amount in eur`."""
        for gap in _BEFORE_CURRENCY.finditer(folded):
            key = label_key(folded[: gap.start()])
            meaning = self._own.get(key) or self._all.get(key)
            if meaning and meaning.field.endswith("amount") and self._words.signs.means(folded[gap.end() :]):
                return meaning
        return None

    def _bilingual(self, folded: str) -> Meaning | None:
        parts = [label_key(part) for part in _PARTS.split(folded)]
        parts = [part for part in parts if part] if len(parts) > 1 else _scripts(folded)
        found = [self._own.get(part) or self._all.get(part) for part in parts]
        known = [meaning for meaning in found if meaning]
        if len(parts) < 2 or not known or len({meaning.field for meaning in known}) > 1:
            return None
        return known[0] if found[0] or len(known) == len(parts) else None


def _free_standing(head: str) -> bool:
    """Return whether a label may begin here: at the start, behind a stop, or behind a value with digits."""
    words = head.split()
    return not label_key(head) or head.rstrip()[-1] in ",;.|/。，；" or any(letter.isdigit() for letter in words[-1])


def _scripts(folded: str) -> list[str]:
    """Return the parts of a label written in two scripts without a stroke between."""
    match = re.fullmatch(
        r"(.*?[\u3040-\u9fff\uac00-\ud7af])\s*([a-z][a-z .#']+)|([a-z][a-z .#']+?)\s*([\u3040-\u9fff\uac00-\ud7af].*)",
        folded.strip(),
    )
    return [label_key(part) for part in match.groups() if part] if match else []


def find_labelled(folded: str, labels: Labels, columns: Columns | None = None) -> list[Labelled]:
    """Return every labelled value in order of place."""
    found: list[Labelled] = []
    lines = lines_of(folded)
    index = 0
    while index < len(lines):
        table = read_table(folded, lines, index, labels.whole, columns)
        if table.lines:
            found.extend(table.cells)
            index += table.lines
            continue
        on_line = list(_on_line(folded, lines[index], labels))
        found.extend(on_line)
        index += 1
        if len(on_line) == 1 and on_line[0].start == on_line[0].end:
            index += _value_below(folded, lines, index, labels, found)
        elif not on_line and (meaning := labels.whole(folded[slice(*lines[index - 1])].strip(NOISE + ":"))):
            start, end = lines[index - 1]
            found.append(Labelled(meaning.field, meaning.language, end, end, start, folded[start:end]))
            index += _value_below(folded, lines, index, labels, found)
    return [item for item in found if not _is_empty(folded, item) and not _is_prose(folded, item)]


def _is_empty(folded: str, item: Labelled) -> bool:
    """Return whether nothing stands under the label, or only a dash."""
    return not any(letter.isalnum() or letter in "*•" for letter in folded[item.start : item.end])


def _is_prose(folded: str, item: Labelled) -> bool:
    """Return whether sentences stand behind a word that only looked like a label, as in a salutation."""
    if item.field == "buyer_name":
        return item.end - item.start > _LONGEST_NAME
    return item.field == "other" and bool(_SENTENCES.search(folded, item.start, item.end))


def _value_below(folded: str, lines: list[Span], index: int, labels: Labels, found: list[Labelled]) -> int:
    """Take the next line as the value of the label just found; return how many lines were used."""
    label = found.pop()
    if index >= len(lines) or folded[label.end : lines[index].start].count("\n") > 3:
        return 0
    line = folded[slice(*lines[index])]
    if labels.whole(line.strip(NOISE + ":")) or next(_on_line(folded, lines[index], labels), None):
        return 0
    span = trim(folded, *lines[index])
    found.append(Labelled(label.field, label.language, *span, label.label_start, label.hint))
    return 1


def _on_line(folded: str, line: Span, labels: Labels) -> Iterator[Labelled]:
    cells = cells_of(folded, line)
    if len(cells) > 1:
        yield from _in_cells(folded, cells, labels)
        return
    pairs = list(_with_colons(folded, line, labels))
    if not pairs:
        pairs = list(_with_gap(folded, line, labels))
    if not pairs and (found := unmarked(folded, line, labels.whole)):
        pairs = [found]
    yield from pairs


def _in_cells(folded: str, cells: list[Span], labels: Labels) -> Iterator[Labelled]:
    index = 0
    while index < len(cells):
        cell = cells[index]
        pairs = list(_with_colons(folded, cell, labels))
        meaning = labels.whole(folded[slice(*cell)].strip(NOISE + ":"))
        if pairs and pairs[0].end > pairs[0].start:
            yield from pairs
        elif meaning and index + 1 < len(cells):
            yield Labelled(meaning.field, meaning.language, *cells[index + 1], cell.start, folded[slice(*cell)])
            index += 1
        index += 1


def _with_colons(folded: str, line: Span, labels: Labels) -> Iterator[Labelled]:
    """Return the values after `label:`; a value ends where the next label of the line begins."""
    marks: list[tuple[Meaning, int, int]] = []
    previous = line.start
    for match in _COLON.finditer(folded, line.start, line.end):
        first = previous == line.start
        begin = previous if first else max(previous, match.start() - _FARTHEST_LABEL)
        head = folded[begin : match.start()]
        known = labels.whole(head.strip(NOISE)) if first or len(head) < _LONGEST_LABEL else None
        at = begin + len(head) - len(head.lstrip(NOISE))
        if known is None:
            ending = labels.ending(head.rstrip(" *"))
            if ending:
                known, at = ending[0], begin + ending[1]
            elif not first:
                continue
        if known is None:
            known = Meaning("", False, "")
        marks.append((known, at, match.end()))
        previous = match.end()
    for number, (meaning, at, value) in enumerate(marks):
        end = marks[number + 1][1] if number + 1 < len(marks) else line.end
        if meaning.field:
            yield Labelled(meaning.field, meaning.language, *trim(folded, value, end), at, folded[at:value])


def _with_gap(folded: str, line: Span, labels: Labels) -> Iterator[Labelled]:
    pairs = list(_in_cells(folded, cells_of(folded, line, _COLUMN_GAP), labels))
    if len(pairs) > 1 and all(item.end > item.start for item in pairs):
        yield from pairs
        return
    for match in _GAP.finditer(folded, line.start + 1, line.end):
        head = folded[line.start : match.start()].strip(NOISE)
        meaning = labels.whole(head)
        if meaning and match.end() < line.end:
            yield Labelled(meaning.field, meaning.language, *trim(folded, match.end(), line.end), line.start, head)
            return
