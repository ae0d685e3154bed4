"""The nouns at Cloudflare: one file a noun, the same names as in the clouds' folders."""
