"""The criteria of RECIST 1.1 (EJC 2009): the standard itself, not thresholds to choose.

Changes are per cent of the sum of target diameters: the response against baseline,
progression against the smallest sum.
"""

PARTIAL_RESPONSE_PERCENT = -30.0
PROGRESSION_PERCENT = 20.0
PROGRESSION_MM = 5.0
"""By how much the sum must have grown in millimetres, too, to have progressed."""
NODE_NORMAL_MM = 10.0
"""A node with a shorter short axis is no lesion."""
