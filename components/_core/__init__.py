"""What all nouns share; no noun lives here."""
