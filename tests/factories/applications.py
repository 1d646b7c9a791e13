"""Applications, wishes, hosts' opinions and teams."""

from datetime import UTC, datetime

from model_bakery.recipe import Recipe, foreign_key

from programs.choices import ApplicationState
from programs.models import Application, HostRating, PersonalLink, Preference, Team

from .institutions import institution
from .participants import participant
from .programs import intake, slot
from .serial import serial

team = Recipe(Team, intake=foreign_key(intake), code=serial("team"), name="Tim Cip")
application = Recipe(
    Application,
    # One person each, also when several applications are made at once.
    participant=foreign_key(participant, one_to_one=True),
    intake=foreign_key(intake),
    nominated_by=foreign_key(institution),
    state=ApplicationState.SUBMITTED,
    merit_score=70,
    submitted_at=datetime(2027, 2, 1, 3, tzinfo=UTC),
)
preference = Recipe(
    Preference, application=foreign_key(application), rank=1, slot=foreign_key(slot)
)
host_rating = Recipe(
    HostRating,
    application=foreign_key(application),
    slot=foreign_key(slot),
    score=80,
    is_veto=False,
)
personal_link = Recipe(
    PersonalLink,
    application=foreign_key(application),
    digest=serial("digest"),
    issued_at=datetime(2027, 2, 1, 3, tzinfo=UTC),
    expires_at=datetime(2027, 5, 1, 3, tzinfo=UTC),
)
