-- unresolved_action(a): the action at this alias was reported as not done or not possible, and awaits the chair.
-- It is worded as the partial indexes are.
not {a}.resolved and {a}.status in ('not_done', 'not_possible_circumstances_changed')
