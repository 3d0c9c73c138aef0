"""Real mail servers for tests, each on a free loopback port with its files in a temporary folder."""
