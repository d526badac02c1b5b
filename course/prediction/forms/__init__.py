"""Predict first: the pad to draw on, the forms that ask, and the prediction beside the truth."""
