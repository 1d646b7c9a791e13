"""A form saves what was changed, and says when its row has moved meanwhile."""

import pytest
from django.contrib import admin
from django.db.models.signals import post_save
from django.urls import reverse
from django.utils import timezone

from api.admin import InstitutionKeyAdmin
from programs.admin.changes import READ, ChangedRows, FreshForm
from programs.models import (
    Agreement,
    BudgetLine,
    FundingSource,
    Intake,
    Membership,
    Preference,
    User,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    """The desk of an administrator."""
    client.force_login(factories.administrator())
    return client


def page_of(row):
    """Return the address of a row's form."""
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def opened(desk, row):
    """Open the form of a row; return what it would send back."""
    context = desk.get(page_of(row)).context
    form = context["adminform"].form
    sent = {READ: context[READ]}
    fields = [form[name] for name in form.fields]
    for inline in context["inline_admin_formsets"]:
        formset = inline.formset
        fields += [formset.management_form[n] for n in formset.management_form.fields]
        for part in formset.forms[: formset.initial_form_count()]:
            fields += [part[name] for name in part.fields]
    for bound in fields:
        value = bound.value()
        if value is not None and value is not False:
            sent[bound.html_name] = value
    return sent


def test_a_form_opened_before_a_publication_does_not_take_it_back(desk):
    intake = factories.intake.make(state="closed")
    sent = opened(desk, intake)
    Intake.objects.filter(pk=intake.pk).update(state="decided")
    answer = desk.post(page_of(intake), sent | {"max_choices": 5})
    assert answer.status_code == 200
    assert "Somebody else changed this" in answer.content.decode()
    intake.refresh_from_db()
    assert (intake.state, intake.max_choices) == ("decided", 3)


def test_pressing_save_again_does_not_help(desk):
    intake = factories.intake.make(state="closed")
    sent = opened(desk, intake)
    Intake.objects.filter(pk=intake.pk).update(state="decided")
    again = desk.post(page_of(intake), sent).context[READ]
    assert again == sent[READ]


def test_only_what_was_changed_is_written(desk):
    intake = factories.intake.make(state="closed")
    sent = opened(desk, intake) | {"max_choices": 5}
    saved = []

    def remember(sender, update_fields, **_signal):
        saved.append(set(update_fields))

    post_save.connect(remember, sender=Intake)
    try:
        assert desk.post(page_of(intake), sent).status_code == 302
    finally:
        post_save.disconnect(remember, sender=Intake)
    assert saved == [{"max_choices"}]
    assert intake.history.first().max_choices == 5


def test_a_form_without_a_version_still_writes_only_what_was_changed(desk):
    intake = factories.intake.make(state="closed")
    sent = opened(desk, intake) | {"offer_days": 9}
    del sent[READ]
    Intake.objects.filter(pk=intake.pk).update(state="decided")
    assert desk.post(page_of(intake), sent).status_code == 302
    intake.refresh_from_db()
    assert (intake.state, intake.offer_days) == ("decided", 9)


def test_parts_of_a_row_are_saved_like_the_row(desk):
    line = factories.budget_line.make(amount=5_000_000)
    source = line.source
    sent = opened(desk, source)
    sent |= {"name": "APBN 2027", "budget_lines-0-amount": 7_000_000}
    answer = desk.post(page_of(source), sent)
    assert answer.status_code == 302, answer.context["errors"]
    assert FundingSource.objects.get().name == "APBN 2027"
    assert BudgetLine.objects.get().amount == 7_000_000


def test_a_version_says_nothing_about_the_row(desk):
    person = factories.participant.make()
    other = factories.participant.make()
    versions = {opened(desk, row)[READ] for row in (person, other)}
    assert len(versions) == 2
    assert all(len(version) == 32 for version in versions)


def of_a_user(change):
    """Return an account, and what somebody else does to it meanwhile."""
    user = factories.planner()
    return user, lambda: change(user)


def of_an_agreement():
    agreement = factories.agreement.make()
    agreement.parties.set(factories.institution.make(_quantity=2))
    more = factories.institution.make()
    return agreement, lambda: Agreement.objects.get().parties.add(more)


def of_a_source():
    line = factories.budget_line.make(amount=5_000_000)
    return line.source, lambda: BudgetLine.objects.update(amount=9_000_000)


def of_an_application():
    wish = factories.preference.make(application__intake__state="open", rank=1)
    return wish.application, lambda: Preference.objects.update(rank=2)


def of_a_breach():
    breach = factories.breach.make()
    return breach, lambda: type(breach).objects.update(measures="Keys were changed.")


MEANWHILE = {
    "an account": lambda: of_a_user(
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False)
    ),
    "its roles": lambda: of_a_user(
        lambda user: Membership.objects.filter(user=user).update(role="auditor")
    ),
    "a role that was taken away": lambda: of_a_user(
        lambda user: user.memberships.all().delete()
    ),
    "parties of an agreement": of_an_agreement,
    "lines of a source": of_a_source,
    "wishes": of_an_application,
    "a breach": of_a_breach,
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_nothing_is_saved_over_what_somebody_else_has_saved(desk, what):
    row, act = MEANWHILE[what]()
    sent = opened(desk, row)
    act()
    answer = desk.post(page_of(row), sent)
    assert answer.status_code == 200
    assert "Somebody else changed this" in answer.content.decode()


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_form_that_nobody_has_overtaken_is_saved(desk, what):
    row, _act = MEANWHILE[what]()
    answer = desk.post(page_of(row), opened(desk, row))
    assert answer.status_code == 302, answer.context["errors"]


def test_signing_in_does_not_outdate_the_form_of_an_account(desk):
    user = factories.planner()
    sent = opened(desk, user) | {"first_name": "Sri"}
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    assert desk.post(page_of(user), sent).status_code == 302
    user.refresh_from_db()
    assert user.first_name == "Sri"
    assert user.last_login is not None


def test_every_form_of_the_desk_asks_whether_it_was_overtaken():
    never_changed = {InstitutionKeyAdmin}
    for table in admin.site._registry.values():
        if type(table) not in never_changed:
            assert issubclass(table.form, FreshForm), table
        for inline in table.inlines:
            assert issubclass(inline.formset, ChangedRows), inline


def test_a_figure_means_what_people_mean_and_is_echoed(desk):
    line = factories.budget_line.make(amount=1_300_000_000, fiscal_year=2027)
    slot = factories.slot.make(capacity_max=5)
    desk.cookies["django_language"] = "id"
    told = desk.post(
        page_of(line), opened(desk, line) | {"amount": "+2 miliar"}, follow=True
    )
    line.refresh_from_db()
    assert line.amount == 3_300_000_000
    shown = told.content.decode().replace("\xa0", " ")
    assert "Rp 1.300.000.000 → Rp 3.300.000.000" in shown
    assert "2027 → " not in shown
    desk.post(page_of(slot), opened(desk, slot) | {"capacity_max": "1.000"})
    slot.refresh_from_db()
    assert slot.capacity_max == 1_000
