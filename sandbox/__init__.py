"""A local cloud behind the real Pulumi engine: one server that answers for gcp, aws, cloudflare, random and kubernetes."""
