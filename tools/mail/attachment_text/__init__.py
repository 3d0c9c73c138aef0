"""What can be read in an attached file: its text, or a clear word why there is none."""

from tools.mail.attachment_text.budget import FileText, TextBudget
from tools.mail.attachment_text.read import read_file_text

__all__ = ["FileText", "TextBudget", "read_file_text"]
