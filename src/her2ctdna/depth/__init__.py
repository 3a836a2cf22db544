"""Depth where nothing was called: alignments, depth tracks, gVCFs.

May import: calls, settings.
"""
