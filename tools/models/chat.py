"""The only door to a language model: any chat model through LangChain, bounded in time, its answers validated."""

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from rejoinder.domain.cases import Merchant
from rejoinder.domain.drafts import Draft, Sentence
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.reading import NOTICE_FIELDS, FieldValue, Reading, ScoredIntent
from rejoinder.errors import ConfigError, ModelError, ProviderUnavailable
from tools.models.borne_out import value_in
from tools.models.bounded import BoundedModel, ChatModel, bounded_client

TEXT_LIMIT = 12_000
ANSWER_LIMIT = 40_000
VALUE_LIMIT = 200
QUOTE_LIMIT = 400
REPAIR_TRIES = 1
FIELD_SCORE = 0.8

RenderPrompt = Callable[..., str]
Answer = TypeVar("Answer", bound=BaseModel)


def open_chat_model(name: str, *, base_url: str, api_key: str, timeout_seconds: float) -> BoundedModel:
    """Open `provider:model` with a time limit and no retries of its own.

    Raises:
        ConfigError: the provider is unknown or its package is not installed.
    """
    from langchain.chat_models import init_chat_model  # slow to import, and most installations have no model

    options: dict[str, Any] = {"timeout": timeout_seconds, "max_retries": 0, "temperature": 0}
    if base_url:
        options["base_url"] = base_url
    if api_key:
        options["api_key"] = api_key
    client = bounded_client(timeout_seconds) if name.startswith("openai:") else None
    if client is not None:
        options["http_client"] = client
    try:
        model: ChatModel = init_chat_model(name, **options)
    except (ImportError, ValueError, TypeError) as exc:
        raise ConfigError(f"the model {name!r} cannot be opened: {exc}") from exc
    return BoundedModel(model, timeout_seconds, client)


