-- Moves what is on the file to the case.
select join_file($1, $2)
