"""Order sources, one file each."""
