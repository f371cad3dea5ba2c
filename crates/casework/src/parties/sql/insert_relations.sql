-- Adds these relationships between people of a case by a referral. One that is there already keeps its word, unless it
-- was unknown; the referral is noted as saying so too.
insert into party_relationships as r (id, from_party_id, to_party_id, kind, living_together, marac_id, case_id,
  created_at, referral_id)
select distinct on (a, b) id, a, b, kind, living, $6, $7, $8, $9
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[]) as x(id, a, b, kind, living)
on conflict (from_party_id, to_party_id) do update set
  kind = case when r.kind = 'unknown' then excluded.kind else r.kind end,
  living_together = case
    when excluded.living_together = 'unknown' then r.living_together
    else excluded.living_together
  end,
  filled_by_id = case
    when (r.kind = 'unknown' and excluded.kind <> 'unknown')
      or excluded.living_together not in ('unknown', r.living_together)
    then excluded.referral_id
    else r.filled_by_id
  end,
  version = r.version + case
    when (r.kind = 'unknown' and excluded.kind <> 'unknown')
      or excluded.living_together not in ('unknown', r.living_together)
    then 1
    else 0
  end,
  also_from = array_append(r.also_from, excluded.referral_id)
