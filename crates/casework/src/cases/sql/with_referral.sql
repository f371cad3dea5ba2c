-- The rows that move with a referral: itself, and what was set on its own file before that one was joined.
select $1::uuid as id
union all
select id from exclusions where referral_id = $1
union all
select id from restrictions where referral_id = $1
