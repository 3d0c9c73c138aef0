"""Every error Rejoinder raises on purpose, as one tree.

::

    RejoinderError
    ├── ConfigError              a setting is missing or wrong; the program does not start
    ├── BadInput                 what came from outside cannot be used as it is
    │   ├── MailRejected         a mail beyond a limit or that no parser reads: kept, quarantined
    │   │   ├── MailTooLarge
    │   │   ├── MailTooDeep
    │   │   └── MailTooManyParts
    │   ├── WebhookRejected      the signature, the time or the form of a webhook is wrong
    │   ├── ImportRejected       an order file or document that cannot be read
    │   ├── ExhibitRejected      a file or text that cannot be put into a packet as it is; says what to do
    │   │   └── CardNumberFound  it shows a full card number that cannot be masked: a person looks
    │   └── PacketTooLarge       a packet over a limit of its rail after everything was made smaller
    ├── PacketMisread            the finished packet does not say what it should; it must not leave
    ├── TemplateError            a template misses a value or does not exist
    ├── NotFound                 no row with that id (or not this merchant's)
    ├── Conflict                 somebody else was faster; nothing was changed
    ├── ProviderError            a mail server, processor, carrier or model
    │   ├── ProviderUnavailable  may pass: tried again
    │   ├── ProviderRefused      will not pass: a person looks
    │   └── DeliveryUncertain    sent or not, nobody knows: never sent again by itself
    └── ModelError               the language model's answer cannot be used; the case goes on without it
"""


class RejoinderError(Exception):
    """Base of all; `retriable` tells the worker whether trying again can help."""

    retriable = False


class ConfigError(RejoinderError):
    """A setting is missing or wrong."""


class BadInput(RejoinderError):
    """Something from outside cannot be used as it is."""


class MailRejected(BadInput):
    """A mail that cannot be read within the limits."""


class MailTooLarge(MailRejected):
    """More bytes than the limit."""


class MailTooDeep(MailRejected):
    """Parts nested deeper than the limit."""


class MailTooManyParts(MailRejected):
    """More MIME parts than the limit."""


class WebhookRejected(BadInput):
    """A webhook whose signature, time or form is wrong."""


class ImportRejected(BadInput):
    """A file of orders or a document that cannot be read."""


class ExhibitRejected(BadInput):
    """A file or text that cannot stand in a packet: broken, encrypted, of an unknown type, in letters no font has."""


class CardNumberFound(ExhibitRejected):
    """A full card number where it cannot be masked."""


class PacketTooLarge(BadInput):
    """More bytes or pages than the rail takes, or a form it does not take."""


class PacketMisread(RejoinderError):
    """Reading the finished packet back gave other facts than it was made from."""


class TemplateError(RejoinderError):
    """A template misses a value, states a fact without a citation, or does not exist."""


class NotFound(RejoinderError):
    """No such row for this merchant."""


class Conflict(RejoinderError):
    """The thing was changed by somebody else in between; nothing was done."""


class ProviderError(RejoinderError):
    """A mail server, processor, carrier or model failed."""


class ProviderUnavailable(ProviderError):
    """Failed in a way that may pass."""

    retriable = True


class ProviderRefused(ProviderError):
    """Said no; asking again will not help."""


class DeliveryUncertain(ProviderError):
    """The answer to a send was lost; it must never be repeated without a person."""


class ModelError(RejoinderError):
    """A language model gave no usable answer."""
