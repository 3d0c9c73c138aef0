"""Letter and exhibits as one PDF within the limits of a rail, with its manifest; and reading both back."""
