-- hearing_entries(): entries of hearings at `e` as parts of a case's file; `where` follows.
select 'entry' as kind, e.id, e.agenda_item_id as parent, e.version,
  json_build_object(
    'kind', e.kind, 'sharing', e.sharing, 'nature', e.nature, 'factor', e.factor,
    'safeguard', e.safeguard, 'decision', e.decision, 'police_wish', e.police_wish,
    'agency_id', e.agency_id, 'agency', a.name, 'author_id', e.author_id,
    'actor_id', e.actor_id, 'created_at', e.created_at, 'supersedes_id', e.supersedes_id,
    'superseded_by_id', e.superseded_by_id, 'struck', e.struck)::text as plain,
  e.sealed
from hearing_entries e
join agencies a on a.id = e.agency_id
