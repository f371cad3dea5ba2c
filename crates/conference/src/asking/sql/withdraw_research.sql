-- Withdraws the open requests of a meeting, also of cases closed to the caller.
select withdraw_research($1)
