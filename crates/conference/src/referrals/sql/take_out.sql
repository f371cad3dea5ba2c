-- Takes what came with the referral out of its case.
select from take_out($1)
