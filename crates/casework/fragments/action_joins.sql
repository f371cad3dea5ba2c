-- action_joins(): joins to the actions `a` what `action_columns` shows of their cases and owners.
{case_owner_and_survivor(a)}
order by a.due_on, a.id
