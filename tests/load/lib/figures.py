"""All runs, and the medians and ratios made of them."""

import statistics

from .scenarios import METRICS, metrics_of


class Figures:
    def __init__(self, runs):
        self.runs = runs

    def good(self, target, scenario):
        """Repeat -> record, of the runs that gave figures."""
        return {r["repeat"]: r for r in self.runs
                if r["target"] == target and r["scenario"] == scenario and "failure" not in r}

    def values(self, target, scenario, key):
        return [r[key] for r in self.good(target, scenario).values() if key in r]

    def ratio(self, target, base, scenario, metric):
        """(median, lowest, highest) of the ratios of the repeats that both took part in, or None."""
        key = METRICS[metric][1]
        mine, theirs = self.good(target, scenario), self.good(base, scenario)
        ratios = [mine[n][key] / theirs[n][key] for n in mine.keys() & theirs.keys()
                  if mine[n].get(key) is not None and theirs[n].get(key)]
        return (statistics.median(ratios), min(ratios), max(ratios)) if ratios else None

    def complaints(self, target=None, scenario=None):
        return [r for r in self.runs if ("failure" in r or "complaint" in r)
                and target in (None, r["target"]) and scenario in (None, r["scenario"])]

    def summary(self, targets, scenarios):
        """For a file: scenario -> target -> metric -> its median, and its ratios to the others."""
        out = {}
        for scenario in scenarios:
            for target in targets:
                cell = out.setdefault(scenario, {}).setdefault(target, {})
                for metric, (_, key, _) in metrics_of(scenario).items():
                    values = self.values(target, scenario, key)
                    if not values:
                        continue
                    ratios = {base: self.ratio(target, base, scenario, metric) for base in targets if base != target}
                    cell[metric] = {
                        "median": statistics.median(values), "min": min(values), "max": max(values), "n": len(values),
                        "to": {base: dict(zip(("median", "min", "max"), r)) for base, r in ratios.items() if r}}
        return out
