-- The risk figures of every case of a MARAC are due.
select recount_risk($1)
