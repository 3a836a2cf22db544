"""The figures: a module each, table beside drawing; `marks` has what they share.

``derive_<figure>`` returns exactly the numbers that are drawn, the table shipped
beside the figure; ``plot_<figure>`` draws that table and nothing else.

May import: calls, reference, safety, settings, statistics.
"""
