-- The risk figures of every case of a MARAC are due.
select from recount_risk($1)
