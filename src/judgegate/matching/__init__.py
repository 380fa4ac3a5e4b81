"""Which definition of one side is which of the other. Pure: values in, values out."""
