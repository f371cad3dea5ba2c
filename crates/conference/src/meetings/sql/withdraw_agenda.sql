-- Takes what is still listed off the agenda of a meeting, also cases closed to the caller.
select from withdraw_agenda($1, $2, $3)
