"""The figures of an analysis: one module each, by chapter in the registries.

``derive_<figure>`` returns exactly the numbers that are drawn, the table shipped
beside the figure; ``plot_<figure>`` draws that table and nothing else.
"""
