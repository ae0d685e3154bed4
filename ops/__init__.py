"""The operator: runs stacks on the local cloud, and says what is missing where it cannot."""
