"""Library systems, one module each, all with the same face (`base.Library`)."""
