-- Takes these actions over from a register.
insert into actions (id, marac_id, case_id, meeting_id, owner_agency_id, target, category, priority, due_on, agreed_on,
  status, gaps, sealed, external_ref, status_at, created_at)
select i, m, c, e, o, t, g, p, d, a, s, string_to_array(w, ','), z, x, $15, $15
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],
    $9::date[], $10::date[], $11::text[], $12::text[], $13::bytea[], $14::text[])
  as r(i, m, c, e, o, t, g, p, d, a, s, w, z, x)
