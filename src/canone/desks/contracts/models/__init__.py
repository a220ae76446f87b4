"""The tables of the desk."""

from canone.desks.contracts.models.contracts import Contract, ContractType
from canone.desks.contracts.models.lines import Line
from canone.desks.contracts.models.parts import Agent, Cover, Paper

__all__ = ["Agent", "Contract", "ContractType", "Cover", "Line", "Paper"]
