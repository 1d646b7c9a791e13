"""Webhooks: events sent to partners' own addresses, signed, in order, at least once."""
