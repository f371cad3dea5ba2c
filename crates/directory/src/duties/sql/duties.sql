-- What an account holds, and what becomes of it if it goes to this colleague.
select kind, marac_id, case_id, becomes, shown from duties_of($1, $2)
