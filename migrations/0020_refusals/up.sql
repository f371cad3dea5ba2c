-- What was refused names no MARAC: hidden and unknown things are written alike. Who may read the audit of
-- a MARAC finds what was refused on its things by this order.
create index audit_events_refused on audit_events (at desc, id desc)
  where marac_id is null and outcome in ('denied', 'not_found');
