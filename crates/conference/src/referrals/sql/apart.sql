-- What of a joined referral can be told apart from the rest of its case: the facts that `unjoin` is decided on.
select
  case when r.own_file_id <> r.case_id then r.own_file_id end as file_id,
  exists (
    select from referral_joins j
    where j.referral_id = r.id and j.unjoined_at is null) as marked,
  exists (
    select from agenda_items i
    left join referral_joins j on j.referral_id = r.id
    where i.case_id = r.case_id
      and i.status in ('heard', 'alert_noted')
      and (i.referral_id = r.id or i.decided_at >= j.created_at)) as heard,
  exists (
    select from agenda_items i
    join meetings m on m.id = i.meeting_id
    where i.referral_id = r.id
      and i.status = 'listed'
      and m.status in ('planned', 'circulated', 'in_session')) as listed,
  exists (
    select from parties p
    where p.referral_id = r.id
      and p.also_from = '{}'
      and (p.version > 1
        or exists (
          select from party_addresses a
          where a.party_id = p.id and a.referral_id is distinct from r.id)
        or exists (
          select from party_contacts a
          where a.party_id = p.id and a.referral_id is distinct from r.id)
        or exists (
          select from party_characteristics a
          where a.party_id = p.id and a.referral_id is distinct from r.id)
        or exists (
          select from party_relationships a
          where p.id in (a.from_party_id, a.to_party_id) and a.referral_id is distinct from r.id)))
    or exists (
      select from party_addresses a
      where a.referral_id = r.id and a.also_from = '{}' and a.version > 1)
    or exists (
      select from party_contacts a
      where a.referral_id = r.id and a.also_from = '{}' and a.version > 1)
    or exists (
      select from party_characteristics a
      where a.referral_id = r.id and a.version > 1)
    or exists (
      select from party_relationships a
      where (a.referral_id = r.id and a.also_from = '{}' and a.version > 1)
        or a.filled_by_id = r.id)
    or exists (
      select from account_entries e
      where e.referral_id = r.id and (e.version > 1 or e.superseded_by_id is not null)) as changed,
  exists (
    select from identity_differences d
    where d.referral_id = r.id and d.taken_over) as taken_over
from referrals r
where r.id = $1
