"""A sample merchant, with a mailbox on real servers, to see the whole product at work."""
