"""The commands: one file per noun, each thin: parse, call, print, exit code."""
