-- What is sealed of everybody that a file is or was found by: its own parties first, then where they live and how they
-- are reached, and what its referrals say.
select id, 'party' as kind, null::uuid as party_id, role, identity as sealed, 0 as turn
from parties
where case_id = $1
union all
select id, case kind when 'refuge' then kind else 'address' end, party_id, null, sealed, 1
from party_addresses
where case_id = $1
union all
select id, 'contact', party_id, null, sealed, 1
from party_contacts
where case_id = $1 and kind <> 'third_party'
union all
select id, 'referral', null, null, document, 1
from referrals
where case_id = $1 and submitted_at is not null
order by turn, id
