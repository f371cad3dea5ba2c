-- An agency in a MARAC, its membership locked and the agency itself not.
select m.agency_id, a.name, a.kind, a.closed_at, m.core, m.agreement_signed_on as signed_on,
  m.agreement_signatory as signatory, m.agreement_review_on as review_on, m.access_ends_at, m.suspended_at,
  m.suspended_by, m.suspension_reason, m.version
from marac_agencies m
join agencies a on a.id = m.agency_id
where m.marac_id = $1 and m.agency_id = $2
for update of m
