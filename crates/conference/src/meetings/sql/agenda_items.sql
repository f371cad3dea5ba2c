-- The cases of one agenda in order, each with its key, its parties and the agencies it is listed to.
-- Times run over every case that is not closed to the caller, so that a case somebody cannot see for want of a listing
-- leaves its time, and one that is closed to them leaves none. Whether an IDVA referral is recorded is asked with `$2`.
select i.id, i.case_id, i.kind, i.placed_by_hand, i.slot_minutes, i.minutes_before, i.session_minutes, i.has_children,
  i.late, i.status, i.deferred_to_id, i.deferred_until, i.session, h.heading as session_heading,
  h.starts_at as session_starts_at,
  (not $2
    or exists (
      select from circle a
      where a.case_id = i.case_id and a.basis = 'allocation' and a.ends_at > $now)
    or exists (
      select from referrals f
      where f.case_id = i.case_id
        and f.status = 'accepted'
        and f.idva_referral in ('made', 'declined', 'already_open'))) as idva_recorded,
  i.outcome, i.version, c.code, c.criteria,
  {figures_of(c.id)} as risk,
  coalesce(p.ids, '{}') as party_ids,
  coalesce(p.roles, '{}') as party_roles,
  coalesce(p.identities, '{}') as identities,
  array(
    select l.agency_id from agenda_listings l
    where l.agenda_item_id = i.id
    order by l.agency_id) as agency_ids,
  {key_columns()},
  coalesce(s.bases, '{}') as bases,
  coalesce(s.full_at, '{}') as full_at
from (
  select i.*,
    coalesce(sum(i.slot_minutes) filter (where i.status not in ('withdrawn', 'deferred'))
      over (
        partition by i.session
        order by i.position, i.id
        rows between unbounded preceding and 1 preceding), 0) as minutes_before,
    coalesce(sum(i.slot_minutes) filter (where i.status not in ('withdrawn', 'deferred'))
      over (partition by i.session), 0) as session_minutes
  from agenda_items i
  where i.meeting_id = $1 and {not_closed(i)}
) i
join cases c on c.id = i.case_id
{file_key(i.case_id)}
{people_of(i.case_id, {family_roles()})}
{standings_of(c)}
left join agenda_sessions h on h.meeting_id = $1 and h.number = i.session
where {visible_cases(c)}
order by i.session, i.position, i.id
