"""What the library would say, in our own words: what to send, not what it expected.

Set once, when the app is ready; every serializer of the project is the API's.
"""

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, fields, relations, serializers, validators

LIST = _("Send a list, such as [].")
OBJECT = _("Send an object, such as {{}}.")
NUMBER = _("Send a number, without quotation marks.")
TOO_LARGE = _("This number is too large.")
UNKNOWN = _("Nothing with this id is known to you.")
FIELDS = {
    fields.BooleanField: {"invalid": _("Send true or false.")},
    fields.CharField: {"invalid": _("Send a text.")},
    fields.UUIDField: {"invalid": _("Send an id (a UUID) as text.")},
    fields.IntegerField: {
        "invalid": _("Send a whole number, without quotation marks."),
        "max_string_length": TOO_LARGE,
    },
    fields.FloatField: {
        "invalid": NUMBER,
        "max_string_length": TOO_LARGE,
        "overflow": TOO_LARGE,
    },
    fields.DecimalField: {"invalid": NUMBER, "max_string_length": TOO_LARGE},
    fields.DateField: {
        "invalid": _("Send a date, such as 2027-02-01."),
        "datetime": _("Send a date without a time, such as 2027-02-01."),
    },
    fields.ChoiceField: {
        "invalid_choice": _("“{input}” is none of the values that may stand here.")
    },
    fields.ListField: {
        "not_a_list": LIST,
        "empty": _("Send at least one entry."),
        "min_length": _("Send at least {min_length} entries."),
        "max_length": _("Send at most {max_length} entries."),
    },
    relations.PrimaryKeyRelatedField: {
        "does_not_exist": UNKNOWN,
        "incorrect_type": _("Send an id as text."),
    },
    serializers.Serializer: {"invalid": OBJECT},
    serializers.ListSerializer: {
        "not_a_list": LIST,
        "empty": _("Send at least one entry."),
        "min_length": _("Send at least {min_length} entries."),
        "max_length": _("Send at most {max_length} entries."),
    },
}
"""For a class of fields and a code of an error, the sentence."""
PROBLEMS = {
    exceptions.APIException: _(
        "Something broke here; quote the request id when you report it."
    ),
    exceptions.ParseError: _("The body cannot be read."),
    exceptions.NotAuthenticated: _("Send a key: “Authorization: Api-Key …”."),
    exceptions.PermissionDenied: _("Your key or your role does not allow this."),
    exceptions.NotFound: _("There is nothing here, or it is not yours."),
    exceptions.MethodNotAllowed: _("{method} does nothing here; see Allow."),
    exceptions.NotAcceptable: _("Answers are JSON: accept application/json."),
    exceptions.UnsupportedMediaType: _(
        "Send application/json instead of “{media_type}”."
    ),
    exceptions.Throttled: _("These were too many requests at once."),
}
"""For a class of errors, the sentence where none is given."""


def speak():
    """Let the library's fields and errors say these words."""
    for field, words in FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **words}
    for problem, words in PROBLEMS.items():
        problem.default_detail = words
    validators.UniqueValidator.message = _("Somebody has this already.")
