-- pending_from(): the grants at `p`, with the account `u` or the client `c` that each is for, and who asked at `a`.
pending_grants p
left join users u on u.id = p.user_id
left join api_clients c on c.id = p.client_id
left join users a on a.id = p.asked_by
