"""What the rules leave open, guessed from mails that people read: the kind of a mail, the meaning of a value."""

from tools.models.notices.guessed.guesses import Guesses, Lessons, guesses_of

__all__ = ["Guesses", "Lessons", "guesses_of"]
