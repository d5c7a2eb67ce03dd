"""Figures as tables of text."""

import math
import statistics

from . import scenarios
from .targets import PEERS

NOISY = 1.3  # spread of the floor's own figure above which only ratios are to be trusted


def spread(values, decimals):
    """median (min-max); just the median when there is one value."""
    if not values:
        return "-"
    text = f"{statistics.median(values):,.{decimals}f}"
    return text if len(values) == 1 else f"{text} ({min(values):,.{decimals}f}-{max(values):,.{decimals}f})"


def digits3(value):
    """Three significant digits, never in exponent form."""
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f}" if value > 0 else "0"


def print_table(rows, names=1):
    """The first `names` columns flush left, the others flush right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) if i < names else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells))


def print_scenario(figures, targets, scenario):
    print(f"\n{scenario}: {scenarios.SCENARIOS[scenario][0]}")
    metrics, context = scenarios.metrics_of(scenario), scenarios.context_of(scenario)
    rows = [["", "runs", *(heading for heading, _, _ in metrics.values()), *(heading for heading, _ in context.values())]]
    for target in targets:
        row = [target + ("!" if figures.complaints(target, scenario) else ""), str(len(figures.good(target, scenario)))]
        row += [spread(figures.values(target, scenario, key), decimals) for _, key, decimals in metrics.values()]
        for key, (_, decimals) in context.items():
            values = figures.values(target, scenario, key)
            row.append(f"{statistics.median(values):.{decimals}f}" if values else "-")
        rows.append(row)
    print_table(rows)


def print_ratios(figures, targets, names):
    """What a message costs in CPU, and an idle connection in memory, over what it costs the others."""
    bases = [name for name in targets if name in PEERS or name == "televisit"]
    rows = [["", "", *("/" + base for base in bases)]]
    for scenario in names:
        metric = "rss" if scenarios.is_idle(scenario) else "cpu"
        for target in targets:
            if target in PEERS:
                continue
            row = [f"{scenario} {metric}", target]
            for base in bases:
                ratio = figures.ratio(target, base, scenario, metric) if base != target else None
                row.append(f"{digits3(ratio[0])} ({digits3(ratio[1])}-{digits3(ratio[2])})" if ratio else "")
            rows.append(row)
    if len(rows) > 1:
        print("\nCPU a message, memory a connection, over those of others: median (lowest-highest) of the repeats' ratios")
        print_table(rows, names=2)


def print_noise(figures, names):
    spreads = []
    for scenario in names:
        values = figures.values("floor", scenario, "server_cpu_us_per_msg")
        if len(values) > 1 and min(values) > 0:
            spreads.append((max(values) / min(values), scenario))
    stolen = [r["stolen"] for r in figures.runs if "stolen" in r]
    parts = []
    if spreads:
        worst, scenario = max(spreads)
        parts.append(f"the floor's own figure varied by a factor of {worst:.2f} ({scenario})"
                     + (": NOISY, trust ratios only, with more --repeats" if worst > NOISY else ""))
    if stolen:
        parts.append(f"CPU time stolen by the hypervisor: at most {100 * max(stolen):.1f} %")
    if parts:
        print("\nnoise: " + "; ".join(parts))


def print_complaints(figures):
    unclean = figures.complaints()
    if unclean:
        print("\nnot clean:")
    for run in unclean:
        print(f"  {run['target']} {run['scenario']} repeat {run['repeat'] + 1}: {run.get('failure') or run['complaint']}")
