-- assigned_to(a): the action at this alias is named for the account $1, or for one that it stands in for.
({a}.owner_user_id, {a}.marac_id) in {stood_in_for($1)}
