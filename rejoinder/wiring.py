"""The composition root: settings become a running program. The only place that picks concrete classes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from agents.deps import Clock, Deps, Reader, Writer
from knowledge.catalog import intents
from knowledge.chroma import open_store
from knowledge.embedding import Embedder, LangChainEmbedder, OfflineEmbedder
from knowledge.notice_catalog import notice_catalog
from knowledge.search import Library
from prompts.render import pick_language, render_prompt
from rejoinder.config import MailboxSettings, MerchantSettings, Settings, secret
from rejoinder.delivery import Deliverer, MailChannel
from rejoinder.domain.cases import Merchant
from rejoinder.domain.drafts import Problem
from rejoinder.domain.reminders import ReminderPlan
from rejoinder.errors import ConfigError, NotFound
from rejoinder.intake import Authenticate, Intake, WebhookDoor, WebhookIntake
from rejoinder.links import PacketLinks
from rejoinder.packets import finished
from rejoinder.readers import builtin_reader
from rejoinder.reminders.asking import Colleagues
from rejoinder.reminders.remind import Reminders
from rejoinder.storage.checkpoints import checkpointer
from rejoinder.storage.embedded import start_embedded
from rejoinder.storage.engine import open_engine
from rejoinder.storage.files import FileStore
from rejoinder.storage.migrate import migrate
from rejoinder.storage.store import Store
from rejoinder.worker import Worker
from tools.mail.authenticity import Authenticator, TxtLookup
from tools.mail.channel import DraftsChannel, SmtpChannel
from tools.mail.imap import ImapAccount
from tools.mail.parse import Limits
from tools.mail.smtp import SmtpAccount
from tools.models.chat import ChatReader, ChatWriter, open_chat_model
from tools.models.taught import TaughtReader
from tools.notify import ChatChannel
from tools.processors.base import Processor
from tools.processors.stripe import Stripe

PROCESSORS: Mapping[str, Processor] = {"stripe": Stripe()}


def now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Program:
    """Everything that runs, built once a process."""

    settings: Settings
    database_url: str
    store: Store
    files: FileStore
    library: Library
    deps: Deps
    worker: Worker
    intake: Intake
    webhook_intake: WebhookIntake
    deliverer: Deliverer
    reminders: Reminders
    colleagues: Colleagues
    merchants: Mapping[str, Merchant]
    clock: Clock
    revive: Callable[[], None]

    def webhook_door(self, processor: str, account: str) -> WebhookDoor | None:
        """Return the account that webhooks of this address belong to."""
        for merchant in self.settings.merchants:
            for given in merchant.accounts:
                if (given.processor, given.name) == (processor, account) and processor in PROCESSORS:
                    return WebhookDoor(
                        merchant_id=self.merchants[merchant.slug].merchant_id,
                        processor=PROCESSORS[processor],
                        secret=secret(given.webhook_secret_env),
                    )
        return None


@contextmanager
def open_program(settings: Settings, *, clock: Clock = now, shared: bool = False) -> Iterator[Program]:
    """Start what the settings name and put it together; everything is closed at the end.

    `shared`: other processes of ours run beside this one.

    Raises:
        ConfigError: a setting is wrong or a secret is missing.
        ProviderUnavailable: the database or the document store does not answer.
    """
    with ExitStack() as closing:
        database = _database(settings, closing)
        for folder in ("chroma", "models"):
            (settings.data_dir / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        store = _store(settings, database.url, closing)
        documents = open_store(settings.data_dir / "chroma", settings.chroma_url, shared=shared)
        closing.callback(documents.close)
        library = Library(client=documents.client, embedder=embedder_of(settings), texts=store)
        files = FileStore(settings.files_dir)
        readers, writer = _readers(settings, store, closing)
        deps = Deps(store=store, readers=readers, writer=writer, knowledge=library, clock=clock)
        saver = closing.enter_context(checkpointer(database.url))
        yield Program(
            settings=settings,
            database_url=database.url,
            store=store,
            files=files,
            library=library,
            deps=deps,
            worker=Worker(store, deps, saver),
            intake=_intake(settings, store, files),
            webhook_intake=WebhookIntake(inbox=store, calls=store, files=files),
            deliverer=Deliverer(outbox=store, files=files, channels=_channels(settings)),
            reminders=_reminders(settings, store, files, clock),
            colleagues=Colleagues(store=store, files=files, posts=_posts(settings)),
            merchants={given.slug: store.save_merchant(_merchant(given)) for given in settings.merchants},
            clock=clock,
            revive=database.revive,
        )


class _Database(NamedTuple):
    url: str
    revive: Callable[[], None]


def _database(settings: Settings, closing: ExitStack) -> _Database:
    """Return the merchant's own server, or start the built-in one."""
    url = settings.database_url.get_secret_value()
    if url:
        return _Database(url, _leave_alone)
    server = start_embedded(settings.data_dir)
    closing.callback(server.stop)
    return _Database(server.url, server.revive)


def _leave_alone() -> None:
    """Do nothing: a server of the merchant's own is started by somebody else."""


def _store(settings: Settings, url: str, closing: ExitStack) -> Store:
    engine = open_engine(url)
    closing.callback(engine.dispose)
    migrate(engine)
    return Store(
        engine,
        undo=timedelta(seconds=settings.undo_seconds),
        supervised=timedelta(minutes=settings.supervised_minutes),
    )


def _intake(settings: Settings, store: Store, files: FileStore) -> Intake:
    limits = Limits(size=settings.max_mail_bytes)
    return Intake(inbox=store, files=files, limits=limits, authenticate=_authenticate(settings))


