"""Makes labelled speech from sentences: their wording, voices, delivery, and the telephone line."""
