"""The nouns on Google Cloud: one file a noun, the same names as in the other clouds' folders."""
