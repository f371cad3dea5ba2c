-- A page of what happened to a case, newest first, from the rows that record it.
-- The reader: their lens shows the account ($2), they are of this agency ($3), they are trusted with restricted entries
-- ($4), staff of the MARAC ($5), and hear of every agency's actions ($11). It is $6.
select at, id, kind, detail, subject, subject_id, agency_id
from (
  select r.submitted_at as at, r.id, 'referral_submitted' as kind, null::text as detail, 'referral' as subject,
    r.id as subject_id, r.agency_id
  from referrals r
  where r.case_id = $1 and r.submitted_at is not null
  union all
  select r.decided_at, r.id, 'referral_decided', r.status, 'referral', r.id, u.agency_id
  from referrals r
  left join users u on u.id = r.decided_by
  where r.case_id = $1 and r.decided_at is not null
  union all
  select i.decided_at, i.id, 'agenda_decided', i.status, 'agenda_item', i.id, u.agency_id
  from agenda_items i
  left join users u on u.id = i.decided_by
  where i.case_id = $1 and i.decided_at is not null
  union all
  select m.started_at, i.id, 'meeting_started', i.kind, 'meeting', m.id, null
  from agenda_items i
  join meetings m on m.id = i.meeting_id
  where i.case_id = $1 and m.started_at is not null
  union all
  select v.created_at, v.id, 'action_' || v.kind, v.status, 'action', v.action_id, v.by_agency_id
  from action_events v
  where v.case_id = $1 and ($11 or {own_action_of(v)})
  union all
  select s.created_at, s.id, 'action_escalated', s.step, 'action', s.action_id, null
  from action_escalations s
  where s.case_id = $1 and ($11 or {own_action_of(s)})
  union all
  select v.created_at, v.id, 'flag_' || v.kind, null, 'flag', v.flag_id, v.agency_id
  from flag_events v
  where v.case_id = $1 and ($4 or v.agency_id = $3)
  union all
  select n.created_at, n.id, 'lapse_noticed', n.lapses_on::text, 'case', n.case_id, null
  from lapse_notices n
  where $5 and n.case_id = $1
  union all
  select n.decided_at, n.id, 'lapse_decided', n.status, 'case', n.case_id, u.agency_id
  from lapse_notices n
  left join users u on u.id = n.decided_by
  where n.case_id = $1 and n.decided_at is not null
  union all
  select t.tried_at, t.id, 'idva_contact', t.purpose, 'idva_contact', t.id, t.agency_id
  from idva_contacts t
  where $4 and t.case_id = $1
  union all
  select e.created_at, e.id, case when e.supersedes_id is null then 'account_told' else 'account_superseded' end,
    e.heading, 'account_entry', e.id, e.agency_id
  from account_entries e
  where e.case_id = $1 and {readable_entry(e)}
  union all
  select q.created_at, q.id, 'question_asked', q.heading, 'question', q.id, q.agency_id
  from questions q
  where q.case_id = $1 and ($4 or q.agency_id = $3)
  union all
  select q.settled_at, q.id, 'question_settled', q.status, 'question', q.id, u.agency_id
  from questions q
  left join users u on u.id = q.settled_by
  where q.case_id = $1 and ($4 or q.agency_id = $3) and q.settled_at is not null
  union all
  select a.created_at, a.id, 'risk_assessed', a.tool, 'risk_assessment', a.id, a.agency_id
  from risk_assessments a
  where a.case_id = $1
  union all
  select g.opens_at, g.id, 'opened_to_agency', g.basis, 'agency', g.agency_id, u.agency_id
  from circle g
  left join users u on u.id = g.created_by
  where g.case_id = $1 and g.agency_id is not null and g.opens_at <= $6
  union all
  select g.ends_at, g.id, 'closed_to_agency', g.basis, 'agency', g.agency_id, null
  from circle g
  where g.case_id = $1 and g.agency_id is not null and g.ends_at <= $6
  union all
  select c.closed_at, c.id, 'case_closed', c.closed_because, 'case', c.id, null
  from cases c
  where c.id = $1 and c.closed_at is not null
  union all
  select x.created_at, x.id, 'exclusion_set', null, 'exclusion', x.id, u.agency_id
  from exclusions x
  left join users u on u.id = x.set_by
  where $5 and x.case_id = $1
  union all
  select x.ends_at, x.id, 'exclusion_ended', null, 'exclusion', x.id, u.agency_id
  from exclusions x
  left join users u on u.id = x.lifted_by
  where $5 and x.case_id = $1 and x.ends_at <= $6
  union all
  select t.created_at, t.id, 'restriction_set', null, 'restriction', t.id, u.agency_id
  from restrictions t
  left join users u on u.id = t.set_by
  where $5 and t.case_id = $1
  union all
  select t.ends_at, t.id, 'restriction_ended', null, 'restriction', t.id, u.agency_id
  from restrictions t
  left join users u on u.id = t.lifted_by
  where $5 and t.case_id = $1 and t.ends_at <= $6
) h
where ($7::timestamptz is null or (at, id, kind) < ($7, $8, $9))
order by at desc, id desc, kind desc
limit $10
