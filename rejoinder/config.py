"""Settings: the only reader of the environment and of `rejoinder.toml`."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from rejoinder.domain.cases import Autonomy
from rejoinder.domain.reminders import MAIL, QUEUE, AtCutoff
from rejoinder.errors import ConfigError
from rejoinder.storage.embedded import default_data_dir
from tools.mail.reply_rules import is_address

Security = Literal["tls", "starttls", "plain"]
ENV_PREFIX = "REJOINDER_"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ImapSettings(_Table):
    """How a mailbox is read."""

    host: str
    port: int = 993
    security: Security = "tls"
    user: str
    password_env: str = Field(description="Name of the environment variable that holds the password.")
    ca_file: Path | None = None
    folder: str = "INBOX"
    drafts_folder: str = Field("", description="Found by itself when empty.")
    sent_folder: str = Field("", description="Found by itself when empty.")


class SmtpSettings(_Table):
    """How answers are sent."""

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password_env: str = Field("", description="Name of the environment variable that holds the password.")
    ca_file: Path | None = None


class MailboxSettings(_Table):
    """One mailbox of a merchant."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    address: str
    sender_name: str = ""
    imap: ImapSettings
    smtp: SmtpSettings | None = None
    deliver: Literal["smtp", "imap_drafts"] = Field(
        "smtp", description="Send answers, or only put them into the Drafts folder."
    )
    copy_to_sent: bool = True
    trusted_authserv: tuple[str, ...] = Field(
        (),
        description="Names under which your mail server writes Authentication-Results, such as `mx.google.com`; "
        "`.example.com` means every name below it. What other servers write is not believed.",
    )


class AccountSettings(_Table):
    """One account at a payment processor; webhooks arrive at `/webhooks/<processor>/<name>`."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    processor: str
    webhook_secret_env: str


class ChatSettings(_Table):
    """A chat that reminders go to: WeCom, DingTalk, Feishu, Slack, Telegram, or another that apprise knows."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Yours to choose; not `mail` or `queue`.")
    url_env: str = Field(description="Name of the environment variable that holds the apprise address.")

    @field_validator("name")
    @classmethod
    def _is_no_way_of_ours(cls, value: str) -> str:
        if value in {MAIL, QUEUE}:
            raise ValueError(f"{value!r} means something else here; choose another name for the chat")
        return value


class ReminderSettings(_Table):
    """How the merchant's own people are reminded of a dispute that waits, and what happens when nobody answers."""

    colleague: str = Field("", description="Mail address that is reminded, and asked for missing evidence.")
    language: Literal["en", "zh"] | None = Field(
        None, description="Of reminders and questions; without it the merchant's, English unless that is Chinese."
    )
    channels: tuple[ChatSettings, ...] = Field((), description="Chats beside the mail.")
    mail_hours: Annotated[float, Field(ge=0)] = Field(
        72, description="Hours before the merchant's own buffer ends at which a mail goes out."
    )
    chat_hours: Annotated[float, Field(ge=0)] = Field(24, description="As `mail_hours`, for the chats.")
    all_hours: Annotated[float, Field(gt=0)] = Field(
        6, description="Hours before the deadline itself at which all ways are used at once."
    )
    cutoff_hours: Annotated[float, Field(gt=0)] = Field(
        2, description="Hours before the deadline at which `at_cutoff` happens."
    )
    at_cutoff: AtCutoff = Field(
        "alert",
        description="When nobody decided: tell everyone, approve the draft if nothing speaks against it, or concede.",
    )

    @field_validator("colleague")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not is_address(value):
            raise ValueError(f"{value!r} is no mail address; write one like ops@shop.example, or leave it out")
        return value.lower()

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        if not self.mail_hours >= self.chat_hours:
            raise ValueError("chat_hours must not be more than mail_hours: reminders climb; make it smaller")
        if not self.all_hours > self.cutoff_hours:
            raise ValueError("all_hours must be more than cutoff_hours: all are told before the cut-off")
        names = [channel.name for channel in self.channels]
        if len(set(names)) < len(names):
            raise ValueError("two channels have the same name; give each its own")
        return self


class MerchantSettings(_Table):
    """One merchant."""

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    name: str
    language: str = "en"
    timezone: str = "UTC"
    country: str = ""
    signature: str = ""
    website: str = ""
    buffer_hours: Annotated[int, Field(ge=0, le=720)] = Field(
        48, description="How long before the deadline of a dispute you want to be done."
    )
    autonomy: dict[str, Autonomy] = Field(default_factory=dict)
    mailboxes: tuple[MailboxSettings, ...] = ()
    accounts: tuple[AccountSettings, ...] = ()
    reminders: ReminderSettings = ReminderSettings()

    @model_validator(mode="after")
    def _can_write_to_the_colleague(self) -> Self:
        colleague = self.reminders.colleague
        if colleague and not any(mailbox.smtp for mailbox in self.mailboxes):
            raise ValueError("reminders.colleague needs a mailbox with [smtp] settings to write from; add them")
        if colleague in {mailbox.address.lower() for mailbox in self.mailboxes}:
            raise ValueError(
                f"reminders.colleague is {colleague!r}, a mailbox that is read here; name an address that people read"
            )
        return self


