"""Speed and memory, as ratios to what is possible."""
