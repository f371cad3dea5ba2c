-- Deletes some of what signing in leaves and has served its time; says how many rows, and whether there are more.
select deleted, more from sweep_sign_in($1)
