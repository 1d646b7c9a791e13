"""The verbs: everything that changes the domain goes through here, and is audited.

Module = plural noun, function = verb. All arguments are named; ``by`` is the actor and
``now`` the time, because the domain reads no clock.
"""
