"""What the merchant's own people are told and asked, what they answer, and what happens when they do not."""
