-- Takes what was moved from the file back out of the case.
select unjoin_file($1, $2)
