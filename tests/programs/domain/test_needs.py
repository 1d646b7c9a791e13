"""What an intake lacks is asked of those who may add it, and they answer."""

from decimal import Decimal

import pytest

from programs.domain import needs
from programs.models import AuditEvent, BudgetLine
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    return factories.intake.make()


@pytest.fixture
def coordinator(intake):
    return factories.coordinator(of=intake.program.owner)


@pytest.fixture
def budget(intake, coordinator):
    source = factories.funding_source.make(kind="state")
    facts = {"source": source, "fiscal_year": 2027, "amount": Decimal(90)}
    return needs.ask(intake=intake, kind="budget", by=coordinator, now=NOW, **facts)


def test_a_planner_gives_the_budget_once(budget):
    planner = factories.planner()
    assert list(needs.waiting(planner)) == [budget]
    needs.meet(need=budget, amount=Decimal(70), by=planner, now=NOW)
    line = BudgetLine.objects.get()
    assert (line.source, line.fiscal_year, line.amount) == (budget.source, 2027, 70)
    assert not needs.waiting(planner).exists()
    budget.state = "open"  # as somebody sees it who looked before
    with pytest.raises(Refusal, match="changed while"):
        needs.meet(need=budget, amount=Decimal(80), by=planner, now=NOW)
    kinds = AuditEvent.objects.filter(action__startswith="needs.")
    assert sorted(kinds.values_list("action", flat=True)) == ["needs.ask", "needs.meet"]


def test_it_is_asked_for_once_at_a_time(budget, intake, coordinator):
    facts = {"source": budget.source, "fiscal_year": 2027, "amount": Decimal(1)}
    with pytest.raises(Refusal, match="asked for already"):
        needs.ask(intake=intake, kind="budget", by=coordinator, now=NOW, **facts)
    needs.refuse(need=budget, answer="None left.", by=factories.planner(), now=NOW)
    needs.ask(intake=intake, kind="budget", by=coordinator, now=NOW, **facts)


def test_who_may_not_neither_asks_nor_answers(budget, intake, coordinator):
    stranger = factories.coordinator(of=factories.ministry.make())
    with pytest.raises(Refusal, match="Only a coordinator"):
        needs.ask(intake=intake, kind="route", words="X2", by=stranger, now=NOW)
    with pytest.raises(Refusal, match="role does not allow"):
        needs.meet(need=budget, amount=Decimal(1), by=coordinator, now=NOW)
    route = needs.ask(intake=intake, kind="route", words="X2", by=coordinator, now=NOW)
    with pytest.raises(Refusal, match="role does not allow"):
        needs.meet(need=route, by=factories.planner(), now=NOW)
    admin = factories.administrator()
    assert set(needs.waiting(admin)) == {budget, route}
    with pytest.raises(Refusal, match="Give a reason"):
        needs.refuse(need=route, answer=" ", by=admin, now=NOW)
    with pytest.raises(Refusal, match="what is missing"):
        needs.ask(intake=intake, kind="route", words=" ", by=coordinator, now=NOW)
