"""Who may call, as OpenAPI says it."""

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class PersonScheme(SessionScheme):
    """The desk's session cookie."""

    target_class = "api.authentication.PersonAuthentication"


class KeyScheme(OpenApiAuthenticationExtension):
    """``Authorization: Api-Key <key>``."""

    target_class = "api.authentication.InstitutionKeyAuthentication"
    name = "institutionKey"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Write `Api-Key` and a space before the key.",
        }
