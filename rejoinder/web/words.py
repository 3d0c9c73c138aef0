"""The desk's words in the reviewer's language, and times and codes as that language writes them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.dates import format_date, format_datetime, format_timedelta

from prompts.findings import explain
from rejoinder.domain.judgement import Finding
from rejoinder.errors import TemplateError

LANGUAGES = {"en": "English", "zh-CN": "简体中文"}
FOLDER = Path(__file__).parent / "locale"

# Stored words that would not read well as they are.
LABELS = {
    "account_id": "Customer account",
    "amount_minor": "Amount in minor units",
    "api": "API",
    "arn": "ARN",
    "avs_result": "AVS result",
    "card_last4": "Card ends in",
    "customer_ip": "IP address of the customer",
    "cvv_result": "CVV result",
    "done_accept": "The dispute was conceded",
    "done_alert": "Nothing was sent",
    "done_submit_best": "The draft was approved",
    "device_id": "Device",
    "eci": "ECI",
    "file_confirmed": "Approved against problems of the file",
    "first": "First chargeback",
    "prearb": "Pre-arbitration",
    "step_all": "All ways at once",
    "step_chat": "Chat",
    "step_cutoff": "Cut-off",
    "step_last": "For the last time",
    "step_mail": "Mail",
    "step_queue": "In the queue",
    "three_d_secure": "3-D Secure",
    "tracking_url": "Tracking link",
    "way_mail": "Mail",
    "way_queue": "Here in the desk",
    "why_file_not_ready": "the finished file could not be made",
    "why_no_question": "there was nothing to decide on",
    "why_not_proven": "nothing proves the notice",
    "why_problems": "the checks found problems",
    "why_too_late": "the deadline had passed",
}

_UNITS: tuple[tuple[Literal["day", "hour", "minute"], int], ...] = (("day", 24 * 60), ("hour", 60), ("minute", 1))
_NEVER = 10**6
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")
_DATE_PATTERNS = {"en": "d MMM y", "zh-CN": "y年M月d日"}
_TIME_PATTERNS = {"en": "EEE d MMM y, HH:mm", "zh-CN": "y年M月d日 EEE HH:mm"}


@dataclass(frozen=True)
class Words:
    """One language of the desk."""

    language: str

    def t(self, text: str, **values: object) -> str:
        """Return the English text in this language with its `{names}` filled in; unknown text stays English."""
        translated = catalogue(self.language).get(text, text)
        return translated.format(**values) if values else translated

    def code(self, code: str) -> str:
        """Return a stored word such as `in_review` as people read it."""
        return self.t(LABELS.get(code) or code.replace("_", " ").capitalize())

    def finding(self, finding: Finding) -> str:
        """Return what a rule concluded; its code where an earlier version of the program had other words for it."""
        try:
            return explain(finding, self.language)
        except TemplateError:
            return self.code(finding.code)

    def moment(self, at: datetime, zone: tzinfo = UTC) -> str:
        """Return an instant in a zone, with the zone's name."""
        written = format_datetime(at, _TIME_PATTERNS[self.language], tzinfo=zone, locale=self._locale)
        return f"{written} ({getattr(zone, 'key', 'UTC')})"

    def day(self, day: date) -> str:
        """Return a date."""
        return format_date(day, _DATE_PATTERNS[self.language], locale=self._locale)

    def since(self, at: datetime, now: datetime) -> str:
        """Say how long ago something happened; clocks that differ never make it lie ahead."""
        return self.relative(min(at, now), now)

    def relative(self, at: datetime, now: datetime) -> str:
        """Return how far away an instant is, such as `in 2 hours`; less than a minute is now."""
        if abs(at - now) < timedelta(minutes=1):
            return self.t("just now")
        return format_timedelta(at - now, add_direction=True, threshold=1.5, locale=self._locale)

    def left(self, at: datetime, now: datetime) -> str:
        """Return how long it is until an instant, or was since it: in whole days, below two in hours, then minutes."""
        minutes = int(abs(at - now) / timedelta(minutes=1))
        unit, each = next((one for one in _UNITS if minutes >= 2 * one[1]), _UNITS[-1])
        whole = timedelta(minutes=minutes // each * each)
        return format_timedelta(whole, granularity=unit, threshold=_NEVER, locale=self._locale)

    def fact(self, value: str, zone: tzinfo) -> str:
        """Return a canonical value as people read it: instants in the zone, all else as it is."""
        if not _INSTANT.fullmatch(value):
            return value
        try:
            return self.moment(datetime.fromisoformat(value), zone)
        except ValueError:
            return value

    def language_name(self, tag: str) -> str:
        """Return the name of a language; an unknown tag as it is, none for `und`."""
        if tag in {"", "und"}:
            return ""
        try:
            return Locale.parse(tag, sep="-").get_display_name(self._locale) or tag
        except (UnknownLocaleError, ValueError):
            return tag

    def country(self, code: str) -> str:
        """Return the name of a country (ISO 3166 alpha-2); an unknown code as it is."""
        name: str | None = Locale.parse(self._locale).territories.get(code)
        return name or code

    @property
    def _locale(self) -> str:
        return self.language.replace("-", "_")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return English texts with their translations; empty for English itself."""
    file = FOLDER / f"{language}.toml"
    return dict(tomllib.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def pick_language(asked: str, accepted: str) -> str:
    """Return the language asked for, else the best of an Accept-Language header, else English."""
    if asked in LANGUAGES:
        return asked
    wanted = [part.split(";")[0].strip() for part in accepted.split(",")[:20]]
    wanted = ["zh-CN" if one.lower().startswith("zh") else one for one in wanted if one]
    return negotiate_locale(wanted, list(LANGUAGES), sep="-") or "en"


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return the zone of that name; UTC for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
