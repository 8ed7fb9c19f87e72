"""What happens next: a synchronous state machine over a plan, its driver without trio, and what one learns from that.

May import errors, wording, results, events, report and plan. What simulates a run, `playing` and `best`, is not in the
door: a run should not wait for it, and nobody but the package's own door asks for it.
"""

from __future__ import annotations

from .capacities import MOST_LEAVES as MOST_LEAVES
from .capacities import MOST_SHOWN as MOST_SHOWN
from .capacities import OWN_NAMES as OWN_NAMES
from .capacities import default_capacities as default_capacities
from .capacities import is_size as is_size
from .capacities import limit_findings as limit_findings
from .capacities import named_in as named_in
from .capacities import need_mapping as need_mapping
from .capacities import need_sizes as need_sizes
from .machine import ACTIVATIONS as ACTIVATIONS
from .machine import Machine as Machine
from .messages import CancelJob as CancelJob
from .messages import CancelRun as CancelRun
from .messages import Decide as Decide
from .messages import Deliver as Deliver
from .messages import Draw as Draw
from .messages import Drawn as Drawn
from .messages import DrawNext as DrawNext
from .messages import Instruction as Instruction
from .messages import JobEnded as JobEnded
from .messages import LeafWork as LeafWork
from .messages import Progressed as Progressed
from .messages import Raised as Raised
from .messages import Returned as Returned
from .messages import StartJob as StartJob
from .messages import Step as Step
from .messages import Stopped as Stopped
from .messages import ThreadEnded as ThreadEnded
from .outcome import Cut as Cut
from .outcome import Dead as Dead
from .outcome import Done as Done
from .outcome import Fail as Fail
from .outcome import meant as meant
from .simulation import Play as Play
from .simulation import Solo as Solo
