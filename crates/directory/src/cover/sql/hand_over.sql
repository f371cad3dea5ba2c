-- Hands on all that an account holds, with ids for what is added; says what became of it.
select kind, marac_id, case_id, becomes, shown from hand_over($1, $2, $3, $4, $5, $6, $7)
