-- Deletes some of what has served its time; says how many rows, and whether there are more.
select deleted, more from sweep($1, $2)
