"""How much each person has used, a row a day, and how much a day may be."""
