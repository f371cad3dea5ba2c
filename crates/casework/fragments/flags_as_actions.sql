-- flags_as_actions(): the flags `f`, as the rule of visibility reads actions.
-- They are their agency's while they are to be answered or placed, whatever has become of the listing.
select f.id, f.case_id, f.marac_id, f.agency_id as owner_agency_id, null::uuid as owner_user_id,
  case when f.status in ('asked', 'placed', 'removal_due') then 'open' else 'completed' end as status,
  f.status as flag_status, f.asked_on, f.due_on, f.expires_on, f.confirmed_on, f.confirmed_until, f.version
from flags f
