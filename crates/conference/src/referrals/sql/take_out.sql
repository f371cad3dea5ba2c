-- Takes what came with the referral out of its case.
select take_out($1)
