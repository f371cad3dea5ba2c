-- incomplete_action(a): the action at this alias is outstanding or unresolved (R21, R30).
({outstanding_action({a})} or ({unresolved_action({a})}))
