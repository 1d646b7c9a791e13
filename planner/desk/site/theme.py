"""How the admin looks: names, colours, and where its menu comes from."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

UNFOLD = {
    "SITE_TITLE": _("Talent exchange planner"),
    "SITE_HEADER": _("Talent exchange"),
    "SITE_SYMBOL": "travel_explore",
    "SITE_URL": None,
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "SHOW_BACK_BUTTON": True,
    "STYLES": [lambda request: static("desk/desk.css")],
    "SCRIPTS": [lambda request: static("desk/keyboard.js")],
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("desk/icon.svg"),
        }
    ],
    "ACCOUNT": {
        "navigation": [
            {"title": _("Second factor"), "link": reverse_lazy("mfa_index")},
        ]
    },
    "COMMAND": {"search_models": "planner.desk.site.sidebar.searched_models"},
    "SIDEBAR": {
        "show_search": True,
        "navigation": "planner.desk.site.sidebar.navigation",
    },
    "COLORS": {
        # A calm blue that stays readable for people who see colours differently.
        "primary": {
            "50": "oklch(97% .013 236)",
            "100": "oklch(93% .032 236)",
            "200": "oklch(87% .058 236)",
            "300": "oklch(79% .095 236)",
            "400": "oklch(69% .125 238)",
            "500": "oklch(59% .13 241)",
            "600": "oklch(50% .12 243)",
            "700": "oklch(43% .105 244)",
            "800": "oklch(38% .085 244)",
            "900": "oklch(33% .07 245)",
            "950": "oklch(24% .05 246)",
        }
    },
}
