"""The way of a change through judgegate: read it, collect what is seen of it, decide.

All input and output of a judgement is here.
"""
