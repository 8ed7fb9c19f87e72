"""What happens next: a synchronous state machine over a plan, and its driver without trio.

May import errors, wording, results, events, report and plan.
"""

from __future__ import annotations

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
