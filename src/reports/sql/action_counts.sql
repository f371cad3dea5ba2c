-- How many actions of these MARACs are alike, as their history says they stood on a day.
select marac_id, owner_kind, status, unresolved, overdue, actions from action_counts($1, $2)
