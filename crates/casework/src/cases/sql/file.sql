-- What this reader may get of a case, part by part.
-- The reader: see `readable_entry`; and they are staff of the MARAC ($5), and hear of every agency's actions ($6).
{people_rows()}
union all
{current_assessment_rows()}
union all
{figures_row()}
union all
{current_entry_rows()}
union all
select 'action', a.id, null, a.version,
  json_build_object(
    'owner_agency_id', a.owner_agency_id,
    'owner_user_id', a.owner_user_id,
    'target', a.target,
    'category', a.category,
    'priority', a.priority,
    'due_on', a.due_on,
    'agreed_on', a.agreed_on,
    'status', a.status,
    'resolved', a.resolved,
    'meeting_id', a.meeting_id)::text,
  a.sealed
from actions a
where a.case_id = $1 and ($6 or {owned_action(a)})
union all
select 'agenda', i.id, null, i.version,
  json_build_object(
    'meeting_id', i.meeting_id,
    'starts_at', m.starts_at,
    'kind', i.kind,
    'status', i.status,
    'deferred_to_id', i.deferred_to_id)::text,
  null
from agenda_items i
join meetings m on m.id = i.meeting_id
where i.case_id = $1
union all
select 'referral', r.id, null, r.version,
  json_build_object(
    'referred_on', r.referred_on,
    'agency_id', r.agency_id,
    'co_agency_id', r.co_agency_id,
    'is_repeat', r.is_repeat,
    'urgent', r.urgent,
    'gaps', r.gaps)::text,
  null
from referrals r
where r.case_id = $1 and r.status = 'accepted'
union all
select 'circle', g.id, null, g.version,
  json_build_object(
    'basis', g.basis,
    'user_id', g.user_id,
    'actor_id', g.actor_id,
    'agency_id', g.agency_id,
    'opens_at', g.opens_at,
    'ends_at', nullif(g.ends_at, 'infinity'))::text,
  null
from circle g
where g.case_id = $1
  and (g.agency_id is not null or $5)
  and g.opens_at <= $now
  and g.ends_at > $now
  and not g.paused
union all
select 'closing', c.id, null, c.version,
  json_build_object('closed_at', c.closed_at, 'reason', c.closed_because)::text,
  c.closing
from cases c
where $5 and c.id = $1 and c.status = 'closed' and c.closing is not null
union all
select 'restriction', t.id, null, t.version, '{}', null
from restrictions t
where t.case_id = $1 and t.ends_at > $now
union all
{account_use_row()}
