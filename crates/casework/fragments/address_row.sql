-- address_row(): the addresses at `p`, as parts of a case file.
select 'address' as kind, p.id, p.party_id as parent, p.version,
  json_build_object(
    'kind', p.kind,
    'confidential', p.confidential,
    'known_to_perpetrator', p.known_to_perpetrator,
    'from', p.valid_from,
    'to', p.valid_to)::text as plain,
  p.sealed
from party_addresses p
