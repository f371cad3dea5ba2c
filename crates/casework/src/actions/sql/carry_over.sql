-- Counts once more what a meeting that was held has left undone (R29).
select carry_over($1)
