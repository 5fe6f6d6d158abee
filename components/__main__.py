"""Entry point of the component package: Pulumi starts this folder as a plugin and the installed package hosts its components."""

import runpy

runpy.run_module("quayside", run_name="__main__")
