"""The program of every stack: settings → platform → outputs. What a stack gets is said in Pulumi.<stack>.yaml, not here."""

from quayside import Platform, Settings

platform = Platform(Settings.from_stack())
platform.export()
