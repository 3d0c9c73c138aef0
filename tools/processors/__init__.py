"""Payment processors, one file each."""
