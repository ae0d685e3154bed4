"""AWS: one module a noun, with the same `build` as on every cloud."""
