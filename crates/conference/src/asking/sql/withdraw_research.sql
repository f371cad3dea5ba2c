-- Withdraws the open requests of a meeting, also of cases closed to the caller.
select from withdraw_research($1)
