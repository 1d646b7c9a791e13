"""Files that people bring: what was checked, what was taken, what is parked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.choices import ImportKind, ImportState

from .base import PublicModel, seen_through
from .encrypted import EncryptedBinaryField, EncryptedTextField
from .institutions import Institution, User


class ImportBatchQuerySet(models.QuerySet):
    """Imports, narrowed to the reader's own."""

    def visible_to(self, user):
        if access.is_signed_in(user) and user.allows("view_all"):
            return self
        return self.filter(created_by_id=getattr(user, "pk", None))

    def waiting(self):
        """Those whose file is still there, to be judged or written."""
        waits = ImportState.READING, ImportState.CHECKED, ImportState.WRITING
        return self.filter(state__in=waits)

    def empty(self, **columns):
        """Forget waiting files; return how many. What was written of them stays."""
        kept = models.When(
            state=ImportState.WRITING, then=models.Value(ImportState.PARTLY_APPLIED)
        )
        gone = models.Value(ImportState.DISCARDED)
        state = models.Case(kept, default=gone)
        return self.waiting().update(content=None, state=state, **columns)


class ImportBatch(PublicModel):
    """One file: its kind, its digest, its counts, and what became of it."""

    kind = models.CharField(_("kind"), max_length=20, choices=ImportKind)
    filename = models.CharField(_("file"), max_length=200)
    digest = models.CharField(_("digest (SHA-256)"), max_length=64)
    state = models.CharField(
        _("state"), max_length=20, choices=ImportState, default=ImportState.CHECKED
    )
    num_rows = models.PositiveIntegerField(_("rows"), default=0)
    num_good = models.PositiveIntegerField(_("good rows"), default=0)
    num_bad = models.PositiveIntegerField(_("rows with errors"), default=0)
    summary = models.JSONField(_("columns"), default=dict, blank=True)
    content = EncryptedBinaryField(
        _("uploaded file"),
        null=True,
        blank=True,
        help_text=_("Waits here between preview and confirmation, then it is emptied."),
    )
    mapping = EncryptedTextField(
        _("what its columns and words mean"),
        null=True,
        blank=True,
        help_text=_("Of a sheet in somebody's own form, as JSON; else it is empty."),
    )
    reason = models.TextField(_("reason for late rows"), blank=True, db_default="")
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="imports", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("at"))
    parked_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("brings parked rows of"),
    )
    written_at = models.DateTimeField(_("written at"), null=True, blank=True)
    written_to = models.PositiveIntegerField(
        _("written up to row"), default=0, db_default=0
    )

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.filename} ({self.get_kind_display()})"


class ImportRow(PublicModel):
    """A row kept back because of its errors; its cells are encrypted."""

    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="rows", verbose_name=_("import")
    )
    number = models.PositiveIntegerField(_("row"))
    cells = EncryptedTextField(_("cells"))
    errors = models.JSONField(_("errors"), default=list)

    objects = seen_through("batch")

    class Meta:
        verbose_name = _("parked row")
        verbose_name_plural = _("parked rows")
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"], name="import_row_number_is_unique"
            )
        ]

    def __str__(self):
        return f"{self.batch} {self.number}"


class ImportWrite(PublicModel):
    """A row that an import wrote, and what it was before: enough to undo it."""

    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="writes", verbose_name=_("import")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ImportKind)
    row_id = models.UUIDField(_("written row"), db_index=True)
    before = EncryptedTextField(
        _("what it was before"),
        null=True,
        blank=True,
        help_text=_("As JSON; empty where the import made the row."),
    )

    objects = seen_through("batch")

    class Meta:
        verbose_name = _("row written by an import")
        verbose_name_plural = _("rows written by imports")
        ordering = ["batch", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "kind", "row_id"], name="import_writes_a_row_once"
            )
        ]

    def __str__(self):
        return f"{self.batch} {self.row_id}"


class RememberedWordQuerySet(models.QuerySet):
    """Words, narrowed to those that the reader and colleagues have chosen."""

    def visible_to(self, user):
        """The own words and those of colleagues; all of them for who sees all."""
        if access.is_signed_in(user) and user.allows("view_all"):
            return self
        return self.of(user)

    def of(self, user):
        """The own words, and those of the institutions that somebody works for."""
        if not access.is_signed_in(user):
            return self.none()
        return self.filter(
            models.Q(user=user) | models.Q(institution__in=user.institution_ids())
        )


class RememberedWord(PublicModel):
    """What somebody meant by a heading or a word of a sheet, for the next one."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="remembered_words", verbose_name=_("by")
    )
    institution = models.ForeignKey(
        Institution,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    what = models.CharField(_("what it names"), max_length=60)
    said = models.CharField(_("as it was written"), max_length=200)
    means = models.CharField(_("what it means"), max_length=100, blank=True)
    chosen_at = models.DateTimeField(_("at"))

    objects = RememberedWordQuerySet.as_manager()

    class Meta:
        verbose_name = _("remembered word")
        verbose_name_plural = _("remembered words")
        ordering = ["what", "said"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "what", "said"],
                name="a_word_means_one_thing_to_a_person",
            )
        ]

    def __str__(self):
        return f"{self.said}: {self.means}"
