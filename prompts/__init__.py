"""Every text that a model or a person outside reads."""
