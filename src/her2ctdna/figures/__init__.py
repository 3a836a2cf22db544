"""The figures: a module each, table beside drawing; `marks` has what they share.

``derive_<figure>`` returns exactly the numbers that are drawn, the table shipped
beside the figure; ``plot_<figure>`` draws that table and nothing else.
``draw_<figure>`` takes the tables of an analysis (`draw.Inputs`) to both: the catalogue
names the module, and `draw.draw_figures` finds the function by this name.

May import: calls, reference, response, safety, sets, settings, statistics.
"""
