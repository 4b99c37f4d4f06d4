"""The free speech engines, one module each: finding the installed voices, and speaking with them."""
