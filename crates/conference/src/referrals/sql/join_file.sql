-- Moves what is on the file to the case.
select from join_file($1, $2)
