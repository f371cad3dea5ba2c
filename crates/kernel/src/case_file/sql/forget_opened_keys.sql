-- Takes these keys off the list of what is damaged, with everything that they seal.
select from forget_opened_keys($1)
