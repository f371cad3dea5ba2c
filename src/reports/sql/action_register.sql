-- What agencies owe on a day, those with most before the steering group first.
select marac_id, agency_id, agency, kind, outstanding, overdue, longest_overdue_days, with_agency_lead,
  with_coordinator, with_chair, with_steering_group, reminders, carried_over, carried_over_again, unresolved, not_done_in_a_year
from action_register($1, $2)
order by with_steering_group desc, overdue desc, agency, marac_id
