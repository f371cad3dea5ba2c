-- left_over(a, day): the action at `a` was agreed before this meeting's day and is not done.
({a}.agreed_on < {day}
  and (({a}.status in ('open', 'in_progress') and {a}.due_on <= {day})
    or (not {a}.resolved and {a}.status in ('not_done', 'not_possible_circumstances_changed'))))
