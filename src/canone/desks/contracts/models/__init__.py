"""The tables of the desk."""

from canone.desks.contracts.models.contracts import Contract, ContractType
from canone.desks.contracts.models.habits import ContractHabits
from canone.desks.contracts.models.lines import Line
from canone.desks.contracts.models.parts import Agent, Cover, Paper

__all__ = ["Agent", "Contract", "ContractHabits", "ContractType", "Cover", "Line", "Paper"]
