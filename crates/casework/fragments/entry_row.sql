-- entry_row(): the entries of the account at `e`, as parts of a case file.
select 'entry' as kind, e.id, null::uuid as parent, e.version,
  json_build_object(
    'heading', e.heading,
    'sharing', e.sharing,
    'told_on', e.told_on,
    'how_told', e.how_told,
    'author_id', e.author_id,
    'actor_id', e.actor_id,
    'agency_id', e.agency_id,
    'supersedes_id', e.supersedes_id,
    'superseded_by_id', e.superseded_by_id,
    'created_at', e.created_at)::text as plain,
  e.sealed
from account_entries e
