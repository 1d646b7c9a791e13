"""What runs out, as pages tell it: a sentence and the row behind it."""

from django.urls import reverse


def told(found):
    """Return (sentence, link) of endings.

    Parameters
    ----------
    found: from ``programs.domain.endings``.
    """
    return [
        (
            each.text,
            reverse(
                f"admin:programs_{each.row._meta.model_name}_change",
                args=[each.row.pk],
            ),
        )
        for each in found
    ]