def _storable(text: str) -> str:
    """Return the text without what no database or wire takes: control characters and halves of pairs."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", "", text)


Text = Annotated[str, AfterValidator(_storable)]


class _FieldAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")
    value: Text
    quote: Text = ""


class _IntentAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")
    intent: Text
    score: Annotated[float, Field(allow_inf_nan=False)] = 0.5


class _ReadAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")
    kind: Literal["dispute", "service", "automatic", "spam", "phishing", "other"]
    language: Text = "und"
    notice_source: Text = ""
    notice_type: Text = ""
    intents: list[_IntentAnswer] = []
    fields: dict[str, _FieldAnswer] = {}


class _SentenceAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")
    text: Text
    citations: list[Text] = []


class _SlotsAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")
    slots: dict[Text, list[_SentenceAnswer]] = {}


@dataclass(frozen=True)
class ChatReader:
    """A second reading by a chat model. Only values that words quoted from the mail bear out are kept."""

    model: ChatModel
    render_prompt: RenderPrompt
    intents: Mapping[str, str]
    name: str = "model"

    def read(self, mail: InboundMail, merchant: Merchant) -> Reading:
        """Return the model's reading.

        Raises:
            ModelError: no usable answer, also after one repair.
            ProviderUnavailable: the model did not answer.
        """
        text = mail.text[:TEXT_LIMIT]
        prompt = self.render_prompt(
            "read_mail",
            subject=mail.subject,
            sender=mail.sender.email,
            text=text,
            intents=self.intents,
            fields=NOTICE_FIELDS,
            boundary=secrets.token_hex(8),
        )
        answer = _ask(self.model, prompt, _ReadAnswer, self.render_prompt)
        intents = [i for i in answer.intents if i.intent in self.intents]
        return Reading(
            reader=self.name,
            kind=answer.kind,
            score=FIELD_SCORE,
            language=answer.language.lower()[:2] or "und",
            notice_source=answer.notice_source[:40],
            notice_type=answer.notice_type[:40],
            fields=_quoted_fields(answer.fields, mail.text),
            intents=tuple(ScoredIntent(intent=i.intent, score=min(max(i.score, 0.0), 1.0)) for i in intents),
        )


def _quoted_fields(answers: Mapping[str, _FieldAnswer], text: str) -> dict[str, FieldValue]:
    currency = answers["currency"].value if "currency" in answers else ""
    found = {}
    for name, answer in answers.items():
        start = text.find(answer.quote) if answer.quote else -1
        if name not in NOTICE_FIELDS or start < 0 or not answer.value:
            continue
        if value := value_in(name, answer.value[:VALUE_LIMIT], answer.quote[:QUOTE_LIMIT], currency):
            end = start + len(answer.quote)
            found[name] = FieldValue(value=value, score=FIELD_SCORE, start=start, end=end)
    return found


@dataclass(frozen=True)
class ChatWriter:
    """Better prose for the slots of a draft; what it writes is checked before it is used."""

    model: ChatModel
    render_prompt: RenderPrompt
    name: str = "model"
    sentences_per_slot: int = field(default=4)

    def write(
        self, draft: Draft, mail: InboundMail, evidence: Sequence[Evidence], passages: Sequence[Passage], complaint: str
    ) -> Mapping[str, Sequence[Sentence]]:
        """Return sentences for some of the draft's slots.

        Raises:
            ModelError: no usable answer, also after one repair.
            ProviderUnavailable: the model did not answer.
        """
        prompt = self.render_prompt(
            "write_slots",
            language=draft.language,
            draft=draft,
            slots=sorted({sentence.slot for sentence in draft.sentences if sentence.slot}),
            subject=mail.subject,
            text=mail.new_text[:TEXT_LIMIT],
            evidence=evidence,
            passages=passages,
            complaint=complaint,
            boundary=secrets.token_hex(8),
        )
        answer = _ask(self.model, prompt, _SlotsAnswer, self.render_prompt)
        return {
            slot: tuple(
                Sentence(text=" ".join(s.text.split()), citations=tuple(s.citations))
                for s in sentences[: self.sentences_per_slot]
            )
            for slot, sentences in answer.slots.items()
        }


def _ask(model: ChatModel, prompt: str, shape: type[Answer], render: RenderPrompt) -> Answer:
    messages: list[tuple[str, str]] = [("human", prompt)]
    problem = ""
    for _ in range(1 + REPAIR_TRIES):
        raw = _invoke(model, messages)
        try:
            return shape.model_validate(_json_in(raw))
        except (ValueError, RecursionError) as exc:
            problem = _why(exc)
            messages += [("ai", raw[:2000]), ("human", render("repair", error=problem))]
    raise ModelError(f"the model gave no valid answer: {problem}")


def _why(exc: Exception) -> str:
    """Return what was wrong in our own words: nothing of the answer, which may hold words of the mail."""
    if not isinstance(exc, ValidationError):
        return "it is no valid JSON object"
    errors = exc.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{error['loc'][0] if error['loc'] else 'answer'}: {error['msg']}" for error in errors[:5])


def _invoke(model: ChatModel, messages: Sequence[tuple[str, str]]) -> str:
    try:
        answer = model.invoke(messages)
    except ProviderUnavailable:
        raise
    except Exception as exc:  # each provider's client has its own errors, and none may stop a case
        raise ProviderUnavailable(f"the model did not answer: {type(exc).__name__}") from exc
    content = answer.content if hasattr(answer, "content") else answer
    text = content if isinstance(content, str) else json.dumps(content)
    if len(text) > ANSWER_LIMIT:
        raise ModelError(f"the model's answer has {len(text)} characters, more than {ANSWER_LIMIT}")
    return text


def _json_in(text: str) -> object:
    """Return the outermost JSON object of an answer that may wrap it in prose or a code fence."""
    match = re.search(r"\{.*\}", text, re.DOTALL)
    if match is None:
        raise ValueError("the answer holds no JSON object")
    return json.loads(match[0])
