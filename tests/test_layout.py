"""Every module has its place in the layers, and nobody else uses our top-level names."""

import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOP_LEVEL = ("agents", "tools", "knowledge", "prompts", "evals", "rejoinder", "benchmarks")
NO_LAYER = {"rejoinder.__init__"}


def layers() -> set[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    listed = next(c for c in contracts if c["type"] == "layers")["layers"]
    return {name.strip() for layer in listed for name in layer.split("|")}


def test_every_module_of_the_application_is_in_a_layer() -> None:
    known = layers()
    modules = {f"rejoinder.{path.stem}" for path in (ROOT / "rejoinder").glob("*.py")} - NO_LAYER
    packages = {f"rejoinder.{path.parent.name}" for path in (ROOT / "rejoinder").glob("*/__init__.py")}
    assert modules | packages <= known, "add it to the layers in pyproject.toml"


def test_every_top_level_package_is_in_a_layer() -> None:
    known = {name.split(".")[0] for name in layers()}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == set(TOP_LEVEL)
    assert packages <= known


def test_no_other_package_installs_our_names() -> None:
    owners = packages_distributions()
    for name in TOP_LEVEL:
        assert set(owners.get(name, [])) <= {"rejoinder"}, name


def test_no_module_is_named_after_nothing() -> None:
    vague = {"utils", "helpers", "common", "manager", "misc"}
    found = [p for name in TOP_LEVEL for p in (ROOT / name).rglob("*.py") if p.stem in vague]
    assert found == []


def test_every_package_of_the_project_is_installed() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(TOP_LEVEL) - {"benchmarks"} == set(wheel["packages"])
