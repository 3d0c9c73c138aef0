"""Slows down guessing: how many failed logins there may be in a while."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
PER_LOGIN_AND_ADDRESS = 5
PER_ADDRESS = 30
PER_LOGIN = 100
MOST_KEYS = 20_000


@dataclass
class Throttle:
    """Failed logins of this process. An attempt counts when it begins, so that many at once count as many."""

    _attempts: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, login: str, address: str, now: datetime) -> bool:
        """Count an attempt; False when there were too many and this one must not be looked at."""
        with self._lock:
            if len(self._attempts) > MOST_KEYS:
                self._forget(now)
            limits = _limits(login, address)
            if any(self._count(key, now) >= limit for key, limit in limits.items()):
                return False
            for key in limits:
                self._attempts.setdefault(key, deque()).append(now)
            return True

    def succeed(self, login: str, address: str) -> None:
        """Forget the attempts of somebody who knew the password; the address keeps those at other logins."""
        with self._lock:
            own = self._attempts.pop((login, address), deque())
            for key in (("", address), (login, "")):
                for attempt in own:
                    if attempt in self._attempts.get(key, ()):
                        self._attempts[key].remove(attempt)

    def _count(self, key: tuple[str, str], now: datetime) -> int:
        attempts = self._attempts.get(key)
        while attempts and attempts[0] <= now - WINDOW:
            attempts.popleft()
        return len(attempts) if attempts else 0

    def _forget(self, now: datetime) -> None:
        for key in [key for key in self._attempts if not self._count(key, now)]:
            del self._attempts[key]


def _limits(login: str, address: str) -> dict[tuple[str, str], int]:
    return {(login, address): PER_LOGIN_AND_ADDRESS, ("", address): PER_ADDRESS, (login, ""): PER_LOGIN}
