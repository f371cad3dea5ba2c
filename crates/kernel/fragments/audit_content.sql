-- audit_content(e): what the event at this alias is hashed as.
-- The columns are listed by name: a later column must not change the hash of old rows.
concat_ws('|', {e}.id, {e}.txid, extract(epoch from {e}.at)::numeric(20, 6), {e}.act, {e}.outcome,
  {e}.principal, coalesce({e}.user_id::text, '-'), coalesce({e}.client_id::text, '-'),
  coalesce({e}.actor_id::text, '-'), coalesce({e}.agency_id::text, '-'),
  coalesce({e}.session_id::text, '-'), coalesce({e}.marac_id::text, '-'),
  coalesce({e}.case_id::text, '-'), coalesce({e}.subject, '-'), coalesce({e}.subject_id::text, '-'),
  array_to_string({e}.fields, ','), coalesce({e}.rows_seen::text, '-'),
  coalesce(encode({e}.detail, 'hex'), '-'), {e}.request_id)
