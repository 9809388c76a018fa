"""Questions put to finished runs. One file a question, each with the same function; none trains anything.

measure(value, learned) -> answer as plain JSON; learned holds, for each of value.runs, the weights of the
run and of all it started from
"""
