"""E-mails about a published plan: queued by a person, sent by a worker, never twice."""
