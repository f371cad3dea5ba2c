-- The program itself asks, at this moment.
select from load_system($1)
