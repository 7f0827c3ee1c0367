"""Webhooks: the facts about a batch for programs, signed and sent at least once."""