class ModelSettings(_Table):
    """A chat model, named as LangChain's `init_chat_model` names it; without one everything still works."""

    name: str = Field("", description="`provider:model`, such as `openai:gpt-5-mini` or `ollama:qwen3`.")
    base_url: str = ""
    api_key_env: str = ""
    timeout_seconds: Annotated[float, Field(gt=0, le=300)] = 30.0
    writes: bool = Field(True, description="Whether the model may also better the prose of replies.")


class Settings(_Table):
    """Everything that can be set. Times are in seconds unless the name says otherwise."""

    data_dir: Path = Field(default_factory=default_data_dir)
    database_url: SecretStr = Field(SecretStr(""), description="A PostgreSQL of your own instead of the built-in one.")
    chroma_url: str = Field("", description="A Chroma server of your own instead of the built-in store.")
    listen_host: str = "127.0.0.1"
    listen_port: Annotated[int, Field(ge=0, le=65535)] = 8642
    public_url: str = Field(
        "", description="Address of the desk as reviewers reach it; https makes its cookies secure."
    )
    poll_seconds: Annotated[int, Field(ge=1, le=300)] = 60
    first_read_days: Annotated[int, Field(ge=0)] = Field(
        14, description="How old mail may be that is read when a mailbox is read for the first time; 0 for any age."
    )
    concurrency: Annotated[int, Field(ge=1, le=64)] = 2
    supervised_minutes: Annotated[int, Field(ge=0)] = Field(
        15, description="How long a supervised answer can be taken back before it is sent."
    )
    undo_seconds: Annotated[int, Field(ge=0)] = Field(
        20, description="How long an approved answer can be taken back before it is sent."
    )
    max_mail_bytes: Annotated[int, Field(ge=1024)] = 25 * 1024 * 1024
    fetch_seconds: Annotated[float, Field(gt=0)] = 5.0
    heartbeat_seconds: Annotated[float, Field(gt=0)] = 10.0
    stalled_seconds: Annotated[float, Field(gt=0)] = 30.0
    dns_lookups: bool = Field(
        True, description="Whether the keys and policies of senders' domains are looked up in DNS, at most 3 s a mail."
    )
    embedding: str = Field("", description="A LangChain embedding such as `ollama:bge-m3`; empty for the offline one.")
    model: ModelSettings = ModelSettings()
    merchants: tuple[MerchantSettings, ...] = ()

    @field_validator("public_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @property
    def files_dir(self) -> Path:
        """Where raw mails and attachments are kept."""
        return self.data_dir / "files"

    @property
    def mailboxes(self) -> tuple[tuple[MerchantSettings, MailboxSettings], ...]:
        """Every mailbox with its merchant."""
        return tuple((merchant, mailbox) for merchant in self.merchants for mailbox in merchant.mailboxes)


def load_settings(path: Path | None = None, environ: dict[str, str] | None = None) -> Settings:
    """Read `rejoinder.toml` (the path, `REJOINDER_CONFIG`, or the working folder), then `REJOINDER_*` variables.

    Raises:
        ConfigError: a value is missing or wrong; the message names it.
    """
    environ = dict(os.environ) if environ is None else environ
    named = path or (Path(environ["REJOINDER_CONFIG"]) if "REJOINDER_CONFIG" in environ else None)
    if named is not None and not named.is_file():
        raise ConfigError(f"there is no configuration file {str(named)!r}; write one with `rejoinder init`")
    file = named or Path("rejoinder.toml")
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        return Settings.model_validate(table | _from_environment(environ))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{str(file)!r} is not valid TOML: {exc}") from exc
    except ValidationError as exc:
        raise ConfigError(_explain(exc)) from exc


def _from_environment(environ: dict[str, str]) -> dict[str, str]:
    """Plain settings may come from the environment: `REJOINDER_LISTEN_PORT=9000`."""
    plain = {name for name in Settings.model_fields if name not in {"merchants", "model"}}
    return {name: environ[ENV_PREFIX + name.upper()] for name in plain if environ.get(ENV_PREFIX + name.upper())}


def _explain(exc: ValidationError) -> str:
    lines = []
    for error in exc.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in error["loc"])
        lines.append(f"{where}: {error['msg']} (in rejoinder.toml, or {ENV_PREFIX}{where.upper()})")
    return "; ".join(lines)


def secret(variable: str) -> str:
    """Return the secret in an environment variable.

    Raises:
        ConfigError: the variable is not set.
    """
    value = os.environ.get(variable, "")
    if not value:
        raise ConfigError(f"the environment variable {variable!r} is not set; it holds a secret that a setting names")
    return value
