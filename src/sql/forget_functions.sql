-- Forgets that the functions of this digest, and those that came after them, were applied.
delete from applied_functions
where number >= (select number from applied_functions where digest = $1)
