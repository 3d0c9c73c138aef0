"""Is everything in place? Each finding says what was looked at and what to do."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import NamedTuple

from rejoinder.config import Settings, load_settings, secret
from rejoinder.errors import RejoinderError
from rejoinder.wiring import Program, imap_account, open_program
from tools.mail.imap import ImapMailbox
from tools.notify import ChatChannel

TOP_LEVEL = ("agents", "tools", "knowledge", "prompts", "evals")
CAPABILITIES = (
    "reads mail, writes drafts, sends approved replies, reminds you and asks your colleague; "
    "it can neither refund, pay nor change an order"
)


class Finding(NamedTuple):
    """One thing looked at."""

    good: bool
    what: str
    words: str


def examine(config: Path | None) -> list[Finding]:
    """Look at everything that must be in place; a part that fails does not hide the others."""
    try:
        settings = load_settings(config)
    except RejoinderError as problem:
        return [Finding(False, "settings", str(problem))]
    findings = [
        Finding(True, "settings", f"{len(settings.merchants)} merchants, data in {settings.data_dir}"),
        _top_level_names(),
    ]
    try:
        with open_program(settings) as program:
            findings += _program_findings(program)
    except RejoinderError as problem:
        findings.append(Finding(False, "database and documents", str(problem)))
    findings += [_mailbox(settings, name) for _, mailbox in settings.mailboxes for name in [mailbox.name]]
    findings += _secrets(settings)
    findings += _chats(settings)
    return [*findings, Finding(True, "capabilities", CAPABILITIES)]


def _top_level_names() -> Finding:
    owners = packages_distributions()
    foreign = {name: owners.get(name, []) for name in TOP_LEVEL if set(owners.get(name, [])) - {"rejoinder"}}
    if foreign:
        return Finding(
            False, "packages", f"other packages install the same names: {foreign}; use an environment of its own"
        )
    return Finding(True, "packages", "no other package uses our names")


def _program_findings(program: Program) -> list[Finding]:
    findings = [Finding(True, "database", "reachable and up to date")]
    reviewers = program.store.has_users()
    words = "somebody can log in" if reviewers else "nobody can log in; make one with `rejoinder user NAME`"
    findings.append(Finding(reviewers, "reviewers", words))
    for merchant in program.merchants.values():
        documents = len(program.store.document_keys(merchant.merchant_id))
        words = f"{documents} documents" if documents else "no documents; add policies with `rejoinder index FOLDER`"
        findings.append(Finding(bool(documents), f"knowledge of {merchant.slug}", words))
    model = program.settings.model.name or "none: rules, the local classifier and templates"
    return [*findings, Finding(True, "model", model)]


def _mailbox(settings: Settings, name: str) -> Finding:
    mailbox = next(m for _, m in settings.mailboxes if m.name == name)
    return _try(f"mailbox {name}", lambda: _read_mailbox(settings, mailbox.name))


def _read_mailbox(settings: Settings, name: str) -> str:
    mailbox = next(m for _, m in settings.mailboxes if m.name == name)
    with ImapMailbox(imap_account(mailbox, settings.max_mail_bytes)) as opened:
        return f"{opened.select().exists} mails in {mailbox.imap.folder}"


def _secrets(settings: Settings) -> list[Finding]:
    names = [account.webhook_secret_env for merchant in settings.merchants for account in merchant.accounts]
    return [_secret(name) for name in names]


def _chats(settings: Settings) -> list[Finding]:
    channels = [chat for merchant in settings.merchants for chat in merchant.reminders.channels]
    return [
        _try(f"chat {one.name}", ChatChannel(name=one.name, url=partial(secret, one.url_env)).check) for one in channels
    ]


def _secret(name: str) -> Finding:
    return _try(f"secret {name}", lambda: f"{len(secret(name))} characters")


def _try(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(True, what, look())
    except RejoinderError as problem:
        return Finding(False, what, str(problem))
