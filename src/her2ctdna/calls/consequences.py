"""What a mutation does to the protein, by the words of annotators."""

CONSEQUENCE_CLASSES = {
    "splice": ("splice_acceptor", "splice_donor", "splice_site"),
    "truncating": ("stop_gained", "frameshift", "start_lost", "stop_lost"),
    "inframe": ("inframe",),
    "missense": ("missense",),
}
"""Consequences that change the protein, by parts of their Sequence Ontology terms."""
