"""Every family of the installed transformers' AutoModel mapping, tiny and random, under capture."""
