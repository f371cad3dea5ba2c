-- What agencies have confirmed of flags by a day, those with most removals missing first.
select marac_id, agency_id, agency, kind, asked, asked_overdue, placed, not_placed, removal_due, removal_overdue,
  removed
from flag_register($1, $2)
order by removal_overdue desc, asked_overdue desc, agency, marac_id
