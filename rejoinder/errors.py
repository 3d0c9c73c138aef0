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
    │   └── ImportRejected       an order file or document that cannot be read
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
