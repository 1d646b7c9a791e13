"""Seeded families of instances, from 50 to a million people, each within a minute.

The people, slots and costs are made up; their shape follows exchange programs: forty
people a slot, about ten slots a person is eligible for, a handful of budgets, a quota
for each region. Every family is a function of (people, seed) and gives the same
instance on every machine.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.optimiser import Problem
from planner.optimiser.model.problem import HARD, UNLIMITED, pointers

REGIONS = 7
PROVINCES = 38
PEOPLE_PER_SLOT = 40
ELIGIBLE = 10


@dataclass
class Intake:
    """Who may go where: one entry an eligible (person, slot) pair."""

    rng: np.random.Generator
    people: int
    region: np.ndarray
    seats: np.ndarray
    exchange: np.ndarray
    person: np.ndarray
    slot: np.ndarray
    value: np.ndarray
    cost: np.ndarray

    @property
    def slots(self):
        return len(self.seats)


@dataclass
class Rows:
    """The resources of an instance under construction, and who uses how much."""

    upper: list
    lower: list
    only_if_used: list
    shortfall: list
    excess: list
    uses: list

    @classmethod
    def empty(cls):
        return cls([], [], [], [], [], [])

    def add(self, upper, *, lower=0, only_if_used=False, shortfall=HARD, excess=HARD):
        """Add resources with these limits and return the number of the first."""
        upper = np.atleast_1d(upper)
        first = sum(map(len, self.upper))
        self.upper.append(upper)
        for rows, given in (
            (self.lower, lower),
            (self.only_if_used, only_if_used),
            (self.shortfall, shortfall),
            (self.excess, excess),
        ):
            rows.append(np.broadcast_to(given, upper.shape))
        return first

    def use(self, options, resource, amount):
        """State that each of these options uses a resource."""
        amount = np.broadcast_to(amount, options.shape)
        resource = np.broadcast_to(resource, options.shape)
        self.uses.append((options, resource.astype(np.int32), amount))


def intake(people, seed, *, eligible=ELIGIBLE, per_slot=PEOPLE_PER_SLOT):
    """Draw people, slots and eligible pairs."""
    rng = np.random.default_rng(seed)
    slots = max(8, people // per_slot)
    seats = np.maximum(
        1, rng.lognormal(3.2, 0.5, slots) * 30 / per_slot / 27 * per_slot
    )
    seats = np.maximum(2, seats * 0.75 * people / seats.sum()).astype(np.int64)
    wanted = min(eligible + 1, slots)
    slot = rng.integers(0, slots, (people, wanted), dtype=np.int32)
    slot.sort(axis=1)
    fresh = np.ones(slot.shape, dtype=bool)
    fresh[:, 1:] = slot[:, 1:] != slot[:, :-1]
    person = np.repeat(np.arange(people, dtype=np.int32), wanted)[fresh.ravel()]
    slot = slot[fresh]
    merit = rng.normal(500, 120, people).astype(np.float32)
    appeal = rng.normal(0, 40, slots).astype(np.float32)
    taste = rng.normal(0, 90, len(slot)).astype(np.float32)
    value = np.clip(merit[person] + appeal[slot] + taste, 20, 999).astype(np.int64)
    stay = rng.lognormal(9.0, 0.6, slots).astype(np.float32)
    travel = rng.uniform(2000, 9000, len(slot)).astype(np.float32)
    return Intake(
        rng=rng,
        people=people,
        region=rng.choice(REGIONS, people, p=REGION_SHARES).astype(np.int32),
        seats=seats,
        exchange=rng.random(slots) < 0.5,
        person=person,
        slot=slot,
        value=value,
        cost=(stay[slot] + travel).astype(np.int64),
    )


REGION_SHARES = np.array([0.36, 0.22, 0.14, 0.11, 0.08, 0.06, 0.03])


def seats_and_budgets(people, seed=1, *, budgets=3, share=0.4):
    """Seats, and budgets that pay for `share` of what everybody's favourite costs."""
    drawn, rows = intake(people, seed), Rows.empty()
    _seats(drawn, rows)
    _budgets(drawn, rows, budgets, share)
    return _problem(f"seats-and-budgets-{people}-{seed}", drawn, rows)


