-- Takes what was moved from the file back out of the case.
select from unjoin_file($1, $2)