def desk_url_of(settings: Settings) -> str:
    """Return where people reach the desk."""
    return settings.public_url or f"http://{settings.listen_host}:{settings.listen_port}"


def _reminders(settings: Settings, store: Store, files: FileStore, clock: Clock) -> Reminders:
    url = desk_url_of(settings)

    def file_problems(case_id: int) -> Sequence[Problem]:
        try:
            return finished(store, files, case_id, made_at=clock()).problems
        except NotFound as problem:
            return (Problem(code="file_missing", detail=str(problem)),)

    return Reminders(
        store=store,
        files=files,
        posts=_posts(settings),
        chats={
            given.slug: {
                chat.name: ChatChannel(name=chat.name, url=partial(secret, chat.url_env))
                for chat in given.reminders.channels
            }
            for given in settings.merchants
        },
        desk_url=url,
        link_for=PacketLinks(store=store, public_url=url, clock=clock).link_for,
        file_problems=file_problems,
    )


def _posts(settings: Settings) -> dict[str, MailChannel]:
    """Return, by merchant, the way out of mails to its own people: sent even where answers only become drafts."""
    able = {given.slug: [one for one in given.mailboxes if one.smtp] for given in settings.merchants}
    return {
        given.slug: _smtp_channel(able[given.slug][0], settings.max_mail_bytes)
        for given in settings.merchants
        if given.reminders.colleague and able[given.slug]
    }


def embedder_of(settings: Settings) -> Embedder:
    """Return the embedding that the settings choose."""
    return LangChainEmbedder(settings.embedding) if settings.embedding else OfflineEmbedder()


def _readers(settings: Settings, store: Store, closing: ExitStack) -> tuple[tuple[Reader, ...], Writer | None]:
    builtin = TaughtReader(builtin_reader(settings.data_dir / "models"), store, notice_catalog)
    model = settings.model
    if not model.name:
        return (builtin,), None
    api_key = secret(model.api_key_env) if model.api_key_env else ""
    chat = open_chat_model(model.name, base_url=model.base_url, api_key=api_key, timeout_seconds=model.timeout_seconds)
    closing.callback(chat.close)
    titles = {name: intent.title for name, intent in intents().items()}
    writer = ChatWriter(chat, render_prompt, model.name) if model.writes else None
    return (builtin, ChatReader(chat, render_prompt, titles, model.name)), writer


def _merchant(given: MerchantSettings) -> Merchant:
    return Merchant(
        merchant_id=0,
        slug=given.slug,
        name=given.name,
        language=given.language,
        timezone=given.timezone,
        country=given.country,
        signature=given.signature or given.name,
        website=given.website,
        buffer_hours=given.buffer_hours,
        autonomy=given.autonomy,
        reminders=_reminder_plan(given),
    )


def _reminder_plan(given: MerchantSettings) -> ReminderPlan:
    wanted = given.reminders
    return ReminderPlan(
        colleague=wanted.colleague,
        language=wanted.language or pick_language(given.language, ("en", "zh"), "en"),
        chats=tuple(channel.name for channel in wanted.channels),
        mail_before=timedelta(hours=wanted.mail_hours),
        chat_before=timedelta(hours=wanted.chat_hours),
        all_before=timedelta(hours=wanted.all_hours),
        cutoff_before=timedelta(hours=wanted.cutoff_hours),
        at_cutoff=wanted.at_cutoff,
    )


def imap_account(mailbox: MailboxSettings, max_bytes: int) -> ImapAccount:
    """Return a mailbox's account; its password is read at each login."""
    imap = mailbox.imap
    return ImapAccount(
        name=mailbox.name,
        host=imap.host,
        port=imap.port,
        security=imap.security,
        user=imap.user,
        password=lambda: secret(imap.password_env),
        ca_file=str(imap.ca_file) if imap.ca_file else None,
        folder=imap.folder,
        drafts_folder=imap.drafts_folder,
        sent_folder=imap.sent_folder,
        max_bytes=max_bytes,
    )


def _authenticate(settings: Settings) -> Authenticate:
    trusted = {mailbox.name: mailbox.trusted_authserv for _, mailbox in settings.mailboxes}
    authenticator = Authenticator(
        sources=tuple(notice_catalog().sources.values()),
        look_up=TxtLookup() if settings.dns_lookups else None,
        limits=Limits(size=settings.max_mail_bytes),
    )
    return lambda raw, mail, mailbox: authenticator.judge(raw, mail, trusted.get(mailbox, ()))


def _channels(settings: Settings) -> dict[str, MailChannel]:
    return {mailbox.name: _channel(mailbox, settings.max_mail_bytes) for _, mailbox in settings.mailboxes}


def _channel(mailbox: MailboxSettings, max_bytes: int) -> MailChannel:
    if mailbox.deliver == "imap_drafts":
        account = imap_account(mailbox, max_bytes)
        return DraftsChannel(address=mailbox.address, sender_name=mailbox.sender_name, account=account)
    return _smtp_channel(mailbox, max_bytes)


def _smtp_channel(mailbox: MailboxSettings, max_bytes: int) -> SmtpChannel:
    smtp = mailbox.smtp
    if smtp is None:
        raise ConfigError(f"mailbox {mailbox.name!r} delivers by SMTP but has no [smtp] settings")
    sender = SmtpAccount(
        name=mailbox.name,
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        from_address=mailbox.address,
        user=smtp.user,
        password=(lambda: secret(smtp.password_env)) if smtp.password_env else "",
        ca_file=str(smtp.ca_file) if smtp.ca_file else None,
    )
    copy = imap_account(mailbox, max_bytes) if mailbox.copy_to_sent else None
    return SmtpChannel(address=mailbox.address, sender_name=mailbox.sender_name, account=sender, sent_copy=copy)
