"""What the business knows, as data with sources and dates."""
