"""The free speech engines, one module each: which voices are installed, and how to make them speak."""
