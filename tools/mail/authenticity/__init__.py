"""Whether a mail comes from whom it says: signatures, the mail server's word, look-alike names, links."""

from tools.mail.authenticity.dns import LookUp, TxtLookup
from tools.mail.authenticity.judge import Authenticator

__all__ = ["Authenticator", "LookUp", "TxtLookup"]
