"""The reader that is always there: rules for notices and automatic mail, a small classifier for wishes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rejoinder.domain.cases import Merchant
from rejoinder.domain.mail import Attachment, InboundMail
from rejoinder.domain.reading import Reading, ScoredIntent
from tools.models.language import UNKNOWN, detect

ReadNotice = Callable[[InboundMail], Reading | None]
Classify = Callable[[str, str], Sequence[ScoredIntent]]
"""Text and language to intents, likeliest first."""
Instructs = Callable[[str], bool]
ConceptsIn = Callable[[str, str], list[list[str]]]
"""Text and language to the concepts of each sentence."""

SPAM_FROM = 0.5
FLAG_FROM = 0.3
KEPT_INTENTS = 5
LONGEST_FILE = 20_000
FLAG_OF_INTENT = {
    "after.chargeback_threat": "chargeback_threat",
    "after.dispute_correspondence": "chargeback_threat",
    "after.legal_threat": "legal_threat",
    "after.product_safety": "safety",
}
# Words that need a person whatever else the mail wants.
FLAG_OF_CONCEPT = {
    "CHARGEBACK": "chargeback_threat",
    "DISPUTE_FILED": "chargeback_threat",
    "LAWYER": "legal_threat",
    "INJURY": "safety",
    "FIRE_SHOCK": "safety",
    "ALLERGY": "safety",
    "CHILD_DANGER": "safety",
}
AUTOMATIC_NOTES = {
    "bounce": "a mail that could not be delivered",
    "auto_reply": "an automatic reply",
    "list": "a mailing list",
    "bulk": "a mass mail",
}


@dataclass(frozen=True)
class BuiltinReader:
    """Reads without any model or network."""

    read_notice: ReadNotice
    classify: Classify
    instructs: Instructs
    concepts_in: ConceptsIn
    name: str = "builtin"

    def read(self, mail: InboundMail, merchant: Merchant) -> Reading:
        """Return what the mail is and says; it always answers."""
        flags = self._flags(mail)
        notice = self.read_notice(mail)
        if notice is not None:
            language = notice.language if notice.language != UNKNOWN else detect(mail.text)
            return replace(notice, reader=self.name, language=language, flags=(*notice.flags, *flags))
        if mail.automatic != "no":
            note = AUTOMATIC_NOTES[mail.automatic]
            return Reading(reader=self.name, kind="automatic", score=1.0, flags=flags, note=note)
        return self._wish(mail, flags)

    def _wish(self, mail: InboundMail, flags: tuple[str, ...]) -> Reading:
        words = (mail.forwarded.text if mail.forwarded and not mail.new_text.strip() else mail.new_text).strip()
        language = detect(words)
        if language == UNKNOWN:
            language = detect(f"{mail.subject}\n{words}")
        intents = tuple(self.classify(f"{mail.subject}\n{words}", language))[:KEPT_INTENTS]
        first = intents[0] if intents else ScoredIntent(intent="none", score=0.0)
        spam = first.intent == "other.spam" and first.score >= SPAM_FROM
        risks = [FLAG_OF_INTENT.get(i.intent, "") for i in intents if i.score >= FLAG_FROM]
        spoken = self.concepts_in(f"{mail.subject}\n{words}", language)
        risks += [FLAG_OF_CONCEPT.get(concept, "") for sentence in spoken for concept in sentence]
        return Reading(
            reader=self.name,
            kind="spam" if spam else "service",
            score=first.score,
            language=language,
            intents=intents,
            flags=tuple(dict.fromkeys((*flags, *(flag for flag in risks if flag)))),
            note="unasked advertising" if spam else "",
        )

    def _flags(self, mail: InboundMail) -> tuple[str, ...]:
        found = []
        if mail.masked_cards:
            found.append("card_number")
        if mail.hidden_text:
            found.append("hidden_text")
        files = attached(mail)
        if any(file.unread for file in files):
            found.append("unread_attachment")
        written = "\n".join(file.text[:LONGEST_FILE] for file in files)
        if self.instructs(f"{mail.subject}\n{mail.text}\n{mail.hidden_text}\n{written}"):
            found.append("instructions_to_assistant")
        return tuple(found)


def attached(mail: InboundMail) -> tuple[Attachment, ...]:
    """Return the files of a mail and of the mails it forwards."""
    return (*mail.attachments, *(attached(mail.forwarded) if mail.forwarded else ()))
