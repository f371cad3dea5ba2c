-- Closes the requests of a meeting, also of cases closed to the caller.
select close_research($1)
