"""The words of the business as frozen types; imports the standard library only."""
