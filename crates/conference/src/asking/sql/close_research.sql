-- Closes the requests of a meeting, also of cases closed to the caller.
select from close_research($1)
