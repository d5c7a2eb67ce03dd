"""Limits that figures are held to."""

import operator
import re
import statistics
from dataclasses import dataclass

from .scenarios import METRICS, metrics_of
from .tables import spread

COMPARISONS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
FORM = r"\s*([^\s/]+)(?:/([^\s/]+))?\s+(\S+)\s+(\w+)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*"

# What the server promises of itself, on one core with one loop.
PROMISES = [
    "televisit/floor relay-200 cpu<=1.35",
    "televisit/floor relay-2000 cpu<=1.7",
    "televisit/floor offer-3k cpu<=1.6",
    "televisit/floor open-20k cpu<=1.25",
    "televisit/node-uws relay-200 cpu<=0.36",
    "televisit/node-ws relay-200 cpu<=0.25",
    "televisit/python relay-200 cpu<=0.05",
    "televisit idle-10k rss<=2500",
    "televisit-loops-2/televisit relay-200 cpu<=1.3",
]


@dataclass
class Requirement:
    text: str
    target: str
    base: str  # None: the figure itself
    scenario: str
    metric: str
    comparison: str
    limit: float

    def check(self, figures):
        """(met?, what to print)"""
        if self.base:
            ratio = figures.ratio(self.target, self.base, self.scenario, self.metric)
            value = ratio[0] if ratio else None
            shown = f"{value:.3f} ({ratio[1]:.3f}-{ratio[2]:.3f})" if ratio else None
        else:
            _, key, decimals = METRICS[self.metric]
            values = figures.values(self.target, self.scenario, key)
            value = statistics.median(values) if values else None
            shown = spread(values, max(decimals, 1))
        if value is None:
            return False, f"MISSED  {self.text}: no figure"
        unclean = figures.complaints(self.target, self.scenario)
        if unclean:
            return False, f"MISSED  {self.text}: {shown}, but {len(unclean)} of its runs were not clean"
        met = COMPARISONS[self.comparison](value, self.limit)
        return met, f"{'met   ' if met else 'MISSED'}  {self.text}: {shown}"


def parse(texts, targets, scenarios):
    """Raises ValueError for what could never be checked."""
    out = []
    for text in texts:
        match = re.fullmatch(FORM, text)
        if not match:
            raise ValueError(f"a requirement is like 'televisit/floor relay-200 cpu<=1.3' (not '{text}')")
        target, base, scenario, metric, comparison, limit = match.groups()
        for name in filter(None, (target, base)):
            if name not in targets:
                raise ValueError(f"'{text}': {name} does not take part")
        if scenario not in scenarios:
            raise ValueError(f"'{text}': {scenario} is not run")
        if metric not in metrics_of(scenario):
            raise ValueError(f"'{text}': {scenario} has no figure '{metric}'")
        out.append(Requirement(text.strip(), target, base, scenario, metric, comparison, float(limit)))
    return out
