"""Looks up the TXT records by which domains say who may sign for them."""

from collections.abc import Callable, Sequence

import dns.exception
import dns.resolver

from rejoinder.errors import ProviderUnavailable

LookUp = Callable[[str], Sequence[str]]
"""A domain name to its TXT records, none where there are none; raises `ProviderUnavailable` without an answer."""

_CACHED = 2000


class TxtLookup:
    """Asks the machine's own name servers."""

    def __init__(self, seconds: float = 3.0) -> None:
        self._seconds = seconds
        self._resolver: dns.resolver.Resolver | None = None

    def __call__(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name.

        Raises:
            ProviderUnavailable: no name server answered in time.
        """
        try:
            answer = self._opened().resolve(name, "TXT", lifetime=self._seconds, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, UnicodeError, OSError) as exc:
            raise ProviderUnavailable(f"DNS gave no answer for {name!r}") from exc
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer.rrset or ()]

    def _opened(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            self._resolver = dns.resolver.Resolver()
            self._resolver.cache = dns.resolver.LRUCache(_CACHED)
        return self._resolver


class PatientLookup:
    """Asks for one mail: after the first answer that does not come, nothing more is asked."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._silent = False

    def __call__(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name.

        Raises:
            ProviderUnavailable: no answer, now or to an earlier question.
        """
        if self._silent:
            raise ProviderUnavailable("DNS gave no answer before")
        try:
            return self._look_up(name)
        except ProviderUnavailable:
            self._silent = True
            raise
