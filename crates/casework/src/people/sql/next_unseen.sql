-- The next file that no program of today has looked at, locked. One that another server has in hand is passed over.
select c.id, c.marac_id, c.tokens_version as version, {key_columns()}
from cases c
{file_key(c.id)}
where c.tokens_version < $1 and (c.tokens_version, c.id) > ($2, $3)
order by c.tokens_version, c.id
limit 1
for no key update of c skip locked
