-- own_referral(r): the referral at this alias is the caller's own.
({r}.submitted_by = $user or {r}.actor_id = $actor)
