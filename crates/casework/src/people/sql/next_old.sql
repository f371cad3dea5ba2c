-- The next file that has older tokens all the same, locked: an older program wrote them, or somebody could not be read
-- then and can be now. One that another server has in hand is passed over.
select c.id, c.marac_id, t.version, {key_columns()}
from match_tokens t
join cases c on c.id = t.case_id
{file_key(c.id)}
where t.version < $1
  and (t.version, t.case_id) > ($2, $3)
  and not exists (
    select from damaged_parts d
    where d.case_id = t.case_id
      and d.part in ('data_keys', 'parties', 'party_addresses', 'party_contacts', 'referrals')
      and damage_stands(d.part, d.field, d.row_id, d.digest))
order by t.version, t.case_id
limit 1
for no key update of c skip locked
