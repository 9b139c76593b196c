"""Pure presentation: values in, what is shown out."""
