"""The inner loops: the same answer interpreted and compiled."""

import numpy as np

from planner.optimiser.kernels.dispatch import COMPILE_FROM, compiled, dispatch
from planner.optimiser.kernels.local_search import WALL, climb
from planner.optimiser.kernels.pricing import place, share_out, sweep
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
        total = form(sweep)(model.options, descent.price, 0, model.num_agents, use)
        parts, share = np.zeros(len(model.rows)), np.zeros(model.num_options)
        shared = form(share_out)(
            model.options, descent.price, 0, model.num_agents, 1.0, parts, share
        )
        choice = np.full(model.num_agents, -1)
        held = np.zeros(len(model.rows), dtype=np.int64)
        walls = model.rows.walls(price=np.inf)
        form(place)(model.options, walls, order, reduced, 0.0, held, choice)
        walls = model.rows.walls(price=WALL)
        worth = model.value.astype(float)
        form(climb)(model.options, walls, order, worth, 0.0, held, choice)
        answers.append((total, shared, use, parts, share, choice, held))

    plain, machine = answers
    assert plain[:2] == machine[:2]
    for one, other in zip(plain[2:], machine[2:], strict=True):
        assert (one == other).all()
