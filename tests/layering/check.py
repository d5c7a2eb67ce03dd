#!/usr/bin/env python3
"""Holds the source tree to who may include whom.

    sdk/include     the standard library
    sdk/testkit     sdk, Catch2
    kernel/consult  sdk (and, in its tests, the testkit)
    kernel/*        sdk, other parts of the kernel, third parties
    plugins/*       sdk, plugins/lib, third parties; never the kernel, never another plugin
    tools, tests    anything but what is private to a plugin

Prints each include that breaks a rule, as file:line: reason. The exit status is 1 when there is one.
"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
STANDARD = re.compile(r"^[a-z_0-9]+$")
SOURCES = {".hpp", ".cpp", ".h", ".inc"}
LINKS_KERNEL = re.compile(r"\btelevisit_(config|consult|daemon|loader|net|runtime)\b")
GENERATED = {"config_schema.hpp", "migrations.inc"}


def area_of(path):
    """The part of the tree whose rules hold for a file, e.g. ("plugins", "turn")."""
    parts = path.parts
    if parts[0] in ("kernel", "plugins") and len(parts) > 2:
        if parts[:2] == ("plugins", "lib"):
            return ("plugins", "lib")
        return (parts[0], parts[1])
    if parts[0] == "sdk" and len(parts) > 1:
        return ("sdk", parts[1])
    return (parts[0], "")


class Tree:
    def __init__(self, root):
        self.root = root
        self.kernel = {p.name for p in (root / "kernel").glob("*") if p.is_dir()} if (root / "kernel").is_dir() else set()

    def own_file(self, source, name):
        """The file of the tree that a quoted include means, relative to the root, or None."""
        for base in (source.parent, *self.include_roots(source)):
            candidate = (self.root / base / name).resolve()
            if candidate.is_file() and candidate.is_relative_to(self.root):
                return candidate.relative_to(self.root)
        return None

    def include_roots(self, source):
        area = area_of(source)
        yield Path("sdk/include")
        yield Path("sdk/testkit/include")
        yield Path("sdk/testkit")
        yield Path("kernel")
        yield Path("plugins/lib")
        if area[0] in ("kernel", "plugins"):
            yield Path(area[0]) / area[1]
        for parent in source.parents:
            if parent != Path("."):
                yield parent

    def verdict(self, source, quote, name):
        """Why this include is not allowed, or None."""
        kind, part = area_of(source)
        standard = quote == "<" and STANDARD.match(name)
        sdk = name.startswith("televisit/sdk/")
        testkit = name.startswith("televisit/testkit/")
        catch = name.startswith("catch2/")
        if standard or sdk:
            return None
        if kind == "sdk" and part == "include":
            return "the SDK may use the standard library alone"
        target = self.own_file(source, name) if quote == '"' else None
        target_area = area_of(target) if target else None
        same = target_area == (kind, part)
        in_tests = "tests" in source.parts
        if kind == "sdk":
            allowed = same or testkit or catch or name in GENERATED
            return None if allowed else "sdk/testkit and sdk/examples may use the SDK and Catch2 alone"
        if kind == "kernel" and part == "consult":
            allowed = same or (in_tests and (catch or testkit or (target_area and target_area[0] == "sdk")))
            return None if allowed else "kernel/consult may use the SDK alone"
        if target_area and target_area[0] == "plugins" and kind not in ("plugins",):
            return f"{target} is private to its plugin"
        if kind == "plugins":
            if target_area and target_area[0] == "kernel" or name.split("/")[0] in self.kernel and not same:
                return "a plugin may not use the kernel"
            if target_area and target_area[0] == "plugins" and not same and target_area[1] != "lib":
                return "a plugin may not use another plugin"
            if quote == '"' and target is None and name not in GENERATED and not testkit:
                return "no such file in this plugin, the SDK or plugins/lib"
        return None

    def sources(self):
        for top in ("sdk", "kernel", "plugins", "tools", "tests"):
            for path in sorted((self.root / top).rglob("*")):
                if path.is_file() and "node_modules" not in path.parts:
                    yield path.relative_to(self.root)

    def faults(self):
        for source in self.sources():
            if source.suffix in SOURCES:
                yield from self.faults_of(source)
            elif source.name == "CMakeLists.txt" and source.parts[0] == "plugins":
                yield from self.links_of(source)

    def faults_of(self, source):
        text = (self.root / source).read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            found = INCLUDE.match(line)
            reason = found and self.verdict(source, found[1], found[2])
            if reason:
                yield f"{source}:{number}: {found[2]}: {reason}"

    def links_of(self, source):
        for number, line in enumerate((self.root / source).read_text(encoding="utf-8").splitlines(), 1):
            found = LINKS_KERNEL.search(line)
            if found:
                yield f"{source}:{number}: {found[0]}: a plugin may not link the kernel"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    faults = list(Tree(root).faults())
    print("\n".join(faults) or "every include keeps to the layers")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
