"""Remote sessions: rated, accounted, undone by reversal."""
