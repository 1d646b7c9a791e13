"""Allocate options to agents under shared limits, with a proof of how good it is.

Importing this package imports neither OR-Tools nor SciPy nor Numba: only a run does.
"""

from planner.optimiser.certificate.check import Verdict as Verdict, check as check
from planner.optimiser.files.instance import (
    read_instance as read_instance,
    write_instance as write_instance,
)
from planner.optimiser.files.parameters import (
    parameters_text as parameters_text,
    read_parameters as read_parameters,
)
from planner.optimiser.files.storage import FileError as FileError
from planner.optimiser.model.claim import Claim as Claim
from planner.optimiser.model.limits import Limits as Limits, LimitsError as LimitsError
from planner.optimiser.model.parameters import (
    ParametersError as ParametersError,
    SearchParameters as SearchParameters,
)
from planner.optimiser.model.plan import Plan as Plan
from planner.optimiser.model.problem import Problem as Problem
from planner.optimiser.model.result import (
    Phase as Phase,
    Relief as Relief,
    Result as Result,
    Status as Status,
    Termination as Termination,
    Tier as Tier,
)
from planner.optimiser.model.validate import ProblemError as ProblemError
from planner.optimiser.sensitivity import (
    explain as explain,
    limits_in_force as limits_in_force,
    what_if as what_if,
)
from planner.optimiser.solve import solve as solve
