"""Articles: pages read for their full text (extract has the effects), HTML turned into plain text."""
