-- outstanding_action(a): the action at this alias is open or in progress.
-- It is worded as the partial indexes are.
{a}.status in ('open', 'in_progress')
