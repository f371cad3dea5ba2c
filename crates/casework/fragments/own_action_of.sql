-- own_action_of(row): the row at this alias is of an action of the caller's own.
exists (select from actions a where a.id = {row}.action_id and {owned_action(a)})