def eight_budgets(people, seed=1):
    """Seats, and eight budgets that pay for 80%."""
    return seats_and_budgets(people, seed, budgets=8, share=0.8)


def cohorts(people, seed=1):
    """Seats, budgets at 40%, region quotas, and slots that run from 30% or not."""
    drawn, rows = intake(people, seed), Rows.empty()
    _seats(drawn, rows, least=0.3)
    _budgets(drawn, rows, 3, 0.4)
    _quotas(drawn, rows)
    return _problem(f"cohorts-{people}-{seed}", drawn, rows)


def trainers(people, seed=1):
    """Cohorts that need a trainer of their host and cost a fifth of a small one.

    A host has a dozen slots, and trainers for three in five of them.
    """
    problem = cohorts(people, seed)
    slots = int(problem.resource_only_if_used.sum())
    hosts = -(-slots // 12)
    taught = np.bincount(np.arange(slots) % hosts)
    rows, used = problem.num_resources, np.zeros(hosts, dtype=np.int64)
    opening = np.arange(rows + hosts + 1).clip(max=slots)
    value = np.zeros(rows + hosts, dtype=np.int64)
    value[:slots] = -100 * problem.resource_lower[:slots]
    return problem.replace(
        name=f"trainers-{people}-{seed}",
        resource_upper=np.append(problem.resource_upper, -(-3 * taught // 5)),
        resource_lower=np.append(problem.resource_lower, used),
        resource_only_if_used=np.append(problem.resource_only_if_used, used > 0),
        resource_shortfall_price=np.append(
            problem.resource_shortfall_price, used + HARD
        ),
        resource_excess_price=np.append(problem.resource_excess_price, used + HARD),
        supply_ptr=np.append(problem.supply_ptr, used),
        opening_ptr=opening,
        opening_resource=rows + np.arange(slots) % hosts,
        opening_amount=np.ones(slots, dtype=np.int64),
        opening_value=value,
    )


def pools(people, seed=1):
    """Cohorts and quotas, soft floors, and cost pools that share budget lines."""
    drawn, rows = intake(people, seed), Rows.empty()
    _seats(drawn, rows, least=0.3)
    _quotas(drawn, rows, soft_floors=True)
    first = rows.add(np.full(4, UNLIMITED))
    options = np.arange(len(drawn.slot))
    travel = drawn.cost // 3
    rows.use(options, first + (drawn.slot % 2), travel)
    rows.use(options, first + 2 + (drawn.slot % 2), drawn.cost - travel)
    need = _favourite(drawn, drawn.cost)
    lines = (np.array([0.1, 0.15, 0.1, 0.05]) * need).astype(np.int64)
    # Line 0 pays travel only, line 1 anything, lines 2 and 3 one kind of stay each.
    supplied = [[0, 1], [0, 1], [1, 2], [1, 3]]
    lists = [[] for _ in range(first)] + supplied
    return _problem(f"pools-{people}-{seed}", drawn, rows, lines=lines, supply=lists)


def rich(people, seed=1):
    """Cohorts, exchange quotas, priced floors for 38 provinces, and nested lines.

    Travel and stay of each kind of slot are a pool, and six lines pay for some each.
    """
    drawn, rows = intake(people, seed), Rows.empty()
    rng, options = drawn.rng, np.arange(len(drawn.slot))
    _seats(drawn, rows, least=0.3)
    _quotas(drawn, rows)
    shares = rng.dirichlet(np.full(PROVINCES, 1.5))
    province = rng.choice(PROVINCES, people, p=shares)
    part = 0.6 * np.linspace(0.6, 1.3, PROVINCES)
    floor = (people * shares * part).astype(np.int64)
    first = rows.add(np.full(PROVINCES, people), lower=floor, shortfall=300)
    rows.use(options, first + province[drawn.person], 1)
    first = rows.add(np.full(6, UNLIMITED))
    travel = drawn.cost // 3
    rows.use(options, first + drawn.slot % 3, travel)
    rows.use(options, first + 3 + drawn.slot % 3, drawn.cost - travel)
    need = _favourite(drawn, drawn.cost)
    parts = np.array([0.06, 0.1, 0.08, 0.06, 0.05, 0.1])
    supplied = [[0, 1], [0, 1, 2], [0, 5], [1, 3], [2, 3, 5], [4, 5]]
    lists = [[] for _ in range(first)] + supplied
    lines = (parts * need).astype(np.int64)
    return _problem(f"rich-{people}-{seed}", drawn, rows, lines=lines, supply=lists)


def pathways(people, seed=1):
    """Up to three slots in one option, and second applications whose dates collide.

    Every second person applies twice: the two applications share a clash of upper 1
    where their dates overlap.
    """
    drawn, rows = intake(people, seed, eligible=8), Rows.empty()
    rng, options = drawn.rng, np.arange(len(drawn.slot))
    _seats(drawn, rows)
    for chance in (0.5, 0.2):
        longer = options[rng.random(len(options)) < chance]
        step = rng.integers(1, drawn.slots, len(longer))
        rows.use(longer, (drawn.slot[longer] + step) % drawn.slots, 1)
        gain = rng.integers(60, 240, len(longer))
        drawn.value[longer] += gain
    _budgets(drawn, rows, 3, 0.4)
    _quotas(drawn, rows)
    pairs = drawn.people // 4
    clash = rows.add(np.ones(pairs, dtype=np.int64))
    first = drawn.person < 2 * pairs
    overlapping = options[first & (rng.random(len(options)) < 0.7)]
    rows.use(overlapping, clash + drawn.person[overlapping] // 2, 1)
    return _problem(f"pathways-{people}-{seed}", drawn, rows, merge=True)


def scarce_and_dense(people, seed=1):
    """Many slots for everyone, dear where good, and money for one in six."""
    per_slot = max(8, people // 100)
    drawn = intake(people, seed, eligible=100, per_slot=per_slot)
    drawn.cost = 1 + drawn.rng.integers(1, 100, len(drawn.slot))
    noise = drawn.rng.integers(-10, 11, len(drawn.slot))
    drawn.value = np.maximum(1, drawn.cost + 10 + noise).astype(np.int64)
    rows = Rows.empty()
    _seats(drawn, rows, least=0.3)
    need = np.zeros(drawn.slots)
    np.add.at(need, drawn.slot, drawn.cost)
    budget = np.maximum(100, need / per_slot * 0.5).astype(np.int64)
    rows.use(np.arange(len(drawn.slot)), rows.add(budget) + drawn.slot, drawn.cost)
    total = int(_favourite(drawn, drawn.cost) * 0.16)
    rows.use(np.arange(len(drawn.slot)), rows.add(total), drawn.cost)
    return _problem(f"scarce-and-dense-{people}-{seed}", drawn, rows)


def gap_d(jobs, machines, seed=1):
    """Generalised assignment, class d: cost falls as weight grows.

    a ~ U[1, 100], c = 111 - a + e with e ~ U[-10, 10], b = 0.8 sum a / m.
    """
    rng = np.random.default_rng(seed)
    weight = rng.integers(1, 101, (jobs, machines))
    cost = 111 - weight + rng.integers(-10, 11, (jobs, machines))
    return _assignment(f"d{machines:02}{jobs}-{seed}", cost, weight)


def gap_e(jobs, machines, seed=1):
    """Generalised assignment, class e: cost is inverse to an exponential weight.

    a = 1 - 10 ln e with e ~ U(0, 1], c = 1000 / a - 10 e' with e' ~ U[0, 1],
    b = 0.8 sum a / m; rounded down to integers.
    """
    rng = np.random.default_rng(seed)
    exact = 1 - 10 * np.log(1 - rng.random((jobs, machines)))
    cost = np.floor(1000 / exact - 10 * rng.random((jobs, machines))).astype(np.int64)
    return _assignment(
        f"e{machines:02}{jobs}-{seed}", cost, np.floor(exact).astype(int)
    )


FAMILIES: dict[str, Callable[..., Problem]] = {
    "seats": seats_and_budgets,
    "eight": eight_budgets,
    "cohorts": cohorts,
    "trainers": trainers,
    "pools": pools,
    "rich": rich,
    "pathways": pathways,
    "scarce": scarce_and_dense,
}


def _favourite(drawn, amount):
    """Return what it costs if everybody gets what they value most."""
    first = np.flatnonzero(np.diff(drawn.person, prepend=-1))
    best = np.maximum.reduceat(drawn.value, first)
    counts = np.diff(np.append(first, len(drawn.person)))
    is_best = drawn.value == np.repeat(best, counts)
    return int(amount[is_best].sum())


def _seats(drawn, rows, least=0.0):
    lower = np.maximum(1, (drawn.seats * least)).astype(np.int64) if least else 0
    first = rows.add(drawn.seats, lower=lower, only_if_used=bool(least))
    rows.use(np.arange(len(drawn.slot)), first + drawn.slot, 1)


def _budgets(drawn, rows, budgets, share):
    source = drawn.slot % budgets
    limits = [
        int(_favourite(drawn, np.where(source == b, drawn.cost, 0)) * share)
        for b in range(budgets)
    ]
    first = rows.add(np.array(limits))
    rows.use(np.arange(len(drawn.slot)), first + source, drawn.cost)


def _quotas(drawn, rows, *, soft_floors=False):
    """At most so many of each region on exchange; at least so many, at a price."""
    places = drawn.people * 0.3 * REGION_SHARES
    upper = np.maximum(1, places * 0.9).astype(np.int64)
    if soft_floors:
        floor = (places * np.linspace(0.3, 1.1, REGIONS)).astype(np.int64)
        first = rows.add(
            np.maximum(upper, floor), lower=floor, shortfall=400, excess=HARD
        )
    else:
        first = rows.add(upper)
    options = np.flatnonzero(drawn.exchange[drawn.slot])
    rows.use(options, first + drawn.region[drawn.person[options]], 1)


def _problem(name, drawn, rows, *, lines=(), supply=None, merge=False):
    """Put the columns together, use by use in the order of the options."""
    count = len(drawn.slot)
    option = np.concatenate([o for o, _, _ in rows.uses]).astype(np.int64)
    resource = np.concatenate([r for _, r, _ in rows.uses])
    amount = np.concatenate([a for _, _, a in rows.uses]).astype(np.int64)
    if merge:
        order = np.lexsort((resource, option))
    else:
        order = np.argsort(option, kind="stable")
    option, resource, amount = option[order], resource[order], amount[order]
    if merge:
        key = option << 32 | resource
        fresh = np.flatnonzero(np.diff(key, prepend=-1))
        option, resource = option[fresh], resource[fresh]
        amount = np.add.reduceat(amount, fresh)
    resources = sum(map(len, rows.upper))
    lists = supply or []
    lists = lists + [[]] * (resources - len(lists))
    return Problem(
        name=name,
        agent_must=np.zeros(drawn.people, dtype=bool),
        option_agent=drawn.person,
        option_value=drawn.value,
        use_ptr=pointers(np.bincount(option, minlength=count)),
        use_resource=resource,
        use_amount=amount,
        resource_upper=np.concatenate(rows.upper).astype(np.int64),
        resource_lower=np.concatenate(rows.lower).astype(np.int64),
        resource_only_if_used=np.concatenate(rows.only_if_used),
        resource_shortfall_price=np.concatenate(rows.shortfall).astype(np.int64),
        resource_excess_price=np.concatenate(rows.excess).astype(np.int64),
        supply_upper=np.array(lines, dtype=np.int64),
        supply_ptr=pointers(np.array([len(members) for members in lists])),
        supply_index=np.array(
            [f for members in lists for f in members], dtype=np.int32
        ),
    )


def _assignment(name, cost, weight):
    jobs, machines = cost.shape
    options = jobs * machines
    hard = np.full(machines, HARD)
    capacity = np.floor(0.8 * weight.sum(axis=0) / machines).astype(np.int64)
    return Problem(
        name=name,
        agent_must=np.ones(jobs, dtype=bool),
        option_agent=np.repeat(np.arange(jobs), machines),
        option_value=-cost.reshape(-1),
        use_ptr=np.arange(options + 1),
        use_resource=np.tile(np.arange(machines), jobs),
        use_amount=weight.reshape(-1),
        resource_upper=capacity,
        resource_lower=np.zeros(machines, dtype=np.int64),
        resource_only_if_used=np.zeros(machines, dtype=bool),
        resource_shortfall_price=hard,
        resource_excess_price=hard,
        supply_upper=np.zeros(0, dtype=np.int64),
        supply_ptr=np.zeros(machines + 1, dtype=np.int64),
        supply_index=np.zeros(0, dtype=np.int32),
    )
