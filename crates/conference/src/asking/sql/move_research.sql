-- Sets the day by which what is still asked for a meeting is due, also of cases closed to the caller.
select from move_research($1, $2)
