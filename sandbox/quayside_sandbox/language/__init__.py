"""The stand-in of Pulumi's Python language host: it runs programs, component packages and policy packs.

Used where the official `pulumi-language-python` is not installed: that one is not to be had as a Go module or a Python package.
"""
