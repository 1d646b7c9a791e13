"""Institutions, their agreements, and the people who work for them."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.choices import AgreementState, InstitutionKind, ProgramKind
from programs.roles import Permission, Role, are_separate, permissions_of

from .base import PublicModel, ReferenceQuerySet
from .geography import Country, Region


class Institution(PublicModel):
    """A legal body that owns programs, sends, hosts or pays for people."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=InstitutionKind)
    country = models.ForeignKey(
        Country, models.PROTECT, related_name="institutions", verbose_name=_("country")
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="institutions",
        verbose_name=_("region"),
    )
    city = models.CharField(_("city"), max_length=100, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["name"]

    def __str__(self):
        return self.name


class AgreementQuerySet(models.QuerySet):
    """Agreements by reader."""

    def visible_to(self, user):
        """A partner sees agreements it is a party to; a coordinator also those in use.

        In use is what slots of the own programs rest on.
        """
        return access.restrict(
            self, user, institution="parties", program="slots__intake__program"
        )


class Agreement(PublicModel):
    """A signed frame (MoU, IIA, PKS) that places draw on, with its yearly caps."""

    code = models.CharField(_("code"), max_length=50, unique=True)
    title = models.CharField(_("title"), max_length=200)
    parties = models.ManyToManyField(
        Institution, related_name="agreements", verbose_name=_("parties")
    )
    program_kind = models.CharField(
        _("kind of program"), max_length=20, choices=ProgramKind, blank=True
    )
    state = models.CharField(
        _("state"), max_length=20, choices=AgreementState, default=AgreementState.DRAFT
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    yearly_cap = models.PositiveIntegerField(_("people a year"), null=True, blank=True)
    yearly_person_months = models.PositiveIntegerField(
        _("person-months a year"), null=True, blank=True
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")),
                name="agreement_ends_after_it_starts",
            )
        ]

    def __str__(self):
        return f"{self.code} {self.title}"


class AccountQuerySet(models.QuerySet):
    """Accounts and memberships: one's own, or all for who looks after users."""

    person = "pk"

    def visible_to(self, user):
        """Everything for who manages users, else what is the reader's own."""
        if not access.is_signed_in(user):
            return self.none()
        if user.allows(Permission.MANAGE_USERS):
            return self
        return self.filter(**{self.person: user.pk})


class MembershipQuerySet(AccountQuerySet):
    """Memberships, which belong to the account they give a role to."""

    person = "user"


class UserQuerySet(AccountQuerySet):
    """Accounts of people."""

    def of_the_demo(self):
        """Accounts of the demonstration that are not closed."""
        return self.filter(is_demo=True, is_active=True)


class AccountManager(UserManager.from_queryset(UserQuerySet)):
    """Makes users as Django does, and knows who may see them."""


class User(AbstractUser):
    """A person who signs in; what they may do follows from their memberships."""

    language = models.CharField(
        _("language"),
        max_length=5,
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
        default="id",
        blank=True,
        help_text=_("Empty: the language of the browser."),
    )
    is_demo = models.BooleanField(
        _("of the demonstration"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Opens only where DEMO is on."),
    )

    objects = AccountManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self):
        return self.get_full_name() or self.username

    @property
    def actor(self):
        """How the audit trail names this user: by number, never by name."""
        return f"user:{self.pk}"

    def _facts(self):
        """Return roles and institutions, read once per loaded user."""
        if not hasattr(self, "_membership_facts"):
            self._membership_facts = list(
                self.memberships.values_list("role", "institution_id")
            )
        return self._membership_facts

    @property
    def roles(self):
        """The role keys held anywhere."""
        return {role for role, _institution in self._facts()}

    @property
    def permissions(self):
        """Everything the roles allow; a superuser is an administrator everywhere."""
        roles = self.roles | ({Role.ADMINISTRATOR} if self.is_superuser else set())
        return permissions_of(roles)

    def allows(self, permission):
        """Return whether an active user holds the permission."""
        return self.is_active and Permission(permission) in self.permissions

    def institution_ids(self, *roles):
        """Return ids of institutions where the user holds one of the roles."""
        wanted = {Role(role) for role in roles} or set(Role)
        return [pk for role, pk in self._facts() if role in wanted]


class Membership(PublicModel):
    """A role a user holds for an institution."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    institution = models.ForeignKey(
        Institution,
        models.CASCADE,
        related_name="memberships",
        verbose_name=_("institution"),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["user", "institution", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "institution", "role"], name="membership_is_unique"
            )
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()} ({self.institution})"

    def clean(self):
        """Refuse a role that would let one person both plan and approve."""
        others = Membership.objects.filter(user=self.user_id).exclude(pk=self.pk)
        roles = set(others.values_list("role", flat=True)) if self.user_id else set()
        if self.role and not are_separate(roles | {self.role}):
            raise ValidationError(
                {"role": _("Nobody both plans and approves: remove the other role.")}
            )
