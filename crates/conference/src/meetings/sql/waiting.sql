-- The cases of a MARAC that wait for a meeting, the longest waiting first, with their keys and what decides on them.
-- Those wait that were accepted and are on no list that is still to be heard; or deferred, whatever the case's status.
select c.id as case_id, c.code, c.has_children, {key_columns()},
  coalesce(r.received_on, c.last_referral_on, $3) as referred_on,
  r.id as referral_id,
  coalesce(r.is_repeat, false) as is_repeat,
  r.decided_at as accepted_at,
  exists (
    select from agenda_items h
    where h.case_id = c.id
      and h.status = 'heard'
      and (r.decided_at is null or h.decided_at >= r.decided_at)) as heard_before,
  array_remove(array[r.agency_id, r.co_agency_id], null) || array(
    select g.agency_id from circle g
    where g.case_id = c.id
      and g.basis = 'allocation'
      and g.agency_id is not null
      and g.ends_at > $now) as involved,
  array(
    select e.agency_id from exclusions e
    where e.case_id = c.id
      and e.agency_id is not null
      and e.exempt_user_id is null
      and e.ends_at > $now) as excluded,
  (select i.id from agenda_items i where i.meeting_id = $2 and i.case_id = c.id) as here_id,
  p.meeting_id as item_meeting_id, p.cancelled as item_cancelled, p.kind as item_kind, p.status as item_status,
  p.decided_at as item_decided_at, p.deferred_until as item_deferred_until, p.referral_id as item_referral_id,
  coalesce(p.agencies, '{}') as item_agencies
from (
  select w.id
  from cases w
  where w.marac_id = $1 and w.status = 'listed'
  union
  select d.case_id
  from agenda_items d
  where d.marac_id = $1 and d.status = 'deferred'
) w
join cases c on c.id = w.id
{file_key(c.id)}
left join lateral (
  select r.id, r.is_repeat, r.decided_at, r.agency_id, r.co_agency_id,
    coalesce((r.submitted_at at time zone 'Europe/London')::date, r.referred_on) as received_on
  from referrals r
  where r.case_id = c.id and r.status = 'accepted'
  order by r.decided_at desc nulls last, r.id desc
  limit 1
) r on true
left join lateral (
  select i.meeting_id, i.kind, i.status, i.decided_at, i.deferred_until, i.referral_id,
    m.status = 'cancelled' as cancelled,
    array(
      select l.agency_id from agenda_listings l
      where l.agenda_item_id = i.id) as agencies
  from agenda_items i
  join meetings m on m.id = i.meeting_id
  where i.case_id = c.id
  order by coalesce(i.decided_at, i.created_at) desc, i.id desc
  limit 1
) p on true
where {not_destroyed()}
  and c.opened_at is not null
  and (c.status = 'listed' or (c.status in ('heard', 'monitoring') and p.status = 'deferred'))
  and not exists (
    select from agenda_items i
    join meetings m on m.id = i.meeting_id
    where i.case_id = c.id
      and i.status = 'listed'
      and m.status in ('planned', 'circulated', 'in_session'))
  and {visible_cases(c)}
order by referred_on, c.id
limit 400
