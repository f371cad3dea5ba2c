-- These contacts of a case become as safe as both say: what one calls unsafe, is (R8).
update party_contacts k
set safe_to_call = k.safe_to_call and x.calls,
  safe_to_text = k.safe_to_text and x.texts,
  safe_voicemail = k.safe_voicemail and x.voicemail,
  withheld_number = k.withheld_number or x.withheld,
  version = k.version + 1
from unnest($2::uuid[], $3::bool[], $4::bool[], $5::bool[], $6::bool[]) as x(id, calls, texts, voicemail, withheld)
where k.case_id = $1
  and k.id = x.id
  and (k.safe_to_call and not x.calls
    or k.safe_to_text and not x.texts
    or k.safe_voicemail and not x.voicemail
    or x.withheld and not k.withheld_number)
