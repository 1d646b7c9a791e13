"""From rows to a problem: read once, judged, priced, limited, and the way back."""
