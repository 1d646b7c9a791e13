"""A write through the API is one transaction: what it does, and the answer it gives.

Whatever fails on the way, an answer that cannot be written as JSON too, takes back all
of it: nobody is told of an error after something was done. What the database calls
retryable is tried again as a whole.
"""

from programs.domain import transactions

from . import idempotency


@transactions.verb
def at_once(handler, request, *args, **kwargs):
    """Call a view's handler; return its response when everything is written.

    Raises
    ------
    Refusal, APIException: nothing was written. Replay: it was answered before.
    """
    with transactions.atomic():
        record = (
            idempotency.claim(request) if idempotency.is_asked_for(request) else None
        )
        response = handler(request, *args, **kwargs)
        idempotency.text_of(response.data)
        if record is not None:
            has_written = transactions.is_telling()
            idempotency.settle(record, response, has_written=has_written)
    return response
