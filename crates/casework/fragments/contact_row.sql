-- contact_row(): the contacts at `p`, as parts of a case file.
select 'contact' as kind, p.id, p.party_id as parent, p.version,
  json_build_object(
    'kind', p.kind,
    'safe_to_call', p.safe_to_call,
    'safe_to_text', p.safe_to_text,
    'safe_voicemail', p.safe_voicemail,
    'withheld_number', p.withheld_number,
    'confirmed_at', p.confirmed_at)::text as plain,
  p.sealed
from party_contacts p
