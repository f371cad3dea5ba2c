-- relationship_row(): the relationships at `p`, as parts of a case file.
select 'relationship' as kind, p.id, null::uuid as parent, p.version,
  json_build_object(
    'from_party_id', p.from_party_id,
    'to_party_id', p.to_party_id,
    'kind', p.kind,
    'living_together', p.living_together)::text as plain,
  null::bytea as sealed
from party_relationships p
