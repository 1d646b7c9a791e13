"""The inner loops: the same answer interpreted and compiled."""

import numpy as np

from planner.optimiser.kernels.dispatch import COMPILE_FROM, compiled, dispatch
from planner.optimiser.kernels.local_search import WALL, climb
from planner.optimiser.kernels.pricing import place, sweep
from tests.planner.optimiser.intakes import intake, priced


def test_small_models_run_the_plain_loops():
    assert dispatch(sweep, COMPILE_FROM - 1) is sweep
    assert dispatch(sweep, COMPILE_FROM) is compiled(sweep)


def test_compiled_and_plain_loops_agree():
    model, descent, reduced = priced(intake(floor=3, pools=True))
    order = np.arange(model.num_agents)
    answers = []
    for form in (lambda plain: plain, compiled):
        use = np.zeros(len(model.rows), dtype=np.int64)
        best = np.zeros(model.num_agents)
        pick = np.zeros(model.num_agents, dtype=np.int32)
        total = form(sweep)(
            model.options, descent.price, 0, model.num_agents, use, best, pick
        )
        choice = np.full(model.num_agents, -1)
        held = np.zeros(len(model.rows), dtype=np.int64)
        walls = model.rows.walls(price=np.inf)
        form(place)(model.options, walls, order, reduced, 0.0, held, choice)
        walls = model.rows.walls(price=WALL)
        worth = model.value.astype(float)
        form(climb)(model.options, walls, order, worth, 0.0, held, choice)
        answers.append((total, use, best, pick, choice, held))

    plain, machine = answers
    assert plain[0] == machine[0]
    for one, other in zip(plain[1:], machine[1:], strict=True):
        assert (one == other).all()
