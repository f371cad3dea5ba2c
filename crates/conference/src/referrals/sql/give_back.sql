-- Gives the file back the exclusions and restrictions that were set on it. From there they hold on the case.
select from give_back($1, $2)
